//! Rules for source files that a program can check, on the tokens of every Rust file.
//!
//! * every file opens with `//!`;
//! * nobody writes `#[allow(..)]`: an excuse is `#[expect(.., reason = "..")]`;
//! * no file has more than 500 lines outside `#[cfg(test)]` items;
//! * libraries do not say `.unwrap()`, `todo!`, `unimplemented!` or `dbg!` outside `#[cfg(test)]` items.
//!
//! Fixtures are other people's code and are left alone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

const FOLDERS: [&str; 4] = ["crates", "tests", "benches", "xtask"];
const LONGEST: usize = 500;
const UNFINISHED: [&str; 3] = ["todo", "unimplemented", "dbg"];

/// All findings in the workspace at `root`, each with file and line.
///
/// # Errors
///
/// A folder or file cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut findings = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let name = file.strip_prefix(root).unwrap_or(&file);
        for (line, finding) in inspect(&text, Kind::of(name)) {
            findings.push(format!("{}:{line}: {finding}", name.display()));
        }
    }
    Ok(findings)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("fixtures") && !path.ends_with("target") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// Which rules a file is held to.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A library of the workspace: all of them.
    Library,
    /// A command: it may end by panicking.
    Program,
    /// A test or benchmark: it may be long as well.
    Test,
}

impl Kind {
    fn of(name: &Path) -> Self {
        if name.ends_with("tests.rs") || !name.iter().any(|part| part == "src") {
            Self::Test
        } else if name.starts_with("crates") {
            Self::Library
        } else if name.starts_with("xtask") {
            Self::Program
        } else {
            Self::Test
        }
    }
}

fn inspect(text: &str, kind: Kind) -> Vec<(usize, String)> {
    let mut findings = Vec::new();
    if !text.starts_with("//!") {
        findings.push((1, "the file does not open with `//!`".to_owned()));
    }
    match text.parse::<TokenStream>() {
        Ok(tokens) => {
            let mut scan = Scan { kind, test_lines: 0, findings };
            scan.walk(&tokens.into_iter().collect::<Vec<_>>());
            findings = scan.findings;
            let lines = text.lines().count() - scan.test_lines;
            if kind != Kind::Test && lines > LONGEST {
                findings.push((1, format!("{lines} lines outside tests, more than {LONGEST}")));
            }
        }
        Err(error) => findings.push((error.span().start().line, format!("not Rust: {error}"))),
    }
    findings
}

struct Scan {
    kind: Kind,
    test_lines: usize,
    findings: Vec<(usize, String)>,
}

impl Scan {
    fn walk(&mut self, tokens: &[TokenTree]) {
        let mut rest = tokens;
        while let [first, after @ ..] = rest {
            rest = after;
            if let Some(attribute) = attribute(first, after) {
                self.judge_attribute(attribute);
                if is_cfg_test(attribute) && self.kind != Kind::Test {
                    let (item, next) = split_item(after);
                    self.walk_test(first, item);
                    rest = next;
                }
                continue;
            }
            if self.kind == Kind::Library {
                self.judge_word(first, after);
            }
            if let TokenTree::Group(group) = first {
                self.walk(&group.stream().into_iter().collect::<Vec<_>>());
            }
        }
    }

    fn walk_test(&mut self, first: &TokenTree, item: &[TokenTree]) {
        let last = item.last().unwrap_or(first);
        self.test_lines += last.span().end().line - first.span().start().line + 1;
        let outside = std::mem::replace(&mut self.kind, Kind::Test);
        self.walk(item);
        self.kind = outside;
    }

    fn judge_attribute(&mut self, attribute: &Group) {
        let text = bare(attribute);
        if text.starts_with("allow(") || text.starts_with("cfg_attr(") && text.contains(",allow(") {
            self.find(
                attribute.span(),
                "`allow`; write `#[expect(.., reason = \"..\")]`".to_owned(),
            );
        }
    }

    fn judge_word(&mut self, first: &TokenTree, after: &[TokenTree]) {
        match (first, after) {
            (TokenTree::Punct(dot), [TokenTree::Ident(name), TokenTree::Group(arguments), ..])
                if dot.as_char() == '.' && name == "unwrap" && arguments.stream().is_empty() =>
            {
                self.find(name.span(), "`.unwrap()` in a library".to_owned());
            }
            (TokenTree::Ident(name), [TokenTree::Punct(bang), ..])
                if bang.as_char() == '!' && UNFINISHED.iter().any(|word| name == word) =>
            {
                self.find(name.span(), format!("`{name}!` in a library"));
            }
            _ => {}
        }
    }

