//! Terminal colours and links, taken out of text.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::reference::pattern;

/// `text` without control sequences (ECMA-48 CSI and OSC), which gcc and clang write to terminals.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    static SEQUENCE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\^_])")
    });
    SEQUENCE.replace_all(text, "")
}
