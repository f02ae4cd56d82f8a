//! The suggestion that ends many reports without a key of its own.

/// Verbs that open a suggestion.
const VERBS: &[&str] = &[
    "add",
    "allocate",
    "avoid",
    "change",
    "close",
    "check",
    "consider",
    "convert",
    "ensure",
    "fix",
    "handle",
    "increase",
    "initialise",
    "initialize",
    "insert",
    "limit",
    "make",
    "move",
    "please",
    "prefer",
    "release",
    "remove",
    "replace",
    "swap",
    "switch",
    "use",
    "validate",
    "verify",
    "wrap",
];

/// Words after which such a verb is a noun, as in `Use after free`.
const NOUN: &[&str] =
    &["after", "are", "before", "can", "could", "in", "is", "may", "of", "on", "value", "was"];

/// Takes the closing suggestion off `text`: the text without it, and the suggestion.
///
/// It is the last paragraph, or the last line where the line above ends a sentence. `alone` says that a
/// text may be all suggestion.
pub(super) fn take_suggestion(text: &str, alone: bool) -> Option<(&str, &str)> {
    let paragraph = text.rsplit_once("\n\n");
    let line = text.rsplit_once('\n').filter(|(above, _)| above.ends_with(['.', '!', '?', ';']));
    let whole = alone.then_some(("", text));
    let candidates = [paragraph, line, whole.filter(|_| paragraph.is_none())];
    let (rest, tail) =
        candidates.into_iter().flatten().find(|(_, tail)| is_suggestion(tail.trim_start()))?;
    Some((rest.trim_end(), tail.trim()))
}

fn is_suggestion(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let verb = VERBS.contains(&first.as_str()) && !NOUN.contains(&second.as_str());
    let short = text.lines().count() <= 4;
    short && (verb || text.trim_end_matches('.').ends_with(" instead"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_and_what_only_looks_like_one() {
        let suggestion = |text| take_suggestion(text, false).map(|(_, tail)| tail);
        assert_eq!(
            suggestion("It overflows.\n\nUse snprintf instead"),
            Some("Use snprintf instead")
        );
        assert_eq!(suggestion("It overflows.\nUse snprintf"), Some("Use snprintf"));
        assert_eq!(
            suggestion("It overflows\n\nsnprintf fits instead."),
            Some("snprintf fits instead.")
        );
        assert_eq!(suggestion("It overflows.\n\nUse of a freed pointer"), None);
        assert_eq!(suggestion("It overflows.\n\nu32 n = ALIGN(m, 4);"), None);
        assert_eq!(suggestion("The caller should\nuse snprintf"), None);
        assert_eq!(suggestion("Use snprintf instead"), None);
        assert_eq!(take_suggestion("Use snprintf", true), Some(("", "Use snprintf")));
    }
}
