//! Reports without the sentences that tell the fix.
//!
//! Where a commit's message stands in for a report, it says how the bug was fixed as well, which no report of a tool does. A sentence
//! is taken for telling if it orders the change ("add a check for ..."), speaks of the commit ("this patch ..."), or says what is to
//! be done ("should be", "instead of", "by adding"). What the message quotes of a tool is kept.

use std::sync::LazyLock;

use regex::Regex;

use crate::history::pattern;

/// What changes code when it is ordered. "Fix" and "avoid" are not among it: they name the bug.
const VERBS: &str = "add|adjust|allocate|assign|bail|break|call|cast|change|check|clamp|cleanup|clear|close|convert|copy|correct|\
    declare|define|delete|disable|do not|don't|drop|enable|ensure|explicitly|free|guard|handle|ignore|include|increase|init|\
    initiali[sz]e|insert|introduce|just|let|limit|make|mark|modify|move|only|pass|prefer|put|rearrange|reduce|refactor|\
    release|remove|rename|reorder|replace|reset|return|rework|reverse|set|simplify|skip|store|swap|switch|test|turn|unlock|update|\
    use|validate|verify|zero";

static TELLS: LazyLock<Regex> = LazyLock::new(|| {
    let orders = format!(r"^(?:[\w./()\[\]-]+:\s*)*(?:please\s+|also\s+|simply\s+)*(?:{VERBS})\b");
    let begins = r"^(?:so|thus|hence|therefore|instead|solution|to fix|to avoid|to prevent|fix(?:ed|es)? (?:this|that|it|the \w+) by|we (?:now|can|need|must|should)|with this)\b";
    let speaks =
        r"\b(?:this|the) (?:patch|commit|change|fix)\b|\bshould (?:be|use|have|check|return)\b";
    let says = r"\binstead of\b|\bby (?:re)?(?:add|mov|us|chang|call|check|return|initiali[sz]|fill|sett|mak|replac|remov|cast|allocat|free)\w*ing\b|\b(?:can|may) be (?:removed|dropped|replaced)\b";
    pattern(&format!("(?i){orders}|{begins}|{speaks}|{says}"))
});

/// A line that begins with the name of a field.
static FIELD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^[A-Z][\w ]{1,24}:(?: |$)"));

/// A place in a file of C.
static PLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\.[chS]\w?:\d+"));

/// A text with so many fields is a tool's report.
const FIELDS: usize = 3;

/// The text without the sentences that tell the fix. Lines that are indented or quoted, or have a place in a file, stay, and so does
/// a text made of fields.
#[must_use]
pub fn without_spoilers(text: &str) -> String {
    if FIELD.find_iter(text).count() >= FIELDS {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<String> = Vec::new();
    for block in lines.chunk_by(|a, b| is_prose(a) && is_prose(b)) {
        if is_prose(block[0]) {
            let text = block.join(" ");
            kept.push(
                sentences(&text).filter(|it| !TELLS.is_match(it)).collect::<Vec<_>>().join(" "),
            );
        } else {
            kept.extend(block.iter().map(|line| (*line).to_owned()));
        }
    }
    kept.dedup_by(|a, b| a.is_empty() && b.is_empty());
    kept.join("\n").trim_matches('\n').to_owned()
}

/// Whether a line is one of running text.
fn is_prose(line: &str) -> bool {
    !line.is_empty() && !line.starts_with([' ', '\t', '>', '|', '*', '[']) && !PLACE.is_match(line)
}

/// The sentences of a text on one line, each with its stop.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ").map(str::trim).filter(|sentence| !sentence.is_empty())
}

#[cfg(test)]
mod tests {
    use super::without_spoilers;

    #[test]
    fn what_tells_the_fix_is_left_out_and_what_tells_the_bug_stays() {
        let cases = [
            ("net: foo: add missing check", ""),
            (
                "ALSA: sb: remove redundant assignment\n\nThe value is never read. It can be removed.",
                "The value is never read.",
            ),
            (
                "net: fix null dereference in foo()\n\nskb may be NULL here,\nwhich crashes. So return early.",
                "net: fix null dereference in foo()\n\nskb may be NULL here, which crashes.",
            ),
            (
                "The buffer is freed twice. Fix this by setting it to NULL.",
                "The buffer is freed twice.",
            ),
            (
                "Use kfree() here:\n\n  src/a.c:12: warning: add a check\n",
                "\n  src/a.c:12: warning: add a check",
            ),
            (
                "CID: 12\nType: Buffer overflow\nProblem: use of sprintf",
                "CID: 12\nType: Buffer overflow\nProblem: use of sprintf",
            ),
            ("Problem:  It leaks.\nSolution: Free it.", "Problem:  It leaks."),
            ("Used memory leaks. Address it.", "Used memory leaks. Address it."),
        ];
        for (text, expected) in cases {
            assert_eq!(without_spoilers(text), expected.trim_matches('\n'), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_made_up(text in "([a-z:. \n]{0,8}(add|fix|So|\\.c:1| {2})?){0,12}") {
            let once = without_spoilers(&text);
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let mut rest = words(&text).into_iter();
            for word in words(&once) {
                proptest::prop_assert!(rest.any(|it| it == word), "{word}");
            }
        }
    }
}
