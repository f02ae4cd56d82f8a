//! Against the same made of burn's operations, which burn differentiates.

use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::activation::{silu, softmax};
use burn::tensor::{DType, Device, Distribution, Shape, Tensor};

use super::{Fused, gate, norm};

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    let device = Device::flex();
    Tensor::random(Shape::from(shape), Distribution::Normal(0.0, 1.0), &device)
}

fn leaf<const D: usize>(x: &Tensor<D>) -> Tensor<D> {
    x.clone().autodiff().require_grad()
}

fn assert_close<const D: usize>(found: &Tensor<D>, expected: &Tensor<D>) {
    assert_eq!(found.dims(), expected.dims());
    let largest = |x: Tensor<D>| x.abs().max().into_scalar::<f32>();
    let distance = largest(found.clone() - expected.clone());
    assert!(distance < 1e-5 * (1.0 + largest(expected.clone())), "{distance}");
}

/// Outputs and gradients, weighted at random, of two ways to compute the same.
fn compare<const D: usize, const N: usize, const O: usize>(
    inputs: &[Tensor<D>; N],
    ways: [&dyn Fn([Tensor<D>; N]) -> Tensor<O>; 2],
) {
    let outputs = ways.map(|way| way(inputs.clone()));
    assert_close(&outputs[0], &outputs[1]);
    let weights = random(outputs[0].dims()).autodiff();
    let gradients = ways.map(|way| {
        let leaves = inputs.each_ref().map(leaf);
        let found = (way(leaves.clone()) * weights.clone()).sum().backward();
        leaves.map(|leaf| leaf.grad(&found).unwrap())
    });
    for (found, expected) in gradients[0].iter().zip(&gradients[1]) {
        assert_close(found, expected);
    }
}

#[test]
fn attention_is_that_of_its_parts() {
    for (batch, heads, kv_heads, count, dim) in
        [(1, 4, 2, 7, 8), (2, 3, 3, 1, 4), (1, 6, 1, 33, 16)]
    {
        let q = random([batch, heads, count, dim]);
        let [k, v] = [(); 2].map(|()| random([batch, kv_heads, count, dim]));
        let repeated = |x: Tensor<4>| {
            let x: Tensor<5> = x.unsqueeze_dim(2);
            let x = x.expand([batch, kv_heads, heads / kv_heads, count, dim]);
            x.reshape([batch, heads, count, dim])
        };
        let parts = |q: Tensor<4>, k: Tensor<4>, v: Tensor<4>| {
            let scores = q.matmul(repeated(k).transpose()).div_scalar((dim as f64).sqrt());
            let unseen =
                Tensor::<2>::ones([count, count], &Device::flex()).triu(1).mul_scalar(-1e9);
            softmax(scores + unseen.unsqueeze(), 3).matmul(repeated(v))
        };
        let ways: [&dyn Fn([Tensor<4>; 3]) -> Tensor<4>; 2] =
            [&|[q, k, v]| super::attend(q, k, v), &|[q, k, v]| parts(q, k, v)];
        compare(&[q, k, v], ways);
    }
}

#[test]
fn the_gate_is_that_of_its_parts() {
    for rows in [1, 5, 300] {
        let inputs = [random([rows, 77]), random([rows, 77]).mul_scalar(30.0)];
        compare(&inputs, [&|[up, gate]| super::gated(gate, up), &|[up, gate]| silu(gate) * up]);
    }
}

#[test]
fn the_norm_is_that_of_its_parts() {
    for (rows, width) in [(1, 3), (5, 64), (200, 99)] {
        let parts = |x: Tensor<2>, gamma: Tensor<2>| {
            let mean = x.clone().square().mean_dim(1);
            x / (mean + 1e-5).sqrt() * gamma
        };
        let inputs = [random([rows, width]), random([rows, width])];
        compare(
            &inputs,
            [
                &|[x, gammas]| super::rms_norm(x, gammas.narrow(0, 0, 1).squeeze_dim(0), 1e-5),
                &|[x, gammas]| parts(x, gammas.narrow(0, 0, 1)),
            ],
        );
    }
}

#[test]
fn products_with_bf16_weights_round_what_goes_in() {
    // The second has no sizes of tiles, so nothing is rounded there but the weight.
    for (rows, inputs, outputs) in [(40, 96, 64), (7, 20, 12)] {
        let weight = random([outputs, inputs]).cast(DType::BF16);
        let x = random([rows, inputs]);
        let rounded = |x: Tensor<2>| x.cast(DType::BF16).cast(DType::F32);
        let wide = weight.clone().cast(DType::F32);
        let y = super::bf16_product(rounded(x.clone()), weight.clone());
        assert_close(&y, &rounded(x.clone()).matmul(wide.clone().transpose()));
        let gradient = rounded(random([rows, outputs]));
        let leaf = leaf(&x);
        let tracked = super::bf16_product(leaf.clone(), weight.autodiff());
        let found = (tracked * gradient.clone().autodiff()).sum().backward();
        assert_close(&leaf.grad(&found).unwrap(), &gradient.matmul(wide));
    }
}

#[test]
fn what_any_backend_does_is_what_the_cpu_does() {
    let (x, y, d) = (random([40, 96]), random([40, 96]), random([40, 96]));
    let gamma: Tensor<1> = random([96]);
    let flex = |x: &Tensor<2>| FlexTensor::from_data(x.clone().into_data());
    let back = |x: FlexTensor| Tensor::<2>::from_data(x.into_data(), &Device::flex());
    let g = || FlexTensor::from_data(gamma.clone().into_data());
    let pairs = [
        (Flex::gated(flex(&x), flex(&y)), gate::forward::<Flex>(flex(&x), flex(&y))),
        (
            Flex::gated_backward(flex(&x), flex(&y), flex(&d)).0,
            gate::backward::<Flex>(flex(&x), flex(&y), flex(&d)).0,
        ),
        (
            Flex::gated_backward(flex(&x), flex(&y), flex(&d)).1,
            gate::backward::<Flex>(flex(&x), flex(&y), flex(&d)).1,
        ),
        (Flex::rms_norm(flex(&x), g(), 1e-6), norm::forward::<Flex>(flex(&x), g(), 1e-6)),
        (
            Flex::rms_norm_backward(flex(&x), g(), flex(&d), 1e-6),
            norm::backward::<Flex>(flex(&x), g(), flex(&d), 1e-6),
        ),
    ];
    for (found, expected) in pairs {
        assert_close(&back(found), &back(expected));
    }
}
