//! The same on the CPU: f32 tensors in one pass over their values.

use burn::backend::flex::FlexTensor;
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::TensorData;
use half::bf16;
use rayon::prelude::*;

use super::{Fused, attention, gate, norm, plain_bf16_product, plain_bf16_product_backward};
use crate::model::bf16::{Side, Weight};

/// Values of one task.
const CHUNK: usize = 1 << 14;
/// Sums that are kept beside each other.
const LANES: usize = 16;

impl Fused for Flex {
    fn attend(q: FlexTensor, k: FlexTensor, v: FlexTensor) -> FlexTensor {
        attention::shared::<Self>(q, k, v)
    }

    fn gated(gate: FlexTensor, up: FlexTensor) -> FlexTensor {
        let (gate, up) = (gate.to_contiguous(), up.to_contiguous());
        let (Some(g), Some(u)) = (gate.as_slice::<f32>(), up.as_slice::<f32>()) else {
            return gate::forward::<Self>(gate, up);
        };
        let mut y = vec![0.0; g.len()];
        let chunks = y.par_chunks_mut(CHUNK).zip(g.par_chunks(CHUNK)).zip(u.par_chunks(CHUNK));
        chunks.for_each(|((y, g), u)| {
            for ((y, g), u) in y.iter_mut().zip(g).zip(u) {
                *y = g * sigmoid(*g) * u;
            }
        });
        tensor(y, &gate)
    }

    fn gated_backward(
        gate: FlexTensor,
        up: FlexTensor,
        gradient: FlexTensor,
    ) -> (FlexTensor, FlexTensor) {
        let (gate, up) = (gate.to_contiguous(), up.to_contiguous());
        let gradient = gradient.to_contiguous();
        let slices = (gate.as_slice::<f32>(), up.as_slice::<f32>(), gradient.as_slice::<f32>());
        let (Some(g), Some(u), Some(d)) = slices else {
            return gate::backward::<Self>(gate, up, gradient);
        };
        let (mut by_gate, mut by_up) = (vec![0.0; g.len()], vec![0.0; g.len()]);
        let inputs = g.par_chunks(CHUNK).zip(u.par_chunks(CHUNK)).zip(d.par_chunks(CHUNK));
        let outputs = by_gate.par_chunks_mut(CHUNK).zip(by_up.par_chunks_mut(CHUNK));
        outputs.zip(inputs).for_each(|((by_gate, by_up), ((g, u), d))| {
            let outputs = by_gate.iter_mut().zip(by_up);
            for ((by_gate, by_up), ((g, u), d)) in outputs.zip(g.iter().zip(u).zip(d)) {
                let s = sigmoid(*g);
                let silu = g * s;
                *by_up = d * silu;
                *by_gate = d * u * (s + silu * (1.0 - s));
            }
        });
        (tensor(by_gate, &gate), tensor(by_up, &gate))
    }

    fn rms_norm(x: FlexTensor, gamma: FlexTensor, epsilon: f64) -> FlexTensor {
        let (x, gamma) = (x.to_contiguous(), gamma.to_contiguous());
        let (Some(values), Some(g)) = (x.as_slice::<f32>(), gamma.as_slice::<f32>()) else {
            return norm::forward::<Self>(x, gamma, epsilon);
        };
        let mut y = vec![0.0; values.len()];
        let rows = y.par_chunks_mut(g.len()).zip(values.par_chunks(g.len()));
        rows.with_min_len(CHUNK / g.len() + 1).for_each(|(y, x)| {
            let factor = factor(x, epsilon);
            for ((y, x), g) in y.iter_mut().zip(x).zip(g) {
                *y = x * factor * g;
            }
        });
        tensor(y, &x)
    }

