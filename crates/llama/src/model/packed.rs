//! Sequences laid end to end: the forward pass of training, without padding and without a cache.

use std::fmt;
use std::ops::Range;

use burn::tensor::{Int, Tensor};

use super::layer::Layer;
use super::{Angles, Model};
use crate::rope;

/// The places of several sequences that lie one behind the other in `N` rows. Each sequence sees itself alone.
#[derive(Clone)]
pub struct Packed {
    pub(super) angles: Angles,
    pub(super) ranges: Vec<Range<usize>>,
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packed").field("ranges", &self.ranges).finish_non_exhaustive()
    }
}

impl Model {
    /// Lays out sequences of these lengths.
    pub fn pack(&self, lengths: &[usize]) -> Packed {
        let (mut cos, mut sin, mut ranges, mut end) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for length in lengths {
            let (c, s) = rope::angles(&self.frequencies, 0, *length);
            cos.extend(c);
            sin.extend(s);
            ranges.push(end..end + length);
            end += length;
        }
        Packed { angles: self.upload_angles(cos, sin, end), ranges }
    }

    /// The embeddings, `[N, H]`, of tokens, `[N]`.
    ///
    /// # Panics
    ///
    /// If an id is not below the vocabulary size.
    pub fn embed(&self, ids: Tensor<1, Int>) -> Tensor<2> {
        let rows = self.embed_tokens.val().select(0, ids);
        rows.cast(self.norm.gamma.val().dtype())
    }

    /// The transformer blocks, first to last.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The final norm: what [`logits`](Self::logits) takes, of what the last block returned. `[N, H]` both.
    pub fn normalise(&self, x: Tensor<2>) -> Tensor<2> {
        self.norm.forward(x)
    }
}

impl Layer {
    /// The block's output, `[N, H]`, for the rows of [`Packed`] sequences, `[N, H]`.
    pub fn forward_packed(&self, x: Tensor<2>, packed: &Packed) -> Tensor<2> {
        self.around(x, |attention, x| attention.forward_packed(x, packed))
    }
}
