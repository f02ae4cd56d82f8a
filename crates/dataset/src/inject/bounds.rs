//! Rules about the bounds of arrays and strings.

use tree_sitter::Node;

use super::fault::{
    Fault, assignment, condition, leaving_branch, one_line, only_branch, sides, variable,
};
use super::rule::Rule;
use crate::syntax::{Function, children};

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    Rule { name: "index-check-removed", cwe: 129, kind: "if_statement", title: "Unchecked array index",
        message: "`{}` is used as an index below without a check that it lies within the array.", find: index_check_removed },
    Rule { name: "index-guard-removed", cwe: 787, kind: "if_statement", title: "Out-of-bounds write",
        message: "`{}` is an index of a write here, and nothing keeps it below the number of elements.", find: index_guard_removed },
    Rule { name: "loop-bound-inclusive", cwe: 193, kind: "for_statement", title: "Off-by-one loop bound",
        message: "The loop runs while `{}`, so its last round is one element behind the end.", find: loop_bound_inclusive },
    Rule { name: "read-past-index", cwe: 125, kind: "subscript_expression", title: "Out-of-bounds read",
        message: "The read of `{}` can go past the last element.", find: read_past_index },
    Rule { name: "write-past-index", cwe: 787, kind: "subscript_expression", title: "Out-of-bounds write",
        message: "The write to `{}` can go past the last element.", find: write_past_index },
    Rule { name: "unbounded-format", cwe: 120, kind: "call_expression", title: "Unbounded formatted write",
        message: "The formatted text is written to `{}` whatever the size of that buffer.", find: unbounded_format },
    Rule { name: "unbounded-copy", cwe: 120, kind: "call_expression", title: "Unbounded string copy",
        message: "The string is copied to `{}` whatever the size of that buffer.", find: unbounded_copy },
    Rule { name: "scan-width-removed", cwe: 120, kind: "string_literal", title: "Unbounded string input",
        message: "The conversion in {} reads a word of any length into a buffer of fixed size.", find: scan_width_removed },
    Rule { name: "allocation-one-short", cwe: 131, kind: "binary_expression", title: "Buffer allocated too small",
        message: "The size of the buffer is computed from `{}`, which leaves no room for the last element.", find: allocation_one_short },
    Rule { name: "size-of-pointer", cwe: 467, kind: "sizeof_expression", title: "Size of a pointer",
        message: "`{}` is the size of the pointer and not of what it points to.", find: size_of_pointer },
    Rule { name: "terminator-removed", cwe: 170, kind: "expression_statement", title: "String without terminator",
        message: "`{}` is used as a string without being terminated.", find: terminator_removed },
];

/// Whether `name` is in the index of an element that is reached for in `node`.
fn indexes(function: &Function<'_>, node: Node<'_>, name: &str) -> bool {
    let index = node.child_by_field_name("index").filter(|_| node.kind() == "subscript_expression");
    index.is_some_and(|index| function.mentions(index, name))
}

fn index_check_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    leaving_branch(function, node)?;
    let test = condition(node)?;
    let mut compared = function.within(test.byte_range()).filter_map(|inner| {
        let (left, operator, _) = sides(function, inner)?;
        variable(function, left).filter(|_| matches!(operator, "<" | ">" | "<=" | ">="))
    });
    let name =
        compared.find(|name| function.after(node).any(|later| indexes(function, later, name)))?;
    Fault::remove(function, node, name)
}

fn index_guard_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let branch = only_branch(node)?;
    let (left, operator, _) = sides(function, condition(node)?)?;
    let name = variable(function, left).filter(|_| matches!(operator, "<" | "<="))?;
    let written = |inner: Node<'_>| {
        let target =
            inner.child_by_field_name("left").filter(|_| inner.kind() == "assignment_expression");
        target.is_some_and(|target| indexes(function, target, name))
    };
    let writes = function.within(branch.byte_range()).any(written);
    writes.then(|| Fault::replace(node, function.text(branch), name))?
}

fn loop_bound_inclusive(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let test = node.child_by_field_name("condition")?;
    let (left, operator, right) = sides(function, test)?;
    let name = variable(function, left).filter(|_| operator == "<")?;
    let body = node.child_by_field_name("body")?;
    let used = function.within(body.byte_range()).any(|inner| {
        inner.kind() == "subscript_expression" && function.field(inner, "index") == name
    });
    let subject = one_line(&format!("{name} <= {}", function.text(right)));
    used.then(|| Fault { subject, ..Fault::operator(function, test, "<=")? }.into())?
}

