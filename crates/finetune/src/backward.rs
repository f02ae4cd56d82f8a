//! The weighted cross-entropy of a batch and its gradients.
//!
//! The pass is cut into pieces, each with a graph of its own: the head, in groups of targets, so that never more than
//! [`GROUP`](crate::batch::GROUP) rows of vocabulary logits exist; and the blocks, all at once, or, with checkpointing, one at a time from the inputs kept
//! by a pass without a graph (Chen et al. 2016, arXiv 1604.06174).

use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{DType, IndexingUpdateOp, Int, Tensor};
use fixwright_llama::model::{Layer, Model};

use crate::batch::{Batch, Targets};
use crate::concurrent::Task;
use crate::gradients::Gradients;

/// How a batch is differentiated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass {
    /// What the sum of weighted losses is divided by.
    pub(crate) divisor: f64,
    /// Whether blocks are computed twice instead of kept.
    pub(crate) checkpointing: bool,
}

impl Pass {
    /// A batch's loss, the sum of weighted negative log-probabilities in nats by the divisor, and its gradients.
    pub(crate) fn run(self, Task { model, batch }: Task) -> (f64, Gradients) {
        let (model, batch) = (&model, &batch);
        let mut gradients = Gradients::default();
        let loss = match batch.counted() {
            0 => 0.0,
            _ if self.checkpointing => self.checkpointed(model, batch, &mut gradients),
            _ => self.whole(model, batch, &mut gradients),
        };
        (loss, gradients)
    }

    fn whole(self, model: &Model, batch: &Batch, gradients: &mut Gradients) -> f64 {
        let packed = model.pack(batch.lengths());
        let embedded = model.embed(batch.inputs(&model.device()));
        let forward = |x, layer: &Layer| layer.forward_packed(x, &packed);
        let x = model.layers().iter().fold(embedded, forward);
        let (loss, gradient) = self.head(model, &x.clone().inner(), batch, gradients);
        if x.is_tracked() {
            let found = (x * Tensor::from_inner(gradient)).sum().backward();
            gradients.collect(model, &[], &found);
        }
        loss
    }

    fn checkpointed(self, model: &Model, batch: &Batch, gradients: &mut Gradients) -> f64 {
        let plain = model.valid();
        let packed = plain.pack(batch.lengths());
        let mut inputs = Vec::new();
        let mut x = plain.embed(batch.inputs(&plain.device()));
        for layer in plain.layers() {
            inputs.push(x.clone());
            x = layer.forward_packed(x, &packed);
        }
        let (loss, mut gradient) = self.head(model, &x, batch, gradients);
        for (index, layer) in model.layers().iter().enumerate().rev() {
            let Some(input) = inputs.pop() else { break };
            let input = Tensor::from_inner(input).require_grad();
            let output = layer.forward_packed(input.clone(), &packed);
            let found = (output * Tensor::from_inner(gradient)).sum().backward();
            gradients.collect(layer, &["layers".to_owned(), index.to_string()], &found);
            gradient = input.grad(&found).expect("the output depends on the input");
        }
        let embedded = model.embed(batch.inputs(&model.device()));
        if embedded.is_tracked() {
            let found = (embedded * Tensor::from_inner(gradient)).sum().backward();
            gradients.collect(model, &[], &found);
        }
        loss
    }

    /// The loss, and its gradient by the output of the last block, `[N, H]` both.
    fn head(
        self,
        model: &Model,
        x: &Tensor<2>,
        batch: &Batch,
        gradients: &mut Gradients,
    ) -> (f64, Tensor<2>) {
        let mut gradient = x.zeros_like();
        let mut losses = Vec::new();
        for Targets { rows, ids, weights } in batch.targets(&x.device()) {
            let leaf = Tensor::from_inner(x.clone().select(0, rows.clone())).require_grad();
            let logits = logits(model, leaf.clone());
            let weights = weights.div_scalar(self.divisor);
            let (loss, slope) = cross_entropy(logits.clone().inner(), ids, weights);
            let found = (logits * Tensor::from_inner(slope)).sum().backward();
            gradients.collect(model, &[], &found);
            losses.push(loss);
            let part = leaf.grad(&found).expect("the loss depends on the hidden states");
            gradient = gradient.select_assign(0, rows, part, IndexingUpdateOp::Add);
        }
        (total(losses), gradient)
    }
}

/// The weighted cross-entropy, `[1]`, of logits, `[n, V]`, and its gradient by them: for each row the softmax less 1 at the target, times its weight.
fn cross_entropy(
    logits: Tensor<2>,
    ids: Tensor<1, Int>,
    weights: Tensor<1>,
) -> (Tensor<1>, Tensor<2>) {
    let (ids, weights): (Tensor<2, Int>, Tensor<2>) =
        (ids.unsqueeze_dim(1), weights.unsqueeze_dim(1));
    let shifted = logits.clone() - logits.max_dim(1);
    let chosen = shifted.clone().gather(1, ids.clone());
    let powers = shifted.exp();
    let sums = powers.clone().sum_dim(1);
    let loss = ((sums.clone().log() - chosen) * weights.clone()).sum();
    let softmax = powers * (weights.clone() / sums);
    (loss, softmax.scatter(1, ids, weights.neg(), IndexingUpdateOp::Add))
}

/// The logits, `[n, V]`, in f32, after outputs of the last block, `[n, H]`.
pub(crate) fn logits(model: &Model, x: Tensor<2>) -> Tensor<2> {
    model.logits(model.normalise(x)).cast(DType::F32)
}

/// The log-probabilities, `[n]`, of ids, `[n]`, by logits, `[n, V]`.
pub(crate) fn chosen(logits: Tensor<2>, ids: Tensor<1, Int>) -> Tensor<1> {
    log_softmax(logits, 1).gather(1, ids.unsqueeze_dim(1)).squeeze_dim(1)
}

fn total(losses: Vec<Tensor<1>>) -> f64 {
    Tensor::cat(losses, 0).into_data().iter::<f32>().map(f64::from).sum()
}
