//! Frozen weights in few bits, for training adapters beside them.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::quantization::{
    Calibration, QuantScheme, QuantValue, ScaleDtype, compute_q_params, compute_range,
};
use burn::tensor::{DType, Tensor};

use super::Model;

/// Weights that share a scale.
const BLOCK: u8 = 32;

impl Model {
    /// Holds weights in `bits` bits, 4, 8 or 16 (any other number counts as 8).
    ///
    /// With 16, every matrix is in bf16, and products with them are made by the tile registers of a processor that has some (Intel AMX): both sides
    /// rounded to bf16, sums in f32. With 4 and 8 it is the linear maps of the blocks, with a scale for each 32 weights, unpacked for each use; a map
    /// whose inputs are no multiple of 32 stays as it is.
    #[must_use]
    pub fn quantised(self, bits: u8) -> Self {
        if bits == 16 {
            return self.map(&mut Halve);
        }
        let value = if bits == 4 { QuantValue::Q4S } else { QuantValue::Q8S };
        let scheme = self.device().settings().quantization.scheme;
        let scheme = scheme.with_value(value).per_block([BLOCK], ScaleDtype::F32);
        self.map(&mut Quantise { scheme, path: Vec::new() })
    }
}

struct Halve;

impl ModuleMapper for Halve {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if D == 2 { param.map(|weight| weight.cast(DType::BF16)) } else { param }
    }
}

struct Quantise {
    scheme: QuantScheme,
    path: Vec<String>,
}

impl ModuleMapper for Quantise {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let is_block = self.path.first().is_some_and(|name| name == "layers");
        let is_weight = self.path.last().is_some_and(|name| name == "weight");
        let fits = D == 2 && param.val().dims()[D - 1].is_multiple_of(BLOCK.into());
        if !(is_block && is_weight && fits) {
            return param;
        }
        param.map(|tensor| {
            let range = compute_range(&self.scheme, &tensor, &Calibration::MinMax);
            let parameters = compute_q_params(&self.scheme, range);
            tensor.quantize(&self.scheme, parameters)
        })
    }
}
