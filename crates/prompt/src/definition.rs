//! What code uses, as it is defined elsewhere.

use serde::{Deserialize, Serialize};

/// The definition of something that the code to be repaired uses, as a prompt shows it.
///
/// It owns its text, so that a row of training data can carry it away from the tree that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Definition {
    /// The file that it stands in, below the root of its tree.
    pub path: String,
    /// The first line of it, counted from 1.
    pub line: usize,
    /// The name that it defines.
    pub name: String,
    /// What the name stands for.
    pub kind: DefinitionKind,
    /// The source, each line with `\n` after it, where it is long with `/* ... */` in place of some lines.
    pub text: String,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DefinitionKind {
    /// A structure, union or enumeration with its members.
    Tag,
    /// A macro, with or without parameters.
    Macro,
    /// A function with its body.
    Function,
    /// A function without its body.
    Prototype,
    /// A constant of an enumeration.
    Enumerator,
    /// A variable outside of any function.
    Global,
    /// Another name for a type.
    Typedef,
}

impl Definition {
    /// Where it is from and what it says, as a part of a block of code.
    pub(crate) fn shown(&self) -> String {
        format!("/* {}:{} */\n{}", self.path, self.line, self.text)
    }
}
