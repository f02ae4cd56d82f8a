//! A merged text with its conflict markers.

use std::ops::Range;

use super::regions::{Region, Take};
use super::{ConflictStyle, MergeOptions, Merged, Sides};
use crate::LineRange;

/// The text that the regions make.
pub(super) fn text(sides: &Sides<'_>, regions: &[Region], options: &MergeOptions) -> Merged {
    let mut writer = Writer::default();
    let mut conflicts = Vec::new();
    let mut done = 0;
    for region in regions {
        writer.lines(&sides.ours[done..region.ours.start]);
        match region.take {
            Take::Ours => writer.lines(&sides.ours[region.ours.clone()]),
            Take::Theirs => writer.lines(&sides.theirs[region.theirs.clone()]),
            Take::Conflict => {
                let before = writer.count;
                writer.conflict(sides, region, options);
                conflicts.push(LineRange::after(before, writer.count - before));
            }
        }
        done = region.ours.end;
    }
    writer.lines(&sides.ours[done..]);
    Merged { text: writer.text, conflicts }
}

/// A text and the number of its lines.
#[derive(Default)]
struct Writer {
    text: Vec<u8>,
    count: usize,
}

impl Writer {
    fn lines(&mut self, lines: &[&[u8]]) {
        lines.iter().for_each(|line| self.text.extend_from_slice(line));
        self.count += lines.len();
    }

    fn conflict(&mut self, sides: &Sides<'_>, region: &Region, options: &MergeOptions) {
        let end = line_end(sides, region);
        self.marker(b'<', &options.ours, end);
        self.side(&sides.ours, &region.ours, end);
        if options.style != ConflictStyle::Merge {
            self.marker(b'|', &options.base, end);
            self.side(&sides.base, &region.base, end);
        }
        self.marker(b'=', b"", end);
        self.side(&sides.theirs, &region.theirs, end);
        self.marker(b'>', &options.theirs, end);
    }

    /// Writes what one side has, and ends its last line.
    fn side(&mut self, side: &[&[u8]], range: &Range<usize>, end: &[u8]) {
        let lines = &side[range.clone()];
        self.lines(lines);
        if lines.last().is_some_and(|line| !line.ends_with(b"\n")) {
            self.text.extend_from_slice(end);
        }
    }

    fn marker(&mut self, sign: u8, label: &[u8], end: &[u8]) {
        self.text.extend([sign; 7]);
        let label = label.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        if !label.is_empty() {
            self.text.push(b' ');
            self.text.extend_from_slice(label);
        }
        self.text.extend_from_slice(end);
        self.count += 1;
    }
}

/// The line end of a conflict's markers: `\r\n` if both sides have it in the line before the
/// conflict, as far as they have such a line, and the base has it in its first line.
fn line_end(sides: &Sides<'_>, region: &Region) -> &'static [u8] {
    let before = |side: &[&[u8]], start: usize| ends_in_crlf(side, start.saturating_sub(1));
    let votes = [
        before(&sides.ours, region.ours.start),
        before(&sides.theirs, region.theirs.start),
        ends_in_crlf(&sides.base, 0),
    ];
    // A side that has no line end has no say, and the first that says `\n` decides.
    match votes {
        [Some(false), ..] | [_, Some(false), _] | [_, _, Some(false) | None] => b"\n",
        [_, _, Some(true)] => b"\r\n",
    }
}

/// Whether line `at` of `side` ends in `\r\n`; of a line without a line end, whether the one before
/// it does. `None` if there is neither.
fn ends_in_crlf(side: &[&[u8]], at: usize) -> Option<bool> {
    let line = side.get(..=at)?.iter().rfind(|line| line.ends_with(b"\n"))?;
    Some(line.ends_with(b"\r\n"))
}
