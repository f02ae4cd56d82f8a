//! Results as tables of Markdown, and by size of the edit.

use std::io::{self, Write};

use fixwright::decode::Stats;

use super::case::Case;
use super::record::{Group, Point, ProposerRecord, Record};

/// Results of cases, put together by the size of their edits: all, by lines, and by quartiles of lines and then tokens.
pub(super) fn groups(cases: &[Case], stats: &[Stats]) -> Vec<Group> {
    parts(cases).into_iter().map(|(name, part)| group(name, &part, stats)).collect()
}

fn parts(cases: &[Case]) -> Vec<(String, Vec<usize>)> {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_key(|&index| (cases[index].changed_lines, cases[index].changed_tokens));
    let lines = |most: usize| -> Vec<usize> {
        order.iter().copied().filter(|&index| cases[index].changed_lines <= most).collect()
    };
    let mut parts = vec![("all".to_owned(), order.clone())];
    parts.extend([5, 10].map(|most| (format!("at most {most} lines"), lines(most))));
    let cut = |quarter: usize| quarter * order.len() / 4;
    parts.extend(
        (0..4).map(|q| (format!("quartile {}", q + 1), order[cut(q)..cut(q + 1)].to_vec())),
    );
    parts
}

/// By the size of the edit, doubling: the sum of one figure over that of another.
pub(super) fn points(cases: &[Case], above: &[f64], below: &[f64]) -> Vec<Point> {
    let size = |case: &Case| case.changed_tokens.max(1).ilog2();
    let sizes = 0..=cases.iter().map(size).max().unwrap_or(0);
    let point = |wanted: u32| {
        let part = || (0..cases.len()).filter(move |index| size(&cases[*index]) == wanted);
        let sum = |of: &[f64]| part().map(|index| of[index]).sum::<f64>();
        Point { tokens: 1 << wanted, cases: part().count(), value: sum(above) / sum(below) }
    };
    sizes.map(point).filter(|point| point.cases > 0).collect()
}

fn group(name: String, part: &[usize], stats: &[Stats]) -> Group {
    let sum = |count: fn(&Stats) -> usize| part.iter().map(|&index| count(&stats[index])).sum();
    let (tokens, forwards) = (sum(|stats| stats.output_tokens), sum(|stats| stats.forwards));
    let tokens_per_forward = ratio(tokens, forwards);
    Group { name, cases: part.len(), tokens, forwards, tokens_per_forward, speed_up: None }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl ProposerRecord {
    /// Compares seconds of the cases with those of plain decoding, group by group.
    pub(super) fn time(&mut self, cases: &[Case], plain: &[f64], ours: &[f64]) {
        for (group, (_, part)) in self.groups.iter_mut().zip(parts(cases)) {
            let sum = |of: &[f64]| part.iter().map(|&index| of[index]).sum::<f64>();
            group.speed_up = Some(sum(plain) / sum(ours));
        }
    }

    /// Counts tokens, forward passes and drafts, all cases together.
    pub(super) fn count<'a>(&mut self, stats: impl Iterator<Item = &'a Stats> + Clone) {
        let sum = |count: fn(&Stats) -> usize| stats.clone().map(count).sum();
        self.tokens_per_forward = ratio(sum(|s| s.output_tokens), sum(|s| s.forwards));
        self.acceptance = ratio(sum(|s| s.accepted), sum(|s| s.proposed));
        for (index, position) in stats.flat_map(|stats| stats.positions.iter().enumerate()) {
            if self.by_position.len() <= index {
                self.by_position.push((0, 0));
            }
            self.by_position[index].0 += position.proposed;
            self.by_position[index].1 += position.accepted;
        }
    }
}

/// Prints the record.
pub(super) fn write(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} cases, target {}, {}\n", record.cases, record.target, record.mode)?;
    by_size(record, out)?;
    if record.proposers.iter().any(|proposer| proposer.total_seconds.is_some()) {
        times(record, out)?;
    }
    Ok(())
}

/// Tokens per forward pass by size of the edit, and the speed-up where there are times.
fn by_size(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = record.proposers.first() else { return Ok(()) };
    let heads = first.groups.iter().map(|group| format!(" {} ({}) |", group.name, group.cases));
    writeln!(out, "| tokens per forward pass | acceptance |{}", heads.collect::<String>())?;
    writeln!(out, "|---|---|{}", "---|".repeat(first.groups.len()))?;
    for proposer in &record.proposers {
        let cells = proposer.groups.iter().map(|group| match group.speed_up {
            Some(speed_up) => format!(" {:.1} ({speed_up:.1}x) |", group.tokens_per_forward),
            None => format!(" {:.1} |", group.tokens_per_forward),
        });
        let cells: String = cells.collect();
        writeln!(out, "| {} | {:.0} % |{cells}", proposer.name, 100.0 * proposer.acceptance)?;
    }
    Ok(())
}

/// Times of our proposers and of the peers, and the cost curve.
fn times(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n| | tokens/s, prompt included | least to most | tokens/s after the prompt | first token | whole answer | equal to plain |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for proposer in &record.proposers {
        let (least, most) = proposer.tokens_per_second_range.unwrap_or_default();
        let equal = match proposer.equal_to_greedy {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        writeln!(
            out,
            "| {} | {:.1} | {least:.1} to {most:.1} | {:.1} | {:.3} s | {:.3} s | {equal} |",
            proposer.name,
            proposer.tokens_per_second.unwrap_or_default(),
            proposer.decode_tokens_per_second.unwrap_or_default(),
            proposer.first_token_seconds.unwrap_or_default(),
            proposer.total_seconds.unwrap_or_default(),
        )?;
    }
    for peer in &record.peers {
        writeln!(
            out,
            "| {} {} | {:.1} | | | {:.3} s | {:.3} s | source is {:.1} times faster |",
            peer.name,
            peer.version,
            peer.tokens_per_second,
            peer.first_token_seconds,
            peer.total_seconds,
            peer.slower_than_source,
        )?;
    }
    let Some(&(_, one)) = record.cost.first() else { return Ok(()) };
    let cells = record.cost.iter().map(|(tokens, _)| format!(" {tokens} |"));
    writeln!(out, "\n| tokens of a forward pass |{}", cells.collect::<String>())?;
    writeln!(out, "|---|{}", "---|".repeat(record.cost.len()))?;
    let cells = record
        .cost
        .iter()
        .map(|(_, seconds)| format!(" {:.1} ms, {:.2} |", 1e3 * seconds, seconds / one));
    writeln!(out, "| time, relative to one |{}", cells.collect::<String>())
}
