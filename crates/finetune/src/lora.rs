//! New adapters, and which parameters a run trains.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;
use fixwright_llama::adapter::{Adapter, AdapterConfig, Factors};
use fixwright_llama::model::Model;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::error::{Error, Result};
use crate::options::LoraOptions;

/// An adapter that changes nothing yet: as in PEFT, `A` is uniform within `1 / sqrt(inputs)` and `B` is zero.
pub(crate) fn fresh(model: &Model, options: &LoraOptions, seed: u64) -> Result<Adapter> {
    let mut config = AdapterConfig::new(options.rank, options.alpha);
    config.dropout = options.dropout;
    let shapes = model.linear_shapes();
    let is_of = |name: &str, target: &str| name.rsplit('.').next() == Some(target);
    if let Some(target) =
        options.targets.iter().find(|target| !shapes.iter().any(|(name, _)| is_of(name, target)))
    {
        return Err(Error::Option {
            name: "method.targets",
            expected: format!("linear maps of the model; it has no `{target}`"),
        });
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let targeted = |name: &str| options.targets.iter().any(|target| is_of(name, target));
    let factors = shapes
        .into_iter()
        .filter(|(name, _)| targeted(name))
        .map(|(name, [outputs, inputs])| {
            let bound = 1.0 / (inputs as f32).sqrt();
            let a = (0..options.rank * inputs).map(|_| rng.random_range(-bound..bound)).collect();
            (name, Factors { a, b: vec![0.0; outputs * options.rank], rank: options.rank })
        })
        .collect();
    Ok(Adapter { config, factors })
}

/// Makes the adapter's factors, or every parameter, ask for gradients, as leaves of a new graph.
pub(crate) fn trainable(model: Model, everything: bool) -> Model {
    model.map(&mut Trainable { everything, path: Vec::new() })
}

struct Trainable {
    everything: bool,
    path: Vec<String>,
}

impl ModuleMapper for Trainable {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.everything || self.path.iter().any(|name| name == "adapter") {
            return param.map(|tensor| tensor.inner().autodiff().require_grad());
        }
        param
    }
}
