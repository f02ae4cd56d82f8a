//! Candidates for a small C program, judged with the real gcc.

use std::fs;
use std::path::Path;
use std::time::Duration;

use fixwright_patch::{DiffOptions, FilePatch, Patch};
use fixwright_validate::{
    Baseline, CopyOptions, Ending, Isolation, Judged, Task, Validator, Verdict,
};
use tempfile::TempDir;

use crate::{go_on, shell, tree, wall};

const OLD: &str =
    "#include <stdio.h>\n\nint main(void)\n{\n\tint unused;\n\tputs(\"a\");\n\treturn 0;\n}\n";

fn change(path: &str, old: Option<&str>, new: Option<&str>) -> Patch {
    let (old, new) = (old.map(str::as_bytes), new.map(str::as_bytes));
    Patch { files: vec![FilePatch::between(path, old, new, &DiffOptions::default())] }
}

fn gcc(dir: &TempDir) -> Validator {
    let compile = Task::new(["gcc", "-Wall", "-c", "main.c"]);
    Validator::new(dir.path(), compile, CopyOptions::default(), Isolation::None, &mut go_on)
        .unwrap()
}

fn judge(validator: &Validator, new: &str) -> Judged {
    validator.judge(&change("main.c", Some(OLD), Some(new)), &mut go_on).unwrap()
}

