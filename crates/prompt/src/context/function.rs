//! The function that a line is in.

use std::ops::RangeInclusive;

use tree_sitter::{Node, Tree};

use super::syntax::{parse_c, preorder};

/// The most lines of a function that are shown.
const MOST_LINES: usize = 100;

/// The lines of the function that line `line`, counted from 1, is in; those around that line if there are too many.
pub(crate) fn function_lines(source: &str, line: usize) -> Option<RangeInclusive<usize>> {
    let tree = parse_c(source.as_bytes())?;
    let function = enclosing(&tree, line)?;
    let (first, last) = (function.start_position().row + 1, function.end_position().row + 1);
    let start = line
        .saturating_sub(MOST_LINES / 2)
        .clamp(first, (last + 1).saturating_sub(MOST_LINES).max(first));
    Some(start..=last.min(start + MOST_LINES - 1))
}

/// The function that line `line` is in; none if the syntax around it is broken.
pub(super) fn enclosing(tree: &Tree, line: usize) -> Option<Node<'_>> {
    let row = line.checked_sub(1)?;
    let holds =
        |node: Node<'_>| (node.start_position().row..=node.end_position().row).contains(&row);
    let mut found = None;
    preorder(tree.root_node(), |node| {
        let function = node.kind() == "function_definition";
        if function && holds(node) && found.is_none() {
            found = Some(node);
        }
        !function && holds(node)
    });
    found.filter(|function| !is_broken(*function, row))
}

/// Whether a function is not what it seems: it lacks its end, has swallowed another one, or is not understood in line `row`.
fn is_broken(function: Node<'_>, row: usize) -> bool {
    if !function.has_error() {
        return false;
    }
    let mut broken = false;
    preorder(function, |node| {
        let inner = node.kind() == "function_definition" && node != function;
        let here = node.start_position().row <= row && row <= node.end_position().row;
        broken |= inner || node.is_error() && here || node.is_missing() && node.kind() == "}";
        !broken && node.has_error()
    });
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_all_of_its_lines() {
        let source = "int a;\n\nstatic int\nf(int n)\n{\n\treturn n;\n}\nint b;\n";
        for line in 3..=7 {
            assert_eq!(function_lines(source, line), Some(3..=7), "{line}");
        }
        for line in [0, 1, 2, 8, 9] {
            assert_eq!(function_lines(source, line), None, "{line}");
        }
    }

    #[test]
    fn a_long_function_is_cut_around_the_line() {
        let source = format!("void f(void)\n{{\n{}}}\n", "\tg();\n".repeat(2000));
        assert_eq!(function_lines(&source, 1), Some(1..=100));
        assert_eq!(function_lines(&source, 1000), Some(950..=1049));
        assert_eq!(function_lines(&source, 2003), Some(1904..=2003));
    }

    #[test]
    fn broken_syntax_counts_where_it_is() {
        let broken = "int f(void)\n{\n\tint x = ;;) 3 (;\n\treturn 0;\n}\n\nint g(void)\n{\n\treturn 1;\n}\n";
        assert_eq!(function_lines(broken, 3), None);
        assert_eq!(function_lines(broken, 9), Some(7..=10));
        let open = "int f(void)\n{\n\tif (a) {\n\treturn 0;\n}\n\nint g(void)\n{\n\treturn 1;\n}\n";
        assert_eq!(function_lines(open, 4), None);
    }
}
