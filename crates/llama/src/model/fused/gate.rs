//! The gate of the feed-forward block in tensors of any backend.

use burn::backend::Backend;
use burn::backend::tensor::FloatTensor;

pub(super) fn forward<B: Backend>(gate: FloatTensor<B>, up: FloatTensor<B>) -> FloatTensor<B> {
    let sigmoid = B::sigmoid(gate.clone());
    B::float_mul(B::float_mul(gate, sigmoid), up)
}

pub(super) fn backward<B: Backend>(
    gate: FloatTensor<B>,
    up: FloatTensor<B>,
    gradient: FloatTensor<B>,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let sigmoid = B::sigmoid(gate.clone());
    let silu = B::float_mul(gate, sigmoid.clone());
    let by_up = B::float_mul(gradient.clone(), silu.clone());
    // The derivative of silu, s + silu * (1 - s).
    let slope =
        B::float_sub(B::float_add(sigmoid.clone(), silu.clone()), B::float_mul(silu, sigmoid));
    (B::float_mul(B::float_mul(gradient, up), slope), by_up)
}
