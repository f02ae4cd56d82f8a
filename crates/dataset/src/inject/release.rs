//! Rules about what is acquired and has to be released: memory, files, locks.

use tree_sitter::Node;

use super::fault::{Fault, assignment, one_line, place};
use super::rule::Rule;
use crate::syntax::Function;

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    Rule { name: "free-removed", cwe: 401, kind: "expression_statement", title: "Memory leak",
        message: "`{}` is not freed on this path.", find: |f, n| remove(f, n, is_free) },
    Rule { name: "freed-twice", cwe: 415, kind: "expression_statement", title: "Double free",
        message: "`{}` is freed although it has been freed before.", find: |f, n| repeat(f, n, is_free) },
    Rule { name: "used-after-free", cwe: 416, kind: "expression_statement", title: "Use after free",
        message: "`{}` is used after it has been freed.", find: |f, n| hoist(f, n, is_free) },
    Rule { name: "close-removed", cwe: 775, kind: "expression_statement", title: "File left open",
        message: "`{}` is not closed on this path.", find: |f, n| remove(f, n, is_close) },
    Rule { name: "closed-twice", cwe: 1341, kind: "expression_statement", title: "File closed twice",
        message: "`{}` is closed although it has been closed before.", find: |f, n| repeat(f, n, is_close) },
    Rule { name: "used-after-close", cwe: 910, kind: "expression_statement", title: "Use of a closed file",
        message: "`{}` is used after it has been closed.", find: |f, n| hoist(f, n, is_close) },
    Rule { name: "unlock-removed", cwe: 667, kind: "expression_statement", title: "Lock not released",
        message: "`{}` is still held where this path ends.", find: |f, n| remove(f, n, is_unlock) },
    Rule { name: "locked-twice", cwe: 764, kind: "expression_statement", title: "Lock taken twice",
        message: "`{}` is taken although it is already held.", find: |f, n| repeat(f, n, is_lock) },
    Rule { name: "lock-removed", cwe: 820, kind: "expression_statement", title: "Missing lock",
        message: "What `{}` protects is reached without holding it.", find: |f, n| remove(f, n, is_lock) },
];

fn is_free(name: &str) -> bool {
    matches!(name, "free" | "kfree" | "kvfree" | "vfree" | "kfree_sensitive" | "g_free" | "xfree")
}

fn is_close(name: &str) -> bool {
    matches!(name, "fclose" | "close" | "closedir" | "pclose")
}

fn is_unlock(name: &str) -> bool {
    name.contains("unlock")
}

fn is_lock(name: &str) -> bool {
    let other = ["unlock", "try", "init", "destroy", "is_", "assert"];
    (name.ends_with("_lock") || name.contains("_lock_"))
        && !other.iter().any(|part| name.contains(part))
}

/// What a statement that only calls such a function does it to; the name of the function if it takes no argument.
fn released<'t>(
    function: &Function<'t>,
    node: Node<'t>,
    releases: fn(&str) -> bool,
) -> Option<&'t str> {
    let (name, arguments) = function.call_statement(node).filter(|(name, _)| releases(name))?;
    Some(arguments.first().map_or(name, |first| function.text(*first)))
}

fn remove<'t>(
    function: &Function<'t>,
    node: Node<'t>,
    releases: fn(&str) -> bool,
) -> Option<Fault> {
    Fault::remove(function, node, one_line(released(function, node, releases)?))
}

fn repeat<'t>(
    function: &Function<'t>,
    node: Node<'t>,
    releases: fn(&str) -> bool,
) -> Option<Fault> {
    Fault::repeat(function, node, &one_line(released(function, node, releases)?))
}

fn hoist<'t>(function: &Function<'t>, node: Node<'t>, releases: fn(&str) -> bool) -> Option<Fault> {
    let (_, arguments) = function.call_statement(node).filter(|(name, _)| releases(name))?;
    let name = place(function, *arguments.first()?)?;
    let before =
        node.prev_named_sibling().filter(|before| before.kind() == "expression_statement")?;
    let uses =
        function.within(before.byte_range()).any(|inner| place(function, inner) == Some(name));
    let assigned =
        assignment(function, before).is_some_and(|(left, _)| function.text(left) == name);
    let other = released(function, before, releases).is_none();
    (uses && !assigned && other).then(|| Fault::hoist(function, node, before, name))?
}
