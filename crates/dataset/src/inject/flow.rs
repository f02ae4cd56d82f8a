//! Rules about the order of execution: loops, branches, results of calls.

use tree_sitter::Node;

use super::fault::{Fault, condition, leaving_branch, one_line, only_branch, sides, variable};
use super::rule::Rule;
use crate::syntax::{Function, bare, children};

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    Rule { name: "break-removed", cwe: 484, kind: "break_statement", title: "Missing break",
        message: "{} falls through to the next one.", find: break_removed },
    Rule { name: "loop-update-removed", cwe: 835, kind: "expression_statement", title: "Infinite loop",
        message: "`{}` decides when the loop ends and does not change in it.", find: loop_update_removed },
    Rule { name: "loop-update-reversed", cwe: 835, kind: "for_statement", title: "Loop in the wrong direction",
        message: "`{}` moves away from the bound of the loop.", find: loop_update_reversed },
    Rule { name: "braces-removed", cwe: 483, kind: "if_statement", title: "Missing braces",
        message: "Only the first of the statements below `if {}` depends on it.", find: braces_removed },
    Rule { name: "loop-emptied", cwe: 670, kind: "for_statement", title: "Empty loop body",
        message: "The loop {} ends with a semicolon, so what follows runs once.", find: loop_emptied },
    Rule { name: "result-unchecked", cwe: 252, kind: "if_statement", title: "Unchecked return value",
        message: "The result of `{}` is not checked.", find: result_unchecked },
];

fn break_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let case = node.parent().filter(|parent| parent.kind() == "case_statement")?;
    case.next_named_sibling().filter(|next| next.kind() == "case_statement")?;
    let value = case
        .child_by_field_name("value")
        .map_or("default".into(), |value| format!("case {}", function.text(value)));
    Fault::remove(function, node, format!("`{}`", one_line(&value)))
}

/// The variable that a statement or an expression counts up or down.
fn counted<'t>(function: &Function<'t>, node: Node<'t>) -> Option<&'t str> {
    let update =
        (node.kind() == "update_expression").then(|| node.child_by_field_name("argument"))?;
    variable(function, update?)
}

fn loop_update_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let name = counted(function, node.named_child(0)?)?;
    let whole = node.parent()?.parent().filter(|whole| whole.kind() == "while_statement")?;
    let decides = function.mentions(condition(whole)?, name);
    decides.then(|| Fault::remove(function, node, name))?
}

fn loop_update_reversed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let update = node.child_by_field_name("update")?;
    let name = counted(function, update)?;
    let (left, operator, _) = sides(function, node.child_by_field_name("condition")?)?;
    let step = match (function.field(update, "operator"), operator) {
        ("++", "<" | "<=") => "--",
        ("--", ">" | ">=") => "++",
        _ => return None,
    };
    let sign = update.child_by_field_name("operator")?;
    (function.text(left) == name).then(|| Fault::replace(sign, step, name))?
}

fn braces_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let block = only_branch(node).filter(|block| block.kind() == "compound_statement")?;
    node.parent().filter(|parent| parent.kind() == "compound_statement")?;
    let statements = children(Some(block));
    let plain = statements
        .iter()
        .all(|one| one.kind().ends_with("_statement") && one.kind() != "labeled_statement");
    let inner = function.slice(block.start_byte() + 1..block.end_byte() - 1).trim_end();
    let subject = one_line(function.field(node, "condition"));
    let ends_in_code = !inner.rsplit('\n').next().is_some_and(|last| last.contains("//"));
    (plain && ends_in_code && statements.len() > 1)
        .then(|| Fault::replace(block, inner, format!("`{subject}`").trim_matches('`')))?
}

fn loop_emptied(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    node.parent().filter(|parent| parent.kind() == "compound_statement")?;
    let body = node.child_by_field_name("body")?;
    let declared =
        node.child_by_field_name("initializer").is_some_and(|start| start.kind() == "declaration");
    let leaves = function.within(body.byte_range()).any(|inner| {
        matches!(inner.kind(), "break_statement" | "continue_statement" | "case_statement")
    });
    let end = function.slice(0..body.start_byte()).trim_end().len();
    let head = one_line(function.slice(node.start_byte()..end));
    (!declared && !leaves && head.ends_with(')'))
        .then(|| Fault::at(end..end, ";", format!("`{head}`")))?
}

fn result_unchecked(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    leaving_branch(function, node)?;
    let (left, operator, right) = sides(function, condition(node)?)?;
    let call = bare(left);
    let (name, _) = function.call(call)?;
    let constant = matches!(right.kind(), "number_literal" | "unary_expression" | "null")
        || function.text(right) == "EOF";
    let pure = ["strcmp", "strncmp", "strcasecmp", "memcmp", "strlen", "strchr", "strstr", "abs"];
    let test = pure.contains(&name) || name.starts_with("is");
    let failed = matches!(operator, "<" | "!=" | "==") && constant && !test;
    failed.then(|| Fault::replace(node, format!("{};", function.text(call)), name))?
}
