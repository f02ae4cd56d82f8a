//! Making, reading and applying the diff of a file of 10 MB with a repair in every fiftieth
//! function.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fixwright_benches::{repaired, source};
use fixwright_patch::{DiffOptions, FilePatch, Patch};

fn patch(criterion: &mut Criterion) {
    let old = source(10_000_000).into_bytes();
    let new = repaired(&source(10_000_000), 50).into_bytes();
    let between = || {
        let options = DiffOptions::default();
        Patch { files: vec![FilePatch::between("store.c", Some(&old), Some(&new), &options)] }
    };
    let patch = between();
    let diff = patch.to_bytes();
    let applied = patch.files[0].apply(&old).expect("a patch applies to the text it was made from");
    assert!(applied.text == new, "the patched file is the new one");

    let mut group = criterion.benchmark_group("patch");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(old.len() as u64));
    group.bench_function("diff", |bencher| bencher.iter(between));
    group.bench_function("apply", |bencher| bencher.iter(|| patch.files[0].apply(&old)));
    group.throughput(Throughput::Bytes(diff.len() as u64));
    group.bench_function("parse", |bencher| bencher.iter(|| Patch::parse(&diff)));
    group.bench_function("print", |bencher| bencher.iter(|| patch.to_bytes()));
    group.finish();
}

criterion_group!(benches, patch);
criterion_main!(benches);
