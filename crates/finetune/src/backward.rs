//! The weighted cross-entropy of a batch and its gradients.
//!
//! The pass is cut into pieces, each with a graph of its own: the head, in groups of targets, so that never more than
//! [`GROUP`] rows of vocabulary logits exist; and the blocks, all at once, or, with checkpointing, one at a time from the inputs kept
//! by a pass without a graph (Chen et al. 2016, arXiv 1604.06174).

use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{DType, Device, IndexingUpdateOp, Int, Tensor};
use fixwright_llama::model::{Layer, Model, Packed};

use crate::batch::{Batch, Targets};
use crate::gradients::Gradients;

/// Rows of vocabulary logits that exist at a time.
const GROUP: usize = 256;

/// How a batch is differentiated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass {
    /// What the sum of weighted losses is divided by.
    pub(crate) divisor: f64,
    /// Whether blocks are computed twice instead of kept.
    pub(crate) checkpointing: bool,
    /// Chooses what dropout leaves out; none without dropout.
    pub(crate) seed: Option<u64>,
}

impl Pass {
    /// Adds the gradients of a batch's loss to `gradients` and returns the loss: the sum of weighted negative log-probabilities in
    /// nats by the divisor.
    pub(crate) fn run(self, model: &Model, batch: &Batch, gradients: &mut Gradients) -> f64 {
        if batch.counted() == 0 {
            return 0.0;
        }
        if self.checkpointing {
            return self.checkpointed(model, batch, gradients);
        }
        let packed = model.pack(batch.lengths());
        let embedded = model.embed(batch.inputs(&model.device()));
        let x = self.blocks(model.layers(), embedded, &packed, |_| ());
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
        let embedded = plain.embed(batch.inputs(&plain.device()));
        let x = self.blocks(plain.layers(), embedded, &packed, |x| inputs.push(x.clone()));
        let (loss, mut gradient) = self.head(model, &x, batch, gradients);
        for (index, layer) in model.layers().iter().enumerate().rev() {
            let Some(input) = inputs.pop() else { break };
            let input = Tensor::from_inner(input).require_grad();
            self.seed(index, &plain.device());
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

    fn blocks(
        self,
        layers: &[Layer],
        mut x: Tensor<2>,
        packed: &Packed,
        mut before: impl FnMut(&Tensor<2>),
    ) -> Tensor<2> {
        let device = x.device().inner();
        for (index, layer) in layers.iter().enumerate() {
            before(&x);
            self.seed(index, &device);
            x = layer.forward_packed(x, packed);
        }
        x
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
        for Targets { rows, ids, weights } in batch.targets(GROUP, &x.device()) {
            let leaf = Tensor::from_inner(x.clone().select(0, rows.clone())).require_grad();
            let ids = Tensor::from_inner(ids);
            let chosen = log_probabilities(model, leaf.clone(), ids) * Tensor::from_inner(weights);
            let loss = chosen.sum().mul_scalar(-1.0 / self.divisor);
            let found = loss.backward();
            gradients.collect(model, &[], &found);
            losses.push(loss.inner());
            let part = leaf.grad(&found).expect("the loss depends on the hidden states");
            gradient = gradient.select_assign(0, rows, part, IndexingUpdateOp::Add);
        }
        (total(losses), gradient)
    }

    fn seed(self, layer: usize, device: &Device) {
        if let Some(seed) = self.seed {
            device.seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ layer as u64);
        }
    }
}

/// The log-probabilities, `[n]`, of ids, `[n]`, after outputs of the last block, `[n, H]`.
fn log_probabilities(model: &Model, x: Tensor<2>, ids: Tensor<1, Int>) -> Tensor<1> {
    chosen(logits(model, x), ids)
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
