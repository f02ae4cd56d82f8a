//! Llama-family language models: weights, tokenizer, KV cache and forward pass.
