//! Answers as models give them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use fixwright_prompt::{
    Answer, AnswerError, Finish, Fix, Margin, Options, Request, Target, expected, read, render,
};
use fixwright_report::BugReport;

const SOURCE: &str = "int a;\nint b;\nint c;\nint d;\n";

fn request<'a>(report: &'a BugReport, target: Target, source: &'a str) -> Request<'a> {
    let options =
        Options::default().with_target(target).with_margin(Margin { before: 1, after: 0 });
    Request::new(report, "src/x.c", source, 2, &options).unwrap()
}

fn answer(target: Target, text: &str) -> Result<Answer, AnswerError> {
    read(&request(&BugReport::default(), target, SOURCE), text, Finish::Stop)
}

/// The source after an answer in the `window` form, and the number of its block.
fn window(text: &str) -> Result<(String, Option<usize>), AnswerError> {
    answer(Target::Window, text).map(|answer| match answer.fix {
        Fix::Source(source) => (source, answer.block),
        Fix::Diff(diff) => panic!("{diff}"),
    })
}

#[test]
fn a_block_replaces_the_window_exactly() {
    let fixed = |lines: &str| Ok((format!("{lines}int c;\nint d;\n"), Some(1)));
    assert_eq!(window("```c\nint a;\nlong b;\n```"), fixed("int a;\nlong b;\n"));
    assert_eq!(window("```c\nlong b;\n```"), fixed("long b;\n"));
    assert_eq!(window("```c\nint a;\nlong b;\nint c;\n```"), fixed("int a;\nlong b;\nint c;\n"));
}

#[test]
fn prose_fences_and_thoughts_are_passed_over() {
    let fixed = Ok(("long b;\nint c;\nint d;\n".to_owned(), Some(1)));
    assert_eq!(
        window("Sure! Here it is:\n\n```c\nlong b;\n```\nI changed `int` to `long`."),
        fixed
    );
    assert_eq!(window("  ````C\n  long b;\n  ````"), fixed);
    assert_eq!(window("~~~\nlong b;\n~~~"), fixed);
    assert_eq!(window("```c\r\nlong b;\r\n```\r\n"), fixed);
    assert_eq!(window("<think>\n```c\nno\n```\n</think>\n```c\nlong b;\n```"), fixed);
}

#[test]
fn the_first_block_that_changes_something_counts() {
    let text =
        "The code\n```c\nint a;\nint b;\n```\nshould be\n```c\nlong b;\n```\nor\n```c\nx\n```";
    assert_eq!(window(text), Ok(("long b;\nint c;\nint d;\n".to_owned(), Some(2))));
    let text = "```sh\nmake\n```\n```diff\n-a\n+b\n```\n```cpp\nlong b;\n```";
    assert_eq!(window(text), Ok(("long b;\nint c;\nint d;\n".to_owned(), Some(3))));
}

#[test]
fn what_is_wrong_with_an_answer_is_said() {
    assert_eq!(window(""), Err(AnswerError::NoBlock));
    assert_eq!(window("I cannot help with that."), Err(AnswerError::NoBlock));
    assert_eq!(window("```c\nint a;\nint b;\n```"), Err(AnswerError::Unchanged));
    assert_eq!(window("```c\n\n```"), Err(AnswerError::Empty));
    assert_eq!(window("```c\nlong b;\n"), Err(AnswerError::Truncated));
    assert_eq!(window("```c\nint a;\nint b;\n```\n```c\nlong"), Err(AnswerError::Truncated));
    assert_eq!(window("<think>hm"), Err(AnswerError::Truncated));
    let report = BugReport::default();
    let request = request(&report, Target::Window, SOURCE);
    let cut = |text| read(&request, text, Finish::Length).map(|answer| answer.block);
    assert_eq!(cut("Let me think"), Err(AnswerError::Truncated));
    assert_eq!(cut("```c\nlong b;\n```\nI chan"), Ok(Some(1)));
}

#[test]
fn a_diff_is_found_with_a_fence_or_without() {
    let diff = "--- a/src/x.c\n+++ b/src/x.c\n@@ -2 +2 @@\n-int b;\n+long b;\n";
    let found = |block| Ok((Fix::Diff(diff.to_owned()), block));
    let read = |text: &str| answer(Target::Diff, text).map(|answer| (answer.fix, answer.block));
    assert_eq!(read(&format!("```diff\n{diff}```")), found(Some(1)));
    assert_eq!(read(&format!("```\n{diff}```")), found(Some(1)));
    assert_eq!(read(&format!("The fix:\n{diff}")), found(None));
    assert_eq!(read(&format!("```diff\n{diff}")), Err(AnswerError::Truncated));
    assert_eq!(read("```diff\n@@ -1 +1 @@\n int a;\n```"), Err(AnswerError::Unchanged));
    assert_eq!(read("Use long."), Err(AnswerError::NoBlock));
}

#[test]
fn a_diff_gets_the_line_endings_of_the_source() {
    let report = BugReport::default();
    let crlf = SOURCE.replace('\n', "\r\n");
    let request = request(&report, Target::Diff, &crlf);
    let diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -2 +2 @@\n-int b;\n+long b;\n\\ No newline at end of file\n";
    let Fix::Diff(read) = read(&request, diff, Finish::Stop).unwrap().fix else { panic!() };
    assert_eq!(
        read,
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -2 +2 @@\n-int b;\r\n+long b;\n\\ No newline at end of file\n"
    );
}

#[test]
fn the_draft_is_the_answer_that_changes_nothing() {
    for target in Target::ALL {
        let report = BugReport::default();
        let request = request(&report, target, SOURCE);
        let draft = render(&request).draft;
        assert_eq!(read(&request, &draft, Finish::Stop), Err(AnswerError::Unchanged), "{target}");
    }
}

#[test]
fn what_a_target_cannot_say_is_refused() {
    let refused = |target, fixed: &str| {
        let report = BugReport::default();
        let request = request(&report, target, SOURCE);
        expected(&request, fixed).unwrap_err().to_string()
    };
    let outside = refused(Target::Window, "int a;\nlong b;\nint c;\nlong d;\n");
    assert_eq!(
        outside,
        "src/x.c: the fix cannot be said as `window`: it changes lines outside the window"
    );
    assert!(refused(Target::Program, SOURCE).contains("changes nothing"));
    assert!(refused(Target::Diff, SOURCE).contains("changes nothing"));
    assert!(refused(Target::Program, SOURCE.trim_end()).contains("end of the file"));
}
