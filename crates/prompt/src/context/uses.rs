//! The names that some lines of a file use.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::{Node, Tree};

use super::function::enclosing;
use super::syntax::{declared, preorder, text_of, within};
use crate::mask::words;

/// How far from the reported line a use still counts as near.
const NEAR: usize = 2;

/// No more names are looked up; those that are used further off go first.
const MOST_NAMES: usize = 1000;

/// A name that is used, and what it may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name<'s> {
    pub(super) text: &'s str,
    /// Whether it stands behind `struct`, `union` or `enum`.
    pub(super) tag: bool,
}

/// What some lines use.
#[derive(Debug, Default)]
pub(super) struct Uses<'s> {
    /// The names in the order in which they come, each with how far off it is used: 0 in the reported line, 1 near it, 2 in another one.
    pub(super) names: Vec<(Name<'s>, u8)>,
    /// The members of structures that are accessed.
    pub(super) members: HashSet<&'s str>,
}

impl<'s> Uses<'s> {
    /// What the bytes `shown` of a file use, line `line` of it being the reported one, if there is one.
    ///
    /// For a variable of the function these are the types that it is declared with.
    pub(super) fn of(
        tree: &Tree,
        text: &'s [u8],
        shown: &Range<usize>,
        line: Option<usize>,
    ) -> Self {
        let function = line.and_then(|line| enclosing(tree, line));
        let locals = function.map_or_else(HashMap::new, |function| variables(function, text));
        let (mut found, mut types) = (Vec::new(), TypeNames::default());
        let mut uses = Self::default();
        within(tree.root_node(), shown, |node| {
            let row = node.start_position().row + 1;
            let off = match line.map(|line| row.abs_diff(line)) {
                Some(0) => 0,
                Some(off) if off <= NEAR => 1,
                _ => 2,
            };
            match node.kind() {
                "identifier" => match locals.get(text_of(node, text)) {
                    Some(types) => found.extend(types.iter().map(|name| (*name, off))),
                    None => found.push((Name { text: text_of(node, text), tag: false }, off)),
                },
                "field_identifier" => drop(uses.members.insert(text_of(node, text))),
                "preproc_arg" => {
                    let value = text_of(node, text);
                    let names = words(value).map(|word| Name { text: &value[word], tag: false });
                    found.extend(names.map(|name| (name, off)));
                }
                _ => found.extend(types.name(node, text).map(|name| (name, off))),
            }
        });
        uses.names = nearest(found);
        uses
    }
}

/// The names of types in a piece of code.
pub(super) fn types<'s>(tree: &Tree, text: &'s [u8]) -> Vec<Name<'s>> {
    let (mut names, mut types) = (Vec::new(), TypeNames::default());
    preorder(tree.root_node(), |node| {
        names.extend(types.name(node, text));
        true
    });
    names
}

/// Each name once, with its least distance, the nearest first and otherwise in the order of the first uses.
fn nearest(found: Vec<(Name<'_>, u8)>) -> Vec<(Name<'_>, u8)> {
    let mut at: HashMap<Name<'_>, usize> = HashMap::new();
    let mut names: Vec<(Name<'_>, u8)> = Vec::new();
    for (name, off) in found {
        let is_name = name.text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        match at.get(&name) {
            Some(at) => names[*at].1 = names[*at].1.min(off),
            None if is_name => {
                at.insert(name, names.len());
                names.push((name, off));
            }
            None => {}
        }
    }
    names.sort_by_key(|(_, off)| *off);
    names.truncate(MOST_NAMES);
    names
}

/// The types that the nodes of a tree name, parents being asked for before their children.
#[derive(Default)]
struct TypeNames {
    /// The last name behind `struct`, `union` or `enum`.
    tag: Range<usize>,
}

impl TypeNames {
    fn name<'s>(&mut self, node: Node<'_>, text: &'s [u8]) -> Option<Name<'s>> {
        let name = type_name(node, text).filter(|_| node.byte_range() != self.tag)?;
        if let Some(tag) = node.child_by_field_name("name").filter(|_| name.tag) {
            self.tag = tag.byte_range();
        }
        Some(name)
    }
}

/// The type that a node names by itself.
fn type_name<'s>(node: Node<'_>, text: &'s [u8]) -> Option<Name<'s>> {
    if matches!(node.kind(), "struct_specifier" | "union_specifier" | "enum_specifier") {
        let name = node.child_by_field_name("name")?;
        return Some(Name { text: text_of(name, text), tag: true });
    }
    (node.kind() == "type_identifier").then(|| Name { text: text_of(node, text), tag: false })
}

/// The variables and parameters of a function, with the types that they are declared with.
fn variables<'s>(function: Node<'_>, text: &'s [u8]) -> HashMap<&'s str, Vec<Name<'s>>> {
    let mut variables: HashMap<_, Vec<_>> = HashMap::new();
    preorder(function, |node| {
        if matches!(node.kind(), "declaration" | "parameter_declaration") {
            let named = node.child_by_field_name("type").and_then(|kind| type_name(kind, text));
            for declarator in node.children_by_field_name("declarator", &mut node.walk()) {
                if let Some((name, false)) = declared(declarator) {
                    variables.entry(text_of(name, text)).or_default().extend(named);
                }
            }
        }
        true
    });
    variables
}
