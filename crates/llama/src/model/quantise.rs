//! Frozen weights in few bits, for training adapters beside them.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;
use burn::tensor::quantization::{
    Calibration, QuantScheme, QuantValue, ScaleDtype, compute_q_params, compute_range,
};

use super::Model;

/// Weights that share a scale.
const BLOCK: u8 = 32;

impl Model {
    /// Holds the linear maps of the blocks in `bits` bits, 4 or 8 (any other number counts as 8), with a scale for each 32 weights.
    /// They are unpacked for each use. A map whose inputs are no multiple of 32 stays as it is.
    #[must_use]
    pub fn quantised(self, bits: u8) -> Self {
        let value = if bits == 4 { QuantValue::Q4S } else { QuantValue::Q8S };
        let scheme = self.device().settings().quantization.scheme;
        let scheme = scheme.with_value(value).per_block([BLOCK], ScaleDtype::F32);
        self.map(&mut Quantise { scheme, path: Vec::new() })
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
