//! The edit that breaks a file at one place, and what the rules need to make one.

use std::ops::Range;

use tree_sitter::Node;

use crate::syntax::{Function, ancestors, bare, children};

/// An edit that breaks a file.
pub(super) struct Fault {
    /// The bytes that are replaced.
    pub(super) range: Range<usize>,
    /// What takes their place.
    pub(super) with: String,
    /// How far into `with` the report points.
    pub(super) offset: usize,
    /// What the report is about: a variable, an expression, a function.
    pub(super) subject: String,
}

impl Fault {
    /// Other text for `range`.
    pub(super) fn at(
        range: Range<usize>,
        with: impl Into<String>,
        subject: impl Into<String>,
    ) -> Option<Self> {
        Some(Self { range, with: with.into(), offset: 0, subject: subject.into() })
    }

    /// Other text for `node`.
    pub(super) fn replace(
        node: Node<'_>,
        with: impl Into<String>,
        subject: impl Into<String>,
    ) -> Option<Self> {
        Self::at(node.byte_range(), with, subject)
    }

    /// Another operator for a binary expression.
    pub(super) fn operator(
        function: &Function<'_>,
        expression: Node<'_>,
        with: &str,
    ) -> Option<Self> {
        let operator = expression.child_by_field_name("operator")?;
        Self::at(operator.byte_range(), with, one_line(function.text(expression)))
    }

    /// No `statement`, nor the line of it if it has one for itself.
    pub(super) fn remove(
        function: &Function<'_>,
        statement: Node<'_>,
        subject: impl Into<String>,
    ) -> Option<Self> {
        if !in_block(statement) {
            return None;
        }
        let file = function.file();
        let range = statement.byte_range();
        let start = file[..range.start].trim_end_matches([' ', '\t']).len();
        let rest = file[range.end..].trim_start_matches([' ', '\t', '\r']);
        let alone = (start == 0 || file[..start].ends_with('\n')) && rest.starts_with('\n');
        let end = file.len() - rest.len() + 1;
        Self::at(if alone { start..end } else { range }, "", subject)
    }

    /// The statement twice; the report points to the second.
    pub(super) fn repeat(
        function: &Function<'_>,
        statement: Node<'_>,
        subject: &str,
    ) -> Option<Self> {
        let text = function.text(statement);
        let gap = format!("\n{}", indent(function, statement));
        let with = format!("{text}{gap}{text}");
        let offset = text.len() + gap.len();
        in_block(statement).then(|| Self {
            range: statement.byte_range(),
            with,
            offset,
            subject: subject.into(),
        })
    }

    /// `statement` before the one that it follows, which the report points to.
    pub(super) fn hoist(
        function: &Function<'_>,
        statement: Node<'_>,
        before: Node<'_>,
        subject: &str,
    ) -> Option<Self> {
        let gap = function.slice(before.end_byte()..statement.start_byte());
        let first = function.text(statement);
        let with = format!("{first}{gap}{}", function.text(before));
        let range = before.start_byte()..statement.end_byte();
        let offset = first.len() + gap.len();
        gap.trim().is_empty().then(|| Self { range, with, offset, subject: subject.into() })
    }
}

/// The name of a variable, or of a field of one.
pub(super) fn place<'t>(function: &Function<'t>, node: Node<'t>) -> Option<&'t str> {
    matches!(node.kind(), "identifier" | "field_expression").then(|| function.text(node))
}

/// The name of a variable.
pub(super) fn variable<'t>(function: &Function<'t>, node: Node<'t>) -> Option<&'t str> {
    (node.kind() == "identifier").then(|| function.text(node))
}

/// The condition of a statement without its parentheses.
pub(super) fn condition(statement: Node<'_>) -> Option<Node<'_>> {
    statement.child_by_field_name("condition").map(bare)
}

/// The sides of a binary expression or an assignment with the operator between them.
pub(super) fn sides<'t>(
    function: &Function<'t>,
    node: Node<'t>,
) -> Option<(Node<'t>, &'t str, Node<'t>)> {
    let known = matches!(node.kind(), "binary_expression" | "assignment_expression");
    let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
    known.then(|| (left, function.field(node, "operator"), right))
}

/// The sides of a statement that is only an assignment with `=`.
pub(super) fn assignment<'t>(
    function: &Function<'t>,
    statement: Node<'t>,
) -> Option<(Node<'t>, Node<'t>)> {
    let inner = statement.named_child(0).filter(|inner| inner.kind() == "assignment_expression")?;
    let (left, operator, right) = sides(function, inner)?;
    (statement.kind() == "expression_statement" && operator == "=").then_some((left, right))
}

/// What an `if` without `else` does if its condition holds.
pub(super) fn only_branch(statement: Node<'_>) -> Option<Node<'_>> {
    let lone = statement.child_by_field_name("alternative").is_none();
    statement.child_by_field_name("consequence").filter(|_| lone)
}

/// The branch of an `if` without `else` that leaves what is around it.
pub(super) fn leaving_branch<'t>(function: &Function<'t>, statement: Node<'t>) -> Option<Node<'t>> {
    let branch = only_branch(statement)?;
    let last = if branch.kind() == "compound_statement" {
        *children(Some(branch)).last()?
    } else {
        branch
    };
    let jump = matches!(
        last.kind(),
        "return_statement" | "break_statement" | "continue_statement" | "goto_statement"
    );
    let call = function.call_statement(last).map(|(name, _)| name);
    (jump || matches!(call, Some("exit" | "abort" | "_exit"))).then_some(branch)
}

/// Whether `node` reads or writes through the pointer `name`.
pub(super) fn dereferences(function: &Function<'_>, node: Node<'_>, name: &str) -> bool {
    let argument = |node: Node<'_>| function.field(node, "argument") == name;
    match node.kind() {
        "pointer_expression" => function.text(node).starts_with('*') && argument(node),
        "field_expression" => function.field(node, "operator") == "->" && argument(node),
        "subscript_expression" => argument(node),
        _ => false,
    }
}

/// Whether the variable `name` gets a value in `node` that depends on the one it has.
pub(super) fn accumulates(function: &Function<'_>, node: Node<'_>, name: &str) -> bool {
    match node.kind() {
        "update_expression" => function.field(node, "argument") == name,
        "assignment_expression" if function.field(node, "left") == name => {
            let right = node.child_by_field_name("right");
            function.field(node, "operator") != "="
                || right.is_some_and(|right| function.mentions(right, name))
        }
        _ => false,
    }
}

/// The loops around a node, from the inside.
pub(super) fn loops(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    ancestors(node).filter(|above| {
        matches!(above.kind(), "for_statement" | "while_statement" | "do_statement")
    })
}

/// An expression on one line, for a report.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a statement may be left out: it stands in a block, or after another one below a `case`.
fn in_block(statement: Node<'_>) -> bool {
    let before = || {
        statement.prev_named_sibling().is_some_and(|before| before.kind().ends_with("_statement"))
    };
    match statement.parent().map(|parent| parent.kind()) {
        Some("compound_statement") => true,
        Some("case_statement") => before(),
        _ => false,
    }
}

/// The white space before a statement on its line.
fn indent<'t>(function: &Function<'t>, statement: Node<'_>) -> &'t str {
    let file = function.file();
    let before = &file[..statement.start_byte()];
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
