//! RMSNorm in tensors of any backend, in f32 inside.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, TensorMetadata};
use burn::tensor::{FloatDType, Shape};

pub(super) fn forward<B: Backend>(
    x: FloatTensor<B>,
    gamma: FloatTensor<B>,
    epsilon: f64,
) -> FloatTensor<B> {
    let dtype = x.dtype();
    let x = B::float_cast(x, FloatDType::F32);
    let factors = factors::<B>(x.clone(), epsilon);
    let y = B::float_mul(B::float_mul(x, factors), row::<B>(gamma));
    B::float_cast(y, dtype.into())
}

/// With `f` the factor of a row: `f * (g γ - x f² mean(x g γ))`.
pub(super) fn backward<B: Backend>(
    x: FloatTensor<B>,
    gamma: FloatTensor<B>,
    gradient: FloatTensor<B>,
    epsilon: f64,
) -> FloatTensor<B> {
    let dtype = x.dtype();
    let x = B::float_cast(x, FloatDType::F32);
    let gradient = B::float_mul(B::float_cast(gradient, FloatDType::F32), row::<B>(gamma));
    let factors = factors::<B>(x.clone(), epsilon);
    let mean = B::float_mean_dim(B::float_mul(x.clone(), gradient.clone()), 1);
    let squared = B::float_mul(factors.clone(), factors.clone());
    let along = B::float_mul(x, B::float_mul(squared, mean));
    B::float_cast(B::float_mul(B::float_sub(gradient, along), factors), dtype.into())
}

/// The gradient by `gamma`, `[H]`.
pub(super) fn by_gamma<B: Backend>(
    x: FloatTensor<B>,
    gradient: FloatTensor<B>,
    epsilon: f64,
) -> FloatTensor<B> {
    let (width, dtype) = (x.shape()[1], gradient.dtype());
    let (x, gradient) =
        (B::float_cast(x, FloatDType::F32), B::float_cast(gradient, FloatDType::F32));
    let factors = factors::<B>(x.clone(), epsilon);
    let found = B::float_sum_dim(B::float_mul(B::float_mul(x, factors), gradient), 0);
    B::float_cast(B::float_reshape(found, Shape::from([width])), dtype.into())
}

/// `1 / sqrt(mean(x²) + epsilon)`, `[N, 1]`.
fn factors<B: Backend>(x: FloatTensor<B>, epsilon: f64) -> FloatTensor<B> {
    let mean = B::float_mean_dim(B::float_mul(x.clone(), x), 1);
    B::float_recip(B::float_sqrt(B::float_add_scalar(mean, epsilon.into())))
}

/// `[H]` as `[1, H]` in f32.
fn row<B: Backend>(gamma: FloatTensor<B>) -> FloatTensor<B> {
    let width = gamma.shape()[0];
    B::float_cast(B::float_reshape(gamma, Shape::from([1, width])), FloatDType::F32)
}
