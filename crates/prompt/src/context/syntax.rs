//! C as a tree, within bounds.

use std::ops::{ControlFlow, Range};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

/// How often the parser may come by, as it does once in 100 of its steps: so often for any file, and once more for so many bytes.
///
/// Code as people write it takes about a step a byte. What takes many more takes memory in proportion.
const PATIENCE: usize = 1000;
const BYTES: usize = 10;
/// The most that it may come by for any file: 700,000 steps take less than 300 MB at worst, and a stack that a thread of two megabytes has.
///
/// In Linux seven files of 55,000 take more, most of them tables.
const MOST: usize = 7000;

/// The tree of a C text, as the other crates of the workspace look at it; it has error nodes where the text is no C.
///
/// None if it takes more than 700,000 steps, or more than any text that people write takes for its size. What the parser takes is so
/// bounded, to less than 300 MB for the worst texts that are known.
pub fn parse_c(text: &[u8]) -> Option<Tree> {
    Syntax::new()?.parse(text)
}

/// A parser of C. It reads any bytes: what is no C becomes error nodes.
pub(super) struct Syntax(Parser);

impl Syntax {
    /// A parser; none if the grammar is of another version than the library.
    pub(super) fn new() -> Option<Self> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_c::LANGUAGE.into()).ok()?;
        Some(Self(parser))
    }

    /// The tree of a text; none if it takes more steps than any text that people write.
    ///
    /// Steps are counted, not seconds: the same text has a tree, or has none, on every machine.
    pub(super) fn parse(&mut self, text: &[u8]) -> Option<Tree> {
        let mut left = MOST.min(PATIENCE + text.len() / BYTES);
        let mut tick = |_: &ParseState| match left.checked_sub(1) {
            Some(fewer) => {
                left = fewer;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        };
        let options = ParseOptions::new().progress_callback(&mut tick);
        let mut read = |at: usize, _| text.get(at..).unwrap_or_default();
        let tree = self.0.parse_with_options(&mut read, None, Some(options));
        if tree.is_none() {
            self.0.reset();
        }
        tree
    }
}

/// Calls `visit` with the nodes of a tree, parents before their children, and leaves out what is below those for which it says `false`.
pub(super) fn preorder<'t>(root: Node<'t>, mut visit: impl FnMut(Node<'t>) -> bool) {
    let mut cursor = root.walk();
    loop {
        if visit(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// Calls `visit` with the nodes that share a byte with `bytes`, parents before their children.
pub(super) fn within<'t>(root: Node<'t>, bytes: &Range<usize>, mut visit: impl FnMut(Node<'t>)) {
    preorder(root, |node| {
        let inside = node.start_byte() < bytes.end && bytes.start < node.end_byte();
        if inside {
            visit(node);
        }
        inside
    });
}

/// The bytes of a node, as text if they are.
pub(super) fn text_of<'s>(node: Node<'_>, text: &'s [u8]) -> &'s str {
    std::str::from_utf8(text.get(node.byte_range()).unwrap_or_default()).unwrap_or_default()
}

/// The name that a declarator declares, and whether as a function.
pub(super) fn declared(declarator: Node<'_>) -> Option<(Node<'_>, bool)> {
    let (mut node, mut function) = (declarator, false);
    while !matches!(node.kind(), "identifier" | "type_identifier") {
        match node.kind() {
            "function_declarator" => function = true,
            "pointer_declarator" | "array_declarator" => function = false,
            _ => {}
        }
        let inner = node.child_by_field_name("declarator");
        let bare =
            || node.kind() == "parenthesized_declarator" || node.kind() == "attributed_declarator";
        node = inner.or_else(|| bare().then(|| node.named_child(0))?)?;
    }
    Some((node, function))
}
