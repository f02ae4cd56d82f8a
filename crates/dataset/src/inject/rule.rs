//! What a rule is, and the list of all.

use std::fmt;

use tree_sitter::Node;

use super::fault::Fault;
use super::{bounds, calls, flow, numbers, operators, pointers, release};
use crate::syntax::Function;

/// A way to break a correct program: the defect that it leaves, and where it can.
#[derive(Clone, Copy)]
pub struct Rule {
    pub(super) name: &'static str,
    pub(super) cwe: u32,
    /// The kind of node that it looks at.
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    /// What the report says, with `{}` for the subject.
    pub(super) message: &'static str,
    pub(super) find: for<'t> fn(&Function<'t>, Node<'t>) -> Option<Fault>,
}

impl Rule {
    /// Every rule there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let groups = [
            bounds::RULES,
            release::RULES,
            pointers::RULES,
            operators::RULES,
            numbers::RULES,
            flow::RULES,
            calls::RULES,
        ];
        groups.into_iter().flatten().copied()
    }

    /// Its name: `free-removed`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The weakness that it leaves, as its number in the Common Weakness Enumeration.
    pub fn cwe(&self) -> u32 {
        self.cwe
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (CWE-{})", self.name, self.cwe)
    }
}