    fn rms_norm_backward(
        x: FlexTensor,
        gamma: FlexTensor,
        gradient: FlexTensor,
        epsilon: f64,
    ) -> FlexTensor {
        let (x, gamma) = (x.to_contiguous(), gamma.to_contiguous());
        let gradient = gradient.to_contiguous();
        let slices = (x.as_slice::<f32>(), gamma.as_slice::<f32>(), gradient.as_slice::<f32>());
        let (Some(values), Some(g), Some(d)) = slices else {
            return norm::backward::<Self>(x, gamma, gradient, epsilon);
        };
        let mut by_x = vec![0.0; values.len()];
        let inputs = values.par_chunks(g.len()).zip(d.par_chunks(g.len()));
        let rows = by_x.par_chunks_mut(g.len()).zip(inputs);
        rows.with_min_len(CHUNK / g.len() + 1).for_each(|(by_x, (x, d))| {
            let factor = factor(x, epsilon);
            for ((by_x, d), g) in by_x.iter_mut().zip(d).zip(g) {
                *by_x = d * g;
            }
            let along = factor * factor * dot(x, by_x) / x.len() as f32;
            for (by_x, x) in by_x.iter_mut().zip(x) {
                *by_x = factor * (*by_x - x * along);
            }
        });
        tensor(by_x, &x)
    }

    fn bf16_product(x: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let found = in_tiles(&x, &weight, Side::Inputs);
        found.unwrap_or_else(|| plain_bf16_product::<Self>(x, weight))
    }

    fn bf16_product_backward(gradient: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let found = in_tiles(&gradient, &weight, Side::Outputs);
        found.unwrap_or_else(|| plain_bf16_product_backward::<Self>(gradient, weight))
    }
}

/// The product of f32 rows with a bf16 weight; `None` where tiles cannot make it.
fn in_tiles(x: &FlexTensor, weight: &FlexTensor, side: Side) -> Option<FlexTensor> {
    let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
    let [outputs, inputs] = weight.shape().dims();
    let width = match side {
        Side::Inputs => outputs,
        Side::Outputs => inputs,
    };
    let weight = Weight { values: weight.as_slice::<bf16>()?, inputs };
    let y = weight.product(x.as_slice::<f32>()?, side)?;
    let shape = [y.len() / width, width];
    Some(FlexTensor::from_data(TensorData::new(y, shape)))
}

/// A tensor of the shape of another.
fn tensor(values: Vec<f32>, like: &FlexTensor) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, like.shape()))
}

/// `1 / sqrt(mean(x²) + epsilon)`.
fn factor(x: &[f32], epsilon: f64) -> f32 {
    let mean = dot(x, x) / x.len() as f32;
    1.0 / (mean + epsilon as f32).sqrt()
}

/// The sum of products, in lanes, so that the compiler can use vectors.
fn dot(x: &[f32], y: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (x_rest, y_rest) = (x.chunks_exact(LANES).remainder(), y.chunks_exact(LANES).remainder());
    for (x, y) in x.chunks_exact(LANES).zip(y.chunks_exact(LANES)) {
        for ((sum, x), y) in lanes.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    let rest: f32 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    lanes.iter().sum::<f32>() + rest
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `e^x` within two units in the last place of f32, without branches, so that the compiler can use vectors: `2^n` by the exponent's bits, times a polynomial
/// in the rest, which is at most `ln 2 / 2`.
fn exp(x: f32) -> f32 {
    /// Adding it leaves the nearest whole number in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_2e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 0.166_666_65;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_exponential_is_close_and_stays_finite() {
        for step in -10_000..10_000 {
            let x = step as f32 * 0.0087;
            let (found, expected) = (f64::from(super::exp(x)), f64::from(x).exp());
            assert!((found / expected - 1.0).abs() < 3e-7, "{x}: {found} is not {expected}");
        }
        for x in [f32::INFINITY, f32::MAX, 1e30] {
            assert!(
                super::exp(x).is_finite() && super::sigmoid(-x) < 1e-37 && super::sigmoid(x) == 1.0
            );
        }
    }
}
