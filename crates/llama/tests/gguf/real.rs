//! A real model against the `gguf` Python package: SmolLM2-135M-Instruct, Q4_1, whose path is in
//! `FIXWRIGHT_SMOLLM2_GGUF`. `data/quant_smollm2.py` wrote the check sums.

use fixwright_llama::gguf::Gguf;

#[test]
fn smollm2_agrees_with_the_python_package() {
    let Some(path) = std::env::var_os("FIXWRIGHT_SMOLLM2_GGUF") else {
        println!("skipped: FIXWRIGHT_SMOLLM2_GGUF does not name the model");
        return;
    };
    let gguf = Gguf::open(path).unwrap();
    let metadata = gguf.metadata();
    assert_eq!(metadata.require::<&str>("general.architecture").unwrap(), "llama");
    assert_eq!(metadata.require::<u32>("llama.block_count").unwrap(), 30);
    assert_eq!(metadata.require::<Vec<&str>>("tokenizer.ggml.tokens").unwrap().len(), 49152);
    let found: Vec<String> = gguf
        .tensors()
        .map(|t| {
            format!("{}\t{}\t{:?}\t{:016x}", t.name(), t.ty(), t.shape(), sum(&t.dequantise()))
        })
        .collect();
    let expected: Vec<&str> = include_str!("../data/quant_smollm2.tsv").lines().collect();
    assert_eq!(found, expected);
}

/// Depends on every bit of every value and on their order.
fn sum(values: &[f32]) -> u64 {
    let weights = (0..).map(|i: u64| 2 * i + 1);
    values.iter().zip(weights).fold(0, |sum, (value, weight)| {
        sum.wrapping_add(u64::from(value.to_bits()).wrapping_mul(weight))
    })
}
