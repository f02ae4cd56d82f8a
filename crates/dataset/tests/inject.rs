//! Injection: each rule on a file of its own, and all of them on correct programs.
#![cfg(feature = "syntax")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};

use fixwright_dataset::{InjectOptions, Injection, Reader, RepairSample, Rule, Source};
use fixwright_patch::Patch;
use fixwright_report::parse;
use proptest::prelude::*;

type Fallible = Result<(), Box<dyn std::error::Error>>;

fn correct(path: &str, text: &str) -> RepairSample {
    let mut sample = RepairSample::default();
    sample.source_code_path = Some(path.into());
    sample.fixed = Some(text.into());
    sample
}

fn inject(sample: RepairSample, options: InjectOptions) -> Vec<RepairSample> {
    Injection::new([Ok(sample)], options).map(|made| made.expect("no extra field fails")).collect()
}

fn options(rules: impl Iterator<Item = Rule>, per_file: usize) -> InjectOptions {
    let mut options = InjectOptions::default();
    options.rules = rules.collect();
    options.per_file = per_file;
    options
}

/// Everything that has to hold for any sample.
fn check(sample: &RepairSample) -> Fallible {
    let code = sample.code.as_deref().ok_or("no code")?;
    let fixed = sample.fixed.as_deref().ok_or("no fixed program")?;
    assert_ne!(code, fixed);
    let patch = Patch::parse(sample.diff_text.as_deref().ok_or("no diff")?.as_bytes())?;
    assert_eq!(patch.files[0].apply(code.as_bytes())?.text, fixed.as_bytes());

    let text = sample.bug_report_text.as_deref().ok_or("no report")?;
    let found = parse(text)?;
    let report = &found.reports[0];
    assert_eq!(report.location.path, sample.source_code_path);
    assert_eq!(report.location.line, sample.line_number);
    assert_eq!(Some(report.rule.cwe[0]), sample.extra.get::<u32>("cwe")?);
    assert!(!text.contains("{}") && report.description.is_some(), "{text}");
    let line = sample.line_number.ok_or("no line")? as usize;
    assert!(line <= code.lines().count(), "{text}");
    Ok(())
}

/// Whether gcc compiles the text; nothing if it is not there.
fn compiles(text: &str) -> Option<bool> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("main.c");
    fs::write(&file, text).expect("a temporary file can be written");
    let mut gcc = Command::new("gcc");
    gcc.args(["-w", "-c", "-o", "/dev/null"]).arg(file).stderr(Stdio::null());
    gcc.status().ok().map(|status| status.success())
}

#[test]
fn there_are_enough_rules_of_enough_kinds() {
    let names: BTreeSet<_> = Rule::all().map(|rule| rule.name()).collect();
    let weaknesses: BTreeSet<_> = Rule::all().map(|rule| rule.cwe()).collect();
    assert_eq!(names.len(), Rule::all().count(), "a name is taken twice");
    assert!(names.len() >= 25 && weaknesses.len() >= 12);
}

