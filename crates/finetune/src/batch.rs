//! Examples end to end.

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::error::{Error, Result};
use crate::example::Example;

/// Rows of vocabulary logits that exist at a time.
pub(crate) const GROUP: usize = 256;

/// Examples laid one behind the other, shifted by one: input `i` is to predict target `i`. There is no padding, and no example sees another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Batch {
    inputs: Vec<i32>,
    lengths: Vec<usize>,
    /// Where a target counts: its row, the target, and its weight.
    counted: Vec<(i32, i32, f32)>,
}

impl Batch {
    /// Lays out examples.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyBatch`]; [`Error::TooLong`] for an example that does not fit into `context`.
    pub(crate) fn new<'a>(
        examples: impl IntoIterator<Item = &'a Example>,
        context: usize,
    ) -> Result<Self> {
        let mut batch = Self { inputs: Vec::new(), lengths: Vec::new(), counted: Vec::new() };
        for (index, example) in examples.into_iter().enumerate() {
            let tokens = example.ids.len();
            if tokens > context {
                return Err(Error::TooLong { kind: "the batch's", index, tokens, context });
            }
            batch.push(example);
        }
        if batch.inputs.is_empty() { Err(Error::EmptyBatch) } else { Ok(batch) }
    }

    fn push(&mut self, example: &Example) {
        let pairs = example.ids.windows(2).zip(example.weights.iter().skip(1));
        for (pair, weight) in pairs {
            if *weight > 0.0 {
                let row = self.inputs.len() as i32;
                self.counted.push((row, pair[1].cast_signed(), *weight));
            }
            self.inputs.push(pair[0].cast_signed());
        }
        self.lengths.push(example.ids.len() - 1);
    }

    /// The tokens that go in, `[N]`.
    pub(crate) fn inputs(&self, device: &Device) -> Tensor<1, Int> {
        upload(self.inputs.clone(), device)
    }

    /// How many tokens go in, for each example.
    pub(crate) fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// How many targets count.
    pub(crate) fn counted(&self) -> usize {
        self.counted.len()
    }

    /// Targets that count, in groups of at most [`GROUP`].
    pub(crate) fn targets(&self, device: &Device) -> Vec<Targets> {
        let group = |group: &[(i32, i32, f32)]| Targets {
            rows: upload(group.iter().map(|(row, ..)| *row).collect(), device),
            ids: upload(group.iter().map(|(_, id, _)| *id).collect(), device),
            weights: {
                let weights: Vec<f32> = group.iter().map(|(.., weight)| *weight).collect();
                Tensor::from_data(TensorData::new(weights, [group.len()]), device)
            },
        };
        self.counted.chunks(GROUP).map(group).collect()
    }
}

/// Some of a batch's targets, `[n]` each: the row that predicts it, its id, its weight.
pub(crate) struct Targets {
    pub(crate) rows: Tensor<1, Int>,
    pub(crate) ids: Tensor<1, Int>,
    pub(crate) weights: Tensor<1>,
}

fn upload(values: Vec<i32>, device: &Device) -> Tensor<1, Int> {
    let shape = [values.len()];
    Tensor::from_data(TensorData::new(values, shape), device)
}
