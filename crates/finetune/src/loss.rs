//! The weighted cross-entropy of a batch.

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;
use fixwright_llama::model::Model;

use crate::batch::Batch;

/// The weighted mean of the negative log-probabilities, in nats, of the targets that count; a tensor of one number to differentiate.
///
/// Targets of weight 0 cost no logits. A batch in which nothing counts has loss 0.
///
/// To accumulate over several batches as if they were one, weigh each loss by [`Batch::weight`].
///
/// # Panics
///
/// If a token of the batch is not below the model's vocabulary size.
pub fn loss(model: &Model, batch: &Batch) -> Tensor<1> {
    let device = model.device();
    if batch.counted() == 0 {
        return Tensor::zeros([1], &device);
    }
    let hidden = model.forward(batch.inputs(&device), &mut model.new_cache());
    let logits = model.logits(hidden.select(0, batch.positions(&device)));
    let targets = batch.targets(&device).unsqueeze_dim::<2>(1);
    let log_probabilities = log_softmax(logits, 1).gather(1, targets).squeeze_dim::<1>(1);
    let weights = batch.weights(&device);
    -(log_probabilities * weights.clone()).sum() / weights.sum()
}
