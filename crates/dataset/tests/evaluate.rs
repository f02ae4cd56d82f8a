//! Answers for samples, judged with the real gcc.

use std::ops::ControlFlow;

use fixwright_dataset::{Error, Evaluated, Evaluator, Programs, RepairSample, TestCase};
use fixwright_prompt::Target;
use fixwright_validate::{Analyser, Analysis, Executable, Isolation, Reported, Verdict};

const WRONG: &str = "#include <stdio.h>\n\nint main(void)\n{\n\tint a, b;\n\n\tscanf(\"%d %d\", &a, &b);\n\tprintf(\"%d\\n\", a - b);\n\treturn 0;\n}\n";

fn right() -> String {
    WRONG.replace("a - b", "a + b")
}

fn assignment() -> RepairSample {
    let mut sample = RepairSample::default();
    sample.code = Some(WRONG.into());
    sample.fixed = Some(right());
    let test = |input: &str, output: &str| TestCase { input: input.into(), output: output.into() };
    sample.tests = Some(vec![test("1 2\n", "3\n"), test("5 0\n", "5\n")]);
    sample
}

fn judge(target: Target, sample: &RepairSample, answer: &str) -> Result<Evaluated, Error> {
    let evaluator = Evaluator::new(target, Programs::default(), Isolation::None);
    evaluator.judge(sample, answer, &mut |_| ControlFlow::Continue(()))
}

#[test]
fn programs_are_compiled_and_tested() {
    let sample = assignment();
    let verdict = |answer: &str| judge(Target::Program, &sample, answer).unwrap().verdict;
    let fenced = |code: &str| format!("Here:\n```c\n{code}```\n");
    assert_eq!(verdict(&fenced(&right())), Verdict::Exact);
    assert_eq!(verdict(&right()), Verdict::Exact, "a fence is not needed");
    assert_eq!(verdict(&fenced(&right().replace("a + b", "b + a"))), Verdict::Plausible);
    assert_eq!(
        verdict(&fenced(&right().replace("a + b", "a * b"))),
        Verdict::Failed { passed: 0, total: 2 }
    );
    assert!(matches!(
        verdict(&fenced(&right().replace("a + b", "a + c"))),
        Verdict::CompileError { .. }
    ));
    assert!(matches!(
        verdict("I do not know."),
        Verdict::CompileError { .. } | Verdict::NotApplied { .. }
    ));
    assert!(matches!(verdict(&fenced(WRONG)), Verdict::NotApplied { .. }));
}

#[test]
fn answers_are_told_apart_by_what_is_compiled_of_them() {
    let evaluator = Evaluator::new(Target::Program, Programs::default(), Isolation::None);
    let go_on = &mut |_| ControlFlow::Continue(());
    let mut sample = assignment();
    let mut made = |sample: &RepairSample, answer| {
        let answer = format!("```c\n{answer}```\n");
        evaluator.executable(sample, Some(&answer), go_on).unwrap()
    };
    let sum = made(&sample, right());
    assert_eq!(made(&sample, right().replace("return 0", "return (0)")), sum);
    assert_ne!(made(&sample, right().replace("a + b", "a * b")), sum);
    for none in [right().replace("a + b", "a + c"), WRONG.to_owned(), "```".to_owned()] {
        assert_eq!(made(&sample, none), Executable::Missing);
    }
    sample.extra.insert("analyser", "gcc").unwrap();
    assert_eq!(made(&sample, right()), Executable::Unknown);
    sample = RepairSample::default();
    sample.code = Some(WRONG.into());
    assert_eq!(made(&sample, right()), Executable::Unknown);
}

