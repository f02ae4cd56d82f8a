//! Arguments in lines for the shell.

/// Puts `value`, a parameter of the shell such as `$1`, where `mark` stands in a line for the shell, so that it is one word with whatever is around
/// it, whatever quotes those are.
///
/// ```
/// use fixwright_validate::put_parameter;
///
/// let put = |line| put_parameter(line, "{file}", "$1");
/// assert_eq!(put("cc {file}"), r#"cc "$1""#);
/// assert_eq!(put(r#"cc "a/{file}""#), r#"cc "a/$1""#);
/// assert_eq!(put("cc 'a/{file}'"), r#"cc 'a/'"$1"''"#);
/// ```
pub fn put_parameter(line: &str, mark: &str, value: &str) -> String {
    let mut out = String::with_capacity(line.len());
    // The quotes and parentheses that are open, the innermost last.
    let mut open = Vec::new();
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix(mark) {
            out.push_str(&match open.last() {
                Some('\'') => format!("'\"{value}\"'"),
                Some('"') => value.to_owned(),
                _ => format!("\"{value}\""),
            });
            rest = behind;
            continue;
        }
        let mut taken = next.len_utf8();
        match (open.last(), next) {
            (Some('\''), '\'') | (Some('"'), '"') | (Some('('), ')') => {
                open.pop();
            }
            (Some('\''), _) => {}
            (_, '\\') => taken += rest[taken..].chars().next().map_or(0, char::len_utf8),
            (Some('"'), '$') if rest.starts_with("$(") => {
                open.push('(');
                taken += 1;
            }
            (Some('"'), _) => {}
            (_, '\'' | '"' | '(') => open.push(next),
            _ => {}
        }
        let (now, behind) = rest.split_at(taken);
        out.push_str(now);
        rest = behind;
    }
    out
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn said(line: &str) -> String {
        let script = put_parameter(line, "{file}", "$1");
        let output = Command::new("sh").args(["-c", &script, "sh", "a  b"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn the_shell_sees_one_word_wherever_it_stands() {
        for line in [
            "printf %s, {file} x",
            "printf %s, '{file}' x",
            "printf %s, \"{file}\" x",
            "printf %s, ''{file}'' x",
            "printf %s, \"$(printf %s {file})\" x",
            "(printf %s, {file}; printf x,)",
        ] {
            assert_eq!(said(line), "a  b,x,", "{line}");
        }
        assert_eq!(said("printf %s, '-i {file}' \"-i \\\"{file}\""), "-i a  b,-i \"a  b,");
    }
}
