//! The words of C code, line by line: enough to see what a line defines and uses.

use std::ops::Range;

/// The words of a text: identifiers and numbers whole, any other character for itself. They cover it exactly once.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let name = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        at += if name > 0 { name } else { rest.chars().next().map_or(1, char::len_utf8) };
        Some(start..at)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The names in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names<'a> {
    /// Names that get a value or a meaning here.
    pub(super) defined: Vec<&'a str>,
    /// All names.
    pub(super) used: Vec<&'a str>,
}

/// Reads line after line, knowing whether a comment is open.
#[derive(Default)]
pub(super) struct Lexer {
    in_comment: bool,
}

impl Lexer {
    /// The names in the next line.
    pub(super) fn line<'a>(&mut self, line: &'a str) -> Names<'a> {
        let words = self.code_words(line);
        let mut names = Names::default();
        for (at, &word) in words.iter().enumerate().filter(|(_, word)| is_name(word)) {
            names.used.push(word);
            if is_defined(&words, at, line) {
                names.defined.push(word);
            }
        }
        names
    }

    /// The words of a line without blanks, comments and what stands in quotes.
    fn code_words<'a>(&mut self, line: &'a str) -> Vec<&'a str> {
        let mut code = Vec::new();
        let mut quote = None;
        let mut rest = words(line).map(|range| &line[range]).peekable();
        while let Some(word) = rest.next() {
            let next = rest.peek().copied();
            match (quote, word) {
                _ if self.in_comment => {
                    if (word, next) == ("*", Some("/")) {
                        self.in_comment = false;
                        rest.next();
                    }
                }
                (Some(_), "\\") => drop(rest.next()),
                (Some(open), _) => quote = Some(open).filter(|open| *open != word),
                (None, "\"" | "'") => quote = Some(word),
                (None, "/") if next == Some("/") => break,
                (None, "/") if next == Some("*") => {
                    self.in_comment = true;
                    rest.next();
                }
                (None, _) if word.trim().is_empty() => {}
                (None, _) => code.push(word),
            }
        }
        code
    }
}

/// Whether the name at `at` gets a value, is declared, or has its address taken.
fn is_defined(words: &[&str], at: usize, line: &str) -> bool {
    let word = |offset: usize| words.get(at + offset).copied().unwrap_or_default();
    let before = |offset: usize| at.checked_sub(offset).map_or("", |at| words[at]);
    let assigned = match (word(1), word(2)) {
        ("=", next) => next != "=",
        ("+" | "-" | "*" | "/" | "%" | "&" | "|" | "^", "=") => true,
        ("<", "<") | (">", ">") => word(3) == "=",
        ("+", "+") | ("-", "-") => true,
        _ => false,
    };
    let stepped = matches!((before(2), before(1)), ("+", "+") | ("-", "-"));
    let typed = (is_type(before(1)) || before(1) == "*" && is_type(before(2)))
        && matches!(word(1), ";" | "," | "=" | "[" | "(" | ")");
    let address = before(1) == "&" && !is_operand(before(2));
    let function = word(1) == "(" && line.starts_with(is_word) && !line.trim_end().ends_with(';');
    assigned || stepped || typed || address || function || before(1) == "define"
}

/// Whether a word before a name reads as its type.
fn is_type(word: &str) -> bool {
    const TYPES: [&str; 14] = [
        "char", "short", "int", "long", "float", "double", "void", "signed", "unsigned", "bool",
        "_Bool", "const", "volatile", "struct",
    ];
    TYPES.contains(&word) || word.ends_with("_t") || is_name(word)
}

/// Whether `&` after this word is the operator of two operands.
fn is_operand(word: &str) -> bool {
    word.starts_with(is_word) || matches!(word, ")" | "]")
}

fn is_name(word: &str) -> bool {
    const KEYWORDS: [&str; 33] = [
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
        "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
        "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
        "unsigned", "void", "volatile", "while",
    ];
    let starts = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    starts && !KEYWORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cover_a_text_once() {
        let text = "\tif (größe <= 12) /* x */";
        let parts: Vec<_> = words(text).collect();
        assert!(parts.windows(2).all(|two| two[0].end == two[1].start));
        assert_eq!((parts[0].start, parts[parts.len() - 1].end), (0, text.len()));
        assert!(parts.iter().any(|part| &text[part.clone()] == "größe"));
    }

    #[test]
    fn names_are_defined_where_they_get_a_value() {
        let cases = [
            ("int n = a + b;", "n"),
            ("n += a;", "n"),
            ("if (n == a) return b;", ""),
            ("scanf(\"%d\", &n);", "n"),
            ("x = n & a;", "x"),
            ("int count(struct list *l)", "count l"),
            ("count(l);", ""),
            ("#define MAX 10", "MAX"),
            ("i++; --j;", "i j"),
            ("// int n = 3;", ""),
            ("size_t *n, m[4];", "n"),
        ];
        for (line, defined) in cases {
            let names = Lexer::default().line(line);
            assert_eq!(names.defined.join(" "), defined, "{line}");
        }
    }

    #[test]
    fn comments_reach_over_lines() {
        let mut lexer = Lexer::default();
        assert_eq!(lexer.line("a /* n = 1;").used, ["a"]);
        assert!(lexer.line("n = 2;").used.is_empty());
        assert_eq!(lexer.line("*/ b").used, ["b"]);
    }
}
