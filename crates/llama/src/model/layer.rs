//! One transformer block: attention and feed-forward, each after an RMSNorm and with a residual connection.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Angles;
use super::attention::Attention;
use super::cache::LayerCache;
use super::fused;
use super::linear::Linear;
use super::norm::RmsNorm;

/// One transformer block.
#[derive(Module, Debug)]
pub struct Layer {
    pub(super) input_layernorm: RmsNorm,
    pub(super) self_attn: Attention,
    pub(super) post_attention_layernorm: RmsNorm,
    pub(super) mlp: Mlp,
}

impl Layer {
    /// `x` is `[B * T, H]`, and so is the result.
    pub(super) fn forward(
        &self,
        x: Tensor<2>,
        batch: usize,
        angles: &Angles,
        past: &mut LayerCache,
    ) -> Tensor<2> {
        self.around(x, |attention, x| attention.forward(x, batch, angles, past))
    }

    /// The block around its attention.
    pub(super) fn around(
        &self,
        x: Tensor<2>,
        attend: impl FnOnce(&Attention, Tensor<2>) -> Tensor<2>,
    ) -> Tensor<2> {
        let x = x.clone() + attend(&self.self_attn, self.input_layernorm.forward(x));
        let fed = self.mlp.forward(self.post_attention_layernorm.forward(x.clone()));
        x + fed
    }
}

/// The gated feed-forward block, `down(silu(gate(x)) * up(x))`.
#[derive(Module, Debug)]
pub(super) struct Mlp {
    pub(super) gate_proj: Linear,
    pub(super) up_proj: Linear,
    pub(super) down_proj: Linear,
}

impl Mlp {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let gate = self.gate_proj.forward(x.clone());
        self.down_proj.forward(fused::gated(gate, self.up_proj.forward(x)))
    }
}
