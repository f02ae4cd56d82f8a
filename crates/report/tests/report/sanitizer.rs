//! Traces of the sanitizers.

use std::path::{Path, PathBuf};
use std::process::Command;

use fixwright_report::{BugReport, ColumnUnit, Format, Level, parse, parse_as};

use crate::corpus::{corpus, read};
use crate::{digest, oracle};

#[test]
fn files() {
    digest::check_folder("sanitizer", Format::Sanitizer);
}

/// The place that CodeChecker's converter gives to the trace of `tsan.cpp` is the last frame, not the first, in the
/// program's own code; the table says so.
#[test]
fn property_lists_agree() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/codechecker");
    for (text, list, checks, own_place) in [
        ("asan/asan.out", "asan/asan.plist", &["heap-use-after-free"][..], None),
        ("lsan/lsan.out", "lsan/lsan.plist", &["memory-leak"], None),
        ("msan/msan.out", "msan/msan.plist", &["use-of-uninitialized-value"], None),
        ("tsan/tsan.out", "tsan/tsan.plist", &["SEGV"], Some((18, 14))),
        ("ubsan/ubsan1.out", "ubsan/ubsan1.plist", &["signed-integer-overflow"], None),
        ("ubsan/ubsan2.out", "ubsan/ubsan2.plist", &["enum", "bool"], None),
        ("ubsan/ubsan1_nonmatching_msg.out", "ubsan/ubsan1_nonmatching_msg.plist", &[""], None),
    ] {
        let expected = oracle::plist(&read(folder.join(list)));
        let found = parse(read(folder.join(text))).unwrap();
        assert_eq!(found.reports.len(), expected.len(), "{text}");
        for ((report, (file, line, column, checker, message)), check) in
            found.reports.iter().zip(expected).zip(checks)
        {
            let place = &report.location;
            assert_eq!(place.path.as_deref(), Some(&*file), "{text}");
            let (line, column) = own_place.unwrap_or((line, column));
            assert_eq!((place.line, place.column), (Some(line), Some(column)), "{text}");
            assert_eq!(place.column_unit, Some(ColumnUnit::Byte), "{text}");
            assert_eq!(report.title.as_deref(), Some(&*message), "{text}");
            let (tool, rule) = checker.split_once('.').unwrap_or((&checker, ""));
            assert_eq!(report.provenance.tool.as_deref(), Some(tool), "{text}");
            assert_eq!(report.rule.id.as_deref().unwrap_or(""), *check, "{text}");
            if tool.starts_with("Undefined") {
                assert_eq!(rule, *check, "{text}");
            }
        }
    }
}

#[test]
fn real_traces() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/tools/sanitizers");
    for (name, rules, place) in [
        ("asan-double", &["double-free"][..], "/home/user/project/heap_bugs.c:21"),
        ("asan-leak", &["memory-leak", "memory-leak"], "/home/user/project/heap_bugs.c:9:18"),
        ("asan-overflow", &["heap-buffer-overflow"], "/home/user/project/heap_bugs.c:32"),
        ("asan-stack-overflow", &["stack-buffer-overflow"], "/home/user/project/strings.c:40"),
        ("asan-uaf", &["heap-use-after-free"], "/home/user/project/heap_bugs.c:35"),
        ("ubsan-1", &["signed-integer-overflow"], "arith.c:15:11"),
        ("ubsan-2", &["shift-exponent"], "arith.c:20:11"),
        ("ubsan-4", &["integer-divide-by-zero"], "arith.c:35:21"),
    ] {
        let found = parse(read(folder.join(format!("{name}.txt")))).unwrap();
        let ids: Vec<_> =
            found.reports.iter().filter_map(|report| report.rule.id.as_deref()).collect();
        assert_eq!(ids, rules, "{name}");
        assert_eq!(found.reports[0].location.to_string(), place, "{name}");
        assert!(found.reports.iter().all(|report| report.warnings.is_empty()), "{name}");
    }
}

/// What the program `source` writes when `compiler` has built it with `flags`; `None` if that cannot be.
pub(crate) fn output(
    compiler: &str,
    flags: &[&str],
    source: &str,
    argument: &str,
    runner: &[&str],
) -> Option<String> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sanitizer");
    let name =
        format!("{source}-{compiler}-{}{argument}", flags.concat().replace(['=', ',', '-'], ""));
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut build = Command::new(compiler);
    build.current_dir(data).args(["-g", "-w", "-pthread", source, "-o"]).arg(&program).args(flags);
    if !build.output().is_ok_and(|built| built.status.success()) {
        println!("skipped: {compiler} {flags:?} is not installed");
        return None;
    }
    let mut command = match runner {
        [] => Command::new(&program),
        [runner, arguments @ ..] => {
            let mut command = Command::new(runner);
            command.args(arguments).arg(&program);
            command
        }
    };
    let run = command
        .args(argument.split_whitespace())
        .env("UBSAN_OPTIONS", "print_stacktrace=1")
        .output();
    let Ok(run) = run else {
        println!("skipped: {runner:?} is not installed");
        return None;
    };
    Some(String::from_utf8_lossy(&run.stderr).into_owned())
}

