//! Low-rank adapters on the linear maps of a model.

use burn::module::{Module, Param};
use burn::tensor::{DType, Device, Tensor, TensorData};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use super::{Model, linear};
use crate::adapter::{Adapter, AdapterConfig, Factors};
use crate::error::Result;

/// A low-rank addition to a linear map: `scale * B A x`, with the factors in f32 whatever the weight is.
#[derive(Module, Debug)]
pub struct LowRank {
    /// `A`, `[rank, in]`.
    pub lora_a: Param<Tensor<2>>,
    /// `B`, `[out, rank]`.
    pub lora_b: Param<Tensor<2>>,
    /// What the product is multiplied by.
    pub scale: f64,
    /// The share of inputs left out at random; 0 but in training.
    pub dropout: f64,
    /// Which inputs are left out: the same ones for the same seed and number of rows.
    pub seed: u64,
}

impl LowRank {
    fn new(factors: &Factors, scale: f64, device: &Device) -> Self {
        let parameter = |values: &Vec<f32>, shape: [usize; 2]| {
            let data = TensorData::new(values.clone(), shape);
            Param::from_tensor(Tensor::from_data(data, (device, DType::F32)))
        };
        let (rank, inputs, outputs) = (factors.rank, factors.inputs(), factors.outputs());
        Self {
            lora_a: parameter(&factors.a, [rank, inputs]),
            lora_b: parameter(&factors.b, [outputs, rank]),
            scale,
            dropout: 0.0,
            seed: 0,
        }
    }

    /// Maps `[N, in]` to `[N, out]`.
    pub(super) fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let dtype = x.dtype();
        let (a, b) = (self.lora_a.val().cast(dtype), self.lora_b.val().cast(dtype));
        let narrow = linear::product(self.thinned(x), a);
        linear::product(narrow.mul_scalar(self.scale), b)
    }

    /// Inverted dropout.
    fn thinned(&self, x: Tensor<2>) -> Tensor<2> {
        if self.dropout == 0.0 {
            return x;
        }
        let shape = x.dims();
        let mask = TensorData::new(mask(self.seed, shape[0] * shape[1], self.dropout), shape);
        let mask = Tensor::from_data(mask, (&x.device().inner(), x.dtype()));
        x * mask.autodiff()
    }

    fn factors(&self) -> Factors {
        let host = |param: &Param<Tensor<2>>| param.val().into_data().iter::<f32>().collect();
        let rank = self.lora_a.val().dims()[0];
        Factors { a: host(&self.lora_a), b: host(&self.lora_b), rank }
    }
}

impl Model {
    /// Puts an adapter on the model, beside its weights. An adapter that was there is replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Adapter`](crate::Error::Adapter) if it has a module that the model has not, or of another shape.
    pub fn with_adapter(mut self, adapter: &Adapter) -> Result<Self> {
        let device = self.device();
        let mut untaken = adapter.untaken();
        for (name, linear) in self.linears_mut() {
            let factors = untaken.take(&name, &linear.weight.shape())?;
            linear.adapter = factors.map(|factors| LowRank::new(factors, adapter.scale(), &device));
        }
        untaken.finish()?;
        Ok(self)
    }

    /// The adapter that is on the model, with these settings.
    pub fn adapter(&self, config: AdapterConfig) -> Adapter {
        let mut copy = self.clone();
        let adapted = copy.linears_mut();
        let factors = adapted
            .filter_map(|(name, linear)| Some((name, linear.adapter.as_ref()?.factors())))
            .collect();
        Adapter { config, factors }
    }

    /// Sets the dropout of every adapted map. The seed decides what is left out; each map draws from it on its own.
    #[must_use]
    pub fn with_dropout(mut self, dropout: f64, seed: u64) -> Self {
        for (index, (_, linear)) in self.linears_mut().enumerate() {
            if let Some(adapter) = &mut linear.adapter {
                (adapter.dropout, adapter.seed) = (dropout, seed.wrapping_add(index as u64));
            }
        }
        self
    }

    /// The model with its adapter added to its weights.
    #[must_use]
    pub fn merged(mut self) -> Self {
        for (_, linear) in self.linears_mut() {
            if let Some(LowRank { lora_a, lora_b, scale, .. }) = linear.adapter.take() {
                let delta = lora_b.val().matmul(lora_a.val()).mul_scalar(scale);
                let weight = linear.weight.clone();
                linear.weight = weight.map(|weight| {
                    let dense = linear::dense(weight);
                    let dtype = dense.dtype();
                    dense + delta.cast(dtype)
                });
            }
        }
        self
    }

    /// Names and shapes, `[out, in]`, of the linear maps inside the blocks.
    pub fn linear_shapes(&self) -> Vec<(String, [usize; 2])> {
        let mut copy = self.clone();
        copy.linears_mut().map(|(name, linear)| (name, linear.weight.shape().dims())).collect()
    }

    /// The linear maps inside the blocks, by their Hugging Face names.
    fn linears_mut(&mut self) -> impl Iterator<Item = (String, &mut linear::Linear)> {
        self.layers.iter_mut().enumerate().flat_map(|(index, layer)| {
            let (attention, mlp) = (&mut layer.self_attn, &mut layer.mlp);
            [
                ("self_attn.q_proj", &mut attention.q_proj),
                ("self_attn.k_proj", &mut attention.k_proj),
                ("self_attn.v_proj", &mut attention.v_proj),
                ("self_attn.o_proj", &mut attention.o_proj),
                ("mlp.gate_proj", &mut mlp.gate_proj),
                ("mlp.up_proj", &mut mlp.up_proj),
                ("mlp.down_proj", &mut mlp.down_proj),
            ]
            .map(|(part, linear)| (format!("model.layers.{index}.{part}"), linear))
        })
    }
}

/// What each of `len` inputs is multiplied by: 0 for a share of `dropout`, and else what makes up for them. 16 random bits each.
fn mask(seed: u64, len: usize, dropout: f64) -> Vec<f32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let kept = 1.0 - dropout;
    let (bound, factor) = ((kept * 65536.0).round() as u32, (1.0 / kept) as f32);
    let mut mask = vec![0.0; len];
    for four in mask.chunks_mut(4) {
        let mut bits = rng.next_u64();
        for value in four {
            if ((bits & 0xffff) as u32) < bound {
                *value = factor;
            }
            bits >>= 16;
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn a_mask_leaves_out_its_share_and_keeps_the_mean() {
        let (len, dropout) = (100_001, 0.1);
        let mask = mask(7, len, dropout);
        let zeros = mask.iter().filter(|value| **value == 0.0).count() as f64 / len as f64;
        assert!((zeros - dropout).abs() < 0.005, "{zeros}");
        let mean = mask.iter().map(|value| f64::from(*value)).sum::<f64>() / len as f64;
        assert!((mean - 1.0).abs() < 0.005, "{mean}");
        assert_ne!(mask, super::mask(8, len, dropout));
    }
}
