//! Rules about pointers, what they point to, and values that are not there yet.

use tree_sitter::Node;

use super::fault::{
    Fault, accumulates, assignment, condition, dereferences, leaving_branch, loops, one_line,
    only_branch, sides, variable,
};
use super::rule::Rule;
use crate::syntax::{Function, Type, ancestors, bare};

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    Rule { name: "null-check-removed", cwe: 476, kind: "if_statement", title: "Null pointer dereference",
        message: "`{}` may be NULL and is used below without a check.", find: null_check_removed },
    Rule { name: "null-guard-removed", cwe: 476, kind: "if_statement", title: "Null pointer dereference",
        message: "`{}` may be NULL and is dereferenced here.", find: null_guard_removed },
    Rule { name: "null-test-dropped", cwe: 476, kind: "binary_expression", title: "Null pointer dereference",
        message: "`{}` may be NULL where this condition dereferences it.", find: null_test_dropped },
    Rule { name: "allocation-unchecked", cwe: 690, kind: "if_statement", title: "Unchecked allocation",
        message: "`{}` is NULL if the call fails, which is not checked.", find: allocation_unchecked },
    Rule { name: "unchecked-product", cwe: 190, kind: "call_expression", title: "Overflow in the size of an allocation",
        message: "The product `{}` may overflow, and less memory than needed is allocated.", find: unchecked_product },
    Rule { name: "clearing-removed", cwe: 908, kind: "expression_statement", title: "Use of uninitialised memory",
        message: "The memory at `{}` is used without having been cleared.", find: clearing_removed },
    Rule { name: "stack-address-returned", cwe: 562, kind: "declaration", title: "Return of a stack address",
        message: "`{}` is gone when the function returns, and its address is returned.", find: stack_address_returned },
    Rule { name: "initial-value-removed", cwe: 457, kind: "init_declarator", title: "Uninitialised variable",
        message: "`{}` is updated below without having had a value.", find: initial_value_removed },
    Rule { name: "pointer-not-set", cwe: 824, kind: "init_declarator", title: "Uninitialised pointer",
        message: "`{}` points nowhere when it is used.", find: pointer_not_set },
    Rule { name: "reset-removed", cwe: 665, kind: "expression_statement", title: "Value kept from the last round",
        message: "`{}` is not set anew in each round of the loop.", find: reset_removed },
];

/// The pointer that `test` compares with NULL by `operator`.
fn compared<'t>(function: &Function<'t>, test: Node<'t>, wanted: &str) -> Option<Node<'t>> {
    let (left, operator, right) =
        sides(function, test).filter(|(_, operator, _)| *operator == wanted)?;
    let null = |node: Node<'t>| function.text(node) == "NULL" || node.kind() == "null";
    match operator {
        _ if null(right) => Some(left),
        _ if null(left) => Some(right),
        _ => None,
    }
}

fn is_pointer<'t>(function: &Function<'t>, node: Node<'t>) -> bool {
    function.type_of(node).is_some_and(Type::is_pointer)
}

/// The pointer that is NULL if `test` holds.
fn tests_null<'t>(function: &Function<'t>, test: Node<'t>) -> Option<&'t str> {
    let plain = || {
        let negated = test.kind() == "unary_expression" && function.field(test, "operator") == "!";
        test.child_by_field_name("argument")
            .filter(|argument| negated && is_pointer(function, *argument))
    };
    variable(function, compared(function, test, "==").or_else(plain)?)
}

/// The pointer that is not NULL if `test` holds.
fn tests_not_null<'t>(function: &Function<'t>, test: Node<'t>) -> Option<&'t str> {
    let plain = || Some(test).filter(|test| is_pointer(function, *test));
    variable(function, compared(function, test, "!=").or_else(plain)?)
}

fn null_check_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    leaving_branch(function, node)?;
    let name = tests_null(function, condition(node)?)?;
    let used = function.after(node).any(|later| dereferences(function, later, name));
    used.then(|| Fault::remove(function, node, name))?
}

fn null_guard_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let branch = only_branch(node)?;
    let name = tests_not_null(function, condition(node)?)?;
    let used =
        function.within(branch.byte_range()).any(|inner| dereferences(function, inner, name));
    used.then(|| Fault::replace(node, function.text(branch), name))?
}

