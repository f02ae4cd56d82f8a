//! Puts the new lines of all hunks into the file.

use std::ops::Range;

use super::Landing;
use super::indent::Indents;
use super::likeness::{content, indentation, is_empty};
use crate::{Applied, LineRange, Misfit, Need, Placement, Rejection};

/// Lines of the file, and what replaces them.
struct Splice {
    at: Range<usize>,
    /// The index of the hunk that wants it.
    hunk: usize,
    lines: Vec<Vec<u8>>,
}

impl Splice {
    fn delta(&self) -> isize {
        self.lines.len().cast_signed() - self.at.len().cast_signed()
    }
}

/// The patched text and the placements, or what became of each hunk if some do not fit.
pub(super) fn weave(
    old: &[u8],
    landings: Vec<Result<Landing<'_>, Misfit>>,
) -> Result<Applied, Rejection> {
    let file: Vec<_> = crate::lines(old).collect();
    let mut landings = landings;
    let mut splices = Vec::new();
    let mut latest = 0;
    for (hunk, landing) in landings.iter_mut().enumerate() {
        let Ok(landing) = landing else { continue };
        if landing.alignment.start() < latest {
            landing.needs.push(Need::OutOfOrder);
        }
        latest = latest.max(landing.alignment.start());
        if !landing.needs.contains(&Need::AlreadyApplied) {
            splices.extend(landing.splices(hunk, &file));
        }
    }
    splices.sort_by_key(|splice| (splice.at.start, splice.at.end));
    for pair in splices.windows(2) {
        let [a, b] = pair else { continue };
        if a.hunk != b.hunk && (a.at.end > b.at.start || a.at.start == b.at.start) {
            let (first, second) = (a.hunk.min(b.hunk), a.hunk.max(b.hunk));
            landings[second] = Err(Misfit::Overlap { hunk: first + 1 });
        }
    }
    let fits = landings.iter().all(Result::is_ok);
    let text = if fits { spliced(&file, &splices, &mut landings) } else { Vec::new() };
    let placements = placements(landings, &splices);
    if fits {
        Ok(Applied { text, placements: placements.into_iter().filter_map(Result::ok).collect() })
    } else {
        Err(Rejection { hunks: placements })
    }
}

/// The text with all splices made. Lines are never joined: a line end is added where one is missing
/// inside.
fn spliced(
    file: &[&[u8]],
    splices: &[Splice],
    landings: &mut [Result<Landing<'_>, Misfit>],
) -> Vec<u8> {
    let mut text = Vec::with_capacity(file.iter().map(|line| line.len()).sum());
    let mut used = 0;
    for splice in splices {
        file[used..splice.at.start].iter().for_each(|line| text.extend_from_slice(line));
        used = splice.at.end;
        for line in &splice.lines {
            if end_line(&mut text)
                && let Ok(landing) = &mut landings[splice.hunk]
                && !landing.needs.contains(&Need::FinalNewline)
            {
                landing.needs.push(Need::FinalNewline);
            }
            text.extend_from_slice(line);
        }
        if used < file.len() {
            end_line(&mut text);
        }
    }
    file[used..].iter().for_each(|line| text.extend_from_slice(line));
    text
}

/// Ends the last line, if it is not; as the line before ends.
fn end_line(text: &mut Vec<u8>) -> bool {
    let open = text.last().is_some_and(|byte| *byte != b'\n');
    if open {
        let before = text.iter().rposition(|byte| *byte == b'\n');
        let crlf = before.is_some_and(|at| text[..at].ends_with(b"\r"));
        text.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
    }
    open
}

fn placements(
    landings: Vec<Result<Landing<'_>, Misfit>>,
    splices: &[Splice],
) -> Vec<Result<Placement, Misfit>> {
    let mut shifts = vec![0; splices.len() + 1];
    let mut own = vec![0; landings.len()];
    for (index, splice) in splices.iter().enumerate() {
        shifts[index + 1] = shifts[index] + splice.delta();
        own[splice.hunk] += splice.delta();
    }
    let place = |(hunk, landing): (usize, Result<Landing<'_>, Misfit>)| {
        let landing = landing?;
        let range = &landing.alignment.range;
        let before = splices.partition_point(|splice| splice.at.end <= range.start);
        let before = splices[..before].iter().rposition(|splice| splice.hunk != hunk);
        let shift: isize = shifts[before.map_or(0, |last| last + 1)];
        Ok(Placement {
            old: LineRange::after(range.start, range.len()),
            new: LineRange::after(
                range.start.saturating_add_signed(shift),
                range.len().saturating_add_signed(own[hunk]),
            ),
            needs: landing.needs,
        })
    };
    landings.into_iter().enumerate().map(place).collect()
}

impl Landing<'_> {
    /// The changes that the hunk makes to the file, with lines indented and ended as the file's.
    fn splices(&mut self, index: usize, file: &[&[u8]]) -> Vec<Splice> {
        let needs = |need| self.needs.contains(&need);
        let indents = Indents::learn(&self.hunk, &self.alignment, file);
        let indents = indents.filter(|_| needs(Need::Whitespace));
        let (line_ends, final_newline) = (needs(Need::LineEnds), needs(Need::FinalNewline));
        let lines: Vec<_> = self.hunk.lines().map(|line| line.text).collect();
        let mut reindented = false;
        let mut splices = Vec::new();
        for (at, inserted) in self.alignment.splices(&self.hunk) {
            let beside = at.start.checked_sub(1).or(Some(0)).and_then(|line| file.get(line));
            let mut text: Vec<_> = inserted.iter().map(|line| lines[*line].to_vec()).collect();
            for (text, line) in text.iter_mut().zip(&inserted) {
                if let Some(indents) = indents.as_ref().filter(|_| !is_empty(text)) {
                    let old = indentation(text);
                    let new = indents.of(*line, old);
                    reindented |= new != old;
                    *text = [&new, &text[old.len()..]].concat();
                }
                if let Some(beside) = beside.filter(|_| line_ends && text.ends_with(b"\n")) {
                    let end: &[u8] = if beside.ends_with(b"\r\n") { b"\r\n" } else { b"\n" };
                    *text = [content(text), end].concat();
                }
            }
            if final_newline && at.end == file.len() {
                self.end_as_file(&mut text, file);
            }
            splices.push(Splice { at, hunk: index, lines: text });
        }
        if reindented {
            self.needs.push(Need::Reindented);
        }
        splices
    }

    /// Ends the last line as the file's last line, unless the hunk changes just that.
    fn end_as_file(&self, inserted: &mut [Vec<u8>], file: &[&[u8]]) {
        let ends = |line: Option<&[u8]>| line.is_none_or(|line| line.ends_with(b"\n"));
        let old = ends(self.hunk.old_lines().next_back());
        let new = ends(self.hunk.new_lines().next_back());
        let wanted = if old == new { ends(file.last().copied()) } else { new };
        if let Some(last) = inserted.last_mut() {
            if !wanted {
                last.truncate(content(last).len());
            } else if !last.ends_with(b"\n") {
                last.push(b'\n');
            }
        }
    }
}
