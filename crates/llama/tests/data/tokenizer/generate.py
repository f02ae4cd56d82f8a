"""Makes the vocabularies and expected ids in this folder.

    python3 -m venv venv && venv/bin/pip install tokenizers sentencepiece gguf transformers protobuf cyllama
    venv/bin/python generate.py [QWEN2.gguf]

The two small vocabularies are trained on the text of texts.json and of this script. Expected ids come from llama.cpp (through
cyllama) for every vocabulary, and from sentencepiece and transformers for the SentencePiece one; where those three differ, the script
says so and the line holds what each of them gives. For Qwen2, give the path of a GGUF file with the vocabulary of Qwen2.5.
"""

import json
import pathlib
import sys
import tempfile

import gguf
import numpy
import sentencepiece
import tokenizers
from cyllama.llama import llama_cpp

HERE = pathlib.Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text(encoding="utf-8"))
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
USER_DEFINED = ["<tool_call>", "</tool_call>"]
# Tokens that no merges lead to: only rules that look a word up as a whole find them.
UNMERGED = ["Ġreturn", "ĠSCREAMING"]
NORMAL, UNKNOWN, CONTROL, DEFINED, BYTE = 1, 2, 3, 4, 6


def corpus():
    return [text for text in TEXTS for _ in range(3)] + [pathlib.Path(__file__).read_text()]


WIDTH = 32


def write_gguf(path, model, fill, tensors):
    """Writes a GGUF file with a vocabulary, and with the given tensors."""
    out = gguf.GGUFWriter(path, "llama")
    for add, value in [
        (out.add_context_length, 64), (out.add_embedding_length, WIDTH), (out.add_block_count, 1),
        (out.add_feed_forward_length, WIDTH), (out.add_head_count, 1), (out.add_layer_norm_rms_eps, 1e-5),
    ]:
        add(value)
    out.add_tokenizer_model(model)
    fill(out)
    for name, shape in tensors.items():
        out.add_tensor(name, numpy.zeros(shape, dtype=numpy.float32))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def write_vocabulary(name, model, tokens, fill):
    """Writes NAME.gguf without weights, and returns a function from text to ids by llama.cpp, which wants a model with weights."""
    write_gguf(HERE / f"{name}.gguf", model, fill, {})
    square, line = (WIDTH, WIDTH), (WIDTH,)
    block = {f"attn_{part}": square for part in ["q", "k", "v", "output"]}
    block |= {f"ffn_{part}": square for part in ["gate", "up", "down"]}
    block |= {"attn_norm": line, "ffn_norm": line}
    tensors = {f"blk.0.{part}.weight": shape for part, shape in block.items()}
    tensors |= {"token_embd.weight": (tokens, WIDTH), "output_norm.weight": line}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.gguf"
        write_gguf(path, model, fill, tensors)
        return llama_cpp_ids(path)


def byte_level():
    """Trains a byte-level vocabulary, returns its tokens, types and merges."""
    bpe = tokenizers.Tokenizer(tokenizers.models.BPE())
    bpe.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=700, initial_alphabet=alphabet, show_progress=False)
    bpe.train_from_iterator(corpus(), trainer)
    model = json.loads(bpe.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    tokens += [token for token in UNMERGED if token not in tokens]
    types = [NORMAL] * len(tokens) + [CONTROL] * len(SPECIAL) + [DEFINED] * len(USER_DEFINED)
    return tokens + SPECIAL + USER_DEFINED, types, [" ".join(merge) for merge in model["merges"]]


def write_byte_level(pre, tokens, types, merges):
    def fill(out):
        out.add_tokenizer_pre(pre)
        out.add_token_list(tokens)
        out.add_token_types(types)
        out.add_token_merges(merges)
        out.add_bos_token_id(tokens.index("<|endoftext|>"))
        out.add_eos_token_id(tokens.index("<|im_end|>"))

    return write_vocabulary(pre, "gpt2", len(tokens), fill)


def sentencepiece_model():
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/m"
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(line for text in corpus() for line in text.split("\n")),
            model_prefix=prefix, vocab_size=800, model_type="bpe", byte_fallback=True,
            normalization_rule_name="identity", remove_extra_whitespaces=False,
            character_coverage=0.98, split_digits=True, allow_whitespace_only_pieces=True,
            hard_vocab_limit=False, minloglevel=2,
        )
        return pathlib.Path(f"{prefix}.model").read_bytes()


def write_sentencepiece(pieces):
    ids = range(pieces.get_piece_size())

    def kind(i):
        kinds = [(pieces.is_unknown, UNKNOWN), (pieces.is_control, CONTROL), (pieces.is_byte, BYTE)]
        return next((kind for test, kind in kinds if test(i)), NORMAL)

    def fill(out):
        out.add_token_list([pieces.id_to_piece(i) for i in ids])
        out.add_token_scores([pieces.get_score(i) for i in ids])
        out.add_token_types([kind(i) for i in ids])
        out.add_bos_token_id(pieces.bos_id())
        out.add_eos_token_id(pieces.eos_id())
        out.add_unk_token_id(pieces.unk_id())

    return write_vocabulary("llama", "llama", len(ids), fill)


def llama_cpp_ids(path):
    """A function from text to ids, as llama.cpp has it."""
    model = llama_cpp.LlamaModel(str(path), llama_cpp.LlamaModelParams())
    vocab = model.get_vocab()
    return lambda text, special, _model=model: vocab.tokenize(text, False, special)


def write(name, lines):
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (HERE / f"{name}.jsonl").write_text(text, encoding="utf-8")


def expected(ids):
    """`ids` with control tokens recognised, `plain` without; llama.cpp always recognises user-defined ones."""
    def line(text):
        plain = {"plain": ids(text, False)} if not any(token in text for token in USER_DEFINED) else {}
        return {"text": text, "ids": ids(text, True)} | plain

    return [line(text) for text in TEXTS]


def main():
    vocabulary = byte_level()
    for pre in ["gpt-2", "smollm", "qwen2", "llama-bpe"]:
        write(pre, expected(write_byte_level(pre, *vocabulary)))
    pieces = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_model())
    lines = expected(write_sentencepiece(pieces))
    for line in lines:
        line["sentencepiece"] = pieces.encode(line["text"])
        if line["sentencepiece"] != line.get("plain"):
            print("sentencepiece and llama.cpp differ:", repr(line["text"]))
    write("llama", lines)
    for path in sys.argv[1:]:
        # llama.cpp takes Qwen's ordinary token `</s>` for a control token, because of its looks.
        lines = expected(llama_cpp_ids(path))
        write("qwen2.5", [line for line in lines if "</s>" not in line["text"]])


main()