fn null_test_dropped(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (left, operator, right) = sides(function, node)?;
    let name = tests_not_null(function, bare(left)).filter(|_| operator == "&&")?;
    let used = function.within(right.byte_range()).any(|inner| dereferences(function, inner, name));
    used.then(|| Fault::replace(node, function.text(right), name))?
}

fn allocation_unchecked(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    leaving_branch(function, node)?;
    let assigned = bare(compared(function, condition(node)?, "==")?);
    let (left, _, right) =
        sides(function, assigned).filter(|_| assigned.kind() == "assignment_expression")?;
    let call = bare(right).kind() == "call_expression";
    call.then(|| {
        Fault::replace(node, format!("{};", function.text(assigned)), function.text(left))
    })?
}

fn unchecked_product(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, arguments) = function.call(node)?;
    let plain = match name {
        "calloc" => "malloc",
        "kcalloc" => "kzalloc",
        "kmalloc_array" => "kmalloc",
        _ => return None,
    };
    let (count, size) = (*arguments.first()?, *arguments.get(1)?);
    let simple = |node: Node<'_>| {
        matches!(
            node.kind(),
            "identifier"
                | "number_literal"
                | "sizeof_expression"
                | "field_expression"
                | "call_expression"
        )
    };
    let factor = |node| {
        if simple(node) {
            function.text(node).to_owned()
        } else {
            format!("({})", function.text(node))
        }
    };
    let product = format!("{} * {}", factor(count), factor(size));
    Fault::at(node.start_byte()..size.end_byte(), format!("{plain}({product}"), one_line(&product))
}

fn clearing_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, arguments) = function.call_statement(node)?;
    let [target, value, _] = arguments[..] else { return None };
    let clears = name == "memset" && matches!(function.text(value), "0" | r"'\0'" | "0x00");
    clears.then(|| Fault::remove(function, node, one_line(function.text(target))))?
}

fn stack_address_returned(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let storage = node.named_child(0).filter(|first| function.text(*first) == "static")?;
    let declarator = node
        .child_by_field_name("declarator")
        .filter(|found| found.kind() == "array_declarator")?;
    let name = variable(function, declarator.child_by_field_name("declarator")?)?;
    let returned = function.after(node).any(|later| {
        later.kind() == "return_statement"
            && later.named_child(0).is_some_and(|value| function.text(value) == name)
    });
    let next = storage.next_sibling()?;
    returned.then(|| Fault::at(storage.start_byte()..next.start_byte(), "", name))?
}

/// The declaration of a local variable that has a value of its own in each call.
fn automatic<'t>(function: &Function<'t>, declarator: Node<'t>) -> Option<Node<'t>> {
    let declaration = declarator.parent().filter(|parent| parent.kind() == "declaration")?;
    let other = ["static", "extern", "const", "register"];
    let words = function.slice(declaration.start_byte()..declarator.start_byte());
    let plain = !words.split_whitespace().any(|word| other.contains(&word));
    plain.then_some(declaration)
}

fn initial_value_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    automatic(function, node)?;
    let target = node.child_by_field_name("declarator")?;
    let name = variable(function, target).filter(|_| function.is_number(target))?;
    let literal = node.child_by_field_name("value")?.kind() == "number_literal";
    let first = function.after(node).find(|later| {
        function.field(*later, "left") == name || function.field(*later, "argument") == name
    })?;
    (literal && accumulates(function, first, name)).then(|| Fault::replace(node, name, name))?
}

fn pointer_not_set(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    automatic(function, node)?;
    let target = node
        .child_by_field_name("declarator")
        .filter(|target| target.kind() == "pointer_declarator")?;
    let name = variable(function, target.child_by_field_name("declarator")?)?;
    let mut value = bare(node.child_by_field_name("value")?);
    if value.kind() == "cast_expression" {
        value = bare(value.child_by_field_name("value")?);
    }
    let set = value.kind() == "call_expression" || function.text(value).starts_with('&');
    let used = set && function.after(node).any(|later| dereferences(function, later, name));
    used.then(|| Fault::replace(node, function.text(target), name))?
}

fn reset_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (left, right) = assignment(function, node)?;
    let name = variable(function, left).filter(|_| right.kind() == "number_literal")?;
    let round = loops(node).next()?;
    let in_order = ancestors(node).nth(1) == Some(round);
    let updated = in_order
        && function.after(node).any(|later| {
            later.end_byte() <= round.end_byte() && accumulates(function, later, name)
        });
    updated.then(|| Fault::remove(function, node, name))?
}
