//! Reading key/value reports and a compiler's log of 10 MB.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fixwright_benches::report;
use fixwright_report::{Format, parse_as};

/// At least `bytes` bytes of what gcc prints while it builds a project, and the warnings in it.
fn log(bytes: usize) -> (String, usize) {
    let mut text = String::new();
    let mut warnings = 0;
    while text.len() < bytes {
        let (file, line) = (format!("entry_{}", warnings / 5), 12 + warnings % 400);
        if warnings % 5 == 0 {
            text += &format!(
                "gcc -std=c11 -O2 -Wall -Wextra -c -o build/{file}.o src/{file}.c
src/{file}.c: In function ‘store_{file}’:
"
            );
        }
        text += &format!(
            "src/{file}.c:{line}:25: warning: ‘%s’ directive writing up to 255 bytes into a region \
             of size 16 [-Wformat-overflow=]
{line:>5} |         sprintf(entry, \"%s:{warnings}\", name);
      |                         ^~
src/{file}.c:{line}:9: note: ‘sprintf’ output between 3 and 258 bytes into a destination of size 16
"
        );
        warnings += 1;
    }
    (text, warnings)
}

fn count_reports(format: Format, text: &str) -> usize {
    parse_as(format, text).map_or(0, |found| found.reports.len())
}

fn report_formats(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    for count in [1, 1_000] {
        let text: String = (0..count).map(|n| report(n) + "\n").collect();
        assert_eq!(count_reports(Format::Cid, &text), count);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("cid", count), &text, |bencher, text| {
            bencher.iter(|| parse_as(Format::Cid, text));
        });
    }
    let (text, warnings) = log(10_000_000);
    assert_eq!(count_reports(Format::Diagnostic, &text), warnings);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("gcc", |bencher| bencher.iter(|| parse_as(Format::Diagnostic, &text)));
    group.finish();
}

criterion_group!(benches, report_formats);
criterion_main!(benches);
