//! The model's own answers, timed.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, iter};

use fixwright::decode::{
    CostCurve, Event, Finish, Forced, Generation, Options, Proposer, Stats, Target, generate,
};
use fixwright::llama::engine::{Model, Session};
use fixwright::repair::Asker;

use super::BenchDecodeFlags;
use super::case::Case;
use super::peers::Peers;
use super::proposer::Name;
use super::record::{ProposerRecord, Record};
use super::table::{groups, points};
use crate::counter::Counter;
use crate::interrupt::Interrupt;

/// The longest draft whose cost is measured.
const LONGEST: usize = 128;

/// Tokens before those that are timed for the cost curve.
const BEFORE: usize = 256;

/// One answer.
struct Run {
    tokens: Vec<u32>,
    stats: Stats,
    first: Duration,
}

/// Lets each proposer answer each case in turn, as often as the flags say, and the peers beside them. Of what was broken off the record has what
/// can be compared; `None` if that is nothing.
pub(super) fn run(
    flags: &BenchDecodeFlags,
    names: &[Name],
    cases: &[Case],
    asker: &Asker,
    model: Model,
) -> anyhow::Result<Option<Record>> {
    let interrupt = Interrupt::listen()?;
    let fresh = Session::new(Arc::new(model));
    let before = load();
    let cost = costs(&mut fresh.clone())?;
    let curve = CostCurve::from_times(&cost);
    let mut peers = Peers::start(flags, asker)?;
    let mut runs = Runs::of(names.len());
    let mut counter = Counter::new("answers", Some((flags.repeats.get() * cases.len()) as u64), 0);
    let answer = |name: Name, case: &Case| {
        let mut proposer = name.build(case, asker, &curve);
        answer(flags, fresh.clone(), case, asker, &mut *proposer, &interrupt)
    };
    'asking: for repeat in 0..flags.repeats.get() {
        runs.next_repeat();
        peers.next_repeat();
        for case in cases {
            if runs.take(repeat, &mut |index| answer(names[index], case))?.is_break() {
                break 'asking;
            }
            peers.ask(flags, case)?;
            counter.add(1);
        }
    }
    drop(counter);
    let (repeats, count) = runs.cut(cases.len());
    let complete = (repeats, count) == (flags.repeats.get(), cases.len());
    if count == 0 {
        return Ok(None);
    }
    let (cases, load) = (&cases[..count], vec![before, load()]);
    let plain = &runs.0[0];
    let proposers: Vec<_> =
        names.iter().zip(&runs.0).map(|(name, runs)| summary(*name, cases, runs, plain)).collect();
    let source = proposers.iter().find(|record| record.name == Name::Source.text());
    let peers = peers.finish(repeats, source.and_then(|record| record.total_seconds));
    let cases = cases.len();
    Ok(Some(Record { complete, cases, repeats, load, proposers, cost, peers, ..Record::default() }))
}

/// All answers, by proposer, then repeat, then case.
struct Runs(Vec<Vec<Vec<Run>>>);

impl Runs {
    fn of(proposers: usize) -> Self {
        Self((0..proposers).map(|_| Vec::new()).collect())
    }

    fn next_repeat(&mut self) {
        self.0.iter_mut().for_each(|runs| runs.push(Vec::new()));
    }

