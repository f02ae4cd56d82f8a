//! A real model with an adapter merged into its file: SmolLM2-135M-Instruct, whose path is in `FIXWRIGHT_SMOLLM2_GGUF`.

use std::path::Path;

use fixwright_llama::adapter::{Adapter, AdapterConfig, Factors};
use fixwright_llama::gguf::Gguf;
use fixwright_llama::quant::GgmlType;
use fixwright_llama::weights::Weights;

const QUERY: &str = "model.layers.0.self_attn.q_proj";
const DOWN: &str = "model.layers.29.mlp.down_proj";

fn factors(outputs: usize, inputs: usize) -> Factors {
    let values = |count: usize, step: f32| (0..count).map(|i| (i as f32 * step).sin()).collect();
    Factors { a: values(2 * inputs, 0.7), b: values(2 * outputs, 1.3), rank: 2 }
}

#[test]
fn the_file_has_the_sum_and_all_else_as_it_was() {
    let Some(path) = std::env::var_os("FIXWRIGHT_SMOLLM2_GGUF") else {
        println!("skipped: FIXWRIGHT_SMOLLM2_GGUF does not name the model");
        return;
    };
    let shapes = [(QUERY, [576, 576]), (DOWN, [576, 1536])];
    let adapter = Adapter {
        config: AdapterConfig::new(2, 0.02),
        factors: shapes.map(|(name, [o, i])| (name.to_owned(), factors(o, i))).into(),
    };
    let folder = tempfile::tempdir().unwrap();
    let merged = folder.path().join("merged.gguf");
    let original = Weights::open(Path::new(&path)).unwrap();
    let file = original.gguf().unwrap();
    file.write_merged(&adapter, &merged).unwrap();
    let written = Weights::open(&merged).unwrap();
    for (module, shape) in shapes {
        let name = format!("{module}.weight");
        let mut expected = original.load(&name, &shape).unwrap();
        adapter.factors[module].merge_into(&mut expected, 0.01);
        let found = written.load(&name, &shape).unwrap();
        for (found, expected) in found.chunks(32).zip(expected.chunks(32)) {
            // Half a step, and what the scale loses as f16.
            let step = expected.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / 127.0;
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 0.6 * step));
        }
    }
    let written = written.gguf().unwrap();
    assert_eq!(written.tensor("blk.0.attn_q.weight").unwrap().ty(), GgmlType::Q8_0);
    let others = |gguf: &Gguf| -> Vec<(String, Vec<u8>)> {
        let changed = ["blk.0.attn_q.weight", "blk.29.ffn_down.weight"];
        let tensors = gguf.tensors().filter(|tensor| !changed.contains(&tensor.name()));
        tensors.map(|tensor| (tensor.name().to_owned(), tensor.bytes().to_vec())).collect()
    };
    assert_eq!(others(written), others(file));
    let tokens = |gguf: &Gguf| -> Vec<String> {
        let tokens: Vec<&str> = gguf.metadata().require("tokenizer.ggml.tokens").unwrap();
        tokens.into_iter().map(str::to_owned).collect()
    };
    assert_eq!(tokens(written), tokens(file));
}

#[test]
fn an_adapter_of_another_model_is_refused_and_nothing_is_written() {
    let Some(path) = std::env::var_os("FIXWRIGHT_SMOLLM2_GGUF") else {
        println!("skipped: FIXWRIGHT_SMOLLM2_GGUF does not name the model");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (module, shape) in [(QUERY, [576, 577]), ("model.layers.30.mlp.up_proj", [1536, 576])] {
        let adapter = Adapter {
            config: AdapterConfig::new(2, 1.0),
            factors: [(module.to_owned(), factors(shape[0], shape[1]))].into(),
        };
        let target = folder.path().join("merged.gguf");
        let error = Gguf::open(&path).unwrap().write_merged(&adapter, &target).unwrap_err();
        assert!(error.to_string().contains(module), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
