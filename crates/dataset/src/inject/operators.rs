//! Rules about operators and conditions.

use tree_sitter::Node;

use super::fault::{Fault, assignment, condition, leaving_branch, one_line, sides, variable};
use super::rule::Rule;
use crate::syntax::{Function, Type, bare};

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    Rule { name: "assignment-for-comparison", cwe: 481, kind: "binary_expression", title: "Assignment in a condition",
        message: "The condition assigns to `{}` where it should compare.", find: assignment_for_comparison },
    Rule { name: "comparison-for-assignment", cwe: 482, kind: "expression_statement", title: "Comparison without effect",
        message: "The statement compares `{}` and throws the result away.", find: comparison_for_assignment },
    Rule { name: "relation-reversed", cwe: 697, kind: "binary_expression", title: "Wrong comparison",
        message: "The comparison that was `{}` points the other way.", find: relation_reversed },
    Rule { name: "equality-inverted", cwe: 697, kind: "binary_expression", title: "Inverted comparison",
        message: "The condition holds exactly when `{}` should not.", find: equality_inverted },
    Rule { name: "comparison-off-by-one", cwe: 193, kind: "binary_expression", title: "Off-by-one comparison",
        message: "The condition is wrong where both sides of `{}` are equal.", find: comparison_off_by_one },
    Rule { name: "connective-swapped", cwe: 480, kind: "binary_expression", title: "Wrong logical operator",
        message: "The parts of `{}` are joined by the wrong operator.", find: connective_swapped },
    Rule { name: "always-true", cwe: 571, kind: "binary_expression", title: "Condition always true",
        message: "No value of `{}` makes this condition false.", find: |f, n| constant(f, n, "!=", "&&", "||") },
    Rule { name: "always-false", cwe: 570, kind: "binary_expression", title: "Condition always false",
        message: "No value of `{}` makes this condition true.", find: |f, n| constant(f, n, "==", "||", "&&") },
    Rule { name: "logical-for-bitwise", cwe: 480, kind: "binary_expression", title: "Logical for bitwise operator",
        message: "`{}` should combine the bits and not the truth of its sides.", find: logical_for_bitwise },
    Rule { name: "parentheses-dropped", cwe: 783, kind: "parenthesized_expression", title: "Wrong operator precedence",
        message: "`{}` is not computed first, as it should be.", find: parentheses_dropped },
    Rule { name: "strings-compared-as-pointers", cwe: 597, kind: "binary_expression", title: "Comparison of string addresses",
        message: "The comparison with `{}` is one of addresses and not of texts.", find: strings_as_pointers },
    Rule { name: "division-check-removed", cwe: 369, kind: "if_statement", title: "Division by zero",
        message: "`{}` may be zero and is divided by below.", find: division_check_removed },
];

/// Whether the value of an expression decides an `if` or a loop.
fn decides(node: Node<'_>) -> bool {
    let mut above = node.parent();
    while let Some(parent) = above {
        match parent.kind() {
            "if_statement" | "while_statement" | "do_statement" | "for_statement" => return true,
            "binary_expression" | "parenthesized_expression" | "unary_expression" => {
                above = parent.parent();
            }
            _ => return false,
        }
    }
    false
}

fn assignment_for_comparison(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (left, operator, _) = sides(function, node)?;
    let name = variable(function, left).filter(|_| operator == "==")?;
    function.type_of(left).filter(|found| found.is_variable())?;
    let whole =
        node.parent().filter(|parent| parent.kind() == "parenthesized_expression")?.parent()?;
    let decides = matches!(whole.kind(), "if_statement" | "while_statement");
    decides
        .then(|| Some(Fault { subject: name.into(), ..Fault::operator(function, node, "=")? }))?
}

fn comparison_for_assignment(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (left, right) = assignment(function, node)?;
    let name = variable(function, left)
        .filter(|_| function.is_number(left) && function.is_number(right))?;
    let simple = !matches!(
        right.kind(),
        "assignment_expression" | "conditional_expression" | "comma_expression"
    );
    simple.then(|| {
        Some(Fault {
            subject: name.into(),
            ..Fault::operator(function, node.named_child(0)?, "==")?
        })
    })?
}

