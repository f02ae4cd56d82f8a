//! Reading 10 MB of reports in each of the big formats, told and found.

#[path = "../crates/report/examples/generate/samples.rs"]
mod samples;

use std::convert::Infallible;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fixwright_report::{Format, parse, parse_as};
use samples::SAMPLES;

const BYTES: usize = 10_000_000;

fn report_formats(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    for sample in SAMPLES {
        let mut text = String::new();
        let Ok(count) = sample.parts(BYTES, |part| {
            text += part;
            Ok::<_, Infallible>(())
        });
        let found = parse(&text).map(|found| (found.format, found.reports.len()));
        assert_eq!(found.ok(), Some((sample.format, count)));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(sample.format.name(), |bencher| {
            bencher.iter(|| parse_as(sample.format, &text));
        });
    }
    let quiet = "[ 12%] cc -O2 -DNAME=\"a:1\" -I include -c -o x.o x.c\n".repeat(BYTES / 56);
    let text = quiet + "a.c:3:1: warning: unused variable 'x' [-Wunused-variable]\n";
    assert_eq!(parse(&text).ok().map(|found| found.format), Some(Format::Diagnostic));
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("detection in a long log", |bencher| bencher.iter(|| parse(&text)));
    group.finish();
}

criterion_group!(benches, report_formats);
criterion_main!(benches);
