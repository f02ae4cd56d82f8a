//! What a commit's message says about other commits, and what remains without its tags.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// A line of a message that says which commit is undone.
static REVERTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\bthis reverts\s+(?:the\s+)?(?:upstream\s+)?commit\s+([0-9a-f]{7,64})\b")
});

/// A line that people who keep a stable branch put on top of a message.
static UPSTREAM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?mi)^[\s\[(]*(?:upstream commit [0-9a-f]{7,64}|commit [0-9a-f]{7,64} upstream)\b")
});

/// A subject that says that the fix is still to come.
static PREPARES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s*(?:\[[^\]]*\]\s*)?(?:[\w./()-]+:\s*)*prepar(?:e|es|ing|ations?)\b")
});

/// A line that names people, other commits or places on the web: no part of a report.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:[a-z][a-z-]*-by|cc|fixes|link|closes|bugs?(?:-[a-z-]+)?|buglink|bugzilla|origin|forwarded|reference|part-of|cvss|severity|change-id|git-svn-id|message-id|references|see|url|resolves|issue|backport|pr|pull-request|reviewed-on|original-commit|subject|from|date|to)\s*:\s|^\s*\(cherry[- ]picked from commit\b|^\[[^\]]+@[^\]]*:",
    )
});

/// The address of a person.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[<(]?[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+[>)]?"));

/// An expression that is written in this crate.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("it is written here and valid: a test uses it")
}

/// Whether the commit only makes ready for a fix.
pub(super) fn is_preparation(message: &str) -> bool {
    PREPARES.is_match(message)
}

/// Fewer words than these say nothing about a bug.
const FEW_WORDS: usize = 2;

/// Whether a report says something, beyond numbers, names of files and places on the web.
pub(crate) fn has_words(report: &str) -> bool {
    let is_word = |token: &&str| {
        let bare = token.trim_matches(|c: char| c.is_ascii_punctuation());
        bare.chars().count() > 1 && bare.chars().all(|c| c.is_alphabetic() || "'-_()".contains(c))
    };
    report.split_whitespace().filter(is_word).count() >= FEW_WORDS
}

/// Whether the message says that the commit is a copy of one in the main branch.
pub(super) fn is_backport(message: &str) -> bool {
    UPSTREAM.is_match(message)
}

/// The message without the lines that name people or other commits, and without addresses.
pub(super) fn without_tags(message: &str) -> String {
    let kept: Vec<_> = message.lines().filter(|line| !TAG.is_match(line)).collect();
    ADDRESS.replace_all(kept.join("\n").trim(), "").trim().to_owned()
}

/// The commits that later ones have undone. A history is read from its end, so these come first.
#[derive(Debug, Default)]
pub(super) struct Reverts(BTreeSet<String>);

impl Reverts {
    /// Why a commit is of no use: it undoes another one, or is undone.
    pub(super) fn reason(&mut self, id: &str, message: &str) -> Option<&'static str> {
        let undone = self.is_undone(id);
        let reverted = REVERTS.captures(message).map(|found| found[1].to_ascii_lowercase());
        if reverted.is_none() && !message.starts_with("Revert \"") {
            return undone.then_some("reverted later");
        }
        // A revert that was undone has no effect on the commit that it was about.
        if !undone {
            self.0.extend(reverted);
        }
        Some("revert")
    }

    /// Whether the commit, perhaps by the beginning of its identifier, is among those undone.
    fn is_undone(&self, id: &str) -> bool {
        self.0.range(..=id.to_owned()).next_back().is_some_and(|short| id.starts_with(&**short))
    }
}

#[cfg(test)]
mod tests {
    use super::{Reverts, has_words, is_backport, is_preparation, without_tags};

    #[test]
    fn a_message_loses_its_tags_and_addresses() {
        let message = "x: fix leak\n\nA leak, says a@b.org.\nAddresses-Coverity: (\"Resource leak\")\n\
            Fixes: 0123456789ab (\"y\")\nReported-by: A B <a@b.org>\n[a@b.org: reworded]\nCc: stable\n";
        let kept = "x: fix leak\n\nA leak, says .\nAddresses-Coverity: (\"Resource leak\")";
        assert_eq!(without_tags(message), kept);
    }

    #[test]
    fn a_preparation_says_so_in_its_subject() {
        assert!(is_preparation("[2/2] Prepare CVE-2023-34151: add checks"));
        assert!(is_preparation("net: ipv4: prepare for fixing a leak\n\nfound by Coverity"));
        assert!(!is_preparation("net: fix leak\n\nPrepare the buffer first."));
    }

    #[test]
    fn a_number_alone_says_nothing() {
        assert!(!has_words(&without_tags(
            "[1/2] CVE-2025-1234\n\norigin: https://a.org/b\nBug-Debian: https://b.org/1\n"
        )));
        assert!(!has_words("CVE-2025-1234-bug-889-v2.10.4-and-below.patch"));
        assert!(has_words("CVE-2014-8139: CRC32 verification heap-based overflow"));
        assert!(has_words("f(): fix leak (CID 1234)"));
    }

    #[test]
    fn copies_of_commits_are_told() {
        assert!(is_backport("x\n\ncommit 0123456789abcdef0123456789abcdef01234567 upstream.\n"));
        assert!(is_backport("x\n\n[ Upstream commit 0123456789abcdef0123456789abcdef01234567 ]\n"));
        assert!(!is_backport("x\n\nsince commit 0123456789ab upstream is broken\n"));
    }

    #[test]
    fn a_revert_that_was_reverted_leaves_the_first_commit_in_force() {
        let (first, second) = ("a".repeat(40), "b".repeat(40));
        let of = |id: &str| format!("Revert \"x\"\n\nThis reverts commit {id}.\n");
        let mut reverts = Reverts::default();
        assert_eq!(reverts.reason(&"c".repeat(40), &of(&second)), Some("revert"));
        assert_eq!(reverts.reason(&second, &of(&first)), Some("revert"));
        assert_eq!(reverts.reason(&first, "x"), None);

        let mut reverts = Reverts::default();
        assert_eq!(reverts.reason(&second, &of(&first[..12])), Some("revert"));
        assert_eq!(reverts.reason(&first, "x"), Some("reverted later"));
    }
}
