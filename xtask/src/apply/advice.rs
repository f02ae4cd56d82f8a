//! What to do about a refusal.

use fixwright_patch::{Error, Misfit};

const FITTING: &str = "make the diff against the file as it is now";

/// The name of the reason why a hunk is refused, and what to do about it.
pub(super) fn hunk(misfit: &Misfit) -> (&'static str, &'static str) {
    match misfit {
        Misfit::NotFound { .. } => ("not_found", FITTING),
        Misfit::Ambiguous { .. } => {
            ("ambiguous", "give the hunk more context, or the right line number")
        }
        Misfit::NoContext => ("no_context", "give the hunk context or a line number"),
        Misfit::Truncated => ("truncated", "get the rest of the diff"),
        Misfit::Uncounted => {
            ("uncounted", "take the text behind the hunk away, or correct its header")
        }
        Misfit::Elided { allowed: false } => {
            ("elided", "write the lines out, or let `--forgive` have elisions in its list")
        }
        Misfit::Elided { .. } => ("elided", "write the lines out"),
        Misfit::Overlap { .. } => ("overlap", "take one of the two hunks out"),
        Misfit::Costly => ("costly", "give the hunk the right line number"),
        _ => ("other", FITTING),
    }
}

/// The name of the reason why a file is refused as a whole, and what to do about it.
pub(super) fn file(error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::Exists => ("exists", "remove the file, or make the diff against it"),
        Error::Missing => ("missing", "check --root and --strip, or name the file with --file"),
        Error::NotEmptied => ("not_emptied", FITTING),
        Error::NamesDiffer { .. } => {
            ("names_differ", "check --strip, or add `rename from` and `rename to` lines")
        }
        Error::Path { .. } => ("path", "check --strip; such a name is never followed"),
        _ => ("other", "see the reason"),
    }
}
