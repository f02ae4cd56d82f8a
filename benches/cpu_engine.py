"""The CPU engine beside llama.cpp: same file, same tokens, same threads, taking turns.

    cargo build --release -p fixwright-llama --example speed --example perplexity
    pip install llama-cpp-python==0.3.36 numpy
    python3 benches/cpu_engine.py MODEL.gguf [--rounds 5] [--threads 2] [--text FILE] [--json OUT]

Prints medians. Each round measures one engine after the other; --text compares perplexities on a text instead.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

import llama_cpp
import numpy as np

CACHED = 256
DECODED = 32
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128]


def tokens(count):
    return [i * 7919 % 20_000 + 100 for i in range(count)]


def example(name):
    folder = os.environ.get("CARGO_TARGET_DIR", os.path.join(os.path.dirname(__file__), "../target"))
    return os.path.join(folder, "release/examples", name)


class Peer:
    def __init__(self, model, threads, context=1024):
        self.llama = llama_cpp.Llama(model, n_ctx=context, n_batch=512, n_ubatch=512, n_threads=threads,
                                     n_threads_batch=threads, logits_all=True, verbose=False)
        self.seen = 0

    def truncate(self, count):
        self.llama._ctx.kv_cache_seq_rm(-1, count, -1)
        self.seen = count

    def append(self, ids, every_row):
        batch = self.llama._batch
        batch.set_batch(batch=ids, n_past=self.seen, logits_all=every_row)
        self.llama._ctx.decode(batch)
        self.seen += len(ids)

    def logits(self, rows):
        width = self.llama._n_vocab
        return np.ctypeslib.as_array(self.llama._ctx.get_logits(), shape=(rows * width,)).reshape(rows, width)

    def round(self):
        ids = tokens(CACHED + BATCHES[-1])
        self.truncate(0)
        start = time.perf_counter()
        self.append(ids[:CACHED], False)
        self.logits(1)
        prefill = time.perf_counter() - start
        start = time.perf_counter()
        following = 100
        for _ in range(DECODED):
            self.append([following], True)
            following = int(self.logits(1)[0].argmax())
        decode = (time.perf_counter() - start) / DECODED
        batches = {}
        for size in BATCHES:
            best = math.inf
            for _ in range(5 if size < 16 else 2):
                self.truncate(CACHED)
                start = time.perf_counter()
                self.append(ids[CACHED:CACHED + size], True)
                self.logits(size)
                best = min(best, time.perf_counter() - start)
            batches[str(size)] = best
        return {"prefill": prefill, "decode": decode, "batches": batches}


class Ours:
    def __init__(self, model, threads):
        command = [example("speed"), model, str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.loaded = json.loads(self.process.stdout.readline())

    def round(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def speed(options):
    ours, peer = Ours(options.model, options.threads), Peer(options.model, options.threads)
    results = {"fixwright": [], "llama.cpp": []}
    for _ in range(options.rounds):
        results["fixwright"].append(ours.round())
        results["llama.cpp"].append(peer.round())
    for engine, rounds in results.items():
        median = lambda pick: statistics.median(map(pick, rounds))
        cost = {size: median(lambda r: r["batches"][str(size)]) for size in BATCHES}
        print(f"{engine:10} prefill {CACHED / median(lambda r: r['prefill']):7.1f} tokens/s  "
              f"decoding {1 / median(lambda r: r['decode']):6.1f} tokens/s  cost(16)/cost(1) {cost[16] / cost[1]:.2f}")
        print("           ms for k tokens: " + "  ".join(f"{k}: {cost[k] * 1e3:.1f}" for k in BATCHES))
    about = {"model": os.path.basename(options.model), "threads": options.threads, "load": os.getloadavg(),
             "llama_cpp_python": llama_cpp.__version__, "system": llama_cpp.llama_print_system_info().decode(),
             "loaded": ours.loaded}
    if options.json:
        with open(options.json, "w") as out:
            json.dump({"about": about, "rounds": results}, out, indent=1)
    print(json.dumps(about))


def perplexity(options):
    command = [example("perplexity"), options.model, options.text]
    ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ids = ours["ids"]
    peer = Peer(options.model, options.threads, context=len(ids))
    total = 0.0
    for start in range(0, len(ids) - 1, 256):
        part = ids[start:min(start + 256, len(ids) - 1)]
        peer.append(part, True)
        rows = peer.logits(len(part)).astype(np.float64)
        rows -= rows.max(axis=1, keepdims=True)
        right = rows[np.arange(len(part)), ids[start + 1:start + 1 + len(part)]]
        total += float((np.log(np.exp(rows).sum(axis=1)) - right).sum())
    theirs = math.exp(total / (len(ids) - 1))
    mine = math.exp(ours["nll"] / (len(ids) - 1))
    print(f"{len(ids)} tokens: fixwright {mine:.4f}, llama.cpp {theirs:.4f}, {100 * (mine / theirs - 1):+.2f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--text")
    parser.add_argument("--json")
    options = parser.parse_args()
    (perplexity if options.text else speed)(options)


if __name__ == "__main__":
    sys.exit(main())
