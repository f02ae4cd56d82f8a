//! The model's own answers, timed.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, iter};

use fixwright::decode::{CostCurve, Event, Forced, Options, Proposer, Stats, Target, generate};
use fixwright::llama::engine::{Model, Session};
use fixwright::repair::Asker;

use super::BenchDecodeFlags;
use super::case::Case;
use super::peers::Peers;
use super::proposer::Name;
use super::record::{ProposerRecord, Record};
use super::table::{groups, points};
use crate::counter::Counter;

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

/// Lets each proposer answer each case in turn, as often as the flags say, and the peers beside them.
pub(super) fn run(
    flags: &BenchDecodeFlags,
    names: &[Name],
    cases: &[Case],
    asker: &Asker,
    model: Model,
) -> anyhow::Result<Record> {
    let fresh = Session::new(Arc::new(model));
    let before = load();
    let cost = costs(&mut fresh.clone())?;
    let curve = CostCurve::from_times(&cost);
    let mut peers = Peers::start(flags, asker)?;
    let repeats = flags.repeats.get();
    let mut counter = Counter::new("answers", Some((repeats * cases.len()) as u64), 0);
    // By proposer, then repeat, then case.
    let mut runs: Vec<Vec<Vec<Run>>> = names.iter().map(|_| Vec::new()).collect();
    for repeat in 0..repeats {
        runs.iter_mut().for_each(|runs| runs.push(Vec::new()));
        peers.next_repeat();
        for case in cases {
            for turn in 0..names.len() {
                let index = (turn + repeat) % names.len();
                let mut proposer = names[index].build(case, asker, &curve);
                let run = answer(flags, fresh.clone(), case, asker, &mut *proposer)?;
                runs[index][repeat].push(run);
            }
            peers.ask(flags, case)?;
            counter.add(1);
        }
    }
    drop(counter);
    let plain = &runs[0];
    let proposers: Vec<_> =
        names.iter().zip(&runs).map(|(name, runs)| summary(*name, cases, runs, plain)).collect();
    let source = proposers.iter().find(|record| record.name == Name::Source.text());
    let peers = peers.finish(source.and_then(|record| record.total_seconds));
    let load = vec![before, load()];
    Ok(Record { cases: cases.len(), repeats, load, proposers, cost, peers, ..Record::default() })
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
) -> anyhow::Result<Run> {
    let options = Options {
        max_new_tokens: limit(flags, case),
        stop_tokens: asker.tokenizer().end_of_turn().to_vec(),
        max_draft: usize::MAX,
        ..Options::default()
    };
    let prompt = &case.asked.prompt;
    if flags.force_fix {
        let mut forced = Forced::new(session, prompt.len(), case.answer.clone());
        return timed(&mut forced, proposer, prompt, &options);
    }
    let mut session = session;
    timed(&mut session, proposer, prompt, &options)
}

fn timed<T: Target>(
    target: &mut T,
    proposer: &mut dyn Proposer,
    prompt: &[u32],
    options: &Options,
) -> anyhow::Result<Run> {
    let start = Instant::now();
    let mut first = None;
    let mut on_event = |_: Event| {
        first.get_or_insert_with(|| start.elapsed());
        ControlFlow::Continue(())
    };
    let generation = generate(target, proposer, prompt, options, &mut on_event)?;
    let first = first.unwrap_or_else(|| start.elapsed());
    Ok(Run { tokens: generation.tokens, stats: generation.stats, first })
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
