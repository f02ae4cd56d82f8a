//! The loss against one computed by hand from the model's logits, on a tiny random model.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::Device;
use fixwright_finetune::{Batch, Error, Example, loss};
use fixwright_llama::model::{Model, Session};
use fixwright_llama::weights::Weights;

const CONTEXT: usize = 256;

fn model(device: &Device) -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../llama/tests/data/tiny/llama2");
    Model::load(&Weights::open(&folder).unwrap(), device).unwrap()
}

fn example(ids: &[u32], weights: &[f32]) -> Example {
    Example { ids: ids.to_vec(), weights: weights.to_vec() }
}

fn examples() -> [Example; 3] {
    [
        example(&[3, 1, 4, 1, 5, 9], &[0.0, 0.0, 0.5, 1.0, 0.0, 1.0]),
        example(&[2, 7, 18], &[0.0, 0.0, 1.0]),
        example(&[31, 30, 29, 28, 27, 26, 25, 24], &[0.0, 0.2, 0.2, 0.2, 0.8, 0.2, 0.2, 1.0]),
    ]
}

fn value(model: &Model, examples: &[Example]) -> f64 {
    f64::from(loss(model, &Batch::new(examples, CONTEXT).unwrap()).into_scalar::<f32>())
}

/// Sum of weighted negative log-probabilities and sum of weights, in f64, from logits that inference gives.
fn by_hand(model: &Model, example: &Example) -> (f64, f64) {
    let mut session = Session::new(Arc::new(model.clone()));
    let logits = session.logits(&example.ids, example.ids.len()).unwrap();
    let rows = logits.chunks(model.config().vocab_size);
    let targets = example.ids.iter().zip(&example.weights).skip(1);
    rows.zip(targets).fold((0.0, 0.0), |(sum, total), (row, (target, weight))| {
        let normaliser = row.iter().map(|x| f64::from(*x).exp()).sum::<f64>().ln();
        let weight = f64::from(*weight);
        (sum + weight * (normaliser - f64::from(row[*target as usize])), total + weight)
    })
}

fn assert_close(found: f64, expected: f64) {
    assert!(((found - expected) / expected).abs() < 1e-5, "{found} is not {expected}");
}

#[test]
fn it_is_the_weighted_mean_whatever_the_batch() {
    let model = model(&Device::flex());
    let parts = examples().map(|example| by_hand(&model, &example));
    for (example, (sum, total)) in examples().iter().zip(parts) {
        assert_close(value(&model, std::slice::from_ref(example)), sum / total);
    }
    let sums = parts.iter().fold((0.0, 0.0), |(a, b), (sum, total)| (a + sum, b + total));
    assert_close(value(&model, &examples()), sums.0 / sums.1);
    let batch = Batch::new(&examples(), CONTEXT).unwrap();
    assert_close(batch.weight(), sums.1);
    assert_eq!(batch.counted(), 11);
}

#[test]
fn a_step_against_the_gradient_lowers_it() {
    let device = Device::flex().autodiff();
    let model = model(&device);
    let batch = Batch::new(&examples(), CONTEXT).unwrap();
    let before = loss(&model, &batch);
    let gradients = GradientsParams::from_grads(before.backward(), &model);
    assert!(!gradients.is_empty());
    let mut optimizer = SgdConfig::new().init();
    let model = optimizer.step(1e-3, model, gradients);
    let after: f32 = loss(&model, &batch).into_scalar();
    let before: f32 = before.into_scalar();
    assert!(after < before, "{after} is not below {before}");
}

#[test]
fn nothing_counted_is_no_loss_and_misfits_are_refused() {
    let model = model(&Device::flex());
    assert_eq!(value(&model, &[example(&[1, 2], &[0.0, 0.0])]), 0.0);
    assert_eq!(Batch::new(&[], CONTEXT), Err(Error::EmptyBatch));
    let long = example(&[1; 9], &[1.0; 9]);
    assert_eq!(Batch::new(&[long], 8), Err(Error::TooLong { index: 0, tokens: 9, context: 8 }));
}
