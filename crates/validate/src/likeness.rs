//! How close a candidate comes to the reference fix.

use fixwright_patch::edits;
use serde::{Deserialize, Serialize};

use crate::c_lexer::tokens;

/// How close a candidate comes to the reference fix, from the strictest measure to the most lenient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Likeness {
    /// Equal byte for byte.
    pub exact: bool,
    /// Equal but for white space and blank lines.
    pub modulo_whitespace: bool,
    /// The same lines deleted and the same inserted, each as often, wherever, but for white space and blank lines.
    pub same_edited_lines: bool,
    /// The same tokens of C in the same order.
    pub same_tokens: bool,
    /// Tokens of C deleted and inserted, in parts of all tokens of the old program.
    pub relative_patch_size: f64,
    /// The same for the reference.
    pub reference_patch_size: f64,
}

impl Likeness {
    /// Compares what `candidate` and `reference` make of `old`.
    ///
    /// ```
    /// use fixwright_validate::Likeness;
    ///
    /// let old = "int f(int a) { return a / 0; }\n";
    /// let likeness = Likeness::of(old, "int f(int a) { return a/2; }\n", "int f(int a)\n{ return a / 2; }\n");
    /// assert!(likeness.same_tokens && !likeness.same_edited_lines);
    /// ```
    pub fn of(old: &str, candidate: &str, reference: &str) -> Self {
        Self {
            exact: candidate == reference,
            modulo_whitespace: same_but_for_white_space(candidate, reference),
            same_edited_lines: edited(old, candidate) == edited(old, reference),
            same_tokens: same_tokens(candidate, reference),
            relative_patch_size: patch_size(old, candidate),
            reference_patch_size: patch_size(old, reference),
        }
    }
}

/// Whether two texts are equal but for white space and blank lines: [`Likeness::modulo_whitespace`] alone.
pub fn same_but_for_white_space(one: &str, other: &str) -> bool {
    bare_lines(one).eq(bare_lines(other))
}

/// Whether two texts have the same tokens of C in the same order: [`Likeness::same_tokens`] alone.
pub fn same_tokens(one: &str, other: &str) -> bool {
    tokens(one).eq(tokens(other))
}

/// The lines without white space; blank ones left out.
fn bare_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(bare).filter(|line| !line.is_empty())
}

fn bare(line: &str) -> String {
    line.split_whitespace().collect()
}

/// The lines deleted and the lines inserted, each without white space, sorted.
fn edited(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let (old, new): (Vec<_>, Vec<_>) = (bare_lines(old).collect(), bare_lines(new).collect());
    let (mut deleted, mut inserted) = (Vec::new(), Vec::new());
    let text = |lines: &[String]| lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
    for edit in edits(text(&old).as_bytes(), text(&new).as_bytes()) {
        deleted.extend_from_slice(&old[edit.old]);
        inserted.extend_from_slice(&new[edit.new]);
    }
    deleted.sort_unstable();
    inserted.sort_unstable();
    (deleted, inserted)
}

fn patch_size(old: &str, new: &str) -> f64 {
    let a_line_each =
        |text| tokens(text).map(|token| token.replace('\n', " ") + "\n").collect::<String>();
    let (old, new) = (a_line_each(old), a_line_each(new));
    let changed: usize = edits(old.as_bytes(), new.as_bytes())
        .iter()
        .map(|edit| edit.old.len() + edit.new.len())
        .sum();
    changed as f64 / old.lines().count().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "int f(int a)\n{\n\tint b;\n\treturn a / b;\n}\n";

    #[test]
    fn measures_go_from_strict_to_lenient() {
        let reference = OLD.replace("int b;", "int b = 1;");
        let is = |candidate: &str| {
            let likeness = Likeness::of(OLD, candidate, &reference);
            (
                likeness.exact,
                likeness.modulo_whitespace,
                likeness.same_edited_lines,
                likeness.same_tokens,
            )
        };
        assert_eq!(is(&reference), (true, true, true, true));
        assert_eq!(is(&reference.replace('\t', "    ")), (false, true, true, true));
        assert_eq!(is(&reference.replace("\n\t", " ")), (false, false, false, true));
        let moved = OLD.replace("\tint b;\n", "").replace("b;\n", "b;\n\tint b = 1;\n");
        assert_eq!(is(&moved), (false, false, true, false));
        assert_eq!(is(OLD), (false, false, false, false));
    }

    #[test]
    fn a_line_is_the_same_at_the_end() {
        let likeness = Likeness::of("a\nb\n", "x\na\nb\n", "a\nb\nx");
        assert!(likeness.same_edited_lines);
    }

    #[test]
    fn the_size_of_a_patch_is_counted_in_tokens() {
        let likeness = Likeness::of("int a;", "int a = 1;", "int a;");
        assert!((likeness.relative_patch_size - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(likeness.reference_patch_size, 0.0);
    }
}
