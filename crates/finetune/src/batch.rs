//! Examples side by side.

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::error::{Error, Result};
use crate::example::Example;

/// Examples of a batch, shifted by one and padded at the end: token `t` of a row is to predict target `t`.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    rows: usize,
    width: usize,
    inputs: Vec<i32>,
    /// Where a target counts: its position in `[B * T]`, the target, and its weight.
    counted: Vec<(i32, i32, f32)>,
}

impl Batch {
    /// Stacks examples. Padding stands behind a row, where no token that counts can see it.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyBatch`]; [`Error::TooLong`] for an example that does not fit into `context`.
    pub fn new(examples: &[Example], context: usize) -> Result<Self> {
        let width = examples
            .iter()
            .map(|e| e.ids.len().saturating_sub(1))
            .max()
            .ok_or(Error::EmptyBatch)?;
        let mut batch =
            Self { rows: examples.len(), width, inputs: Vec::new(), counted: Vec::new() };
        for (index, example) in examples.iter().enumerate() {
            if example.ids.len() > context {
                return Err(Error::TooLong { index, tokens: example.ids.len(), context });
            }
            batch.push(example);
        }
        Ok(batch)
    }

    fn push(&mut self, example: &Example) {
        let start = self.inputs.len();
        let pairs = example.ids.windows(2).zip(example.weights.iter().skip(1));
        for (offset, (pair, weight)) in pairs.enumerate() {
            self.inputs.push(pair[0].cast_signed());
            if *weight > 0.0 {
                self.counted.push(((start + offset) as i32, pair[1].cast_signed(), *weight));
            }
        }
        self.inputs.resize(start + self.width, 0);
    }

    /// The tokens that go in, `[B, T]`.
    pub fn inputs(&self, device: &Device) -> Tensor<2, Int> {
        Tensor::from_data(TensorData::new(self.inputs.clone(), [self.rows, self.width]), device)
    }

    /// How many targets count.
    pub fn counted(&self) -> usize {
        self.counted.len()
    }

    /// The sum of all weights.
    pub fn weight(&self) -> f64 {
        self.counted.iter().map(|(_, _, weight)| f64::from(*weight)).sum()
    }

    /// Positions in `[B * T]` whose targets count, `[N]`.
    pub(crate) fn positions(&self, device: &Device) -> Tensor<1, Int> {
        self.column(|(position, _, _)| position, device)
    }

    /// The targets that count, `[N]`.
    pub(crate) fn targets(&self, device: &Device) -> Tensor<1, Int> {
        self.column(|(_, target, _)| target, device)
    }

    /// Their weights, `[N]`.
    pub(crate) fn weights(&self, device: &Device) -> Tensor<1> {
        let weights: Vec<f32> = self.counted.iter().map(|(_, _, weight)| *weight).collect();
        Tensor::from_data(TensorData::new(weights, [self.counted.len()]), device)
    }

    fn column(&self, field: impl Fn((i32, i32, f32)) -> i32, device: &Device) -> Tensor<1, Int> {
        let column: Vec<i32> = self.counted.iter().copied().map(field).collect();
        Tensor::from_data(TensorData::new(column, [self.counted.len()]), device)
    }
}
