"""Fine-tunes a LoRA adapter with Hugging Face transformers and PEFT, for comparison with `examples/beside_peft.rs`.

    python beside_peft.py --model MODEL --examples FILE --out DIR [--steps 20] [--double] [--prepare] [--encode SAMPLES TOKENIZER]

MODEL is a GGUF file or a Hugging Face folder. FILE has a JSON object a line: {"ids": [..], "weights": [..]}, one weight a token.
With --encode, FILE is written: the first four samples of a data set (bug_report_text, then diff_text), cut to 256 tokens, with random weights for
the second half. With --prepare, DIR/initial gets a new adapter with random factors (both, so that every gradient is alive). Otherwise
the adapter there is trained, or with --generate the prompts, which end before the first weight, are continued greedily. In training every step is the weighted cross-entropy over all examples, its gradient clipped to norm 1, AdamW at a
constant rate. DIR/peft.json gets losses, gradient norms, seconds and memory, DIR/peft.safetensors the gradients of the first step, DIR/peft
the adapter after the last.
"""

import argparse
import json
import pathlib
import random
import resource
import time

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast


def load(path, dtype):
    path = pathlib.Path(path)
    if path.is_dir():
        return AutoModelForCausalLM.from_pretrained(path, dtype=dtype)
    return AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=dtype)


def prepare(model, out, rank, alpha, targets):
    torch.manual_seed(1)
    model = get_peft_model(model, LoraConfig(r=rank, lora_alpha=alpha, target_modules=targets))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.01)
    model.save_pretrained(out / "initial")


def encode(samples, tokenizer, target, length=256):
    random.seed(1)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=tokenizer)
    with target.open("w") as out:
        for line in samples.open().readlines()[:4]:
            row = json.loads(line)
            ids = tokenizer(row["bug_report_text"] + "\n" + row["diff_text"], add_special_tokens=False)["input_ids"][:length]
            prompt = len(ids) // 2
            weights = [0.0] * prompt + [round(random.random(), 3) for _ in ids[prompt:]]
            out.write(json.dumps(dict(ids=ids, weights=weights)) + "\n")


def padded(examples):
    width = max(len(e["ids"]) for e in examples)
    pad = lambda values, fill: values + [fill] * (width - len(values))
    ids = torch.tensor([pad(e["ids"], 0) for e in examples])
    mask = torch.tensor([pad([1] * len(e["ids"]), 0) for e in examples])
    weights = torch.tensor([pad(e["weights"], 0.0) for e in examples])
    return ids, mask, weights


def loss_of(model, ids, mask, weights, divisor):
    logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1]
    logits = logits if logits.dtype == torch.float64 else logits.float()
    losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    return (losses * weights[:, 1:]).sum() / divisor


def train(model, examples, out, steps, rate, batch):
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0)
    divisor = sum(sum(e["weights"][1:]) for e in examples)
    tokens = sum(len(e["ids"]) for e in examples)
    parts = [examples[i : i + batch] for i in range(0, len(examples), batch)]
    losses, norms, seconds = [], [], []
    for step in range(steps):
        start = time.perf_counter()
        total = 0.0
        for part in parts:
            loss = loss_of(model, *padded(part), divisor)
            loss.backward()
            total += loss.item()
        if step == 0:
            names = {n: p.grad.clone() for n, p in model.named_parameters() if p.requires_grad}
            save_file({n: g.float().contiguous() for n, g in names.items()}, out / "peft.safetensors")
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 1.0).item())
        optimizer.step()
        optimizer.zero_grad()
        losses.append(total)
        seconds.append(time.perf_counter() - start)
    model.float().save_pretrained(out / "peft")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result = dict(losses=losses, norms=norms, seconds=seconds, tokens=tokens, peak_memory_bytes=peak,
                  torch=torch.__version__, threads=torch.get_num_threads())
    (out / "peft.json").write_text(json.dumps(result) + "\n")


def generate(model, examples, count):
    for example in examples:
        prompt = example["ids"][: next(i for i, w in enumerate(example["weights"]) if w > 0)]
        ids = torch.tensor([prompt])
        out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False,
                             min_new_tokens=count, max_new_tokens=count, eos_token_id=None)
        print(json.dumps(out[0, len(prompt):].tolist()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--examples", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--alpha", type=int, default=16)
    parser.add_argument("--targets", default="q_proj,k_proj,v_proj,o_proj")
    parser.add_argument("--double", action="store_true")
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("--generate", nargs=2, metavar=("ADAPTER", "COUNT"))
    parser.add_argument("--encode", nargs=2, metavar=("SAMPLES", "TOKENIZER"), type=pathlib.Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.encode:
        return encode(args.encode[0], str(args.encode[1]), args.examples)
    model = load(args.model, torch.float64 if args.double else torch.float32)
    if args.prepare:
        return prepare(model, args.out, args.rank, args.alpha, args.targets.split(","))
    examples = [json.loads(line) for line in args.examples.open()]
    if args.generate:
        return generate(PeftModel.from_pretrained(model, args.generate[0]), examples, int(args.generate[1]))
    model = PeftModel.from_pretrained(model, args.out / "initial", is_trainable=True, autocast_adapter_dtype=False)
    if args.double:
        model = model.double()
    train(model, examples, args.out, args.steps, args.rate, args.batch)


main()
