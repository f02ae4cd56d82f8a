//! Real analysers, run again on patched trees.

use std::process::Command;

use fixwright_patch::{DiffOptions, FilePatch, Patch};
use fixwright_report::{BugReport, Location};
use fixwright_validate::{
    Analyser, Analysis, CopyOptions, Error, Isolation, Launcher, Reported, Sandbox, Task,
    Toolchain, Validator, Verdict,
};

use crate::{go_on, tree};

/// Two leaks of the same kind in two functions.
const OLD: &str = "#include <stdlib.h>\n\nint f(int a)\n{\n\tint *p = malloc(sizeof *p);\n\tif (!p)\n\t\treturn 1;\n\t*p = a;\n\treturn 0;\n}\n\nint g(int a)\n{\n\tint *p = malloc(sizeof *p);\n\tif (!p)\n\t\treturn 1;\n\t*p = a;\n\treturn a;\n}\n";

/// The tree with `new` for its only file, judged with an analyser whose report is the first of those made before.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn judged(name: &str, isolation: &Isolation, new: &str) -> Option<Analysis> {
    if Command::new(name).arg("--version").output().is_err() {
        println!("skipped: there is no {name}");
        return None;
    }
    let dir = tree(&[("src/a.c", OLD)]);
    let analyser = Analyser::named(name).unwrap();
    let mut report = BugReport::default();
    report.location.path = Some("/build/project/src/a.c".into());
    report.location.line = Some(if name == "sparse" { 3 } else { 9 });
    let compile = Task::new(["gcc", "-c", "src/a.c"]);
    let toolchain = Toolchain::new(compile).with_analyser(analyser, Some(report));
    let (options, isolation) = (CopyOptions::default(), isolation.clone());
    let validator = Validator::new(dir.path(), toolchain, options, isolation, &mut go_on).unwrap();
    let judge = |new: &str| {
        let (old, new) = (OLD.as_bytes(), new.as_bytes());
        let file = FilePatch::between("src/a.c", Some(old), Some(new), &DiffOptions::default());
        validator.judge(&Patch { files: vec![file] }, &mut go_on).unwrap()
    };
    let broken = judge(&OLD.replace("return 0;", "return b;"));
    assert!(matches!(broken.verdict, Verdict::CompileError { .. }) && broken.analysis.is_none());
    let judged = judge(new);
    assert_eq!(judged.verdict, Verdict::Compiles);
    Some(judged.analysis.expect("it compiles, so the analyser is asked"))
}

fn compared(analysis: &Analysis) -> (Option<Reported>, usize, usize) {
    match analysis {
        Analysis::Compared { reported, gone, new } => (*reported, gone.len(), new.len()),
        other => panic!("{other:?}"),
    }
}

/// A fix of the first leak, one that moves it, one that brings another bug.
fn sees_fixes(name: &str, isolation: &Isolation) {
    let freed = OLD.replacen("return 0;", "free(p);\n\treturn 0;", 1);
    let Some(analysis) = judged(name, isolation, &freed) else { return };
    assert_eq!(compared(&analysis), (Some(Reported::Gone), 1, 0), "{analysis:?}");
    assert!(analysis.is_clean());

    let moved = OLD.replace("#include", "/* one\n * two */\n#include");
    let analysis = judged(name, isolation, &moved).unwrap();
    assert_eq!(compared(&analysis), (Some(Reported::Still), 0, 0), "{analysis:?}");

    let twice = freed.replacen("free(p);", "free(p);\n\tfree(p);", 1);
    let analysis = judged(name, isolation, &twice).unwrap();
    let (reported, _, new) = compared(&analysis);
    assert!(reported == Some(Reported::Gone) && new > 0, "{analysis:?}");
    assert!(!analysis.is_clean());
}

