//! Models that cannot be run: each error names the file and the part of it.

use std::fs;
use std::path::Path;

use burn::tensor::Device;
use fixwright_llama::model::Model;
use fixwright_llama::weights::Weights;

use super::convert::{folder, to_gguf};

/// A copy of a tiny folder with `config.json` changed.
fn changed(
    name: &str,
    change: impl Fn(&mut serde_json::Map<String, serde_json::Value>),
) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder(name)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let path = copy.path().join("config.json");
    let mut config = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut config);
    fs::write(path, serde_json::to_vec(&config).unwrap()).unwrap();
    copy
}

fn failure(path: &Path) -> String {
    let loaded = Weights::open(path).and_then(|weights| Model::load(&weights, &Device::flex()));
    let error = loaded.map(drop).unwrap_err().to_string();
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    error
}

#[test]
fn settings_that_are_not_implemented_are_refused_by_name() {
    let cases: [(&str, serde_json::Value); 9] = [
        ("partial_rotary_factor", 0.5.into()),
        ("model_type", "mamba".into()),
        ("hidden_act", "gelu".into()),
        ("mlp_bias", true.into()),
        ("use_sliding_window", true.into()),
        ("num_key_value_heads", 3.into()),
        ("hidden_size", 0.into()),
        ("num_hidden_layers", 1_000_000_000_000u64.into()),
        ("quantization_config", serde_json::json!({"bits": 4})),
    ];
    for (key, value) in cases {
        let copy = changed("llama2", |config| drop(config.insert(key.to_owned(), value.clone())));
        let error = failure(copy.path());
        let named = if key == "model_type" {
            "unknown architecture `mamba`, supported are llama, qwen2"
        } else {
            key
        };
        assert!(error.contains(named), "{key}: {error}");
    }
    let yarn = changed("llama3", |config| config["rope_parameters"]["rope_type"] = "yarn".into());
    assert!(failure(yarn.path()).contains("`yarn`"));
    let missing = changed("llama2", |config| drop(config.remove("vocab_size")));
    assert!(failure(missing.path()).contains("vocab_size"));
}

#[test]
fn tensors_that_do_not_fit_the_settings_are_named() {
    let narrow = changed("llama2", |config| config["intermediate_size"] = 40.into());
    let error = failure(narrow.path());
    assert!(
        error.contains(
            "`model.layers.0.mlp.gate_proj.weight` has shape [48, 32], expected [40, 32]"
        ),
        "{error}"
    );
    let deep = changed("llama2", |config| config["num_hidden_layers"] = 3.into());
    let error = failure(deep.path());
    assert!(error.contains("`model.layers.2.input_layernorm.weight` is missing"), "{error}");
    let untied = changed("llama3", |config| config["tie_word_embeddings"] = false.into());
    assert!(failure(untied.path()).contains("`lm_head.weight` is missing"));
}

#[test]
fn a_gguf_without_a_tensor_says_which() {
    let mut gguf = to_gguf("qwen2");
    gguf.tensors.retain(|tensor| tensor.name != b"blk.1.attn_k.bias");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), gguf.build()).unwrap();
    assert!(failure(file.path()).contains("`blk.1.attn_k.bias` is missing"));
}

#[test]
fn a_gguf_cut_anywhere_is_refused() {
    let whole = to_gguf("llama2").build();
    let file = tempfile::NamedTempFile::new().unwrap();
    for len in (0..whole.len()).step_by(997).chain([whole.len() - 1]) {
        fs::write(file.path(), &whole[..len]).unwrap();
        failure(file.path());
    }
}
