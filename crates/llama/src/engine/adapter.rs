//! A LoRA adapter beside the weights of a model.

use super::low_rank::LowRank;
use super::{Layer, Model};
use crate::adapter::{Adapter, Factors};
use crate::error::Result;

impl Model {
    /// Puts an adapter on the model, beside its weights, which stay as they are: of every adapted linear map the result grows by
    /// `scale * B (A x)`, in f32. An adapter that was there is replaced.
    ///
    /// What [`Session`](super::Session) promises holds with an adapter too: no bit depends on how work is cut.
    ///
    /// # Errors
    ///
    /// [`Error::Adapter`](crate::Error::Adapter) if it has a module that the model has not, or of another shape.
    pub fn with_adapter(mut self, adapter: &Adapter) -> Result<Self> {
        let mut untaken = adapter.untaken();
        let scale = adapter.scale() as f32;
        for (index, layer) in self.layers.iter_mut().enumerate() {
            layer.adapt(scale, |part, shape| {
                untaken.take(&format!("model.layers.{index}.{part}"), shape)
            })?;
        }
        untaken.finish()?;
        Ok(self)
    }
}

impl Layer {
    /// Replaces the adapter of every linear map by the factors that `find` gives for it, if any.
    fn adapt<'a>(
        &mut self,
        scale: f32,
        mut find: impl FnMut(&str, &[usize]) -> Result<Option<&'a Factors>>,
    ) -> Result<()> {
        let [q, k, v] = &mut self.qkv;
        // Maps of one input stand together: their first factors are multiplied with it at once.
        let attention = [("self_attn.q_proj", q), ("self_attn.k_proj", k), ("self_attn.v_proj", v)];
        let output = [("self_attn.o_proj", &mut self.output)];
        let gated = [("mlp.gate_proj", &mut self.gate), ("mlp.up_proj", &mut self.up)];
        let down = [("mlp.down_proj", &mut self.down)];
        for maps in [Vec::from(attention), output.into(), gated.into(), down.into()] {
            let mut strips = 0;
            for (part, matrix) in maps {
                let factors = find(part, &matrix.shape())?;
                let low_rank = factors.map(|factors| LowRank::new(factors, scale, strips));
                strips += low_rank.as_ref().map_or(0, LowRank::strips);
                matrix.adapt(low_rank);
            }
        }
        Ok(())
    }
}