/// One validator, asked about one finding and then about the other.
#[test]
fn the_finding_to_look_for_can_differ_from_patch_to_patch() {
    let dir = tree(&[("src/a.c", OLD)]);
    let toolchain = Toolchain::new(Task::new(["gcc", "-c", "src/a.c"]))
        .with_analyser(Analyser::named("gcc").unwrap(), None);
    let options = CopyOptions::default();
    let validator =
        Validator::new(dir.path(), toolchain, options, Isolation::None, &mut go_on).unwrap();
    let freed = OLD.replacen("return 0;", "free(p);\n\treturn 0;", 1);
    let (old, new) = (OLD.as_bytes(), freed.as_bytes());
    let file = FilePatch::between("src/a.c", Some(old), Some(new), &DiffOptions::default());
    let patch = Patch { files: vec![file] };
    let about = |line| {
        let mut report = BugReport::default();
        report.location = Location::new("src/a.c", line);
        let judged = validator.judge_about(&patch, Some(&report), &mut go_on).unwrap();
        judged.analysis.unwrap()
    };
    let (first, second) = (about(9), about(18));
    assert_eq!(compared(&first).0, Some(Reported::Gone));
    assert_eq!(compared(&second).0, Some(Reported::Still));
    assert!(first.has_no_complaint() && !first.refutes());
    assert!(!second.has_no_complaint() && second.refutes());
    let none = validator.judge(&patch, &mut go_on).unwrap().analysis.unwrap();
    assert_eq!(compared(&none).0, None);
}

#[test]
fn gcc_sees_the_leak_go() {
    sees_fixes("gcc", &Isolation::None);
}

#[test]
fn gcc_works_in_the_sandbox() {
    let launcher = Launcher::at(env!("CARGO_BIN_EXE_fixwright-sandbox"));
    sees_fixes("gcc", &Isolation::Sandboxed(Sandbox::new(launcher).unwrap()));
}

#[test]
fn cppcheck_sees_the_leak_go() {
    sees_fixes("cppcheck", &Isolation::None);
}

#[test]
fn cppcheck_works_in_the_sandbox() {
    let launcher = Launcher::at(env!("CARGO_BIN_EXE_fixwright-sandbox"));
    sees_fixes("cppcheck", &Isolation::Sandboxed(Sandbox::new(launcher).unwrap()));
}

#[test]
fn clang_tidy_sees_the_leak_go() {
    let launcher = Launcher::at(env!("CARGO_BIN_EXE_fixwright-sandbox"));
    sees_fixes("clang-tidy", &Isolation::Sandboxed(Sandbox::new(launcher).unwrap()));
}

#[test]
fn sparse_sees_a_missing_declaration_go() {
    let new =
        OLD.replace("int f(int a)\n{", "static int f(int a)\n{") + "int h(void) { return f(1); }\n";
    let Some(analysis) = judged("sparse", &Isolation::None, &new) else { return };
    assert_eq!(compared(&analysis), (Some(Reported::Gone), 1, 1), "{analysis:?}");
}

#[test]
fn a_command_line_is_an_analyser_too() {
    let dir = tree(&[("a.c", OLD)]);
    let warns = |line: &str| {
        let toolchain =
            Toolchain::new(Task::new(["true"])).with_analyser(Analyser::command(line), None);
        let (options, none) = (CopyOptions::default(), Isolation::None);
        let validator = Validator::new(dir.path(), toolchain, options, none, &mut go_on).unwrap();
        let (old, new) = (OLD.as_bytes(), OLD.replace('1', "2"));
        let file =
            FilePatch::between("a.c", Some(old), Some(new.as_bytes()), &DiffOptions::default());
        validator.judge(&Patch { files: vec![file] }, &mut go_on).map(|judged| judged.analysis)
    };
    let line = r#"for f in {files}; do echo "$f:7:1: warning: $(sed -n 7p "$f") [-Wx]"; done"#;
    assert_eq!(compared(&warns(line).unwrap().unwrap()), (None, 0, 0), "numbers do not count");
    let quoted = line.replace("in {files}", "in '{files}'");
    assert_eq!(warns(&quoted).unwrap(), warns(line).unwrap());
    let failing = warns("echo no; exit 2").unwrap().unwrap();
    assert_eq!(failing, Analysis::NotBefore { reason: "Exited(2): no".into() });
    let missing = Analyser::new("x", Task::new(["no-such-analyser", "{files}"]));
    let toolchain = Toolchain::new(Task::new(["true"])).with_analyser(missing, None);
    let none = Isolation::None;
    let made = Validator::new(dir.path(), toolchain, CopyOptions::default(), none, &mut go_on);
    assert!(matches!(made, Err(Error::Start { program, .. }) if program == "no-such-analyser"));
}
