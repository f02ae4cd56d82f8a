//! The tools that write like a compiler, where they differ.

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// gcc, clang and clang-tidy.
    Compiler,
    /// cppcheck, with severities and rule names of its own; its notes are the way to the defect.
    Cppcheck,
}

impl Dialect {
    /// The tool that every report comes from.
    pub(super) fn tool(self) -> Option<&'static str> {
        match self {
            Self::Compiler => None,
            Self::Cppcheck => Some("cppcheck"),
        }
    }

    /// The words for how bad a finding is.
    pub(super) fn severities(self) -> &'static [&'static str] {
        const COMPILER: usize = 7;
        const ALL: [&str; COMPILER + 5] = [
            "warning",
            "error",
            "note",
            "fatal error",
            "remark",
            "internal compiler error",
            "sorry, unimplemented",
            "style",
            "performance",
            "portability",
            "information",
            "debug",
        ];
        match self {
            Self::Compiler => &ALL[..COMPILER],
            Self::Cppcheck => &ALL,
        }
    }
}