/// The line of `source` that holds `text`.
pub(crate) fn line_of(source: &str, text: &str) -> u32 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sanitizer").join(source);
    let at = read(path).lines().position(|line| line.contains(text)).unwrap();
    u32::try_from(at + 1).unwrap()
}

fn check(report: &BugReport, source: &str, rule: &str, text: &str, log: &str) {
    assert_eq!(report.rule.id.as_deref(), Some(rule), "{log}");
    assert_eq!(report.location.line, Some(line_of(source, text)), "{log}");
    assert!(report.location.path.as_deref().unwrap().ends_with(source), "{log}");
    assert_eq!(
        report.severity.level,
        Level::from_word(report.severity.raw.as_deref().unwrap()).or(Some(Level::Error))
    );
    assert_eq!(report.warnings, [], "{log}");
}

#[test]
fn programs_under_address_sanitizer() {
    for compiler in ["gcc", "clang"] {
        for (argument, rule, text, function) in [
            ("0", "heap-buffer-overflow", "case 0:", "main"),
            ("1", "heap-use-after-free", "case 1:", "main"),
            ("2", "double-free", "case 2:", "main"),
            ("3", "global-buffer-overflow", "case 3:", "main"),
            ("5", "SEGV", "deep(int n)", "deep"),
            ("6", "bad-free", "case 6:", "main"),
            ("9", "allocation-size-too-big", "case 9:", "main"),
        ] {
            let Some(log) = output(compiler, &["-fsanitize=address"], "many.c", argument, &[])
            else {
                continue;
            };
            let found = parse_as(Format::Sanitizer, &log).unwrap().reports;
            check(&found[0], "many.c", rule, text, &log);
            assert_eq!(found[0].location.function.as_deref(), Some(function), "{log}");
        }
        let Some(log) = output(compiler, &["-fsanitize=address"], "many.c", "7", &[]) else {
            continue;
        };
        // A container may forbid what LeakSanitizer needs.
        for leak in parse_as(Format::Sanitizer, &log).map(|found| found.reports).unwrap_or_default()
        {
            assert_eq!(leak.rule.id.as_deref(), Some("memory-leak"));
        }
    }
}

#[test]
fn programs_under_the_other_sanitizers() {
    for compiler in ["gcc", "clang"] {
        if let Some(log) = output(compiler, &["-fsanitize=thread"], "race.c", "", &[])
            && let Ok(found) = parse_as(Format::Sanitizer, &log)
        {
            check(&found.reports[0], "race.c", "data-race", "shared++", &log);
            let tags: Vec<_> =
                found.reports[0].steps.iter().filter_map(|step| step.tag.as_deref()).collect();
            assert!(
                tags.contains(&"access")
                    && tags.contains(&"previous access")
                    && tags.contains(&"thread created")
            );
        }
        if let Some(log) = output(compiler, &["-fsanitize=undefined"], "ub.c", "", &[]) {
            let found = parse_as(Format::Sanitizer, &log).unwrap().reports;
            let rules: Vec<_> =
                found.iter().filter_map(|report| report.rule.id.as_deref()).collect();
            for rule in [
                "signed-integer-overflow",
                "bounds",
                "shift-exponent",
                "alignment",
                "integer-divide-by-zero",
            ] {
                assert!(rules.contains(&rule), "{rule} is not in {rules:?}: {log}");
            }
            check(&found[0], "ub.c", "signed-integer-overflow", "big += argc", &log);
            assert_eq!(found[0].location.function.as_deref(), Some("main"), "{log}");
        }
    }
    if let Some(log) = output(
        "clang",
        &["-fsanitize=memory", "-fsanitize-memory-track-origins"],
        "many.c",
        "10",
        &[],
    ) {
        let found = parse_as(Format::Sanitizer, &log).unwrap().reports;
        check(&found[0], "many.c", "use-of-uninitialized-value", "case 10:", &log);
    }
}

#[test]
fn a_report_without_end_is_cut_and_said() {
    let frame = "    #0 0x4f4b44 in main files/asan.cpp:5:10\n";
    let log = format!(
        "==1==ERROR: AddressSanitizer: stack-overflow on address 0x1\n{}SUMMARY: AddressSanitizer: stack-overflow\n\na.c:1:2: runtime error: division by zero\n",
        frame.repeat(50_000)
    );
    let found = parse(&log).unwrap().reports;
    assert_eq!(found.len(), 2);
    assert!(found[0].text.len() <= 1 << 20, "{}", found[0].text.len());
    assert!(found[0].warnings[0].message.contains("longer than"), "{:?}", found[0].warnings);
}
