"""Writes rope_llama3.json: rotary frequencies that Hugging Face transformers computes for Llama 3.1 8B (head 128).

    pip install transformers torch; python3 rope_llama3.py > rope_llama3.json
"""
import json

from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

scaling = dict(
    rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=8192,
)
config = LlamaConfig(
    hidden_size=4096, num_attention_heads=32, max_position_embeddings=131072, rope_parameters=scaling
)
frequencies, _ = ROPE_INIT_FUNCTIONS["llama3"](config, device="cpu")
print(json.dumps([float(f) for f in frequencies]))
