//! RMSNorm with its weights.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::fused;

/// A norm over the last dimension.
#[derive(Module, Debug)]
pub(super) struct RmsNorm {
    /// The factors, `[H]`.
    pub(super) gamma: Param<Tensor<1>>,
    /// Added to the mean square.
    pub(super) epsilon: f64,
}

impl RmsNorm {
    /// `[N, H]` to `[N, H]`.
    pub(super) fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        fused::rms_norm(x, self.gamma.val(), self.epsilon)
    }
}
