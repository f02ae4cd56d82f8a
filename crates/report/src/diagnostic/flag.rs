//! The brackets that end a message: the warning option, the check, the weakness.

use super::dialect::Dialect;
use crate::Rule;
use crate::reference::collect_cwe;

/// What the brackets at the end of a message say.
#[derive(Debug, Default)]
pub(super) struct Flags {
    /// The rule: the first option or check, and the weaknesses.
    pub(super) rule: Rule,
    /// Further names of the same check.
    pub(super) aliases: Vec<String>,
}

/// Splits a message from the brackets after it, such as `[CWE-401] [-Wanalyzer-malloc-leak]`.
pub(super) fn split_flags(message: &str, dialect: Dialect) -> (&str, Flags) {
    let mut text = message.trim();
    let mut brackets = Vec::new();
    while let Some((before, inner)) = last_bracket(text, dialect) {
        brackets.push(inner);
        text = before.trim_end();
    }
    let mut flags = Flags::default();
    for inner in brackets.into_iter().rev() {
        if inner.starts_with("CWE-") {
            collect_cwe(inner, &mut flags.rule.cwe);
            continue;
        }
        for name in inner.split(',').map(str::trim).filter_map(rule_name) {
            if flags.rule.id.is_none() {
                flags.rule.id = Some(name);
            } else {
                flags.aliases.push(name);
            }
        }
    }
    collect_cwe(text, &mut flags.rule.cwe);
    (text, flags)
}

/// The last bracket of `text`, if it names an option, a check or a weakness.
fn last_bracket(text: &str, dialect: Dialect) -> Option<(&str, &str)> {
    let (before, inner) = text.strip_suffix(']')?.rsplit_once('[')?;
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_-+.,=:".contains(c);
    let option = inner.starts_with("-W") || inner.starts_with("-f");
    let check = inner.contains(['-', '.'])
        && inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.chars().all(in_name);
    let name = || dialect == Dialect::Cppcheck && !inner.is_empty() && inner.chars().all(in_name);
    (before.ends_with(' ') && (option || check || name())).then_some((before, inner))
}

/// The name of a rule, in the spelling that it has when it is not an error; none for what is no rule.
fn rule_name(name: &str) -> Option<String> {
    match name {
        "" | "-Werror" | "-warnings-as-errors" => None,
        _ => Some(warning_option(name)),
    }
}

/// A warning option that may have been made an error, which is still the same option.
pub(crate) fn warning_option(name: &str) -> String {
    name.strip_prefix("-Werror=").map_or_else(|| name.to_owned(), |flag| format!("-W{flag}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets() {
        for (message, text, id, cwe) in [
            ("m [-Wformat]", "m", Some("-Wformat"), &[][..]),
            ("m [-Werror=format=]", "m", Some("-Wformat="), &[]),
            ("m [-Werror,-Wunused]", "m", Some("-Wunused"), &[]),
            ("m [-Wformat,Format String]", "m", Some("-Wformat"), &[]),
            (
                "leak of 'b' [CWE-401] [-Wanalyzer-malloc-leak]",
                "leak of 'b'",
                Some("-Wanalyzer-malloc-leak"),
                &[401],
            ),
            ("m [bugprone-x,-warnings-as-errors]", "m", Some("bugprone-x"), &[]),
            ("m [core.DivideZero]", "m", Some("core.DivideZero"), &[]),
            (
                "unbounded. CWE-119 [unix.cstring]",
                "unbounded. CWE-119",
                Some("unix.cstring"),
                &[119],
            ),
            ("index of int [5]", "index of int [5]", None, &[]),
            ("is 'a[x-y]'", "is 'a[x-y]'", None, &[]),
            ("old [enabled by default]", "old [enabled by default]", None, &[]),
        ] {
            let (found, flags) = split_flags(message, Dialect::Compiler);
            assert_eq!(
                (found, flags.rule.id.as_deref(), &*flags.rule.cwe),
                (text, id, cwe),
                "{message}"
            );
        }
    }

    #[test]
    fn further_names_of_a_check_are_kept() {
        let (_, flags) =
            split_flags("m [cert-dcl37-c,bugprone-reserved-identifier]", Dialect::Compiler);
        assert_eq!(flags.rule.id.as_deref(), Some("cert-dcl37-c"));
        assert_eq!(flags.aliases, ["bugprone-reserved-identifier"]);
    }
}
