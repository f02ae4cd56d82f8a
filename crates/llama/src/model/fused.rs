//! Operations of a block whose gradients are written out.
//!
//! Taken apart into what burn differentiates by itself, attention, the gate of the feed-forward block and the norm would keep and pass over a
//! dozen intermediate tensors each. Here each keeps what went in, and finds its gradients from that.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, backend_extension};
use burn::tensor::{FloatDType, Tensor};

mod attention;
mod gate;
mod host;
mod norm;

/// Causal attention, `[B, heads, T, D]`, of queries of that shape over keys and values, `[B, kv_heads, S, D]` with `S >= T`; the last query sees all.
pub(super) fn attend(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>) -> Tensor<4> {
    let (q, k, v) = (q.into_dispatch(), k.into_dispatch(), v.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Fused>::attend(q, k, v))
}

/// `silu(gate) * up`, all of one shape.
pub(super) fn gated(gate: Tensor<2>, up: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Fused>::gated(gate.into_dispatch(), up.into_dispatch()))
}

/// `x / sqrt(mean(x²) + epsilon) * gamma` for each row of `x`, `[N, H]`, with `gamma` of `[H]` (RMSNorm, Zhang and Sennrich 2019, arXiv 1910.07467).
pub(super) fn rms_norm(x: Tensor<2>, gamma: Tensor<1>, epsilon: f64) -> Tensor<2> {
    let (x, gamma) = (x.into_dispatch(), gamma.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Fused>::rms_norm(x, gamma, epsilon))
}

/// `x Wᵀ` for `x` of `[N, in]` in f32 and a constant weight of `[out, in]` in bf16. Where the processor has tile registers, `x` and, on
/// the way back, gradients are rounded to bf16 too; sums are f32.
pub(super) fn bf16_product(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    let (x, weight) = (x.into_dispatch(), weight.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Fused>::bf16_product(x, weight))
}

/// What a backend must offer; the defaults are made of burn's own operations.
#[backend_extension(Flex, Cube: cfg(feature = "cuda"), Autodiff)]
pub(super) trait Fused: Backend {
    /// See [`attend`].
    fn attend(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        attention::with_a_key_head_each::<Self>(q, k, v)
    }

    /// See [`gated`].
    fn gated(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        gate::forward::<Self>(gate, up)
    }

    /// The gradients by `gate` and by `up`.
    fn gated_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        gate::backward::<Self>(gate, up, gradient)
    }

    /// See [`rms_norm`].
    fn rms_norm(x: FloatTensor<Self>, gamma: FloatTensor<Self>, epsilon: f64) -> FloatTensor<Self> {
        norm::forward::<Self>(x, gamma, epsilon)
    }

    /// The gradient by `x`.
    fn rms_norm_backward(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        norm::backward::<Self>(x, gamma, gradient, epsilon)
    }

    /// See [`bf16_product`].
    fn bf16_product(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        plain_bf16_product::<Self>(x, weight)
    }

    /// The gradient by `x`.
    fn bf16_product_backward(
        gradient: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        plain_bf16_product_backward::<Self>(gradient, weight)
    }
}

#[cfg(feature = "cuda")]
impl Fused for burn::backend::Cube {}

impl<B: Fused, C: CheckpointStrategy> Fused for Autodiff<B, C> {
    fn attend(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let kept = [q.primitive().clone(), k.primitive().clone(), v.primitive().clone()];
        let [a, b, c] = kept.clone();
        let output = B::attend(a, b, c);
        match Attend.prepare::<C>([q.node(), k.node(), v.node()]).compute_bound().stateful() {
            OpsKind::Tracked(op) => op.finish((kept, output.clone()), output),
            OpsKind::UnTracked(op) => op.finish(output),
        }
    }

