//! Reports of the kernel in its log.

use fixwright_report::{Format, parse_as};

use crate::corpus::{corpus, read};
use crate::digest;

#[test]
fn files() {
    digest::check_folder("kernel", Format::Kernel);
}

/// The log inside each mail of syzbot, as if it came from a console: with times before every line.
#[test]
fn times_before_the_lines_change_nothing() {
    let Some(corpus) = corpus() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(corpus.join("reports/tools/syzbot")).unwrap() {
        let mail = read(entry.unwrap().path());
        let plain = parse_as(Format::Kernel, &mail).unwrap().reports;
        for prefix in [
            "[   12.345678] ",
            "[   12.345678][ T6095] ",
            "<4>[   12.345678][    C0] ",
            "Nov 22 03:00:00 host kernel: [    1.000000] ",
            "> ",
        ] {
            let log: String = mail.lines().map(|line| format!("{prefix}{line}\n")).collect();
            let found = parse_as(Format::Kernel, &log).unwrap().reports;
            assert_eq!(found.len(), plain.len(), "{prefix}");
            for (found, plain) in found.iter().zip(&plain) {
                assert_eq!(
                    (&found.title, &found.location, &found.rule),
                    (&plain.title, &plain.location, &plain.rule)
                );
                assert_eq!(
                    (&found.steps, &found.extra, &found.description),
                    (&plain.steps, &plain.extra, &plain.description)
                );
            }
        }
        seen += plain.len();
    }
    assert_eq!(seen, 10);
}