#[test]
fn each_rule_fires_where_its_file_says_and_nowhere_else() -> Fallible {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/inject");
    let mut wrong = Vec::new();
    for rule in Rule::all() {
        let text = fs::read_to_string(folder.join(rule.name()).with_extension("c"))?;
        let first = text.lines().next().and_then(|line| line.strip_prefix("// expect: "));
        let expected: Vec<u32> = first
            .ok_or("no expectation")?
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        let made = inject(correct("src/a.c", &text), options([rule].into_iter(), usize::MAX));
        let lines: Vec<_> = made.iter().filter_map(|sample| sample.line_number).collect();
        if lines != expected {
            wrong.push(format!("{rule:?}: fired for lines {lines:?}, not {expected:?}"));
        }
        for sample in &made {
            check(sample).map_err(|error| format!("{rule:?}: {error}"))?;
            let code = sample.code.as_deref().unwrap_or_default();
            if compiles(code) == Some(false) {
                wrong.push(format!("{rule:?}: does not compile:\n{code}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn the_choice_depends_on_the_seed_alone_and_keeps_the_limit() {
    let text =
        "int f(int a, int b)\n{\n\tif (a < b && b == 3)\n\t\treturn a / b;\n\treturn 0;\n}\n"
            .repeat(9);
    let with = |seed, per_file| {
        let mut options = options(Rule::all(), per_file);
        options.seed = seed;
        inject(correct("a.c", &text), options)
    };
    assert_eq!(with(1, 5), with(1, 5));
    assert_ne!(with(1, 5), with(2, 5));
    assert_eq!(with(1, 5).len(), 5);
    let all = with(1, usize::MAX);
    let ids: BTreeSet<_> = all.iter().map(|sample| &sample.id).collect();
    assert_eq!(ids.len(), all.len());
    assert!(with(1, 5).iter().all(|sample| all.contains(sample)));
    let rules = with(1, 4)
        .iter()
        .filter_map(|sample| sample.extra.get::<String>("rule").ok()?)
        .collect::<BTreeSet<_>>();
    assert_eq!(rules.len(), 4, "rare rules come first");
}

#[test]
fn only_functions_without_syntax_errors_are_broken() {
    let text =
        "void a(char *p)\n{\n\tp = = 1;\n\tfree(p);\n}\n\nvoid b(char *p)\n{\n\tfree(p);\n}\n";
    let made = inject(correct("a.c", text), options(Rule::all(), usize::MAX));
    assert!(!made.is_empty());
    assert!(made.iter().all(|sample| sample.line_number >= Some(9)), "{made:?}");
}

#[test]
fn what_cannot_be_broken_is_counted() {
    let mut large = InjectOptions::default();
    large.max_file_bytes = 8;
    let samples =
        [RepairSample::default(), correct("a.c", "int x;"), correct("b.c", "int main(void) {}")];
    let mut source = Injection::new(samples.map(Ok), large);
    assert!(source.next().is_none());
    let counts: Vec<_> = source.skipped().iter().collect();
    assert_eq!(counts, [("file too large", 1), ("no fixed program", 1), ("no rule fires", 1)]);
}

#[test]
fn what_the_original_says_of_the_program_is_kept() {
    let mut original = correct("a.c", "void f(char *p)\n{\n\tfree(p);\n}\n");
    original.license = Some("MIT".into());
    original.problem = Some("p1".into());
    original.tests = Some(Vec::new());
    let made = inject(original, InjectOptions::default());
    assert!(!made.is_empty());
    for sample in made {
        assert_eq!(sample.license.as_deref(), Some("MIT"));
        assert_eq!(sample.problem.as_deref(), Some("p1"));
        assert_eq!(sample.tests.as_deref(), Some(&[][..]));
    }
}

proptest! {
    #[test]
    fn damaged_files_are_broken_soundly_or_left_alone(
        file in 0..Rule::all().count(), from in 0..900_usize, length in 0..60_usize, with in "[-(){};é\"=a\\n\\\\]{0,4}",
    ) {
        let rule = Rule::all().nth(file).expect("there are so many");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/inject");
        let mut text = fs::read_to_string(folder.join(rule.name()).with_extension("c")).expect("each rule has a file");
        let from = from % text.len();
        text.replace_range(from..text.len().min(from + length), &with);
        for sample in inject(correct("a.c", &text), options(Rule::all(), usize::MAX)) {
            let checked = check(&sample);
            prop_assert!(checked.is_ok(), "{checked:?}: {sample:?}");
        }
    }
}

#[test]
fn deep_nesting_takes_neither_stack_nor_time() {
    for (open, close) in [("(", ")"), ("{", "}"), ("f(1 + ", ")"), ("!", "")] {
        let (open, close) = (open.repeat(4000), close.repeat(4000));
        let text = format!(
            "int g(int x)\n{{\n{open}x;{close}\nif (x == 1) x = 2;\nreturn {open}x{close};\n}}\n"
        );
        inject(correct("a.c", &text), options(Rule::all(), 8));
    }
}

/// Three places each of 200 correct programs of students.
#[test]
fn correct_programs_still_compile_when_broken() -> Fallible {
    let Some(corpus) = std::env::var_os("FIXWRIGHT_CORPUS") else {
        eprintln!("skipped: FIXWRIGHT_CORPUS is not set");
        return Ok(());
    };
    let file = File::open(Path::new(&corpus).join("data/assignments.dev.jsonl"))?;
    let mut failed = Vec::new();
    let (mut programs, mut samples) = (0, 0);
    for original in Reader::new(BufReader::new(file)).step_by(23).take(200) {
        let mut original = original?;
        original.source_code_path = Some("main.c".into());
        let fixed = original.fixed.clone().unwrap_or_default();
        match compiles(&fixed) {
            None => {
                eprintln!("skipped: gcc is not there");
                return Ok(());
            }
            Some(false) => continue,
            Some(true) => programs += 1,
        }
        for sample in inject(original, options(Rule::all(), 3)) {
            check(&sample)?;
            samples += 1;
            let code = sample.code.as_deref().unwrap_or_default();
            if compiles(code) == Some(false) {
                failed.push(format!(
                    "{}\n{}",
                    sample.id.unwrap_or_default(),
                    sample.diff_text.unwrap_or_default()
                ));
            }
        }
    }
    eprintln!("{samples} samples of {programs} programs, {} do not compile", failed.len());
    assert!(programs > 0 && failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}
