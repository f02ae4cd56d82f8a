//! Reading, writing and curating samples of about 17 KiB each.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fixwright_benches::samples;
use fixwright_dataset::{
    CurateContext, CurateOptions, Named, Reader, RepairSample, Rows, Split, SplitBy, curate,
    words_and_signs, write,
};

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
    group.bench_function("curate", |bencher| {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let input = folder.path().join("input.jsonl");
        std::fs::write(&input, &file).expect("space for the rows");
        let context = CurateContext {
            tokens: &words_and_signs,
            evaluator: None,
            progress: &|_| ControlFlow::Continue(()),
        };
        bencher.iter(|| {
            let source = Box::new(Rows::open(&input).expect("the rows"));
            let sources = vec![Named { name: "rows".into(), source }];
            let out = folder.path().join("out");
            let made = curate(sources, &out, &curation(), BTreeMap::new(), &context);
            assert_eq!(made.expect("space for the parts").sources[0].read, ROWS as u64);
        });
    });
    group.finish();
}

/// Everything that does not run programs.
fn curation() -> CurateOptions {
    let mut options = CurateOptions::default();
    options.filter.max_changed_lines = Some(100);
    options.filter.max_tokens = Some(1 << 20);
    options.near_duplicates = Some(0.8);
    options.split = Some(Split { by: SplitBy::Problem, validation: 0.1, test: 0.1, seed: 0 });
    options
}

criterion_group!(benches, dataset);
criterion_main!(benches);
