//! How much of the weight in training is on what a fix changes, by mask strategy:
//! `FIXWRIGHT_CORPUS=... cargo run --release -p fixwright-dataset --example mask`
//!
//! A token is a name, a number or a sign with the blanks before it, or the end of a line. It is changed if it is not among those that the answer
//! shares with the text that it replaces. The token that ends an answer is left out.

#![expect(clippy::print_stdout, reason = "the table is what one runs it for")]

use std::env;
use std::error::Error;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fixwright_dataset::{Assignments, RepairSample, Rows};
use fixwright_patch::edits;
use fixwright_prompt::{
    EditMask, FastFixerMask, MaskStrategy, Options, Scope, Target, expected, render,
};
use fixwright_report::BugReport;

type Samples = Box<dyn Iterator<Item = Result<RepairSample, fixwright_dataset::Error>>>;

fn strategies() -> [(&'static str, MaskStrategy); 4] {
    [
        ("all", MaskStrategy::All),
        ("modified", MaskStrategy::Modified { context: 0, elsewhere: 0.0 }),
        ("modified and 1 line", MaskStrategy::Modified { context: 1, elsewhere: 0.0 }),
        ("FastFixer", MaskStrategy::FastFixer(FastFixerMask::default())),
    ]
}

/// What the answers of a set weigh, by strategy: the changed tokens, and all.
#[derive(Default)]
struct Sums {
    answers: u64,
    tokens: u64,
    weights: [(f64, f64); 4],
}

fn main() -> Result<(), Box<dyn Error>> {
    let data: PathBuf = Path::new(&env::var("FIXWRIGHT_CORPUS")?).join("data");
    println!(
        "| samples | target | answers | tokens | {} |",
        strategies().map(|(name, _)| name).join(" | ")
    );
    println!("|---|---|{}", "---|".repeat(6));
    let reports = || Rows::open(&data.join("reports.dev.jsonl"));
    let assignments = Assignments::open(&data.join("assignments.dev.jsonl"), 10)?;
    let whole = Options::default().with_target(Target::Program);
    row("assignments", "program", Box::new(assignments), &whole)?;
    row("reports", "window", Box::new(reports()?), &Options::default())?;
    let function = Options::default().with_scope(Scope::Function);
    row("reports", "window: the function", Box::new(reports()?), &function)?;
    Ok(())
}

/// A line of the table; samples whose fix the target cannot say are left out.
fn row(set: &str, target: &str, samples: Samples, options: &Options) -> Result<(), Box<dyn Error>> {
    let mut sums = Sums::default();
    for sample in samples {
        add(&mut sums, &sample?, options);
    }
    let share = |(changed, all): (f64, f64)| format!("{:.1} %", 100.0 * changed / all);
    let shares = sums.weights.map(share).join(" | ");
    println!("| {set} | {target} | {} | {} | {shares} |", sums.answers, sums.tokens);
    Ok(())
}

fn add(sums: &mut Sums, sample: &RepairSample, options: &Options) -> Option<()> {
    let report = BugReport::default();
    let request = sample.request(&report, options).ok()?;
    let answer = expected(&request, &sample.reference().ok()??).ok()?;
    let tokens = tokens(&answer);
    let changed = changed(&render(&request).draft, &answer, &tokens);
    sums.answers += 1;
    sums.tokens += tokens.len() as u64;
    for ((_, strategy), (on_changed, on_all)) in strategies().into_iter().zip(&mut sums.weights) {
        let mask = EditMask::new(&request, &answer, strategy, sums.answers);
        for (weight, changed) in mask.token_weights(&tokens).into_iter().zip(&changed) {
            *on_all += f64::from(weight);
            *on_changed += if *changed { f64::from(weight) } else { 0.0 };
        }
    }
    Some(())
}

/// The bytes of the tokens of a text.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let rest = &text[start..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let run = rest[blanks..].find(|c| !word(c)).unwrap_or(rest.len() - blanks);
        let sign = rest[blanks..].chars().next().map_or(0, char::len_utf8);
        tokens.push(start..start + blanks + run.max(sign));
        start += blanks + run.max(sign);
    }
    tokens
}

/// Whether each token of `new` is not shared with `old`: both are compared with a token in each line.
fn changed(old: &str, new: &str, new_tokens: &[Range<usize>]) -> Vec<bool> {
    let spelled = |text: &str, tokens: &[Range<usize>]| -> String {
        let words = tokens.iter().map(|token| text[token.clone()].replace('\n', "\u{1}") + "\n");
        words.collect()
    };
    let mut changed = vec![false; new_tokens.len()];
    let (old, new) = (spelled(old, &tokens(old)), spelled(new, new_tokens));
    for edit in edits(old.as_bytes(), new.as_bytes()) {
        changed[edit.new].fill(true);
    }
    changed
}
