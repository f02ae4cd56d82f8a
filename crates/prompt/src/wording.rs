//! Every word that a prompt says of itself. A change here is a new [`TEMPLATE_VERSION`](crate::TEMPLATE_VERSION).

use std::fmt::Write;

use fixwright_report::Language;

use crate::fence::fenced;
use crate::{Attempt, Definition, Fault, Request, Target, attempt};

/// What the model is told to be.
pub(crate) fn system(request: &Request<'_>) -> String {
    let expert = request.language().map_or("an expert programmer".to_owned(), |language| {
        format!("an expert {} programmer", language.name())
    });
    format!("You are {expert}. You fix reported bugs with as small a change as possible.")
}

/// What the model is told to do: where, why, with which text.
pub(crate) fn user(request: &Request<'_>) -> String {
    let tag = tag(request);
    let lines = &request.window.lines;
    let (shown, code, task) = match request.target {
        Target::Window => (
            format!("Lines {} to {}:", lines.start(), lines.end()),
            request.window.text.clone(),
            format!(
                "Rewrite these lines with the bug{} fixed{}. Repeat every other line exactly as it is. \
                 Answer with one ```{tag} block that replaces these lines, and nothing else.",
                place(request),
                hint(request),
            ),
        ),
        Target::Diff => (
            format!("Lines {} to {}:", lines.start(), lines.end()),
            request.window.text.clone(),
            format!(
                "{DIFF_FORMAT}\n\nWrite a diff that fixes the bug. Answer with one ```diff block, and nothing else."
            ),
        ),
        Target::Program => (
            "The whole file:".to_owned(),
            crate::lines::shown(request.source),
            format!(
                "Rewrite the file with the bug{} fixed{}. Repeat every other line exactly as it is. \
                 Answer with one ```{tag} block that holds the whole file, and nothing else.",
                place(request),
                hint(request),
            ),
        ),
    };
    let used = definitions(request, &request.definitions);
    format!("{}\n{used}{shown}\n{}\n\n{task}", facts(request), fenced(tag, &code))
}

/// What the code uses, as it is defined elsewhere; nothing if there are no such definitions.
pub(crate) fn definitions(request: &Request<'_>, definitions: &[Definition]) -> String {
    if definitions.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = definitions.iter().map(Definition::shown).collect();
    format!("What the code uses:\n{}\n\n", fenced(tag(request), &shown.join("\n")))
}

/// Where the bug is, if the report says it.
fn place(request: &Request<'_>) -> String {
    request.line.map_or_else(String::new, |line| format!(" in line {line}"))
}

/// The report's own suggestion once more, where the model is told what to do: small models forget what they read before the code.
fn hint(request: &Request<'_>) -> String {
    let suggestion =
        request.report.suggested_fix.as_deref().map(|text| text.trim().trim_end_matches('.'));
    suggestion.filter(|text| !text.is_empty()).map_or_else(String::new, |text| format!(" ({text})"))
}

/// What the model is told after all that, where an earlier answer was no good.
pub(crate) fn again(attempt: &Attempt<'_>) -> String {
    let mut text = String::from("\n\n");
    if let Some(diff) = attempt.diff {
        let diff = fenced("diff", &attempt::diff(diff));
        text += &format!("An earlier answer made this change, which is not right:\n{diff}\n\n");
    } else {
        text += "An earlier answer was not right. ";
    }
    text += &fault(&attempt.fault);
    text + "\nAnswer again, as told above, and without this fault."
}

fn fault(fault: &Fault<'_>) -> String {
    let quoted = |what: &str, text: &str| match text.is_empty() {
        true => String::new(),
        false => format!("{what}\n{}\n", fenced("", text)),
    };
    match *fault {
        Fault::Unusable(reason) => format!("It is of no use: {}", attempt::beginning(reason)),
        Fault::Compiler(output) => quoted("The compiler says:", &attempt::errors(output)),
        Fault::TimedOut => "Compiling it takes too long.\n".to_owned(),
        Fault::Test { failure, input, expected, actual } => [
            format!("A test fails: {}", attempt::beginning(failure)),
            quoted("Its input:", &attempt::beginning(input)),
            quoted("Its expected output:", &attempt::beginning(expected)),
            quoted("Its output:", &attempt::end(actual)),
        ]
        .concat(),
        Fault::Analyser(findings) => quoted("The analyser says:", &attempt::beginning(findings)),
    }
}

/// How a unified diff looks.
const DIFF_FORMAT: &str = "\
A diff looks like this, with the line number and count of both sides between @@:
```diff
--- a/path/file.c
+++ b/path/file.c
@@ -10,3 +10,3 @@
 unchanged line
-old line
+new line
 unchanged line
```";

/// What the report says, a line each, empty fields left out.
fn facts(request: &Request<'_>) -> String {
    let report = request.report;
    let reported = request.window.reported.trim();
    let mut facts = String::new();
    let mut say = |key: &str, value: Option<&str>| {
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            // Writing to a string does not fail.
            let _ = writeln!(facts, "{key}: {value}");
        }
    };
    say("File", Some(request.path));
    say("Function", report.location.function.as_deref());
    say("Line", request.line.map(|line| format!("{line}: {reported}")).as_deref());
    say("Bug", report.title.as_deref());
    say("Kind", report.rule.kind.as_deref().or(report.rule.id.as_deref()));
    say("Description", report.description.as_deref());
    say("Suggested fix", report.suggested_fix.as_deref());
    if let Some(test) = &report.test {
        say("Test input", test.input.as_deref().map(brief).as_deref());
        say("Expected output", test.expected.as_deref().map(brief).as_deref());
        say("Actual output", test.actual.as_deref().map(brief).as_deref());
    }
    if report.title.is_none() && report.description.is_none() {
        say("Report", Some(&report.text));
    }
    facts
}

/// The beginning of what a test reads or writes.
fn brief(text: &str) -> String {
    /// Characters that are shown.
    const MOST: usize = 400;
    let text = text.trim_end();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The name of the language as fences have it; empty if it is not known.
pub(crate) fn tag(request: &Request<'_>) -> &'static str {
    match request.language() {
        Some(Language::C) => "c",
        Some(Language::Cpp) => "cpp",
        _ => "",
    }
}
