//! What a prompt says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use fixwright_prompt::{
    Attempt, Fault, Finish, Margin, Options, Prompt, Request, Role, Target, expected, read, render,
    render_again,
};
use fixwright_report::{BugReport, Location, TestFailure};

const SOURCE: &str = "void greet(char *out, const char *name)\r\n{\r\n\tsprintf(out, \"hi %s\", name); // ```\r\n}\r\n";

fn report() -> BugReport {
    let mut report = BugReport::default();
    report.title = Some("Unbounded sprintf".into());
    report.description = Some("A long name\noverflows out.".into());
    report.suggested_fix = Some("Use snprintf.".into());
    report.location = Location::new("elsewhere.c", 1).in_function("greet");
    report.text = "the report as it stood".into();
    report
}

fn prompt(report: &BugReport, target: Target) -> Prompt {
    let margin = Margin { before: 1, after: 0 };
    let options = Options::default().with_target(target).with_margin(margin);
    render(&Request::new(report, "src/greet.c", SOURCE, 3, &options).unwrap())
}

#[test]
fn the_facts_come_first_and_the_reported_line_with_them() {
    let facts = "File: src/greet.c\nFunction: greet\nLine: 3: sprintf(out, \"hi %s\", name); // ```\n\
        Bug: Unbounded sprintf\nDescription: A long name\noverflows out.\nSuggested fix: Use snprintf.\n\n";
    for target in Target::ALL {
        let prompt = prompt(&report(), target);
        let roles: Vec<Role> = prompt.messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::System, Role::User]);
        assert!(prompt.messages[0].content.contains("C programmer"));
        assert!(prompt.messages[1].content.starts_with(facts), "{}", prompt.messages[1].content);
        assert!(!prompt.messages[1].content.contains("as it stood"));
    }
}

#[test]
fn each_target_shows_its_source_inside_a_fence_that_holds() {
    let window = "````c\n{\n\tsprintf(out, \"hi %s\", name); // ```\n````";
    let whole = "````c\nvoid greet(char *out, const char *name)\n{\n\tsprintf(out, \"hi %s\", name); // ```\n}\n````";
    for (target, shown) in
        [(Target::Window, window), (Target::Diff, window), (Target::Program, whole)]
    {
        let user = &prompt(&report(), target).messages[1].content;
        assert!(user.contains(&format!(":\n{shown}\n\n")), "{user}");
        assert_eq!(user.contains("Lines 2 to 3:"), target != Target::Program);
        assert_eq!(user.contains("+++ b/"), target == Target::Diff);
    }
    assert_eq!(prompt(&report(), Target::Window).draft, window);
    assert_eq!(prompt(&report(), Target::Program).draft, whole);
}

#[test]
fn a_report_without_title_and_description_speaks_for_itself() {
    let mut report = BugReport::default();
    report.text = "CID 1: overrun\n".into();
    let user = &prompt(&report, Target::Window).messages[1].content;
    assert!(user.contains("\nReport: CID 1: overrun\n\n"), "{user}");
}

#[test]
fn without_a_line_the_whole_file_is_shown_and_the_failing_test() {
    let mut report = BugReport::from_test(TestFailure::new("1 2\n", "3\n", "x".repeat(1000)));
    report.title = Some("a wrong sum".into());
    for target in Target::ALL {
        let options = Options::default().with_target(target);
        let request = Request::new(&report, "sum.c", "int a;\nint b;\n", None, &options).unwrap();
        let prompt = render(&request);
        let user = &prompt.messages[1].content;
        assert_eq!(prompt.reported, None);
        assert!(!user.contains("\nLine:") && !user.contains("in line"), "{user}");
        let facts = "Test input: 1 2\nExpected output: 3\nActual output: ";
        assert!(user.contains(&format!("{facts}{}...\n", "x".repeat(400))), "{user}");
        assert!(user.contains("```c\nint a;\nint b;\n```"), "{user}");
        let answer = expected(&request, "int a;\nlong b;\n").unwrap();
        assert!(read(&request, &answer, Finish::Stop).is_ok());
    }
}

/// What the second prompt says after the first one, of which it changes nothing.
fn said_again(attempt: &Attempt<'_>) -> String {
    let report = report();
    let request = Request::new(&report, "src/greet.c", SOURCE, 3, &Options::default()).unwrap();
    let (first, again) = (render(&request), render_again(&request, attempt));
    assert_eq!((first.draft, first.reported), (again.draft, again.reported));
    assert_eq!(first.messages[0], again.messages[0]);
    let said = again.messages[1].content.strip_prefix(&*first.messages[1].content);
    said.expect("the first prompt is the beginning of the second").to_owned()
}

#[test]
fn a_second_prompt_quotes_what_failed() {
    let diff = Some("--- a/src/greet.c\n+++ b/src/greet.c\n@@ -3 +3 @@\n-a\n+```\n");
    let compiler =
        said_again(&Attempt { diff, fault: Fault::Compiler("note\nx.c:1: error: no b\n") });
    assert!(compiler.contains("````diff\n--- a/src/greet.c\n"), "{compiler}");
    assert!(compiler.contains("The compiler says:\n```\nx.c:1: error: no b\n```\n"), "{compiler}");
    let fault =
        Fault::Test { failure: "wrong output", input: "3 4\n", expected: "", actual: "8\n" };
    let test = said_again(&Attempt { diff, fault });
    let quoted =
        "A test fails: wrong output\nIts input:\n```\n3 4\n```\nIts output:\n```\n8\n```\n";
    assert!(test.contains(quoted), "{test}");
    let unusable = said_again(&Attempt { diff: None, fault: Fault::Unusable("it is cut off") });
    assert!(unusable.contains("An earlier answer was not right. It is of no use: it is cut off\n"));
}