    fn gated(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        let kept = [gate.primitive().clone(), up.primitive().clone()];
        let [a, b] = kept.clone();
        let output = B::gated(a, b);
        match Gated.prepare::<C>([gate.node(), up.node()]).compute_bound().stateful() {
            OpsKind::Tracked(op) => op.finish(kept, output),
            OpsKind::UnTracked(op) => op.finish(output),
        }
    }

    fn rms_norm(x: FloatTensor<Self>, gamma: FloatTensor<Self>, epsilon: f64) -> FloatTensor<Self> {
        let kept = [x.primitive().clone(), gamma.primitive().clone()];
        let [a, b] = kept.clone();
        let output = B::rms_norm(a, b, epsilon);
        match RmsNorm.prepare::<C>([x.node(), gamma.node()]).compute_bound().stateful() {
            OpsKind::Tracked(op) => op.finish((kept, epsilon), output),
            OpsKind::UnTracked(op) => op.finish(output),
        }
    }

    fn bf16_product(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        let weight = weight.primitive().clone();
        let output = B::bf16_product(x.primitive().clone(), weight.clone());
        match Bf16Product.prepare::<C>([x.node()]).compute_bound().stateful() {
            OpsKind::Tracked(op) => op.finish(weight, output),
            OpsKind::UnTracked(op) => op.finish(output),
        }
    }
}

fn plain_bf16_product<B: Backend>(x: FloatTensor<B>, weight: FloatTensor<B>) -> FloatTensor<B> {
    B::float_matmul(x, B::float_transpose(B::float_cast(weight, FloatDType::F32)))
}

fn plain_bf16_product_backward<B: Backend>(
    gradient: FloatTensor<B>,
    weight: FloatTensor<B>,
) -> FloatTensor<B> {
    B::float_matmul(gradient, B::float_cast(weight, FloatDType::F32))
}

#[derive(Debug)]
struct Attend;

impl<B: Fused> Backward<B, 3> for Attend {
    /// Queries, keys, values, and the output.
    type State = ([FloatTensor<B>; 3], FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let (kept, output) = ops.state;
        let inputs = ops.parents.map(|input| input.map(|node| node.id));
        register::<B, 3>(inputs, attention::backward::<B>(kept, output, gradient), grads);
    }
}

#[derive(Debug)]
struct Gated;

impl<B: Fused> Backward<B, 2> for Gated {
    /// The gate before its activation, and what it lets through.
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [gate, up] = ops.state;
        let (by_gate, by_up) = B::gated_backward(gate, up, gradient);
        let inputs = ops.parents.map(|input| input.map(|node| node.id));
        register::<B, 2>(inputs, [by_gate, by_up], grads);
    }
}

#[derive(Debug)]
struct RmsNorm;

impl<B: Fused> Backward<B, 2> for RmsNorm {
    /// The input and the factors, and what is added to the mean square.
    type State = ([FloatTensor<B>; 2], f64);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let ([x, gamma], epsilon) = ops.state;
        let [by_x, by_gamma] = ops.parents;
        if let Some(node) = by_gamma {
            let found = norm::by_gamma::<B>(x.clone(), gradient.clone(), epsilon);
            grads.register::<B>(node.id, found);
        }
        if let Some(node) = by_x {
            let found = B::rms_norm_backward(x, gamma, gradient, epsilon);
            grads.register::<B>(node.id, found);
        }
    }
}

#[derive(Debug)]
struct Bf16Product;

impl<B: Fused> Backward<B, 1> for Bf16Product {
    /// The weight.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let inputs = ops.parents.map(|input| input.map(|node| node.id));
        register::<B, 1>(inputs, [B::bf16_product_backward(gradient, ops.state)], grads);
    }
}

/// Hands each input that asks for one its gradient.
fn register<B: Backend, const N: usize>(
    inputs: [Option<NodeId>; N],
    found: [FloatTensor<B>; N],
    grads: &mut Gradients,
) {
    for (input, found) in inputs.into_iter().zip(found) {
        if let Some(input) = input {
            grads.register::<B>(input, found);
        }
    }
}

#[cfg(test)]
mod tests;