/// Everything in a folder, by name.
fn listing(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn good_and_bad_candidates_are_told_apart() {
    let dir = tree(&[("main.c", OLD)]);
    let before = listing(dir.path());
    let validator = gcc(&dir);
    assert!(validator.baseline().succeeded());
    assert!(validator.baseline().output.contains("unused"));

    let good = judge(&validator, &OLD.replace("\tputs", "\n\n\tputs"));
    assert_eq!(good.verdict, Verdict::Compiles);
    assert_eq!(good.new_diagnostics, [""; 0], "the old warning has only moved");
    let run = good.run.as_ref().unwrap();
    assert!(run.enforced.wall_time.is_some() && run.enforced.cpu_time.is_some());
    assert_eq!(run.enforced.sandbox, None);

    let worse = judge(&validator, &OLD.replace("\tputs", "\tint other;\n\tputs"));
    assert_eq!(worse.verdict, Verdict::Compiles);
    assert_eq!(worse.new_diagnostics.len(), 1);
    assert!(worse.new_diagnostics[0].contains("other"));

    let bad = judge(&validator, &OLD.replace("puts(\"a\");", "puts(x);"));
    let Verdict::CompileError { baseline: Baseline::Compiles, output } = &bad.verdict else {
        panic!("{:?}", bad.verdict)
    };
    assert!(output.contains("main.c:6:14: error:"), "{output}");
    assert!(bad.new_diagnostics.iter().any(|line| line.contains("undeclared")));
    assert_eq!(bad.run.as_ref().unwrap().ending, Ending::Exited(1));

    assert!(bad.verdict < good.verdict);
    assert_eq!(listing(dir.path()), before, "the tree itself is never touched");
}

/// `make` says nothing of a file that is built already, and so nothing of its old warning, until a candidate has it compiled again.
#[test]
fn a_warning_of_a_tree_that_was_built_before_is_not_new() {
    let makefile = "main.o: main.c\n\tgcc -Wall -c main.c\n";
    let dir = tree(&[("main.c", OLD), ("Makefile", makefile)]);
    let made = std::process::Command::new("make").current_dir(dir.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let (task, copy) = (Task::new(["make"]), CopyOptions::default());
    let validator = Validator::new(dir.path(), task, copy, Isolation::None, &mut go_on).unwrap();
    assert!(!validator.baseline().output.contains("unused"), "{:?}", validator.baseline());

    let good = judge(&validator, &OLD.replace("\"a\"", "\"b\""));
    assert_eq!(good.verdict, Verdict::Compiles);
    assert!(good.run.as_ref().unwrap().output.contains("unused"), "it was compiled again");
    assert_eq!(good.new_diagnostics, [""; 0]);
    let worse = judge(&validator, &OLD.replace("\tputs", "\tint other;\n\tputs"));
    assert_eq!(worse.new_diagnostics.len(), 1, "{:?}", worse.new_diagnostics);
    assert!(worse.new_diagnostics[0].contains("other"));
}

#[test]
fn what_does_not_apply_is_a_verdict() {
    let dir = tree(&[("main.c", OLD)]);
    let validator = gcc(&dir);
    let reason = |patch| match validator.judge(&patch, &mut go_on).unwrap() {
        Judged { verdict: Verdict::NotApplied { reason }, run: None, .. } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        reason(change("main.c", Some("x\n"), Some("y\n"))),
        "main.c: hunk 1 does not match at line 1: expected \"x\\n\", found \"#include <stdio.h>\\n\""
    );
    assert_eq!(
        reason(change("other.c", Some("x\n"), Some("y\n"))),
        "other.c: the file to patch does not exist"
    );
    assert_eq!(reason(change("main.c", Some(OLD), Some(OLD))), "the patch changes nothing");
    assert!(reason(change("../main.c", None, Some("x\n"))).contains("`..` component"));
    assert!(reason(change(&"x".repeat(300), None, Some("x\n"))).contains("refusing the path"));
}

#[test]
fn a_tree_that_does_not_compile_anyway_is_said_so() {
    let broken = OLD.replace("return 0", "return zero");
    let dir = tree(&[("main.c", &broken)]);
    let validator = gcc(&dir);
    assert!(!validator.baseline().succeeded());
    let judge = |new: &str| {
        validator.judge(&change("main.c", Some(&broken), Some(new)), &mut go_on).unwrap()
    };
    let still = judge(&broken.replace("\"a\"", "\"b\""));
    assert!(matches!(still.verdict, Verdict::CompileError { baseline: Baseline::Fails, .. }));
    assert_eq!(still.new_diagnostics, [""; 0]);
    assert_eq!(judge(OLD).verdict, Verdict::Compiles);
}

#[test]
fn a_candidate_that_hangs_the_compiler_times_out() {
    let dir = tree(&[("script", "true\n")]);
    let validator = shell(&dir, "sh ./script", wall(Duration::from_millis(500))).unwrap();
    let patch = change("script", Some("true\n"), Some("sleep 1000\n"));
    assert_eq!(validator.judge(&patch, &mut go_on).unwrap().verdict, Verdict::TimedOut);
}

#[test]
fn a_candidate_that_removes_the_compiler_is_at_fault() {
    let dir = tree(&[("build/x", "x\n")]);
    let compile = Task::new(["true"]).in_dir("build");
    let validator =
        Validator::new(dir.path(), compile, CopyOptions::default(), Isolation::None, &mut go_on)
            .unwrap();
    let judged = validator.judge(&change("build/x", Some("x\n"), None), &mut go_on).unwrap();
    let Verdict::CompileError { output, .. } = judged.verdict else { panic!("{judged:?}") };
    assert!(output.contains("cannot start `true` in `build`"), "{output}");
}

#[test]
fn candidates_do_not_see_each_other() {
    let dir = tree(&[("n", "0\n")]);
    let validator =
        shell(&dir, "test ! -e made && touch made && cat n", wall(Duration::from_secs(60)))
            .unwrap();
    for new in ["1\n", "2\n"] {
        let judged = validator.judge(&change("n", Some("0\n"), Some(new)), &mut go_on).unwrap();
        assert_eq!(judged.verdict, Verdict::Compiles);
        assert_eq!(judged.run.unwrap().output, new);
    }
}

#[test]
fn messages_do_not_name_the_copy() {
    let dir = tree(&[("main.c", "int x = y;\n")]);
    let validator = shell(&dir, "gcc -c $PWD/main.c", wall(Duration::from_secs(60))).unwrap();
    let output = &validator.baseline().output;
    assert!(output.starts_with("./main.c:1:9: error:"), "{output}");
}

#[test]
fn verdicts_are_ordered_and_written_by_name() {
    let ordered = [
        (Verdict::NotApplied { reason: "no".into() }, r#"{"kind":"not_applied","reason":"no"}"#),
        (
            Verdict::CompileError { baseline: Baseline::Compiles, output: "e".into() },
            r#"{"kind":"compile_error","baseline":"compiles","output":"e"}"#,
        ),
        (Verdict::TimedOut, r#"{"kind":"timed_out"}"#),
        (Verdict::Failed { passed: 1, total: 3 }, r#"{"kind":"failed","passed":1,"total":3}"#),
        (Verdict::Failed { passed: 2, total: 3 }, r#"{"kind":"failed","passed":2,"total":3}"#),
        (Verdict::Compiles, r#"{"kind":"compiles"}"#),
        (Verdict::Plausible, r#"{"kind":"plausible"}"#),
        (Verdict::Exact, r#"{"kind":"exact"}"#),
    ];
    assert!(ordered.is_sorted_by(|a, b| a.0 < b.0));
    for (verdict, json) in ordered {
        assert_eq!(serde_json::to_string(&verdict).unwrap(), json);
        assert_eq!(serde_json::from_str::<Verdict>(json).unwrap(), verdict);
    }
}
