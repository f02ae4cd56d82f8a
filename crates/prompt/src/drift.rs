//! Undoes what models do to lines that they only mean to repeat.
//!
//! They lose the indentation of the first line, or trade all tabs for spaces, and leave out the first or last lines of a window. None of
//! that is a fix, and all of it would be in the diff. Deeper indentation is left alone: a fix may put lines inside a block.

use fixwright_patch::edits;

/// An answer's lines, compared with the lines they stand for.
struct Alignment<'t> {
    old: Vec<&'t str>,
    new: Vec<&'t str>,
    /// For each new line the old one that it repeats, but for its indentation.
    repeats: Vec<Option<usize>>,
}

/// The answer with the indentation of `old`, where it lost that.
pub(crate) fn reindented(old: &str, answer: &str) -> String {
    Alignment::new(old, answer).text()
}

/// As [`reindented`], and with the lines of `old` that the answer leaves out at its beginning or end, unless `reported`, counted from 0, is
/// among them.
pub(crate) fn with_borders(old: &str, answer: &str, reported: usize) -> String {
    let alignment = Alignment::new(old, answer);
    let first = alignment.repeats.first().copied().flatten().filter(|first| *first <= reported);
    let last = alignment.repeats.last().copied().flatten().filter(|last| *last >= reported);
    let before = &alignment.old[..first.unwrap_or(0)];
    let after = last.map_or(&[][..], |last| &alignment.old[last + 1..]);
    let own = |lines: &[&str]| lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
    [own(before), alignment.text(), own(after)].concat()
}

impl<'t> Alignment<'t> {
    fn new(old: &'t str, answer: &'t str) -> Self {
        let old: Vec<&str> = old.lines().collect();
        let new: Vec<&str> = answer.lines().collect();
        let bare = |lines: &[&str]| {
            lines.iter().flat_map(|line| [line.trim_start(), "\n"]).collect::<String>()
        };
        let mut repeats = Vec::new();
        let mut next = 0;
        for edit in edits(bare(&old).as_bytes(), bare(&new).as_bytes()) {
            repeats.extend((next..edit.old.start).map(Some));
            repeats.extend(edit.new.map(|_| None));
            next = edit.old.end;
        }
        repeats.extend((next..old.len()).map(Some));
        Self { old, new, repeats }
    }

    fn text(&self) -> String {
        let all = self.lost_indentation();
        let line = |index: usize| match self.repeats[index] {
            Some(old) if all || (index == 0 && self.is_shallower(index, old)) => {
                self.old[old].to_owned()
            }
            None if all => self.indented(index),
            _ => self.new[index].to_owned(),
        };
        (0..self.new.len()).flat_map(|index| [line(index), "\n".to_owned()]).collect()
    }

    /// Whether no repeated line but the first has the indentation it had, and not just because all stand deeper.
    fn lost_indentation(&self) -> bool {
        let mut pairs = self.repeated().skip_while(|(index, _)| *index == 0).peekable();
        let mut shallower = false;
        pairs.peek().is_some()
            && pairs.all(|(index, old)| {
                shallower |= self.is_shallower(index, old);
                indent(self.new[index]) != indent(self.old[old])
            })
            && shallower
    }

    /// The repeated lines that are not blank, nor at the left edge anyway.
    fn repeated(&self) -> impl Iterator<Item = (usize, usize)> {
        let pairs =
            self.repeats.iter().enumerate().filter_map(|(index, old)| Some((index, (*old)?)));
        pairs.filter(|(_, old)| {
            !self.old[*old].trim().is_empty() && !indent(self.old[*old]).is_empty()
        })
    }

    /// Whether a line's new indentation does not go on from its old one.
    fn is_shallower(&self, index: usize, old: usize) -> bool {
        !indent(self.new[index]).starts_with(indent(self.old[old]))
    }

    /// A new line, indented as the source has those repeated lines that the answer indents alike, or failing such, less.
    fn indented(&self, index: usize) -> String {
        let line = self.new[index];
        let near = self.repeated().filter_map(|(near, old)| {
            let rest = line.strip_prefix(indent(self.new[near]))?;
            Some(((indent(rest).len(), near.abs_diff(index)), indent(self.old[old]), rest))
        });
        match near.min_by_key(|(distance, ..)| *distance) {
            Some((_, indent, rest)) => format!("{indent}{rest}"),
            None => line.to_owned(),
        }
    }
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "\tchar line[8];\n\n\tif (!p)\n\t\treturn -1;\n\n\tsprintf(line, p);\n\tputs(line);\n\treturn 0;\n}\n";

    #[test]
    fn lost_indentation_comes_back_and_new_lines_follow() {
        let spaces = "char line[8];\n\nif (!p)\n    return -1;\n\nsnprintf(line, 8, p);\nputs(line);\nreturn 0;\n}\n";
        let fixed = OLD.replace("sprintf(line, ", "snprintf(line, 8, ");
        assert_eq!(reindented(OLD, spaces), fixed);
        assert_eq!(reindented(OLD, fixed.trim_start()), fixed);
        assert_eq!(reindented(OLD, OLD), OLD);
        assert_eq!(reindented("\ta;\n", "b;\n  c;\n"), "b;\n  c;\n");
    }

    #[test]
    fn lines_put_into_a_block_stay_there() {
        let wrapped = OLD
            .replace("\tsprintf(line, p);\n\tputs", "\tif (p) {\n\t\tsprintf(line, p);\n\t\tputs");
        assert_eq!(reindented(OLD, &wrapped), wrapped);
        let all = "\tif (x) {\n\t\ta;\n\t\tb;\n\t}\n";
        assert_eq!(reindented("\ta;\n\tb;\n", all), all);
    }

    #[test]
    fn lines_left_out_at_a_border_are_still_there() {
        let fixed = OLD.replace("sprintf(line, ", "snprintf(line, 8, ");
        for range in [2..9, 0..8, 3..7, 0..9] {
            let answer: String =
                fixed.split_inclusive('\n').skip(range.start).take(range.len()).collect();
            assert_eq!(with_borders(OLD, &answer, 5), fixed, "{range:?}");
        }
    }

    #[test]
    fn the_reported_line_may_go_away() {
        let without = OLD.replace("\tsprintf(line, p);\n", "");
        assert_eq!(with_borders(OLD, &without, 5), without);
        assert_eq!(with_borders("a\nb\nc\n", "c\n", 0), "c\n");
        assert_eq!(with_borders("a\nb\nc\n", "a\n", 2), "a\n");
        assert_eq!(with_borders("a\nb\nc\n", "x\n", 1), "x\n");
    }
}
