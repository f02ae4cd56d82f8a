//! Gradients by parameter, summed over several backward passes.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{DType, Gradients as BackwardGradients, Tensor};

/// The gradient of each trained parameter by its path, flattened, in f32, without a graph behind it.
#[derive(Default)]
pub(crate) struct Gradients(BTreeMap<String, Tensor<1>>);

impl Gradients {
    /// Adds what a backward pass found for the parameters of `module`, whose path is `path`.
    pub(crate) fn collect<M: Module>(
        &mut self,
        module: &M,
        path: &[String],
        found: &BackwardGradients,
    ) {
        module.visit(&mut Collect { into: self, found, path: path.to_vec() });
    }

    pub(crate) fn add(&mut self, path: String, gradient: Tensor<1>) {
        let sum = match self.0.remove(&path) {
            Some(sum) => sum + gradient,
            None => gradient,
        };
        self.0.insert(path, sum);
    }

    /// Adds those of another pass.
    pub(crate) fn merge(&mut self, other: Self) {
        for (path, gradient) in other.0 {
            self.add(path, gradient);
        }
    }

    pub(crate) fn take(&mut self, path: &str) -> Option<Tensor<1>> {
        self.0.remove(path)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Tensor<1>)> {
        self.0.iter()
    }

    /// The L2 norm of all of them together; read from the device once.
    pub(crate) fn norm(&self) -> f64 {
        let squares: Vec<Tensor<1>> =
            self.0.values().map(|gradient| gradient.clone().square().sum()).collect();
        if squares.is_empty() {
            return 0.0;
        }
        let squares = Tensor::cat(squares, 0).into_data();
        squares.iter::<f32>().map(f64::from).sum::<f64>().sqrt()
    }

    pub(crate) fn scale(&mut self, factor: f64) {
        let scaled = std::mem::take(&mut self.0).into_iter();
        self.0 = scaled.map(|(path, gradient)| (path, gradient.mul_scalar(factor))).collect();
    }
}

struct Collect<'a> {
    into: &'a mut Gradients,
    found: &'a BackwardGradients,
    path: Vec<String>,
}

impl ModuleVisitor for Collect<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if !value.is_require_grad() {
            return;
        }
        if let Some(gradient) = value.grad(self.found) {
            self.into.add(self.path.join("."), gradient.reshape([-1]).cast(DType::F32));
        }
    }
}
