//! Definitions cut to what matters of them.

use std::collections::HashSet;

use crate::DefinitionKind as Kind;
use crate::lines::shown;
use crate::mask::words;

/// Longer definitions are cut.
const MOST_LINES: usize = 24;
/// So much of them is shown where it is the beginning that matters.
const FIRST_LINES: usize = 8;
/// No definition is shown with more bytes: a macro may be one long line.
const MOST_BYTES: usize = 4096;
/// What stands for lines that are left out.
const LEFT_OUT: &str = "\t/* ... */\n";

/// The definition as it is shown where there is room: whole if it is short, else the members in `wanted`, or its beginning.
pub(super) fn full(kind: Kind, text: &str, wanted: &HashSet<&str>) -> String {
    let text = plain(kind, text);
    let whole = match kind {
        _ if text.lines().count() <= MOST_LINES => text,
        Kind::Tag | Kind::Enumerator | Kind::Typedef => members(&text, wanted),
        Kind::Function => beginning(&text, body(&text)) + "}\n",
        _ => beginning(&text, None),
    };
    bounded(whole)
}

/// The definition where there is little room, if it can be said in less: the members in `wanted`, or the head of a function.
pub(super) fn brief(kind: Kind, text: &str, wanted: &HashSet<&str>) -> Option<String> {
    let text = plain(kind, text);
    match kind {
        Kind::Tag | Kind::Enumerator | Kind::Typedef if text.contains('{') => {
            Some(bounded(members(&text, wanted)))
        }
        Kind::Function => Some(bounded(format!("{};\n", text[..body(&text)?].trim_end()))),
        _ => None,
    }
}

/// The text with the semicolon that the syntax does not count as a part of it.
fn plain(kind: Kind, text: &str) -> String {
    let declared = !matches!(kind, Kind::Function | Kind::Macro);
    let end = if declared && !text.trim_end().ends_with(';') { ";" } else { "" };
    shown(&format!("{}{end}", text.trim_end()))
}

/// Where the body of a function begins: behind the parameters, which may have no braces.
fn body(text: &str) -> Option<usize> {
    text.find('{')
}

/// The first lines, and the head of a function before them.
fn beginning(text: &str, body: Option<usize>) -> String {
    let head = body.map_or(0, |body| text[..body].lines().count());
    let lines = text.split_inclusive('\n').take(head + FIRST_LINES);
    lines.chain([LEFT_OUT]).collect()
}

/// The first line, the last one, and those between them that have a name in `wanted`, with what they are nested in.
fn members(text: &str, wanted: &HashSet<&str>) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut kept = vec![false; lines.len()];
    let mut open = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let used = words(line).any(|word| wanted.contains(&line[word]));
        kept[at] |= used || at + 1 == lines.len() || open.is_empty() && !line.trim().is_empty();
        if used {
            open.iter().for_each(|outer: &usize| kept[*outer] = true);
        }
        for sign in line.chars() {
            match sign {
                '{' => open.push(at),
                '}' => kept[at] |= open.pop().is_some_and(|outer| kept[outer]),
                _ => {}
            }
        }
    }
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if kept[at] {
            text += line;
        } else if at == 0 || kept[at - 1] {
            text += LEFT_OUT;
        }
    }
    text
}

fn bounded(mut text: String) -> String {
    if text.len() > MOST_BYTES {
        text.truncate(text.floor_char_boundary(MOST_BYTES));
        text += " /* ... */\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NESTED: &str = "struct s\n{\n\tint a;\n\tint b;\n\tunion {\n\t\tint c;\n\t\tint d;\n\t} u;\n\tstruct {\n\t\tint e;\n\t} v;\n}";

    #[test]
    fn the_members_that_are_used_stay_with_what_they_are_nested_in() {
        let brief = brief(Kind::Tag, NESTED, &HashSet::from(["b", "d"])).unwrap();
        let gap = LEFT_OUT;
        assert_eq!(
            brief,
            format!(
                "struct s\n{{\n{gap}\tint b;\n\tunion {{\n{gap}\t\tint d;\n\t}} u;\n{gap}}};\n"
            )
        );
        assert_eq!(full(Kind::Tag, NESTED, &HashSet::new()), format!("{NESTED};\n"));
    }

    #[test]
    fn a_function_is_its_head_and_its_beginning() {
        let body = (0..40).map(|n| format!("\tg({n});\r\n")).collect::<String>();
        let text = format!("static int\r\nf(int n)\r\n{{\r\n{body}}}\r\n");
        assert_eq!(
            brief(Kind::Function, &text, &HashSet::new()).unwrap(),
            "static int\nf(int n);\n"
        );
        let full = full(Kind::Function, &text, &HashSet::new());
        assert!(full.starts_with("static int\nf(int n)\n{\n\tg(0);\n"), "{full}");
        assert!(full.ends_with("\tg(6);\n\t/* ... */\n}\n"), "{full}");
    }

    #[test]
    fn no_definition_is_endless() {
        let text = format!("#define A \"{}\"\n", "ä".repeat(9000));
        assert!(full(Kind::Macro, &text, &HashSet::new()).len() < MOST_BYTES + 20);
    }
}
