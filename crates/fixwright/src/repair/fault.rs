//! What a second prompt says of a candidate.

use fixwright_prompt::{Attempt, Fault, Prompt, Request, render_again};
use fixwright_report::BugReport;
use fixwright_validate::{Analysis, FailedTest, Reported, Suite, Verdict};

use super::{Candidate, Judge};

/// The prompt that says what is wrong with a candidate; none if nothing is known to be.
pub(super) fn prompt(
    request: &Request<'_>,
    candidate: &Candidate,
    judge: &dyn Judge,
) -> Option<Prompt> {
    let diff = candidate.proposal.patch.as_ref().ok().map(ToString::to_string);
    let ask =
        |fault: Fault<'_>| Some(render_again(request, &Attempt { diff: diff.as_deref(), fault }));
    match &candidate.judged.verdict {
        Verdict::NotApplied { reason } => ask(Fault::Unusable(reason)),
        Verdict::CompileError { output, .. } => ask(Fault::Compiler(output)),
        Verdict::TimedOut => ask(Fault::TimedOut),
        Verdict::Failed { .. } => {
            let failed = candidate.judged.tests.as_ref().and_then(|tests| tests.failed.first());
            ask_test(failed?, judge.suite(), ask)
        }
        _ => match &candidate.judged.analysis {
            Some(analysis) if analysis.refutes() => ask(Fault::Analyser(&said(analysis))),
            _ if candidate.proposal.cosmetic => {
                ask(Fault::Unusable("it changes white space and comments alone"))
            }
            _ => None,
        },
    }
}

fn ask_test(
    failed: &FailedTest,
    suite: Option<&Suite>,
    ask: impl Fn(Fault<'_>) -> Option<Prompt>,
) -> Option<Prompt> {
    let test = suite.and_then(|suite| suite.tests.get(failed.index as usize));
    let (input, expected) = test.map_or(("", ""), |test| (&test.input, &test.output));
    let actual = [&*failed.run.output, &failed.run.errors].concat();
    let failure = failed.failure.to_string();
    ask(Fault::Test { failure: &failure, input, expected, actual: &actual })
}

/// What an analyser says against a change.
fn said(analysis: &Analysis) -> String {
    match analysis {
        Analysis::NotAfter { reason } => reason.clone(),
        Analysis::Compared { reported, new, .. } => {
            let still = *reported == Some(Reported::Still);
            let still = still.then(|| "the reported finding is still there".to_owned());
            let lines: Vec<_> = still.into_iter().chain(new.iter().map(finding)).collect();
            lines.join("\n") + "\n"
        }
        _ => String::new(),
    }
}

fn finding(finding: &BugReport) -> String {
    let what = finding.title.as_ref().or(finding.description.as_ref());
    format!("{}: {}", finding.location, what.unwrap_or(&finding.text))
}
