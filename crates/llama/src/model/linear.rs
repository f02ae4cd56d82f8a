//! A linear map whose weight lies as checkpoints store it.

use burn::module::{Module, Param};
use burn::tensor::{DType, Tensor};

use super::fused;
use super::lora::LowRank;

/// Up to this many rows, the product is computed as `(W xᵀ)ᵀ`: burn's CPU kernels then read `W` row by row and pack only `x`,
/// where `x Wᵀ` packs all of `W` on every call.
const FEW_ROWS: usize = 64;

/// `y = x Wᵀ + b` with `W` of `[out, in]`, as Hugging Face and GGUF files have it.
#[derive(Module, Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: Param<Tensor<2>>,
    /// `[out]`.
    pub bias: Option<Param<Tensor<1>>>,
    /// A low-rank addition.
    pub adapter: Option<LowRank>,
}

impl Linear {
    /// Maps `[N, in]` to `[N, out]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let y = product(x.clone(), dense(self.weight.val()));
        let y = match &self.bias {
            Some(bias) => y + bias.val().unsqueeze(),
            None => y,
        };
        match &self.adapter {
            Some(adapter) => y + adapter.forward(x),
            None => y,
        }
    }
}

/// A weight as numbers to compute with: one that is held in quantised blocks is unpacked.
pub(super) fn dense<const D: usize>(weight: Tensor<D>) -> Tensor<D> {
    if matches!(weight.dtype(), DType::QFloat(_)) { weight.dequantize() } else { weight }
}

/// `x Wᵀ` for `x` of `[N, in]` and `weight` of `[out, in]`.
pub(super) fn product(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    if weight.dtype() == DType::BF16 && x.dtype() == DType::F32 {
        return fused::bf16_product(x, weight);
    }
    if x.dims()[0] <= FEW_ROWS {
        return weight.matmul(x.transpose()).transpose();
    }
    x.matmul(weight.transpose())
}