#[test]
fn what_is_wrong_with_a_program_is_found_out() {
    let evaluator = Evaluator::new(Target::Program, Programs::default(), Isolation::None);
    let fault = |sample: &RepairSample| {
        evaluator.fault(sample, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    let mut sample = assignment();
    let found = fault(&sample).unwrap();
    assert_eq!((&*found.compile_error, &*found.failed), ("", &[0][..]));
    sample.set_fault(&found).unwrap();
    let run = sample.failing_run().unwrap();
    assert_eq!((run.test, &*run.failure, &*run.output), (0, "wrong output", "-1\n"));

    sample.code = Some(WRONG.replace("a - b", "a - c"));
    let broken = fault(&sample).unwrap();
    assert!(broken.compile_error.contains("undeclared"), "{}", broken.compile_error);
    sample.set_fault(&broken).unwrap();
    assert_eq!(sample.failing_run(), None, "that was another program's");
    sample.code = Some(right());
    assert_eq!(fault(&sample), None);
}

#[test]
fn diffs_are_applied_as_models_write_them() {
    let sample = assignment();
    let diff = "```diff\n--- a/main.c\n+++ b/main.c\n@@ -1,2 +1,2 @@\n \tscanf(\"%d %d\", &a, &b);\n-\tprintf(\"%d\\n\", a - b);\n+\tprintf(\"%d\\n\", a + b);\n \treturn 0;\n```\n";
    assert_eq!(judge(Target::Diff, &sample, diff).unwrap().verdict, Verdict::Exact);
    let elsewhere = diff.replace("a - b", "a / b");
    assert!(matches!(
        judge(Target::Diff, &sample, &elsewhere).unwrap().verdict,
        Verdict::NotApplied { .. }
    ));
}

#[test]
fn a_file_of_a_project_is_compared_with_the_reference() {
    let mut sample = RepairSample::default();
    sample.code = Some("int a;\nint b;\nint c;\n".into());
    sample.line_number = Some(2);
    sample.diff_text =
        Some("--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n int a;\n-int b;\n+long b;\n int c;\n".into());
    let found = judge(Target::Window, &sample, "```c\nint a;\nlong  b;\nint c;\n```").unwrap();
    assert_eq!(found.verdict, Verdict::Applies);
    let likeness = found.likeness.unwrap();
    assert!(likeness.same_edited_lines && likeness.same_tokens && !likeness.exact);
    assert!(found.judged.is_none());
}

#[test]
fn a_sample_that_cannot_be_judged_says_why() {
    let none = judge(Target::Program, &RepairSample::default(), "x").unwrap_err();
    assert_eq!(none.to_string(), "the sample cannot be used: it has no code");
    let mut sample = assignment();
    sample.line_number = Some(99);
    assert!(judge(Target::Program, &sample, "x").unwrap_err().to_string().contains("line 99"));
    (sample.fixed, sample.line_number) = (None, None);
    sample.diff_text = Some("--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-no such line\n+x\n".into());
    let error = judge(Target::Program, &sample, &right()).unwrap_err().to_string();
    assert!(error.contains("its own diff does not apply"), "{error}");
}

#[test]
fn the_analyser_that_a_sample_names_is_run_again() {
    if std::process::Command::new("cppcheck").arg("--version").output().is_err() {
        println!("skipped: there is no cppcheck");
        return;
    }
    let leaks = "#include <stdlib.h>\nint f(int a)\n{\n\tint *p = malloc(4);\n\tif (!p)\n\t\treturn 1;\n\t*p = a;\n\treturn 0;\n}\n";
    let mut sample = RepairSample::default();
    sample.code = Some(leaks.into());
    sample.source_code_path = Some("src/a.c".into());
    sample.bug_report_text = Some("/home/x/src/a.c:8:2: error: Memory leak: p [memleak]\n".into());
    sample.line_number = Some(8);
    let analysis = |sample: &RepairSample, answer: &str| {
        judge(Target::Program, sample, &format!("```c\n{answer}```\n")).unwrap().analysis
    };
    let freed = leaks.replace("return 0;", "free(p);\n\treturn 0;");
    assert_eq!(analysis(&sample, &freed), None, "nobody named an analyser");
    sample.extra.insert("analyser", "cppcheck").unwrap();
    let reported = |answer: &str| match analysis(&sample, answer) {
        Some(Analysis::Compared { reported, new, .. }) => (reported, new.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!(reported(&freed), (Some(Reported::Gone), 0));
    assert_eq!(reported(&leaks.replace("return 0;", "a++;\n\treturn 0;")).0, Some(Reported::Still));
    let twice = freed.replace("free(p);", "free(p);\n\tfree(p);");
    assert_eq!(reported(&twice), (Some(Reported::Gone), 1));

    let missing = Analyser::new("x", fixwright_validate::Task::new(["no-such-analyser"]));
    let evaluator = Evaluator::new(Target::Program, Programs::default(), Isolation::None);
    let evaluated = evaluator
        .with_analyser(missing)
        .judge(&sample, &freed, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    assert!(matches!(evaluated.analysis, Some(Analysis::NotBefore { .. })));
}
