//! AdamW over the parameters that are trained.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::optim::{AdamW, AdamWConfig, AdamWState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{DType, Tensor};
use fixwright_llama::model::Model;

use crate::gradients::Gradients;
use crate::options::AdamOptions;

/// AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) with its state in f32, whatever the parameters are; the arithmetic is burn's.
pub(crate) struct Optimiser {
    /// For matrices, and for vectors, which are not decayed.
    rules: [AdamW; 2],
    pub(crate) moments: BTreeMap<String, Moments>,
}

/// What the optimiser knows about one parameter, flattened.
#[derive(Clone)]
pub(crate) struct Moments {
    pub(crate) first: Tensor<1>,
    pub(crate) second: Tensor<1>,
    /// The parameter in f32, where the model holds it in fewer bits.
    pub(crate) master: Option<Tensor<1>>,
    /// How many steps went into it.
    pub(crate) steps: usize,
}

impl Optimiser {
    pub(crate) fn new(options: &AdamOptions) -> Self {
        let rule = |decay: f64| {
            AdamWConfig::new()
                .with_beta_1(options.beta1 as f32)
                .with_beta_2(options.beta2 as f32)
                .with_epsilon(options.epsilon as f32)
                .with_weight_decay(decay as f32)
                .build()
        };
        Self { rules: [rule(options.weight_decay), rule(0.0)], moments: BTreeMap::new() }
    }

    /// Takes one step; parameters without a gradient stay.
    pub(crate) fn step(&mut self, model: Model, gradients: Gradients, rate: f64) -> Model {
        let mut step = Step { optimiser: self, gradients, rate, path: Vec::new() };
        model.map(&mut step)
    }

    fn update(
        &mut self,
        path: &str,
        value: Tensor<1>,
        gradient: Tensor<1>,
        rate: f64,
        matrix: bool,
    ) -> Tensor<1> {
        let dtype = value.dtype();
        let known = self.moments.remove(path);
        let master = known.as_ref().and_then(|known| known.master.clone());
        let state =
            known.map(|m| AdamWState::new(AdaptiveMomentumState::new(m.steps, m.first, m.second)));
        let value = master.unwrap_or_else(|| value.cast(DType::F32));
        let rule = &self.rules[usize::from(!matrix)];
        let (value, state) = rule.step(rate, value, gradient, state);
        let AdaptiveMomentumState { time, moment_1, moment_2, .. } =
            state.expect("AdamW always has a state after a step").momentum;
        let master = (dtype != DType::F32).then(|| value.clone());
        let moments = Moments { first: moment_1, second: moment_2, master, steps: time };
        self.moments.insert(path.to_owned(), moments);
        value.cast(dtype)
    }
}

struct Step<'a> {
    optimiser: &'a mut Optimiser,
    gradients: Gradients,
    rate: f64,
    path: Vec<String>,
}

impl ModuleMapper for Step<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let path = self.path.join(".");
        let Some(gradient) = self.gradients.take(&path) else { return param };
        param.map(|value| {
            let shape = value.shape();
            let flat = value.inner().reshape([-1]);
            let new = self.optimiser.update(&path, flat, gradient, self.rate, D > 1);
            Tensor::from_inner(new.reshape(shape)).require_grad()
        })
    }
}