    fn find(&mut self, span: Span, finding: String) {
        self.findings.push((span.start().line, finding));
    }
}

/// The brackets of the attribute, outer or inner, that starts with `first`.
fn attribute<'a>(first: &TokenTree, after: &'a [TokenTree]) -> Option<&'a Group> {
    let is = |token: &TokenTree, mark| matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark);
    let after = match after {
        [bang, after @ ..] if is(bang, '!') => after,
        after => after,
    };
    match after.first() {
        Some(TokenTree::Group(group))
            if is(first, '#') && group.delimiter() == Delimiter::Bracket =>
        {
            Some(group)
        }
        _ => None,
    }
}

fn is_cfg_test(attribute: &Group) -> bool {
    let text = bare(attribute);
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// The inside of an attribute without white space.
fn bare(attribute: &Group) -> String {
    attribute.stream().to_string().split_whitespace().collect()
}

/// Splits after the first item: a block in braces or a semicolon ends it.
fn split_item(tokens: &[TokenTree]) -> (&[TokenTree], &[TokenTree]) {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let end = tokens.iter().position(ends).map_or(tokens.len(), |at| at + 1);
    tokens.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, kind: Kind) -> Vec<usize> {
        inspect(text, kind).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn what_a_library_may_not_say() {
        let text = "//! x\nfn f() {\n  a.unwrap();\n  vec![b.unwrap()];\n  todo!();\n}\n";
        assert_eq!(lines(text, Kind::Library), [3, 4, 5]);
        assert!(lines(text, Kind::Program).is_empty());
        let fine =
            "//! x\n/// a.unwrap(); todo!()\nfn f() { \"dbg!(a.unwrap())\"; a.unwrap_or(1) }\n";
        assert!(lines(fine, Kind::Library).is_empty());
    }

    #[test]
    fn test_items_are_left_out_and_only_they() {
        let text = "//! x\n#[cfg(test)]\n#[expect(dead_code)]\nmod tests { fn f() { a.unwrap() } }\n\
                    fn g() { b.unwrap() }\n#[cfg(test)]\nuse x;\nfn h() { c.unwrap() }\n";
        assert_eq!(lines(text, Kind::Library), [5, 8]);
        assert_eq!(lines("//! x\n#[cfg(not(test))]\nfn f() { a.unwrap() }", Kind::Library), [3]);
    }

    #[test]
    fn allow_is_found_everywhere() {
        for attribute in
            ["#[allow(dead_code)]", "#![allow(unused)]", "#[cfg_attr(unix, allow(unused))]"]
        {
            let text = format!("//! x\n#[cfg(test)]\nmod tests {{\n{attribute}\nfn f() {{}} }}\n");
            assert_eq!(lines(&text, Kind::Test), [4], "{attribute}");
            assert_eq!(lines(&text, Kind::Library), [4], "{attribute}");
        }
        assert!(
            lines("//! x\n#[expect(unused, reason = \"allow(x)\")]\nfn f() {}", Kind::Test)
                .is_empty()
        );
    }

    #[test]
    fn length_counts_what_is_not_a_test() {
        let tests = format!("#[cfg(test)]\nmod tests {{{}}}\n", "\n".repeat(600));
        let short = format!("//! x\n{tests}");
        let long = format!("//! x\n{}{tests}", "fn f() {}\n".repeat(500));
        assert!(lines(&short, Kind::Library).is_empty());
        assert_eq!(lines(&long, Kind::Program), [1]);
        assert!(lines(&long, Kind::Test).is_empty());
    }

    #[test]
    fn a_file_opens_with_its_purpose_and_is_rust() {
        assert_eq!(lines("fn f() {}\n", Kind::Test), [1]);
        assert_eq!(lines("//! x\nfn f( {}\n", Kind::Test), [2]);
    }

    #[test]
    fn the_place_of_a_file_decides_its_rules() {
        let kind = |name: &str| Kind::of(Path::new(name));
        assert!(kind("crates/report/src/lib.rs") == Kind::Library);
        assert!(kind("crates/report/src/parse/tests.rs") == Kind::Test);
        assert!(kind("crates/report/tests/parse.rs") == Kind::Test);
        assert!(kind("crates/report/build.rs") == Kind::Test);
        assert!(kind("xtask/src/main.rs") == Kind::Program);
        assert!(kind("tests/src/lib.rs") == Kind::Test);
    }
}
