//! Attention in tensors of any backend.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, TensorMetadata};
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Shape, TensorData};

const CAUSAL: AttentionModuleOptions =
    AttentionModuleOptions { scale: None, softcap: None, is_causal: true };

/// Burn's attention, for backends where query heads can share a key head.
pub(super) fn shared<B: Backend>(
    q: FloatTensor<B>,
    k: FloatTensor<B>,
    v: FloatTensor<B>,
) -> FloatTensor<B> {
    B::attention(q, k, v, None, None, CAUSAL)
}

/// Burn's attention, for backends where each query head needs a key head of its own.
pub(super) fn with_a_key_head_each<B: Backend>(
    q: FloatTensor<B>,
    k: FloatTensor<B>,
    v: FloatTensor<B>,
) -> FloatTensor<B> {
    let heads = q.shape()[1];
    let repeated = |x: FloatTensor<B>| {
        let [batch, kv_heads, len, dim] = x.shape().dims();
        let groups = heads / kv_heads;
        let x = B::float_reshape(x, Shape::from([batch, kv_heads, 1, len, dim]));
        let x = B::float_expand(x, Shape::from([batch, kv_heads, groups, len, dim]));
        B::float_reshape(x, Shape::from([batch, heads, len, dim]))
    };
    let (k, v) = (repeated(k), repeated(v));
    shared::<B>(q, k, v)
}

/// The gradients by queries, keys and values, from the output and its gradient. The probabilities are computed again, and the sum that their softmax
/// takes off is that of the output times its gradient (FlashAttention, Dao et al. 2022, arXiv 2205.14135, appendix B.4).
pub(super) fn backward<B: Backend>(
    [q, k, v]: [FloatTensor<B>; 3],
    output: FloatTensor<B>,
    gradient: FloatTensor<B>,
) -> [FloatTensor<B>; 3] {
    let [batch, heads, count, dim] = q.shape().dims();
    let [_, kv_heads, len, _] = k.shape().dims();
    let (pairs, groups) = (batch * kv_heads, heads / kv_heads);
    // The query heads that share a key head lie one behind the other, as more rows of one product.
    let rows = |x| B::float_reshape(x, Shape::from([pairs, groups * count, dim]));
    let keys = |x| B::float_reshape(x, Shape::from([pairs, len, dim]));
    let scale = 1.0 / (dim as f64).sqrt();

    let q = B::float_mul_scalar(rows(q), scale.into());
    let (k, v, gradient) = (keys(k), keys(v), rows(gradient));
    let scores = B::float_matmul(q.clone(), transposed::<B>(k.clone()));
    let scores = B::float_reshape(scores, Shape::from([pairs * groups, count, len]));
    let scores = B::float_add(scores, mask::<B>(&k, count, len));
    let weights = B::softmax(scores, 2);
    let weights = B::float_reshape(weights, Shape::from([pairs, groups * count, len]));

    let by_v = B::float_matmul(transposed::<B>(weights.clone()), gradient.clone());
    let by_weights = B::float_matmul(gradient.clone(), transposed::<B>(v));
    let mean = B::float_sum_dim(B::float_mul(gradient, rows(output)), 2);
    let by_scores = B::float_mul(weights, B::float_sub(by_weights, mean));
    let by_q = B::float_mul_scalar(B::float_matmul(by_scores.clone(), k), scale.into());
    let by_k = B::float_matmul(transposed::<B>(by_scores), q);

    let by_q = B::float_reshape(by_q, Shape::from([batch, heads, count, dim]));
    let shape = Shape::from([batch, kv_heads, len, dim]);
    [by_q, B::float_reshape(by_k, shape.clone()), B::float_reshape(by_v, shape)]
}

fn transposed<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    B::float_swap_dims(x, 1, 2)
}

/// What is added to scores, `[1, count, len]`: nothing where a query sees a key, and else minus infinity.
fn mask<B: Backend>(like: &FloatTensor<B>, count: usize, len: usize) -> FloatTensor<B> {
    let mut mask = vec![f32::NEG_INFINITY; count * len];
    for (row, values) in mask.chunks_mut(len).enumerate() {
        values[..=row + len - count].fill(0.0);
    }
    let mask = TensorData::new(mask, [1, count, len]).convert_dtype(like.dtype());
    B::float_from_data(mask, &like.device())
}
