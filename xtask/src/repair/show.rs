//! A repair in words and colours.

use std::env;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use fixwright::repair::{Candidate, Repair};
use fixwright::validate::{Analysis, Reported, Verdict};

use super::case::Case;
use crate::exit::note;

/// A diff, with colours where stdout is a terminal and `NO_COLOR` is not set.
pub(super) fn coloured(diff: &[u8]) -> Vec<u8> {
    if !io::stdout().is_terminal() || env::var_os("NO_COLOR").is_some() {
        return diff.to_vec();
    }
    let mut out = Vec::new();
    for line in diff.split_inclusive(|byte| *byte == b'\n') {
        let (text, end) =
            line.strip_suffix(b"\n").map_or((line, &b""[..]), |text| (text, &b"\n"[..]));
        let colour = colour(text);
        out.extend_from_slice(
            &[colour.as_bytes(), text, if colour.is_empty() { b"" } else { b"\x1b[0m" }, end]
                .concat(),
        );
    }
    out
}

fn colour(line: &[u8]) -> &'static str {
    match line {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => "\x1b[1m",
        [b'@', b'@', ..] => "\x1b[36m",
        [b'-', ..] => "\x1b[31m",
        [b'+', ..] => "\x1b[32m",
        _ => "",
    }
}

/// What a candidate is called.
pub(super) fn name(candidate: &Candidate) -> String {
    ordinal(candidate.round, candidate.index)
}

/// What the candidate of this round and index, both from 0, is called.
pub(super) fn ordinal(round: usize, index: usize) -> String {
    let round = if round > 0 { format!(" of round {}", round + 1) } else { String::new() };
    format!("candidate {}{round}", index + 1)
}

/// The verdict on a candidate, in one line.
pub(super) fn verdict(candidate: &Candidate) -> String {
    let verdict = judged(candidate);
    let cosmetic = candidate.proposal.cosmetic;
    let cosmetic = if cosmetic { "changes white space and comments alone; " } else { "" };
    let analysed = candidate.judged.analysis.as_ref().map_or(String::new(), analysed);
    format!("{cosmetic}{verdict}{analysed}")
}

/// What the analyser says, after the verdict.
fn analysed(analysis: &Analysis) -> String {
    match analysis {
        Analysis::NotBefore { reason } => {
            format!("; the analyser has no result for the tree as it is: {}", first_error(reason))
        }
        Analysis::NotAfter { reason } => {
            format!("; the analyser has no result for it: {}", first_error(reason))
        }
        Analysis::Compared { reported, new, .. } => {
            let reported = match reported {
                Some(Reported::Gone) => "; the finding is gone",
                Some(Reported::Still) => "; the finding is still there",
                Some(Reported::Unseen) => {
                    "; the analyser does not make the finding as it is either"
                }
                _ => "",
            };
            let new = new.len();
            let new = if new > 0 { format!("; {new} new findings") } else { String::new() };
            format!("{reported}{new}")
        }
        _ => String::new(),
    }
}

fn judged(candidate: &Candidate) -> String {
    let new = candidate.judged.new_diagnostics.len();
    match &candidate.judged.verdict {
        Verdict::NotApplied { reason } => reason.clone(),
        Verdict::CompileError { output, .. } => {
            format!("does not compile: {}", first_error(output))
        }
        Verdict::TimedOut => "compiling it takes too long".to_owned(),
        Verdict::Compiles if new > 0 => format!("applies and compiles, with {new} new diagnostics"),
        Verdict::Compiles => "applies and compiles".to_owned(),
        Verdict::Failed { total: 1, .. } => "fails the tests".to_owned(),
        Verdict::Failed { passed, total } => {
            let unrun = candidate.judged.tests.as_ref().map_or(0, |tests| tests.unrun);
            let late = format!(", of which {unrun} were not run: one before went over its time");
            format!("passes {passed} of {total} tests{}", if unrun > 0 { &late } else { "" })
        }
        Verdict::Plausible => "passes all tests".to_owned(),
        other => format!("{other:?}"),
    }
}

fn first_error(output: &str) -> &str {
    let is_error = |line: &&str| line.contains("error");
    output.lines().find(is_error).or_else(|| output.lines().next()).unwrap_or_default().trim()
}

/// Why each candidate was turned down.
pub(super) fn failures(repair: &Repair) {
    let mut candidates: Vec<_> = repair.candidates.iter().collect();
    candidates.sort_by_key(|candidate| (candidate.round, candidate.index));
    for candidate in candidates {
        note(format_args!("{}: {}", name(candidate), verdict(candidate)));
    }
}

/// Verdict, tokens and time of the chosen candidate.
pub(super) fn summary(case: &Case, best: &Candidate, total: Duration) {
    let stats = &best.proposal.written.stats;
    note(format_args!("{}: repaired by {}: the patch {}", case.place(), name(best), verdict(best)));
    for diagnostic in &best.judged.new_diagnostics {
        note(format_args!("new: {diagnostic}"));
    }
    note(format_args!(
        "{} tokens in {} forward passes, {:.0} % of {} drafted tokens accepted; {:.1} s in the model, {:.1} s in all",
        stats.output_tokens,
        stats.forwards,
        100.0 * stats.acceptance_rate(),
        stats.proposed,
        stats.total().as_secs_f64(),
        total.as_secs_f64(),
    ));
}
