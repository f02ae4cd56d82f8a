//! The KV cache: what earlier tokens left for attention.

use burn::tensor::Tensor;

/// Keys and values of every layer for the tokens seen so far.
///
/// Grows by [`Model::forward`](super::Model::forward), shrinks by [`truncate`](Self::truncate). A clone is a fork: the
/// tensors are shared until one side grows, so several candidates can continue one prompt.
#[derive(Clone, Debug)]
pub struct Cache {
    layers: Vec<LayerCache>,
}

impl Cache {
    pub(super) fn new(layers: usize) -> Self {
        Self { layers: vec![LayerCache::default(); layers] }
    }

    /// Number of positions held.
    pub fn len(&self) -> usize {
        self.layers.first().map_or(0, LayerCache::len)
    }

    /// Whether no position is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets every position from `len` on; does nothing where there are not that many.
    pub fn truncate(&mut self, len: usize) {
        for layer in &mut self.layers {
            layer.truncate(len);
        }
    }

    pub(super) fn layers_mut(&mut self) -> &mut [LayerCache] {
        &mut self.layers
    }
}

/// Keys and values of one layer, `[B, kv_heads, S, head_dim]` each; `None` while nothing was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct LayerCache {
    held: Option<(Tensor<4>, Tensor<4>)>,
}

impl LayerCache {
    /// Adds new positions and returns all of them.
    pub(super) fn append(&mut self, k: Tensor<4>, v: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let all = match self.held.take() {
            Some((past_k, past_v)) => {
                (Tensor::cat(vec![past_k, k], 2), Tensor::cat(vec![past_v, v], 2))
            }
            None => (k, v),
        };
        self.held = Some(all.clone());
        all
    }

    fn len(&self) -> usize {
        self.held.as_ref().map_or(0, |(k, _)| k.dims()[2])
    }

    fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        self.held = self
            .held
            .take()
            .filter(|_| len > 0)
            .map(|(k, v)| (k.narrow(2, 0, len), v.narrow(2, 0, len)));
    }
}
