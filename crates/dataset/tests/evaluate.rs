//! Answers for samples, judged with the real gcc.

use std::ops::ControlFlow;

use fixwright_dataset::{Error, Evaluated, Evaluator, Programs, RepairSample, TestCase};
use fixwright_prompt::Target;
use fixwright_validate::{Isolation, Verdict};

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
