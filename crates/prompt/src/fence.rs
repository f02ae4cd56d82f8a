//! Fenced code blocks, as Markdown has them: written around an answer, and found in one.

/// A block that a text holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// What follows the opening fence: the language.
    pub(crate) info: String,
    /// The lines between the fences, each with its ending.
    pub(crate) text: String,
    /// Whether the closing fence is there.
    pub(crate) closed: bool,
}

/// Puts fences around `text`, long enough that no line of it closes them.
pub(crate) fn fenced(info: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{info}\n{text}{fence}")
}

/// The fenced blocks of a text, in its order. An indented block loses the indentation of its opening fence.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Fence<'_>> = None;
    for line in text.split_inclusive('\n') {
        let fence = Fence::read(line);
        match (open, blocks.last_mut()) {
            (Some(opening), Some(block)) => {
                block.closed = fence.is_some_and(|fence| fence.closes(opening));
                if block.closed {
                    open = None;
                } else {
                    block.text.push_str(unindented(line, opening.indent));
                }
            }
            _ => {
                open = fence.filter(Fence::opens);
                let info = open.map(|fence| fence.info.to_owned());
                blocks.extend(info.map(|info| Block { info, text: String::new(), closed: false }));
            }
        }
    }
    blocks
}

/// A line that is a fence.
#[derive(Clone, Copy)]
struct Fence<'a> {
    mark: char,
    len: usize,
    indent: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let body = line.trim_start_matches([' ', '\t']);
        let mark = body.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let rest = body.trim_start_matches(mark);
        let len = body.len() - rest.len();
        let indent = line.len() - body.len();
        (len >= 3).then_some(Self { mark, len, indent, info: rest.trim() })
    }

    /// A backtick after the mark makes it inline code.
    fn opens(&self) -> bool {
        !self.info.contains('`')
    }

    fn closes(&self, opening: Self) -> bool {
        self.mark == opening.mark && self.len >= opening.len && self.info.is_empty()
    }
}

/// The line without its first `indent` bytes of blank, or without what it has of them.
fn unindented(line: &str, indent: usize) -> &str {
    let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
    &line[blank.min(indent)..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(info: &str, text: &str, closed: bool) -> Block {
        Block { info: info.to_owned(), text: text.to_owned(), closed }
    }

    #[test]
    fn blocks_are_found_between_prose() {
        let text = "Sure:\n```c\nint x;\n```\nand\n~~~\n```\n~~~\n";
        assert_eq!(blocks(text), [block("c", "int x;\n", true), block("", "```\n", true)]);
    }

    #[test]
    fn only_a_fence_as_long_closes() {
        assert_eq!(blocks("````c\n```\n````"), [block("c", "```\n", true)]);
        assert_eq!(blocks("```c\nx\n`````\n"), [block("c", "x\n", true)]);
        assert_eq!(blocks("```c\nx\n``` c\n"), [block("c", "x\n``` c\n", false)]);
    }

    #[test]
    fn indentation_goes_with_the_fence() {
        assert_eq!(blocks("  ```\n   x\n\n y\n  ```"), [block("", " x\n\ny\n", true)]);
    }

    #[test]
    fn inline_code_opens_nothing() {
        assert_eq!(blocks("``` x ``` and `y`\n"), []);
    }

    proptest! {
        #[test]
        fn what_was_fenced_is_found(text in "([a` ~\\t]{0,5}\n){0,6}") {
            prop_assert_eq!(blocks(&fenced("c", &text)), [block("c", &text, true)]);
        }
    }
}
