//! What names are declared as, as far as the declarations in the same file say it.

use std::collections::HashMap;

use tree_sitter::Node;

use super::{Function, bare, children};

/// How deep an expression is looked into.
const MAX_DEPTH: u32 = 32;

/// What is known of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Type {
    base: Base,
    /// How many `*` the declaration has.
    pub(crate) pointers: u8,
    /// How many `[]` the declaration has.
    pub(crate) arrays: u8,
    /// Whether any part of it is `const`.
    pub(crate) constant: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Integer,
    Float,
    Other,
}

impl Type {
    const INTEGER: Self = Self { base: Base::Integer, pointers: 0, arrays: 0, constant: false };
    const FLOAT: Self = Self { base: Base::Float, ..Self::INTEGER };

    /// Whether it is an integer or a floating-point number.
    pub(crate) fn is_number(self) -> bool {
        self.base != Base::Other && self.pointers + self.arrays == 0
    }

    /// Whether it is an integer.
    pub(crate) fn is_integer(self) -> bool {
        self.is_number() && self.base == Base::Integer
    }

    /// Whether it is a pointer and no array.
    pub(crate) fn is_pointer(self) -> bool {
        self.pointers > 0 && self.arrays == 0
    }

    /// Whether something else can be assigned to it.
    pub(crate) fn is_variable(self) -> bool {
        !self.constant && (self.is_number() || self.is_pointer())
    }

    /// What it has elements of or points to.
    fn element(self) -> Option<Self> {
        match (self.arrays, self.pointers) {
            (1.., _) => Some(Self { arrays: self.arrays - 1, ..self }),
            (0, 1..) => Some(Self { pointers: self.pointers - 1, ..self }),
            _ => None,
        }
    }
}

/// The declared names; nothing stands for one that is declared as several things.
pub(super) struct Types<'t>(HashMap<&'t str, Option<Type>>);

impl<'t> Types<'t> {
    pub(super) fn collect(nodes: impl Iterator<Item = Node<'t>>, text: &'t str) -> Self {
        let mut table = HashMap::new();
        let declarations =
            nodes.filter(|node| matches!(node.kind(), "declaration" | "parameter_declaration"));
        for node in declarations {
            let base = of_declaration(node, text);
            for declarator in node.children_by_field_name("declarator", &mut node.walk()) {
                let Some((name, found)) = declared(declarator, base, text) else { continue };
                let known = table.entry(name).or_insert(found);
                if *known != found {
                    *known = None;
                }
            }
        }
        Self(table)
    }

    pub(super) fn get(&self, name: &str) -> Option<Option<Type>> {
        self.0.get(name).copied()
    }
}

/// The type that a declaration begins with.
fn of_declaration(node: Node<'_>, text: &str) -> Type {
    let base = node
        .child_by_field_name("type")
        .map_or(Base::Other, |kind| of_name(kind, &text[kind.byte_range()]));
    let constant = children(Some(node)).iter().any(|child| &text[child.byte_range()] == "const");
    Type { base, constant, ..Type::INTEGER }
}

fn of_name(node: Node<'_>, name: &str) -> Base {
    let plain = matches!(node.kind(), "primitive_type" | "sized_type_specifier");
    let known =
        ["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "uint", "ulong", "off_t", "time_t"];
    match name {
        "void" => Base::Other,
        _ if plain && (name.contains("float") || name.contains("double")) => Base::Float,
        _ if plain || known.contains(&name) => Base::Integer,
        _ => Base::Other,
    }
}

/// The name in a declarator with its type; nothing for the type if it is a function's.
fn declared<'t>(
    mut node: Node<'t>,
    mut found: Type,
    text: &'t str,
) -> Option<(&'t str, Option<Type>)> {
    let mut function = false;
    while node.kind() != "identifier" {
        match node.kind() {
            "pointer_declarator" => found.pointers = found.pointers.saturating_add(1),
            "array_declarator" => found.arrays = found.arrays.saturating_add(1),
            "function_declarator" => function = true,
            _ => {}
        }
        let inner = node.child_by_field_name("declarator");
        node = inner.or_else(|| {
            (node.kind() == "parenthesized_declarator").then(|| node.named_child(0))?
        })?;
    }
    Some((&text[node.byte_range()], (!function).then_some(found)))
}

/// The type of an expression, as far as the file says it.
pub(super) fn of_expression<'t>(
    function: &Function<'t>,
    node: Node<'t>,
    depth: u32,
) -> Option<Type> {
    let of = |name| {
        let child = node.child_by_field_name(name).filter(|_| depth < MAX_DEPTH)?;
        of_expression(function, child, depth + 1)
    };
    match node.kind() {
        "identifier" => function.declared(function.text(node)),
        "char_literal" | "sizeof_expression" => Some(Type::INTEGER),
        "number_literal" => Some(of_literal(function.text(node))),
        "parenthesized_expression" if depth < MAX_DEPTH => {
            of_expression(function, bare(node), depth + 1)
        }
        "subscript_expression" => of("argument")?.element(),
        "pointer_expression" if function.text(node).starts_with('*') => of("argument")?.element(),
        "update_expression" => of("argument"),
        "unary_expression" if function.field(node, "operator") == "!" => Some(Type::INTEGER),
        "unary_expression" => of("argument").filter(|found| found.is_number()),
        "binary_expression" => match function.field(node, "operator") {
            "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" => Some(Type::INTEGER),
            _ => {
                let (left, right) = (of("left")?, of("right")?);
                let float = left.base == Base::Float || right.base == Base::Float;
                let number = left.is_number() && right.is_number();
                number.then_some(if float { Type::FLOAT } else { Type::INTEGER })
            }
        },
        _ => None,
    }
}

fn of_literal(text: &str) -> Type {
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let float =
        if hexadecimal { text.contains(['p', 'P']) } else { text.contains(['.', 'e', 'E']) };
    if float { Type::FLOAT } else { Type::INTEGER }
}
