//! Causal self-attention with rotary positions and grouped key/value heads.

use std::ops::Range;

use burn::module::Module;
use burn::tensor::Tensor;

use super::Angles;
use super::cache::LayerCache;
use super::fused;
use super::linear::Linear;
use super::packed::Packed;

/// Causal self-attention.
#[derive(Module, Debug)]
pub(super) struct Attention {
    pub(super) q_proj: Linear,
    pub(super) k_proj: Linear,
    pub(super) v_proj: Linear,
    pub(super) o_proj: Linear,
    pub(super) num_heads: usize,
    pub(super) num_kv_heads: usize,
    pub(super) head_dim: usize,
}

impl Attention {
    /// `x` is `[B * T, H]`, and so is the result; `past` grows by `T`.
    pub(super) fn forward(
        &self,
        x: Tensor<2>,
        batch: usize,
        angles: &Angles,
        past: &mut LayerCache,
    ) -> Tensor<2> {
        let (q, k, v) = self.project(x, batch, angles);
        let (k, v) = past.append(k, v);
        self.output(fused::attend(q, k, v))
    }

    /// As [`forward`](Self::forward), for sequences that lie one behind the other and see themselves alone.
    pub(super) fn forward_packed(&self, x: Tensor<2>, packed: &Packed) -> Tensor<2> {
        let (q, k, v) = self.project(x, 1, &packed.angles);
        let one = |range: &Range<usize>| {
            let part = |x: &Tensor<4>| x.clone().narrow(2, range.start, range.len());
            fused::attend(part(&q), part(&k), part(&v))
        };
        let mixed: Vec<_> = packed.ranges.iter().map(one).collect();
        self.output(Tensor::cat(mixed, 2))
    }

    /// Queries, `[B, num_heads, T, head_dim]`, and keys and values, `[B, num_kv_heads, T, head_dim]`.
    fn project(
        &self,
        x: Tensor<2>,
        batch: usize,
        angles: &Angles,
    ) -> (Tensor<4>, Tensor<4>, Tensor<4>) {
        let q = angles.rotate(self.heads(self.q_proj.forward(x.clone()), batch, self.num_heads));
        let k = angles.rotate(self.heads(self.k_proj.forward(x.clone()), batch, self.num_kv_heads));
        (q, k, self.heads(self.v_proj.forward(x), batch, self.num_kv_heads))
    }

    /// `[B, num_heads, T, head_dim]` to `[B * T, H]`.
    fn output(&self, mixed: Tensor<4>) -> Tensor<2> {
        let [batch, heads, count, dim] = mixed.dims();
        self.o_proj.forward(mixed.swap_dims(1, 2).reshape([batch * count, heads * dim]))
    }

    /// `[B * T, heads * head_dim]` to `[B, heads, T, head_dim]`.
    fn heads(&self, x: Tensor<2>, batch: usize, heads: usize) -> Tensor<4> {
        let count = x.dims()[0] / batch;
        x.reshape([batch, count, heads, self.head_dim]).swap_dims(1, 2)
    }
}

impl Angles {
    /// Turns each pair `(x[i], x[i + D / 2])` of `[B, heads, T, D]` by its position's angle.
    fn rotate(&self, x: Tensor<4>) -> Tensor<4> {
        let [first, second]: [Tensor<4>; 2] = halves(x);
        let (cos, sin) = (self.cos.clone(), self.sin.clone());
        let turned_first = first.clone() * cos.clone() - second.clone() * sin.clone();
        let turned_second = second * cos + first * sin;
        Tensor::cat(vec![turned_first, turned_second], 3)
    }
}

fn halves(x: Tensor<4>) -> [Tensor<4>; 2] {
    let half = x.dims()[3] / 2;
    [x.clone().narrow(3, 0, half), x.narrow(3, half, half)]
}