/// The variable that is the index of an element, and what is done with the element.
fn element<'t>(function: &Function<'t>, node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
    let index =
        node.child_by_field_name("index").filter(|index| variable(function, *index).is_some())?;
    function.type_of(index).filter(|found| found.is_integer())?;
    Some((index, node.parent()?))
}

fn past_index(function: &Function<'_>, index: Node<'_>) -> Option<Fault> {
    let parent = index.parent()?;
    let name = function.text(index);
    let subject = format!("{}[{name} + 1]", one_line(function.field(parent, "argument")));
    Fault::replace(index, format!("{name} + 1"), subject)
}

fn read_past_index(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (index, user) = element(function, node)?;
    let read = match user.kind() {
        "assignment_expression" => user.child_by_field_name("right") == Some(node),
        "binary_expression" | "argument_list" | "return_statement" | "init_declarator" => true,
        _ => false,
    };
    read.then(|| past_index(function, index))?
}

fn write_past_index(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (index, user) = element(function, node)?;
    let write =
        user.kind() == "assignment_expression" && user.child_by_field_name("left") == Some(node);
    write.then(|| past_index(function, index))?
}

fn unbounded_format(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, arguments) = function.call(node)?;
    let unbounded = match name {
        "snprintf" | "scnprintf" => "sprintf",
        "vsnprintf" => "vsprintf",
        _ => return None,
    };
    let (target, format) = (*arguments.first()?, *arguments.get(2)?);
    let target = function.text(target);
    Fault::at(
        node.start_byte()..format.start_byte(),
        format!("{unbounded}({target}, "),
        one_line(target),
    )
}

fn unbounded_copy(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, arguments) = function.call(node)?;
    let unbounded = match name {
        "strncpy" | "strlcpy" | "strscpy" => "strcpy",
        "strncat" | "strlcat" => "strcat",
        _ => return None,
    };
    let [target, source, _] = arguments[..] else { return None };
    node.parent().filter(|parent| parent.kind() == "expression_statement")?;
    let (target, source) = (function.text(target), function.text(source));
    Fault::replace(node, format!("{unbounded}({target}, {source})"), one_line(target))
}

fn scan_width_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, _) = function.enclosing_call(node)?;
    let format = function.text(node);
    let width = format.match_indices('%').find_map(|(at, _)| {
        let rest = &format[at + 1..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        (digits > 0 && rest[digits..].starts_with(['s', '['])).then_some(at + 1..at + 1 + digits)
    })?;
    let start = node.start_byte();
    let scans = matches!(name, "scanf" | "fscanf" | "sscanf");
    scans.then(|| Fault::at(start + width.start..start + width.end, "", name))?
}

fn is_allocation(name: &str) -> bool {
    matches!(
        name,
        "malloc"
            | "calloc"
            | "realloc"
            | "alloca"
            | "kmalloc"
            | "kzalloc"
            | "kcalloc"
            | "vmalloc"
            | "g_malloc"
    )
}

fn allocation_one_short(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (name, _) = function.enclosing_call(node)?;
    let (left, operator, right) = sides(function, node)?;
    let one = operator == "+" && function.text(right) == "1";
    let size = function.text(left);
    (one && is_allocation(name)).then(|| Fault::replace(node, size, one_line(size)))?
}

fn size_of_pointer(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let subject = |inner: &str| format!("sizeof({inner})");
    if let Some(value) = node.child_by_field_name("value") {
        let star = crate::syntax::bare(value);
        let name = variable(function, star.child_by_field_name("argument")?)?;
        let through = star.kind() == "pointer_expression" && function.text(star).starts_with('*');
        return through.then(|| Fault::replace(star, name, subject(name)))?;
    }
    let kind = node.child_by_field_name("type").filter(|kind| children(Some(*kind)).len() == 1)?;
    let (name, _) = function.enclosing_call(node)?;
    let pointer = format!("{} *", function.text(kind));
    let fits = is_allocation(name) && function.text(kind).starts_with("struct ");
    fits.then(|| Fault::replace(kind, &*pointer, subject(&pointer)))?
}

fn terminator_removed(function: &Function<'_>, node: Node<'_>) -> Option<Fault> {
    let (left, right) = assignment(function, node)?;
    let terminates = left.kind() == "subscript_expression" && function.text(right) == r"'\0'";
    terminates.then(|| Fault::remove(function, node, one_line(function.field(left, "argument"))))?
}
