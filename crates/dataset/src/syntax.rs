//! C as a tree: the functions of a file, their nodes, and what the names in them are.

mod types;

use std::ops::Range;
use std::rc::Rc;

use tree_sitter::{Node, Tree};

pub(crate) use types::Type;
use types::Types;

/// How deep a function is looked into: going from a node to its parent takes time in its depth.
const MAX_DEPTH: usize = 256;

/// The functions of a file that are understood in full, take at most `max_bytes`.
pub(crate) fn functions<'t>(tree: &'t Tree, text: &'t str, max_bytes: usize) -> Vec<Function<'t>> {
    let mut inside = 0;
    let (defined, outer): (Vec<_>, Vec<_>) = preorder(tree.root_node(), usize::MAX)
        .into_iter()
        .filter(|node| {
            let outside = node.start_byte() >= inside;
            if outside && node.kind() == "function_definition" {
                inside = node.end_byte();
            }
            outside
        })
        .partition(|node| node.kind() == "function_definition");
    let globals = Rc::new(Types::collect(outer.into_iter(), text));
    let readable = |node: &Node<'t>| !node.has_error() && node.byte_range().len() <= max_bytes;
    let defined = defined.into_iter().filter(readable);
    defined.filter_map(|node| Function::new(node, text, &globals)).collect()
}

/// A function definition without syntax errors.
pub(crate) struct Function<'t> {
    text: &'t str,
    /// Its name.
    pub(crate) name: &'t str,
    /// The named nodes of it, parents before their children.
    pub(crate) nodes: Vec<Node<'t>>,
    locals: Types<'t>,
    globals: Rc<Types<'t>>,
}

impl<'t> Function<'t> {
    fn new(node: Node<'t>, text: &'t str, globals: &Rc<Types<'t>>) -> Option<Self> {
        let mut name = node.child_by_field_name("declarator")?;
        while name.kind() != "identifier" {
            name = name.child_by_field_name("declarator")?;
        }
        let nodes = preorder(node, MAX_DEPTH);
        let locals = Types::collect(nodes.iter().copied(), text);
        Some(Self {
            text,
            name: &text[name.byte_range()],
            nodes,
            locals,
            globals: Rc::clone(globals),
        })
    }

    /// The source of a node.
    pub(crate) fn text(&self, node: Node<'_>) -> &'t str {
        &self.text[node.byte_range()]
    }

    /// The source of a range of bytes.
    pub(crate) fn slice(&self, range: Range<usize>) -> &'t str {
        &self.text[range]
    }

    /// The whole file.
    pub(crate) fn file(&self) -> &'t str {
        self.text
    }

    /// The source of the child in the field `name`; empty if there is none.
    pub(crate) fn field(&self, node: Node<'_>, name: &str) -> &'t str {
        node.child_by_field_name(name).map_or("", |child| self.text(child))
    }

    /// The nodes that begin in `range`.
    pub(crate) fn within(&self, range: Range<usize>) -> impl Iterator<Item = Node<'t>> {
        let start = self.nodes.partition_point(|node| node.start_byte() < range.start);
        self.nodes[start..].iter().copied().take_while(move |node| node.start_byte() < range.end)
    }

    /// The nodes behind `node`.
    pub(crate) fn after(&self, node: Node<'_>) -> impl Iterator<Item = Node<'t>> {
        self.within(node.end_byte()..usize::MAX)
    }

    /// Whether the identifier `name` occurs in `node`.
    pub(crate) fn mentions(&self, node: Node<'_>, name: &str) -> bool {
        self.within(node.byte_range())
            .any(|inner| inner.kind() == "identifier" && self.text(inner) == name)
    }

    /// The name and the arguments of a call of a function by its name.
    pub(crate) fn call(&self, node: Node<'t>) -> Option<(&'t str, Vec<Node<'t>>)> {
        let function = node.child_by_field_name("function")?;
        (node.kind() == "call_expression" && function.kind() == "identifier")
            .then(|| (self.text(function), children(node.child_by_field_name("arguments"))))
    }

    /// The same of a statement that is only a call.
    pub(crate) fn call_statement(&self, node: Node<'t>) -> Option<(&'t str, Vec<Node<'t>>)> {
        (node.kind() == "expression_statement").then(|| self.call(node.named_child(0)?))?
    }

    /// The call that has `node` within one of its arguments, no other call between them.
    pub(crate) fn enclosing_call(&self, node: Node<'t>) -> Option<(&'t str, Vec<Node<'t>>)> {
        let list = ancestors(node).find(|above| above.kind() == "argument_list")?;
        self.call(list.parent()?)
    }

    /// What the name `name` is declared as; nothing if that is not clear.
    pub(crate) fn declared(&self, name: &str) -> Option<Type> {
        match self.locals.get(name) {
            Some(local) => local,
            None => self.globals.get(name).flatten(),
        }
    }

    /// The type of an expression, as far as that is clear.
    pub(crate) fn type_of(&self, node: Node<'t>) -> Option<Type> {
        types::of_expression(self, node, 0)
    }

    /// Whether the expression is surely a number.
    pub(crate) fn is_number(&self, node: Node<'t>) -> bool {
        self.type_of(node).is_some_and(Type::is_number)
    }
}

/// The named nodes of a tree, parents before their children, none deeper than `max_depth`.
fn preorder(root: Node<'_>, max_depth: usize) -> Vec<Node<'_>> {
    let mut cursor = root.walk();
    let mut nodes = Vec::new();
    let mut depth = 0;
    loop {
        if cursor.node().is_named() {
            nodes.push(cursor.node());
        }
        if depth < max_depth && cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return nodes;
            }
            depth -= 1;
        }
    }
}

/// The named children of a node, comments left out.
pub(crate) fn children(node: Option<Node<'_>>) -> Vec<Node<'_>> {
    let Some(node) = node else { return Vec::new() };
    node.named_children(&mut node.walk()).filter(|child| child.kind() != "comment").collect()
}

/// The nodes around `node`, from the inside.
pub(crate) fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(node.parent(), Node::parent)
}

/// The expression without the parentheses around it.
pub(crate) fn bare(mut node: Node<'_>) -> Node<'_> {
    while node.kind() == "parenthesized_expression" {
        let Some(inner) = node.named_child(0) else { break };
        node = inner;
    }
    node
}
