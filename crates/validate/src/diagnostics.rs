//! Which of a compiler's messages are new.

use std::collections::HashMap;

/// The warnings and errors of `output` that `baseline` does not have, wherever in their file they
/// stand: a patch moves the lines below it.
pub(crate) fn new_in(output: &str, baseline: &str) -> Vec<String> {
    let mut known: HashMap<String, usize> = HashMap::new();
    for line in diagnostics(baseline) {
        *known.entry(without_numbers(line)).or_default() += 1;
    }
    let is_new = |line: &&str| match known.get_mut(&without_numbers(line)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    diagnostics(output).filter(is_new).map(str::to_owned).collect()
}

/// A linker's warnings are left out: that `gets` is dangerous is said of every program that compiles, and of none that does not.
fn diagnostics(output: &str) -> impl Iterator<Item = &str> {
    let warns = |line: &str| line.contains("warning:") && !line.contains(":(.text");
    output.lines().filter(move |line| warns(line) || line.contains("error:"))
}

/// The line without the numbers that follow a colon.
fn without_numbers(line: &str) -> String {
    let mut parts = line.split(':');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + ":" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::new_in;

    #[test]
    fn a_moved_message_is_not_new_and_a_second_one_is() {
        let baseline = "make: x\na.c:1:2: warning: unused `x`\n";
        let output = "make: y\na.c:7:2: warning: unused `x`\na.c:9:2: warning: unused `x`\na.c:9: error: no\n";
        assert_eq!(new_in(output, baseline), ["a.c:9:2: warning: unused `x`", "a.c:9: error: no"]);
        assert!(new_in(output, output).is_empty());
        let linker =
            "a.c:(.text+0x1b): warning: the `gets' function is dangerous and should not be used.\n";
        assert!(new_in(linker, "").is_empty());
    }
}
