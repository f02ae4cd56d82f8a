//! How many injected bugs the tools of the trade notice: a measurement, not a test, and so ignored.
//!
//! `cargo test -p fixwright-dataset --test inject_noticed -- --ignored --nocapture` with `FIXWRIGHT_CORPUS` set.
#![cfg(feature = "syntax")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::process::Command;

use fixwright_dataset::{InjectOptions, Injection, Reader, TestCase};

const PROGRAMS: usize = 48;
const PER_FILE: usize = 5;
const TOOLS: [&str; 5] =
    ["gcc -Wall -Wextra", "gcc -fanalyzer", "cppcheck", "ASan and UBSan", "the tests"];

/// How many findings each of the tools has for a program.
fn findings(text: &str, tests: &[TestCase]) -> [usize; 5] {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("a temporary file can be written");
    };
    let shell = |line: &str| {
        let mut shell = Command::new("sh");
        let output =
            shell.args(["-c", line]).current_dir(folder.path()).output().expect("there is a shell");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let count = |line: &str, finding: &str| {
        shell(&format!("{line} 2>&1 | grep -c '{finding}'")).trim().parse().unwrap_or(0)
    };
    write("main.c", text);
    shell("gcc -w -g -fsanitize=address,undefined -o main main.c -lm");
    let (mut reports, mut failures) = (0, 0);
    for test in tests.iter().take(3) {
        write("input", &test.input);
        let printed = shell("timeout -k 1 4 ./main < input 2> trace | head -c 65536");
        let traced = shell("grep -cE 'Sanitizer|runtime error' trace");
        reports += usize::from(traced.trim() != "0");
        failures += usize::from(!printed.split_whitespace().eq(test.output.split_whitespace()));
    }
    let cppcheck = "cppcheck -q --enable=warning,style --inconclusive --template='{line}: warning: {id}' main.c";
    [
        count("gcc -Wall -Wextra -O2 -c -o /dev/null main.c", "warning:"),
        count("gcc -fanalyzer -c -o /dev/null main.c", "Wanalyzer-"),
        count(cppcheck, "warning:"),
        reports,
        failures,
    ]
}

#[test]
#[ignore = "a measurement of some minutes"]
fn share_of_injected_bugs_that_are_noticed() -> Result<(), Box<dyn std::error::Error>> {
    let Some(corpus) = std::env::var_os("FIXWRIGHT_CORPUS") else {
        eprintln!("skipped: FIXWRIGHT_CORPUS is not set");
        return Ok(());
    };
    let file = File::open(Path::new(&corpus).join("data/assignments.dev.jsonl"))?;
    let mut options = InjectOptions::default();
    options.per_file = PER_FILE;
    let (mut samples, mut any, mut by_tool) = (0, 0, [0; 5]);
    let mut by_rule: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for original in Reader::new(BufReader::new(file)).step_by(97).take(PROGRAMS) {
        let original = original?;
        let tests = original.tests.clone().unwrap_or_default();
        let before = findings(original.fixed.as_deref().unwrap_or_default(), &tests);
        for sample in Injection::new([Ok(original)], options.clone()) {
            let sample = sample?;
            let after = findings(sample.code.as_deref().unwrap_or_default(), &tests);
            let noticed = [0, 1, 2, 3, 4].map(|tool| after[tool] > before[tool]);
            samples += 1;
            any += usize::from(noticed.contains(&true));
            for (count, noticed) in by_tool.iter_mut().zip(noticed) {
                *count += usize::from(noticed);
            }
            let rule =
                by_rule.entry(sample.extra.get::<String>("rule")?.unwrap_or_default()).or_default();
            rule.0 += 1;
            rule.1 += usize::from(noticed.contains(&true));
        }
    }
    println!("{samples} samples of {PROGRAMS} programs, {any} noticed by something");
    for (tool, count) in TOOLS.iter().zip(by_tool) {
        println!("{count:5} {tool}");
    }
    for (rule, (made, noticed)) in by_rule {
        println!("{noticed:5} of {made:4} {rule}");
    }
    Ok(())
}
