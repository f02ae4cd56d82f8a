//! The programming language that a report is about.

use serde::{Deserialize, Serialize};

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Language {
    /// C.
    C,
    /// C++.
    Cpp,
    /// Objective-C.
    ObjectiveC,
    /// Java.
    Java,
}

impl Language {
    /// The language that compilers take from a path's extension; a `.h` file counts as C.
    pub fn from_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension {
            "c" | "h" => Some(Self::C),
            "C" | "cc" | "cpp" | "cxx" | "c++" | "hh" | "hpp" | "hxx" | "h++" | "ipp" => {
                Some(Self::Cpp)
            }
            "m" => Some(Self::ObjectiveC),
            "java" => Some(Self::Java),
            _ => None,
        }
    }

    /// The language of a name such as `C` or `c++`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "c" => Some(Self::C),
            "c++" | "cpp" | "cxx" => Some(Self::Cpp),
            "objective-c" | "objc" => Some(Self::ObjectiveC),
            "java" => Some(Self::Java),
            _ => None,
        }
    }

    /// The name that people use.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::ObjectiveC => "Objective-C",
            Self::Java => "Java",
        }
    }
}
