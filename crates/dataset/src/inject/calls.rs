//! Rules about the arguments of calls.

use tree_sitter::Node;

use super::fault::{Fault, one_line, variable};
use super::rule::Rule;
use crate::syntax::Function;

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    Rule { name: "scan-address-dropped", cwe: 686, kind: "pointer_expression", title: "Value for an address",
        message: "The value of `{}` is given where its address is needed.", find: scan_address_dropped },
    Rule { name: "scan-width-mismatch", cwe: 686, kind: "string_literal", title: "Wrong conversion",
        message: "A conversion in {} is for a narrower type than the variable has.", find: scan_width_mismatch },
    Rule { name: "format-from-input", cwe: 134, kind: "call_expression", title: "Format string from outside",
        message: "`{}` is used as a format, so what it contains is interpreted.", find: format_from_input },
    Rule { name: "arguments-swapped", cwe: 683, kind: "call_expression", title: "Arguments in the wrong order",
        message: "Two arguments of `{}` have changed places.", find: arguments_swapped },
    Rule { name: "fill-arguments-swapped", cwe: 683, kind: "call_expression", title: "Arguments in the wrong order",
        message: "The call on `{}` fills no byte, since value and size have changed places.", find: fill_arguments_swapped },
];

fn is_scan(name: &str) -> bool {
    matches!(name, "scanf" | "fscanf" | "sscanf")
}

fn scan_address_dropped(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let target =
        node.child_by_field_name("argument").filter(|_| function.text(node).starts_with('&'))?;
    node.parent().filter(|parent| parent.kind() == "argument_list")?;
    let (name, _) = function.enclosing_call(node)?;
    let text = function.text(target);
    (is_scan(name) && function.is_number(target))
        .then(|| Fault::replace(node, text, one_line(text)))?
}

fn scan_width_mismatch(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, _) = function.enclosing_call(node).filter(|(name, _)| is_scan(name))?;
    let format = function.text(node);
    let at =
        ["%lf", "%ld", "%lu", "%lld", "%llu"].iter().filter_map(|wide| format.find(wide)).min()?;
    let length = format[at + 1..].bytes().take_while(|byte| *byte == b'l').count();
    let start = node.start_byte() + at + 1;
    Fault::at(start..start + length, "", name)
}

fn format_from_input(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, arguments) = function.call(node)?;
    let at = match name {
        "printf" => 0,
        "fprintf" | "sprintf" | "syslog" => 1,
        "snprintf" => 2,
        _ => return None,
    };
    let [format, text] = arguments.get(at..)? else { return None };
    let plain = function.text(*format) == r#""%s""# && text.kind() != "string_literal";
    plain.then(|| {
        Fault::at(format.start_byte()..text.start_byte(), "", one_line(function.text(*text)))
    })?
}

fn arguments_swapped(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, arguments) = function.call(node)?;
    let alike = |pair: &&[Node<'_>]| {
        let names = (variable(function, pair[0]), variable(function, pair[1]));
        let same =
            function.is_number(pair[0]) && function.type_of(pair[0]) == function.type_of(pair[1]);
        same && names.0.is_some() && names.1.is_some() && names.0 != names.1
    };
    let symmetric = ["max", "min", "gcd", "lcm", "add", "sum", "swap"];
    let pair = arguments
        .windows(2)
        .find(alike)
        .filter(|_| !symmetric.contains(&name.to_lowercase().as_str()))?;
    let (first, second) = (function.text(pair[0]), function.text(pair[1]));
    let between = function.slice(pair[0].end_byte()..pair[1].start_byte());
    Fault::at(pair[0].start_byte()..pair[1].end_byte(), format!("{second}{between}{first}"), name)
}

fn fill_arguments_swapped(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, arguments) = function.call(node)?;
    let [target, value, size] = arguments[..] else { return None };
    let swapped = format!("{}, {}", function.text(size), function.text(value));
    let zero = name == "memset" && function.text(value) == "0";
    zero.then(|| {
        Fault::at(value.start_byte()..size.end_byte(), swapped, one_line(function.text(target)))
    })?
}