fn relation_reversed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (_, operator, _) = sides(function, node).filter(|_| decides(node))?;
    let reversed = match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        _ => return None,
    };
    Fault::operator(function, node, reversed)
}

fn equality_inverted(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (left, operator, right) = sides(function, node).filter(|_| decides(node))?;
    let inverted = match operator {
        "==" => "!=",
        "!=" => "==",
        _ => return None,
    };
    let now = one_line(&format!("{} {inverted} {}", function.text(left), function.text(right)));
    Some(Fault { subject: now, ..Fault::operator(function, node, inverted)? })
}

fn comparison_off_by_one(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (_, operator, _) = sides(function, node).filter(|_| decides(node))?;
    let moved = match operator {
        "<" => "<=",
        "<=" => "<",
        ">" => ">=",
        ">=" => ">",
        _ => return None,
    };
    Fault::operator(function, node, moved)
}

fn connective_swapped(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (_, operator, _) = sides(function, node)?;
    let swapped = match operator {
        "&&" => "||",
        "||" => "&&",
        _ => return None,
    };
    same_subject(function, node).is_none().then(|| Fault::operator(function, node, swapped))?
}

/// What both sides of `node` compare with something, and how.
fn same_subject<'t>(function: &Function<'t>, node: Node<'t>) -> Option<(&'t str, &'t str)> {
    let (left, _, right) = sides(function, node)?;
    let (one, how, first) = sides(function, bare(left))?;
    let (other, same, second) = sides(function, bare(right))?;
    let literal = |node: Node<'_>| matches!(node.kind(), "number_literal" | "char_literal");
    let equal = function.text(one) == function.text(other) && how == same;
    let distinct =
        literal(first) && literal(second) && function.text(first) != function.text(second);
    (equal && distinct).then(|| (function.text(one), how))
}

fn constant(
    function: &Function<'_>,
    node: Node<'_>,
    wanted: &str,
    from: &str,
    to: &str,
) -> Option<Fault> {
    let (subject, how) = same_subject(function, node)?;
    let fits = how == wanted && function.field(node, "operator") == from;
    fits.then(|| {
        Some(Fault { subject: one_line(subject), ..Fault::operator(function, node, to)? })
    })?
}

fn logical_for_bitwise(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (_, operator, _) = sides(function, node)?;
    let logical = match operator {
        "&" => "&&",
        "|" => "||",
        _ => return None,
    };
    Fault::operator(function, node, logical)
}

fn parentheses_dropped(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (left, operator, right) = sides(function, node.named_child(0)?)?;
    let factor = node.parent().filter(|parent| parent.kind() == "binary_expression")?;
    let binds = matches!(function.field(factor, "operator"), "*" | "/" | "%")
        && matches!(operator, "+" | "-");
    let numbers =
        [left, right].iter().all(|side| function.type_of(*side).is_some_and(Type::is_integer));
    let inner = function.text(node.named_child(0)?);
    (binds && numbers).then(|| Fault::replace(node, inner, one_line(inner)))?
}

fn strings_as_pointers(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (call, operator, zero) = sides(function, node)?;
    let (name, arguments) = function.call(call)?;
    let [one, other] = arguments[..] else { return None };
    let simple = |node: Node<'_>| {
        matches!(
            node.kind(),
            "identifier"
                | "field_expression"
                | "subscript_expression"
                | "string_literal"
                | "call_expression"
        )
    };
    let fits = name == "strcmp" && matches!(operator, "==" | "!=") && function.text(zero) == "0";
    let (left, right) = (function.text(one), function.text(other));
    (fits && simple(one) && simple(other))
        .then(|| Fault::replace(node, format!("{left} {operator} {right}"), one_line(right)))?
}

fn division_check_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    leaving_branch(function, node)?;
    let test = condition(node)?;
    let name = match sides(function, test) {
        Some((left, "==" | "<=" | "<", right))
            if matches!(function.text(right), "0" | "0.0" | "1") =>
        {
            function.text(left)
        }
        None if function.field(test, "operator") == "!" => function.field(test, "argument"),
        _ => return None,
    };
    let divides = |later: Node<'_>| {
        matches!(function.field(later, "operator"), "/" | "%" | "/=" | "%=")
            && function.field(later, "right") == name
    };
    function.after(node).any(divides).then(|| Fault::remove(function, node, one_line(name)))?
}
