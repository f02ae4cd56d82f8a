//! An adapter beside the weights against the same one merged into them, and adapters that do not fit.

use std::path::Path;
use std::sync::Arc;

use fixwright_llama::adapter::Adapter;
use fixwright_llama::engine::{Model, Options, Precision, Session};
use fixwright_llama::weights::Weights;

use super::convert::{folder, to_gguf};
use super::factors::{ALL, adapter};

const IDS: [u32; 9] = [3, 1, 4, 1, 5, 9, 2, 6, 35];

fn model(path: &Path, precision: Precision) -> Model {
    let options = Options { precision, ..Options::default() };
    Model::load(&Weights::open(path).unwrap(), &options).unwrap()
}

fn logits(model: Model) -> Vec<f32> {
    Session::new(Arc::new(model)).logits(&IDS, IDS.len()).unwrap()
}

fn largest_gap(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

/// The same as a GGUF file, whose rows of q and k the `llama` family has in another order, and that file merged.
fn check(name: &str, rank: usize, maps: &[&str]) {
    let files = tempfile::tempdir().unwrap();
    let [plain, merged] = ["plain.gguf", "merged.gguf"].map(|file| files.path().join(file));
    std::fs::write(&plain, to_gguf(name).build()).unwrap();
    let weights = Weights::open(&plain).unwrap();
    let adapter = adapter(weights.config(), rank, maps);
    weights.gguf().unwrap().write_merged(&adapter, &merged).unwrap();
    // The logits reach 30.
    for (precision, tolerance) in [(Precision::F32, 1e-3), (Precision::Quantised, 2.0)] {
        let base = logits(model(&plain, precision));
        let beside = logits(model(&plain, precision).with_adapter(&adapter).unwrap());
        let merged = logits(model(&merged, precision));
        let gap = largest_gap(&beside, &merged);
        assert!(gap <= tolerance, "{name}, {precision:?}, {maps:?}: off by {gap}");
        let moved = largest_gap(&beside, &base);
        assert!(moved > 0.1, "{name}, {precision:?}, {maps:?}: moved by {moved}");
    }
    let from_folder = model(&folder(name), Precision::F32).with_adapter(&adapter).unwrap();
    let from_file = model(&plain, Precision::F32).with_adapter(&adapter).unwrap();
    let gap = largest_gap(&logits(from_folder), &logits(from_file));
    assert!(gap <= 1e-3, "{name}: GGUF and safetensors differ by {gap}");
}

#[test]
fn beside_the_weights_is_as_merged_into_them() {
    for (name, rank) in [("llama2", 8), ("llama3", 3), ("head-dim", 1), ("qwen2", 17)] {
        check(name, rank, ALL);
    }
}

#[test]
fn each_map_has_its_own_factors() {
    for map in ALL {
        check("llama2", 5, &[map]);
    }
    check("llama2", 6, &["self_attn.q_proj", "self_attn.v_proj", "mlp.up_proj"]);
}

#[test]
fn the_last_adapter_counts() {
    let load = || model(&folder("qwen2"), Precision::Quantised);
    let config = load().config().clone();
    let first = adapter(&config, 8, ALL);
    let second = adapter(&config, 2, &["self_attn.v_proj"]);
    let none = Adapter { factors: [].into(), ..first.clone() };
    let put = |model: Model, adapter: &Adapter| model.with_adapter(adapter).unwrap();
    let replaced = logits(put(put(load(), &first), &second));
    assert_eq!(replaced, logits(put(load(), &second)));
    assert_eq!(logits(put(put(load(), &first), &none)), logits(load()));
    assert!(put(load(), &first).weight_bytes() > load().weight_bytes());
}

#[test]
fn an_adapter_that_does_not_fit_is_refused_by_name() {
    let load = || model(&folder("llama2"), Precision::Quantised);
    let fitting = adapter(load().config(), 2, ALL);
    let moved = |to: &str| {
        let mut adapter = fitting.clone();
        let factors = adapter.factors.remove("model.layers.1.mlp.up_proj").unwrap();
        adapter.factors.insert(to.to_owned(), factors);
        adapter
    };
    for module in ["model.layers.2.mlp.up_proj", "lm_head", "model.layers.01.mlp.up_proj"] {
        let error = load().with_adapter(&moved(module)).unwrap_err().to_string();
        assert!(error.contains(&format!("no `{module}`")), "{error}");
    }
    let module = "model.layers.1.mlp.down_proj";
    let error = load().with_adapter(&moved(module)).unwrap_err().to_string();
    assert!(error.contains(module) && error.contains("48"), "{error}");
}
