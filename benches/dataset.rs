//! Reading and writing samples of about 17 KiB each.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fixwright_benches::samples;
use fixwright_dataset::{Reader, RepairSample, write};

const ROWS: usize = 600;

fn lines(rows: &[RepairSample]) -> Vec<u8> {
    let mut lines = Vec::new();
    for row in rows {
        write(&mut lines, row).expect("memory takes any text");
    }
    lines
}

fn dataset(criterion: &mut Criterion) {
    let rows = samples(ROWS);
    let file = lines(&rows);
    let mut group = criterion.benchmark_group("dataset");
    group.sample_size(20);
    let throughput =
        Throughput::ElementsAndBytes { elements: ROWS as u64, bytes: file.len() as u64 };
    group.throughput(throughput);
    group.bench_function("read", |bencher| {
        bencher.iter(|| {
            let read = Reader::new(&*file).filter(Result::is_ok).count();
            assert_eq!(read, ROWS);
        });
    });
    group.bench_function("write", |bencher| bencher.iter(|| lines(&rows)));
    group.finish();
}

criterion_group!(benches, dataset);
criterion_main!(benches);
