"""Makes tiny random models of each family with Hugging Face transformers, and their logits in double precision.

    pip install transformers torch; python3 generate.py

Each folder gets config.json, safetensors (one of them in shards) and logits.json: ids, and the logits after each id.
"""
import json
import pathlib

import torch
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

HERE = pathlib.Path(__file__).parent
SIZES = dict(
    vocab_size=40, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=256,
)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=64,
)
MODELS = {
    "llama2": (LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=False)),
    "llama3": (LlamaForCausalLM, LlamaConfig(**SIZES, rope_parameters=LLAMA3, tie_word_embeddings=True)),
    "head-dim": (LlamaForCausalLM, LlamaConfig(**SIZES, head_dim=16, tie_word_embeddings=True)),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**SIZES, tie_word_embeddings=False)),
}


def patch_precision():
    """transformers computes norms and rotary angles in f32 whatever the weights are; here everything stays in f64."""
    from transformers.models.llama import modeling_llama as llama
    from transformers.models.qwen2 import modeling_qwen2 as qwen2

    def norm(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))

    def angles(self, x, position_ids):
        f = position_ids[:, :, None].double() * self.inv_freq.double()[None, None, :]
        e = torch.cat((f, f), dim=-1)
        return e.cos(), e.sin()

    for module, name in ((llama, "Llama"), (qwen2, "Qwen2")):
        getattr(module, name + "RMSNorm").forward = norm
        getattr(module, name + "RotaryEmbedding").forward = angles


patch_precision()
for seed, (name, (cls, config)) in enumerate(MODELS.items()):
    torch.manual_seed(seed)
    model = cls(config).float().eval()
    for parameter in model.parameters():
        # Wide enough that every part of the block shows in the logits.
        torch.nn.init.normal_(parameter, mean=1.0 if parameter.dim() == 1 else 0.0, std=0.3)
    folder = HERE / name
    model.save_pretrained(folder, max_shard_size="20KB" if name == "qwen2" else "1GB")
    (folder / "generation_config.json").unlink(missing_ok=True)
    ids = torch.randint(0, config.vocab_size, (1, 100))
    with torch.no_grad():
        logits = model.double()(ids).logits[0]
    rows = [[float(f"{x:.9g}") for x in row] for row in logits.tolist()]
    (folder / "logits.json").write_text(json.dumps({"ids": ids[0].tolist(), "logits": rows}) + "\n")
