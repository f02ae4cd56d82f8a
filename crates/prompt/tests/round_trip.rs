//! What is to be said is read back, whatever the target and the line endings.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use fixwright_patch::Patch;
use fixwright_prompt::{Finish, Fix, Margin, Options, Request, Target, expected, read, render};
use fixwright_report::BugReport;
use proptest::prelude::*;

/// Lines of code with fences, diff markers and blanks among them.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c ]{0,4}",
        Just("```".to_owned()),
        Just("````c".to_owned()),
        Just("--- a/x".to_owned()),
        Just("+++ b/x".to_owned()),
        Just("@@ -1 +1 @@".to_owned()),
        Just("\\ No newline".to_owned()),
        Just("<think>".to_owned()),
        Just("\tint x = 0;".to_owned()),
    ]
}

fn lines(least: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(line(), least..9)
}

/// A file: its lines, the one that ends each of them, and whether the last has it.
fn file(lines: &[String], ending: &str, last: bool) -> String {
    let text = lines.join(ending);
    if last { text + ending } else { text }
}

/// The source after an answer; a diff is applied to it.
fn outcome(request: &Request<'_>, source: &str, answer: &str) -> String {
    match read(request, answer, Finish::Stop).unwrap().fix {
        Fix::Source(text) => text,
        Fix::Diff(diff) => {
            let patch = Patch::parse(&diff).unwrap();
            let applied = patch.files[0].apply(source.as_bytes()).unwrap();
            String::from_utf8(applied.text).unwrap()
        }
    }
}

/// Whether a fix may be taken for what answers are forgiven: it leaves lines out and starts or ends with a line of the source, or indents
/// one otherwise.
fn reads_as_drift(source: &str, fixed: &str) -> bool {
    let bare =
        |text: &str| text.lines().map(|line| line.trim_start().to_owned()).collect::<Vec<_>>();
    let (old, new) = (bare(source), bare(fixed));
    let count =
        |lines: &[String], line: &String| lines.iter().filter(|other| *other == line).count();
    let leaves_out = old.iter().any(|line| count(&new, line) < count(&old, line));
    let at_border = [new.first(), new.last()].into_iter().flatten().any(|line| old.contains(line));
    let repeats = |line: &str| source.lines().any(|old| old.trim_start() == line.trim_start());
    leaves_out && at_border
        || fixed.lines().any(|line| repeats(line) && source.lines().all(|old| old != line))
}

proptest! {
    #[test]
    fn the_expected_answer_is_read_back(
        (old, at) in lines(1).prop_flat_map(|old| { let len = old.len(); (Just(old), 0..len) }),
        new in lines(0),
        removed in 0..3_usize,
        ending in prop_oneof![Just("\n"), Just("\r\n"), Just("\r\r\n")],
        last: bool,
        target in proptest::sample::select(Target::ALL.to_vec()),
    ) {
        // A source without a single line end does not tell what ends its lines.
        prop_assume!(last || old.len() > 1 || ending == "\n");
        // A text whose last line is empty and unterminated is a text whose last line is terminated.
        let end = (at + removed).min(old.len());
        let mut fixed = old.clone();
        fixed.splice(at..end, new);
        prop_assume!(fixed != old && fixed.iter().any(|line| !line.trim().is_empty()));
        prop_assume!([&old, &fixed].iter().all(|lines| lines.last().is_some_and(|line| !line.is_empty())));
        let (source, fixed) = (file(&old, ending, last), file(&fixed, ending, last));
        let report = BugReport::default();
        let options = Options::default().with_target(target).with_margin(Margin { before: 9, after: 9 });
        let request = Request::new(&report, "dir/x.c", &source, at + 1, &options).unwrap();
        match expected(&request, &fixed) {
            Ok(answer) => prop_assert_eq!(outcome(&request, &source, &answer), fixed),
            Err(_) => prop_assert!(target != Target::Diff && reads_as_drift(&source, &fixed)),
        }
    }

    #[test]
    fn a_change_of_one_line_leaves_every_other_byte_alone(
        source in "([a-c ]{0,3}(\r|\r?\n)?){1,12}[a-c]",
        margin in 0..4_usize,
        pick: prop::sample::Index,
    ) {
        let count = source.split_inclusive('\n').count();
        let line = pick.index(count) + 1;
        let report = BugReport::default();
        for target in [Target::Window, Target::Program] {
            let options = Options::default().with_target(target).with_margin(Margin { before: margin, after: margin });
            let request = Request::new(&report, "x.c", &source, line, &options).unwrap();
            let draft = render(&request).draft;
            let (fence, rest) = draft.split_once('\n').unwrap();
            let changed = format!("{fence}\nNEW\n{rest}");
            let outcome = outcome(&request, &source, &changed);
            let at = if target == Target::Window { request.window().bytes.start } else { 0 };
            let usual = outcome[at..].strip_prefix("NEW").unwrap();
            let usual = &usual[..usual.find('\n').unwrap() + 1];
            prop_assert_eq!(&outcome, &[&source[..at], "NEW", usual, &source[at..]].concat());
        }
    }

    #[test]
    fn no_answer_is_a_panic(
        parts in proptest::collection::vec(prop_oneof![line(), "\\PC{0,8}", Just("```diff".to_owned()), Just("</think>".to_owned())], 0..12),
        target in proptest::sample::select(Target::ALL.to_vec()),
        source in "([a-c ]{0,3}(\r|\r?\n)?){1,6}[a-c]",
    ) {
        let report = BugReport::default();
        let options = Options::default().with_target(target);
        let request = Request::new(&report, "x.c", &source, 1, &options).unwrap();
        for finish in [Finish::Stop, Finish::Length] {
            let _ = read(&request, &parts.join("\n"), finish);
        }
    }
}
