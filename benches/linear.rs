//! The three ways to lay out a linear product on burn's CPU backend, for the widths of a 0.5B
//! model.

use std::hint::black_box;

use burn::tensor::{Device, Distribution, Tensor};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const IN: usize = 896;
const OUT: usize = 4864;

fn layouts(criterion: &mut Criterion) {
    let device = Device::flex();
    let random = |shape: [usize; 2]| Tensor::<2>::random(shape, Distribution::Default, &device);
    let (by_output, by_input) = (random([OUT, IN]), random([IN, OUT]));
    let mut group = criterion.benchmark_group("linear 896 to 4864");
    for rows in [1, 2, 8, 16, 64, 256] {
        let x = random([rows, IN]);
        let mut bench = |name: &str, product: &dyn Fn() -> Tensor<2>| {
            group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                bencher.iter(|| black_box(product()))
            });
        };
        bench("(W xT)T", &|| by_output.clone().matmul(x.clone().transpose()).transpose());
        bench("x WT", &|| x.clone().matmul(by_output.clone().transpose()));
        bench("x V", &|| x.clone().matmul(by_input.clone()));
    }
    group.finish();
}

criterion_group!(benches, layouts);
criterion_main!(benches);
