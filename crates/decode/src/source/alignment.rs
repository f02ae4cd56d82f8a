//! Where in a text the output may be going on.

use super::BORDER;
use super::hazard::Hazard;
use super::prior;

/// The most places that are followed at once.
const MOST_TRACKS: usize = 24;

/// Places of less weight than this are given up.
const LEAST_WEIGHT: f64 = 1e-4;

/// A place where the output may be going on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Track {
    /// The position of the next token if nothing is changed there.
    pub(super) at: usize,
    pub(super) mode: Mode,
    /// Its probability.
    pub(super) weight: f64,
}

/// What the last token was on a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// Changed.
    Edit,
    /// Copied, as were so many in a row.
    Copy(usize),
}

/// What tracks run in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) tokens: &'a [u32],
    /// Where lines begin, ascending; 0 is one.
    pub(super) lines: &'a [usize],
    pub(super) hazard: &'a Hazard,
}

/// The next token of the output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub(super) token: u32,
    pub(super) ends_line: bool,
}

/// Weighted places: an alignment of the output with a text, kept for the present only.
///
/// This is the forward pass of a pair hidden Markov model of editing (Durbin et al. 1998, chapter 4), with unlikely states left out.
#[derive(Debug, Clone)]
pub(super) struct Alignment {
    /// The likeliest first; the weights sum to one.
    tracks: Vec<Track>,
}

impl Alignment {
    /// The output begins as the text does.
    pub(super) fn start() -> Self {
        Self { tracks: vec![Track { at: 0, mode: Mode::Copy(0), weight: 1.0 }] }
    }

    pub(super) fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Where the likeliest track goes on, if its last token was copied, and how many in a row were.
    pub(super) fn copying(&self) -> Option<(usize, usize)> {
        match self.tracks.first() {
            Some(Track { at, mode: Mode::Copy(count), .. }) => Some((*at, *count)),
            _ => None,
        }
    }

    /// Takes in the next token of the output.
    pub(super) fn advance(&mut self, next: Next, ground: Ground<'_>) {
        let mut tracks = Vec::with_capacity(4 * self.tracks.len());
        for track in &self.tracks {
            ground.follow(*track, next, &mut tracks);
        }
        self.tracks = tracks;
        self.settle();
    }

    /// Adds the place after a match of `length` tokens, with a share of all weight.
    pub(super) fn add(&mut self, at: usize, length: usize, share: f64) {
        let others: f64 = self.tracks.iter().map(|track| track.weight).sum();
        let weight = if others > 0.0 { others * share / (1.0 - share) } else { 1.0 };
        self.tracks.push(Track { at, mode: Mode::Copy(length), weight });
        self.settle();
    }

    /// Merges equal places, drops unlikely ones, and brings the rest into order.
    fn settle(&mut self) {
        let place = |track: &Track| (track.at, track.mode == Mode::Edit);
        self.tracks.sort_by(|a, b| place(a).cmp(&place(b)).then(b.mode.cmp(&a.mode)));
        self.tracks.dedup_by(|track, kept| {
            let same = place(track) == place(kept);
            if same {
                kept.weight += track.weight;
            }
            same
        });
        self.tracks.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        self.tracks.truncate(MOST_TRACKS);
        let total: f64 = self.tracks.iter().map(|track| track.weight).sum();
        self.tracks.retain(|track| track.weight > LEAST_WEIGHT * total);
        for track in &mut self.tracks {
            track.weight /= total;
        }
    }
}

impl Ground<'_> {
    /// The chance that the next token is the one expected on `track`.
    pub(super) fn continues(&self, track: &Track) -> f64 {
        match track.mode {
            Mode::Copy(_) => 1.0 - self.hazard.at(track.at),
            Mode::Edit => prior::RESUMED,
        }
    }

    /// Where `track` may be after the next token.
    fn follow(&self, track: Track, next: Next, tracks: &mut Vec<Track>) {
        let same = self.tokens.get(track.at) == Some(&next.token);
        let continues = self.continues(&track);
        let copied = match track.mode {
            Mode::Copy(count) => count,
            Mode::Edit => 0,
        };
        if same {
            let (at, mode) = (track.at + 1, Mode::Copy(copied + 1));
            tracks.push(Track { at, mode, weight: track.weight * continues });
        }
        if !same || track.mode == Mode::Edit {
            let weight = track.weight * (1.0 - continues);
            let places = self.after_change(track.at, next);
            let inside = places.filter(|(at, _, _)| !self.leaves(track.at, *at));
            tracks.extend(inside.map(|(at, mode, share)| Track {
                at,
                mode,
                weight: weight * share,
            }));
        }
    }

    /// Whether the way from one position to another leads out of source, prompt or output.
    fn leaves(&self, from: usize, to: usize) -> bool {
        let skipped = self.tokens.get(from..to.max(from));
        skipped.is_none_or(|skipped| skipped.iter().any(|token| *token >= BORDER))
    }

    /// Where the output may be after a token was put in at `at`, or in the place of something from there on.
    fn after_change(&self, at: usize, next: Next) -> impl Iterator<Item = (usize, Mode, f64)> {
        let within = [INSERTED_HERE].into_iter().chain((1..).zip(prior::REPLACED));
        let within = within.map(move |(skipped, share)| (at + skipped, share));
        let line = self.lines.partition_point(|start| *start <= at);
        let shares = [prior::LINE_INSERTED, prior::LINE_REPLACED, prior::LINES_REPLACED];
        let lines = self.lines.get(line.saturating_sub(1)..).unwrap_or_default().iter().copied();
        let lines = lines.zip(shares).take(if next.ends_line { shares.len() } else { 0 });
        let novel = within.chain(lines).map(|(at, share)| (at, Mode::Edit, prior::NOVEL * share));
        novel.chain(self.after_deletion(at, next.token))
    }

    /// Where the output may be after the tokens from `at` to one like `token` were taken out.
    fn after_deletion(&self, at: usize, token: u32) -> impl Iterator<Item = (usize, Mode, f64)> {
        let (reach, places) = prior::REACH;
        let ahead = self.tokens.get(at + 1..).unwrap_or_default().iter().take(reach);
        let found = (1..).zip(ahead).filter(move |(_, ahead)| **ahead == token).take(places);
        found.enumerate().map(move |(rank, (deleted, _))| {
            let share = 0.5f64.powi(rank as i32) / (1.0 + deleted as f64 / prior::DELETED_TOKENS);
            (at + deleted + 1, Mode::Copy(1), prior::DELETED * share)
        })
    }
}

/// Nothing is skipped by a token put in.
const INSERTED_HERE: (usize, f64) = (0, prior::INSERTED);
