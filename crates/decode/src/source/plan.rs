//! What to draft, and how much of it.

use super::BORDER;
use super::alignment::{Ground, Mode, Track};
use super::prior;
use crate::cost::CostCurve;

/// Below this chance of being reached no token is worth looking at.
const LEAST_CHANCE: f64 = 1e-6;

/// The longest copy that is looked at to find the rate of copying.
const LONGEST: usize = 1024;

/// The draft that pays best: the likeliest next token again and again, as far as each is worth its cost.
///
/// A draft of k tokens gives one token and as many more as are accepted. It is worth that number, less its cost times the number of tokens that the
/// same cost gives over a whole answer (`rate`). A greater share of tokens for cost in this one pass alone would not be the aim: easy tokens
/// are easy later, too.
pub(super) fn plan(
    tracks: &[Track],
    ground: Ground<'_>,
    cost: &CostCurve,
    rate: f64,
    most: usize,
) -> Vec<u32> {
    let mut tracks = tracks.to_vec();
    let mut draft = Vec::new();
    let mut expected = 1.0;
    let mut best = (expected - rate * cost.of(1), 0);
    while draft.len() < most {
        let Some((token, chance)) = likeliest(&tracks, ground) else { break };
        if chance < LEAST_CHANCE {
            break;
        }
        draft.push(token);
        expected += chance;
        let worth = expected - rate * cost.of(draft.len() + 1);
        if worth >= best.0 {
            best = (worth, draft.len());
        }
        accept(&mut tracks, token, ground);
    }
    draft.truncate(best.1);
    draft
}

/// The tokens that the cost of a forward pass over one gives in an answer that is mostly copied; without drafts, 1.
pub(super) fn rate(cost: &CostCurve) -> f64 {
    let mut chance = 1.0;
    let mut expected = 0.0;
    let mut best = 0.0f64;
    for tokens in 1..=LONGEST {
        expected += chance;
        chance *= 1.0 - prior::HAZARD;
        best = best.max(expected / cost.of(tokens));
    }
    (prior::WITH_EDITS * best).max(1.0)
}

/// The token that most weight is on, and the chance that it comes.
fn likeliest(tracks: &[Track], ground: Ground<'_>) -> Option<(u32, f64)> {
    let mut votes: Vec<(u32, f64)> = Vec::new();
    for track in tracks {
        let Some(&token) = ground.tokens.get(track.at).filter(|token| **token < BORDER) else {
            continue;
        };
        let chance = track.weight * ground.continues(track);
        match votes.iter_mut().find(|(other, _)| *other == token) {
            Some((_, sum)) => *sum += chance,
            None => votes.push((token, chance)),
        }
    }
    votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Leaves the tracks that expected `token`, after it.
fn accept(tracks: &mut Vec<Track>, token: u32, ground: Ground<'_>) {
    tracks.retain_mut(|track| {
        let expected = ground.tokens.get(track.at) == Some(&token);
        track.weight *= ground.continues(track);
        track.at += 1;
        track.mode = Mode::Copy(1);
        expected
    });
}