    /// Takes the answers of all proposers to one more case, another one first in each repeat. Breaks where one breaks off.
    fn take(
        &mut self,
        repeat: usize,
        answer: &mut dyn FnMut(usize) -> anyhow::Result<ControlFlow<(), Run>>,
    ) -> anyhow::Result<ControlFlow<()>> {
        let proposers = self.0.len();
        for turn in 0..proposers {
            let index = (turn + repeat) % proposers;
            match answer(index)? {
                ControlFlow::Continue(run) => self.0[index][repeat].push(run),
                ControlFlow::Break(()) => return Ok(ControlFlow::Break(())),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Cuts off what not all proposers have: repeats that are not whole, or, if none is, cases of the first. How many repeats and cases are left.
    fn cut(&mut self, cases: usize) -> (usize, usize) {
        let is_whole = |repeat: usize| self.0.iter().all(|runs| runs[repeat].len() == cases);
        let begun = self.0.first().map_or(0, Vec::len);
        let repeats = (0..begun).take_while(|repeat| is_whole(*repeat)).count().max(1);
        let common = |repeat: usize| self.0.iter().map(move |runs| runs[repeat].len()).min();
        let count = (0..repeats.min(begun)).filter_map(common).min().unwrap_or(0);
        for runs in &mut self.0 {
            runs.truncate(repeats);
            runs.iter_mut().for_each(|runs| runs.truncate(count));
        }
        (repeats, count)
    }
}

/// The most tokens of an answer, as `repair` limits it.
pub(super) fn limit(flags: &BenchDecodeFlags, case: &Case) -> usize {
    flags.max_new_tokens.unwrap_or(case.asked.usual_limit())
}

fn answer(
    flags: &BenchDecodeFlags,
    session: Session,
    case: &Case,
    asker: &Asker,
    proposer: &mut dyn Proposer,
    interrupt: &Interrupt,
) -> anyhow::Result<ControlFlow<(), Run>> {
    let options = Options {
        max_new_tokens: limit(flags, case),
        stop_tokens: asker.tokenizer().end_of_turn().to_vec(),
        max_draft: usize::MAX,
        ..Options::default()
    };
    let prompt = &case.asked.prompt;
    if flags.force_fix {
        let mut forced = Forced::new(session, prompt.len(), case.answer.clone());
        return timed(&mut forced, proposer, prompt, &options, interrupt);
    }
    let mut session = session;
    timed(&mut session, proposer, prompt, &options, interrupt)
}

fn timed<T: Target>(
    target: &mut T,
    proposer: &mut dyn Proposer,
    prompt: &[u32],
    options: &Options,
    interrupt: &Interrupt,
) -> anyhow::Result<ControlFlow<(), Run>> {
    let start = Instant::now();
    let mut first = None;
    let mut on_event = |_: Event| {
        first.get_or_insert_with(|| start.elapsed());
        interrupt.flow()
    };
    let generation = generate(target, proposer, prompt, options, &mut on_event)?;
    if generation.finish == Finish::Cancelled {
        return Ok(ControlFlow::Break(()));
    }
    let first = first.unwrap_or_else(|| start.elapsed());
    let Generation { tokens, stats, .. } = generation;
    Ok(ControlFlow::Continue(Run { tokens, stats, first }))
}

/// The median time to verify 1, 2, 4, ... tokens after a prompt.
fn costs(session: &mut Session) -> anyhow::Result<Vec<(usize, f64)>> {
    session.greedy(&vec![0; BEFORE], 1)?;
    let mut sizes: Vec<(usize, Vec<f64>)> = iter::successors(Some(1), |size| Some(2 * size))
        .take_while(|size| *size <= LONGEST)
        .map(|size| (size, Vec::new()))
        .collect();
    for _ in 0..5 {
        for (size, times) in &mut sizes {
            let start = Instant::now();
            session.greedy(&vec![0; *size], *size)?;
            times.push(start.elapsed().as_secs_f64());
            session.truncate(BEFORE);
        }
    }
    Ok(sizes.into_iter().map(|(size, times)| (size, median(times))).collect())
}

fn summary(name: Name, cases: &[Case], runs: &[Vec<Run>], plain: &[Vec<Run>]) -> ProposerRecord {
    let tokens: usize = runs[0].iter().map(|run| run.tokens.len()).sum();
    let rate = |time: fn(&Run) -> Duration| -> Vec<f64> {
        let seconds = runs.iter().map(|runs| runs.iter().map(time).sum::<Duration>());
        seconds.map(|time| tokens as f64 / time.as_secs_f64()).collect()
    };
    let whole = rate(|run| run.stats.total());
    let each = |time: fn(&Run) -> Duration| -> f64 {
        let sums = runs.iter().map(|runs| runs.iter().map(time).sum::<Duration>());
        median(sums.map(|sum| sum.as_secs_f64() / cases.len() as f64).collect())
    };
    let stats: Vec<Stats> = runs[0].iter().map(|run| run.stats.clone()).collect();
    let outputs = |runs: &[Vec<Run>]| -> Vec<Vec<u32>> {
        runs[0].iter().map(|run| run.tokens.clone()).collect()
    };
    let expected = outputs(plain);
    let equal = runs.iter().all(|runs| runs.iter().map(|run| &run.tokens).eq(&expected));
    let mut record = ProposerRecord {
        name: name.text().to_owned(),
        tokens_per_second_range: Some((least(&whole), -least(&negated(&whole)))),
        tokens_per_second: Some(median(whole)),
        decode_tokens_per_second: Some(median(rate(|run| run.stats.verify + run.stats.draft))),
        first_token_seconds: Some(each(|run| run.first)),
        total_seconds: Some(each(|run| run.stats.total())),
        equal_to_greedy: Some(equal),
        groups: groups(cases, &stats),
        ..ProposerRecord::default()
    };
    record.count(stats.iter());
    let (plain, ours) = (seconds(plain), seconds(runs));
    record.time(cases, &plain, &ours);
    record.points = points(cases, &plain, &ours);
    record
}

/// The median seconds of each case.
fn seconds(runs: &[Vec<Run>]) -> Vec<f64> {
    let case = |index: usize| {
        median(runs.iter().map(|runs| runs[index].stats.total().as_secs_f64()).collect())
    };
    (0..runs[0].len()).map(case).collect()
}

pub(super) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match numbers.len() {
        0 => 0.0,
        n if n % 2 == 1 => numbers[n / 2],
        n => (numbers[n / 2 - 1] + numbers[n / 2]) / 2.0,
    }
}

fn least(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(f64::INFINITY, f64::min)
}

fn negated(numbers: &[f64]) -> Vec<f64> {
    numbers.iter().map(|number| -number).collect()
}

/// The machine's load in the last minute; 0 where the system does not say.
fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two proposers' runs: how many cases each has answered in each repeat.
    fn runs(answered: [&[usize]; 2]) -> Runs {
        let run = || Run { tokens: Vec::new(), stats: Stats::default(), first: Duration::ZERO };
        let repeat = |count: &usize| (0..*count).map(|_| run()).collect();
        Runs(answered.map(|counts| counts.iter().map(repeat).collect()).into())
    }

    #[test]
    fn what_is_left_is_what_all_have_answered() {
        let cut = |answered| {
            let mut runs = runs(answered);
            let left = runs.cut(3);
            let even = runs.0.iter().flatten().all(|runs| runs.len() == left.1);
            assert!(even && runs.0.iter().all(|runs| runs.len() <= left.0));
            left
        };
        assert_eq!(cut([&[3, 3], &[3, 3]]), (2, 3));
        assert_eq!(cut([&[3, 2], &[3, 1]]), (1, 3));
        assert_eq!(cut([&[3, 3], &[3, 2]]), (1, 3));
        assert_eq!(cut([&[2], &[1]]), (1, 1));
        assert_eq!(cut([&[1], &[0]]), (1, 0));
    }
}
