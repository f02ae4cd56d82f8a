//! Recorded fixes, decoded without a model.

use std::convert::Infallible;
use std::ops::ControlFlow;

use fixwright::decode::{CostCurve, Forced, Options, Stats, Target, generate};
use fixwright::repair::Asker;
use rayon::prelude::*;

use super::case::Case;
use super::proposer::Name;
use super::record::{ProposerRecord, Record};
use super::table::{groups, points};

/// A target that computes nothing.
#[derive(Debug, Default)]
struct Nothing(usize);

impl Target for Nothing {
    type Error = Infallible;

    fn context_length(&self) -> usize {
        usize::MAX >> 1
    }

    fn position(&self) -> usize {
        self.0
    }

    fn truncate(&mut self, position: usize) {
        self.0 = self.0.min(position);
    }

    fn logits(&mut self, tokens: &[u32], _: usize) -> Result<Vec<f32>, Infallible> {
        self.0 += tokens.len();
        Ok(Vec::new())
    }

    fn greedy(&mut self, tokens: &[u32], _: usize) -> Result<Vec<u32>, Infallible> {
        self.0 += tokens.len();
        Ok(Vec::new())
    }
}

/// Scores each proposer; drafts from the source also with the costs of a processor, where tokens are not free.
pub(super) fn run(names: &[Name], cases: &[Case], asker: &Asker) -> Record {
    let mut proposers = Vec::new();
    for name in names {
        proposers.push(score(name.text(), *name, cases, asker, &CostCurve::flat()));
    }
    if names.contains(&Name::Source) {
        proposers.push(score("source-cpu", Name::Source, cases, asker, &CostCurve::default()));
    }
    Record { complete: true, cases: cases.len(), proposers, ..Record::default() }
}

fn score(
    text: &str,
    name: Name,
    cases: &[Case],
    asker: &Asker,
    cost: &CostCurve,
) -> ProposerRecord {
    let stats: Vec<Stats> = cases.par_iter().map(|case| replay(name, case, asker, cost)).collect();
    let mut record = ProposerRecord { name: text.to_owned(), ..ProposerRecord::default() };
    record.count(stats.iter());
    record.groups = groups(cases, &stats);
    let tokens: Vec<f64> = stats.iter().map(|stats| stats.output_tokens as f64).collect();
    let forwards: Vec<f64> = stats.iter().map(|stats| stats.forwards as f64).collect();
    record.points = points(cases, &tokens, &forwards);
    record
}

fn replay(name: Name, case: &Case, asker: &Asker, cost: &CostCurve) -> Stats {
    let prompt = &case.asked.prompt;
    let mut target = Forced::new(Nothing::default(), prompt.len(), case.answer.clone());
    let mut proposer = name.build(case, asker, cost);
    let options = Options {
        max_new_tokens: case.answer.len(),
        stop_tokens: asker.tokenizer().end_of_turn().to_vec(),
        max_draft: usize::MAX,
        ..Options::default()
    };
    let mut ignore = |_| ControlFlow::Continue(());
    generate(&mut target, &mut *proposer, prompt, &options, &mut ignore)
        .expect("the prompt is not empty, and nothing is computed that could fail")
        .stats
}
