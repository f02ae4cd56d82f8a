//! Signs of the compiler that wrote a diagnostic.

use super::kind::is_caret;
use crate::reference::number;

/// Which compilers there are signs of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    pub(super) gcc: bool,
    pub(super) clang: bool,
}

impl Evidence {
    /// The compiler, if there are signs of no more than one.
    pub(super) fn tool(self) -> Option<&'static str> {
        match (self.gcc, self.clang) {
            (true, false) => Some("gcc"),
            (false, true) => Some("clang"),
            _ => None,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self { gcc: self.gcc || other.gcc, clang: self.clang || other.clang }
    }

    /// What the message of a diagnostic or a note shows: how it is quoted, how macros and options are written.
    pub(super) fn message(&mut self, message: &str) {
        self.gcc |= message.contains('‘')
            || message.contains("[-Werror=")
            || message.starts_with("in expansion of");
        self.clang |= message.contains("[-Werror,") || message.starts_with("expanded from macro");
    }

    /// What the count below the diagnostics of a file shows.
    pub(super) fn footer(&mut self, line: &str) {
        self.clang |= line.contains(" generated");
        self.gcc |= line.contains("compilation terminated");
    }

    /// What a line of markers shows: clang before 17 draws the source from the first column of the terminal on
    /// (each tab before it takes 7 more), gcc before 9 leaves one column free, and both draw a bar since.
    pub(super) fn drawn(&mut self, line: &str, column: Option<u32>) {
        let caret = line.find('^').and_then(|at| number(&(at + 1).to_string()));
        let Some((caret, column)) =
            caret.zip(column).filter(|_| is_caret(line) && !line.contains('|'))
        else {
            return;
        };
        self.clang |= caret.checked_sub(column).is_some_and(|shift| shift % 7 == 0);
    }
}

/// The tool that a rule can only come from.
pub(super) fn tool(rule: &str) -> Option<&'static str> {
    let is_number = |digits: &str| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    if rule.starts_with("-Wanalyzer-") {
        Some("gcc")
    } else if rule.strip_prefix('C').is_some_and(is_number) {
        Some("msvc")
    } else if rule.starts_with('-') || !rule.contains(['-', '.']) {
        None
    } else if rule.contains('-') {
        Some("clang-tidy")
    } else {
        Some("clang")
    }
}
