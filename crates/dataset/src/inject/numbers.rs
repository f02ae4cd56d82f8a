//! Rules about the width, the sign and the kind of numbers.

use tree_sitter::Node;

use super::fault::{Fault, one_line, sides, variable};
use super::rule::Rule;
use crate::syntax::{Function, Type, children};

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    Rule { name: "integer-division", cwe: 682, kind: "cast_expression", title: "Integer division",
        message: "The fraction of `{}` is lost because both sides are integers.", find: integer_division },
    Rule { name: "float-divisor-truncated", cwe: 682, kind: "number_literal", title: "Integer division",
        message: "The fraction of `{}` is lost because both sides are integers.", find: float_divisor_truncated },
    Rule { name: "widening-cast-dropped", cwe: 190, kind: "cast_expression", title: "Integer overflow",
        message: "`{}` is computed in the narrow type and may overflow before it is widened.", find: widening_cast_dropped },
    Rule { name: "shift-too-far", cwe: 1335, kind: "number_literal", title: "Shift by more than the width",
        message: "`{}` shifts an `int`, and the amount may be as large as its width.", find: shift_too_far },
    Rule { name: "type-narrowed", cwe: 197, kind: "declaration", title: "Numeric truncation",
        message: "`{}` is too narrow for the values that are assigned to it.", find: type_narrowed },
    Rule { name: "unsigned-countdown", cwe: 191, kind: "for_statement", title: "Integer underflow",
        message: "`{}` is unsigned, so it is never below zero and the loop does not end.", find: unsigned_countdown },
];

/// The binary expression that has `node` on its left or right side.
fn operand_of<'t>(node: Node<'t>, side: &str) -> Option<Node<'t>> {
    let parent = node.parent().filter(|parent| parent.kind() == "binary_expression")?;
    (parent.child_by_field_name(side) == Some(node)).then_some(parent)
}

/// A cast of an operand of `operator` without the cast, if its type has one of `words`.
fn cast_dropped(
    function: &Function<'_>,
    node: Node<'_>,
    operator: &str,
    words: &[&str],
) -> Option<Fault> {
    let whole = operand_of(node, "left").or_else(|| operand_of(node, "right"))?;
    let kind = one_line(function.field(node, "type"));
    let value = node.child_by_field_name("value")?;
    let number = function.type_of(value).is_some_and(Type::is_integer);
    let fits = number && function.field(whole, "operator") == operator && words.contains(&&*kind);
    let cast = function.slice(node.start_byte()..value.start_byte());
    let subject = one_line(&function.text(whole).replacen(cast, "", 1));
    fits.then(|| Fault::at(node.start_byte()..value.start_byte(), "", subject))?
}

fn integer_division(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    cast_dropped(function, node, "/", &["float", "double"])
}

fn widening_cast_dropped(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let wide = [
        "long",
        "long long",
        "unsigned long",
        "unsigned long long",
        "size_t",
        "uint64_t",
        "int64_t",
        "u64",
        "s64",
    ];
    cast_dropped(function, node, "*", &wide)
}

fn float_divisor_truncated(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let whole =
        operand_of(node, "right").filter(|whole| function.field(*whole, "operator") == "/")?;
    let integer = function
        .text(node)
        .strip_suffix(".0")
        .filter(|digits| digits.parse::<u32>().is_ok_and(|value| value > 0))?;
    let (left, _, _) = sides(function, whole)?;
    let subject = one_line(&format!("{} / {integer}", function.text(left)));
    function
        .type_of(left)
        .is_some_and(Type::is_integer)
        .then(|| Fault::replace(node, integer, subject))?
}

fn shift_too_far(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let whole =
        operand_of(node, "left").filter(|whole| function.field(*whole, "operator") == "<<")?;
    let amount =
        whole.child_by_field_name("right").filter(|amount| amount.kind() != "number_literal")?;
    let wide = matches!(
        function.text(node),
        "1L" | "1UL" | "1LL" | "1ULL" | "1l" | "1ul" | "1ll" | "1ull"
    );
    wide.then(|| Fault::replace(node, "1", one_line(&format!("1 << {}", function.text(amount)))))?
}

fn type_narrowed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let kind =
        node.child_by_field_name("type").filter(|kind| kind.kind() == "sized_type_specifier")?;
    let wide = ["long", "long long", "long int", "long long int"]
        .contains(&&*one_line(function.text(kind)));
    let names: Option<Vec<_>> = node
        .children_by_field_name("declarator", &mut node.walk())
        .map(|child| variable(function, child.child_by_field_name("declarator").unwrap_or(child)))
        .collect();
    let subject = names?.join("`, `");
    (wide && children(Some(node)).len() > 1).then(|| Fault::replace(kind, "int", subject))?
}

fn unsigned_countdown(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let start =
        node.child_by_field_name("initializer").filter(|start| start.kind() == "declaration")?;
    let kind = start.child_by_field_name("type").filter(|kind| function.text(*kind) == "int")?;
    let (left, operator, right) = sides(function, node.child_by_field_name("condition")?)?;
    let name = variable(function, left)?;
    let down = operator == ">=" && function.text(right) == "0";
    down.then(|| Fault::replace(kind, "unsigned int", name))?
}
