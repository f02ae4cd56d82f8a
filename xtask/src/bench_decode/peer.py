"""Answers prompts with another engine: one JSON object a line in, one out. The first line out is the package's version.

Arguments: llama.cpp|transformers plain|lookup THREADS MODEL
"""

import json
import sys
import time


class LlamaCpp:
    def __init__(self, mode, threads, model):
        import llama_cpp
        from llama_cpp.llama_speculative import LlamaPromptLookupDecoding

        draft = LlamaPromptLookupDecoding(num_pred_tokens=10) if mode == "lookup" else None
        self.version = llama_cpp.__version__
        # With a draft model this package wants the logits of every position.
        self.llm = llama_cpp.Llama(
            model, n_ctx=4096, n_batch=512, n_threads=threads, n_threads_batch=threads, draft_model=draft,
            logits_all=draft is not None, verbose=False,
        )

    def answer(self, prompt, force):
        self.llm.reset()
        self.llm._ctx.kv_cache_clear()
        yield from self.llm.generate(prompt, temp=0.0, repeat_penalty=1.0, logits_processor=self.forced(force))

    @staticmethod
    def forced(force):
        """Gives the tokens in turn: the package samples each position once."""
        if force is None:
            return None
        position = iter(force + force[-1:] * 4096)

        def process(_, scores):
            scores[:] = -1e9
            scores[next(position)] = 0.0
            return scores

        from llama_cpp import LogitsProcessorList

        return LogitsProcessorList([process])


class Transformers:
    def __init__(self, mode, threads, model):
        import os

        import torch
        import transformers

        torch.set_num_threads(threads)
        self.version = transformers.__version__
        self.torch, self.transformers = torch, transformers
        folder, file = os.path.split(model)
        load = transformers.AutoModelForCausalLM.from_pretrained
        self.model = load(folder, gguf_file=file, dtype=torch.float32).eval()
        self.lookup = {"prompt_lookup_num_tokens": 10} if mode == "lookup" else {}

    def answer(self, prompt, force, limit, stop):
        torch, started = self.torch, time.perf_counter()
        first = []

        class First(self.transformers.generation.streamers.BaseStreamer):
            def put(self, value):
                if len(value.shape) > 1 or len(value) > 1 and not first and len(value) == len(prompt):
                    return
                first.append(time.perf_counter() - started)

            def end(self):
                pass

        def process(ids, scores):
            position = ids.shape[1] - len(prompt)
            scores = torch.full_like(scores, -1e9)
            scores[:, force[min(position, len(force) - 1)]] = 0.0
            return scores

        processors = self.transformers.LogitsProcessorList([process] if force else [])
        ids = torch.tensor([prompt])
        with torch.inference_mode():
            out = self.model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=limit, do_sample=False, eos_token_id=stop,
                pad_token_id=stop[0], logits_processor=processors, streamer=First(), **self.lookup,
            )
        seconds = time.perf_counter() - started
        tokens = [token for token in out[0, len(prompt):].tolist() if token not in stop]
        return tokens, first[0] if first else seconds, seconds


def stream(engine, request):
    """The answer of an engine that gives token by token."""
    started = time.perf_counter()
    tokens, first = [], None
    for token in engine.answer(request["prompt"], request["force"]):
        first = first or time.perf_counter() - started
        if token in request["stop"]:
            break
        tokens.append(token)
        if len(tokens) == request["max_new_tokens"]:
            break
    return tokens, first, time.perf_counter() - started


def main():
    name, mode, threads, model = sys.argv[1:]
    engine = {"llama.cpp": LlamaCpp, "transformers": Transformers}[name](mode, int(threads), model)
    print(engine.version, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if name == "llama.cpp":
            tokens, first, seconds = stream(engine, request)
        else:
            limits = request["max_new_tokens"], request["stop"]
            tokens, first, seconds = engine.answer(request["prompt"], request["force"], *limits)
        answer = {"tokens": tokens, "first_token_seconds": first or seconds, "seconds": seconds}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
