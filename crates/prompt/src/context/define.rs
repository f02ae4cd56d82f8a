//! What a file defines.

use std::ops::Range;

use tree_sitter::{Node, Tree};

use super::syntax::{declared, preorder, text_of};
use crate::DefinitionKind as Kind;

/// A definition in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where its name is.
    pub(super) name: Range<usize>,
    /// Where all of it is.
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
    /// Whether other files see it only by including this one.
    pub(super) private: bool,
}

/// The definitions in a file that are outside of functions; macros are found inside too where the syntax is broken.
pub(super) fn definitions(tree: &Tree, text: &[u8]) -> Vec<Found> {
    let mut finder = Finder { text, found: Vec::new(), inside: 0, alias: None, members: 0..0 };
    preorder(tree.root_node(), |node| finder.visit(node));
    finder.found
}

/// A walk over a file. What it knows of the nodes above the current one it remembers: to ask the tree takes time in its width.
struct Finder<'t, 's> {
    text: &'s [u8],
    found: Vec<Found>,
    /// The end of the function that is looked into.
    inside: usize,
    /// The last type definition and the type that it gives a name.
    alias: Option<(Node<'t>, Node<'t>)>,
    /// The definition that enumerators belong to.
    members: Range<usize>,
}

impl<'t> Finder<'t, '_> {
    /// Takes what a node defines, and says whether there may be more below it.
    fn visit(&mut self, node: Node<'t>) -> bool {
        match node.kind() {
            "preproc_def" | "preproc_function_def" => {
                self.named(node, node.byte_range(), Kind::Macro);
            }
            "struct_specifier" | "union_specifier" | "enum_specifier" => return self.tag(node),
            "enumerator" => self.named(node, self.members.clone(), Kind::Enumerator),
            "type_definition" => {
                self.alias = node.child_by_field_name("type").map(|aliased| (node, aliased));
                self.declarators(node, |_| Kind::Typedef);
            }
            "declaration" if node.start_byte() >= self.inside => {
                let kind = |function| if function { Kind::Prototype } else { Kind::Global };
                self.declarators(node, kind);
            }
            "function_definition" => self.declarators(node, |_| Kind::Function),
            "compound_statement" if node.has_error() => {
                self.inside = self.inside.max(node.end_byte());
            }
            "compound_statement" | "init_declarator" | "function_declarator" => return false,
            _ if node.is_error() => self.cut_off(node),
            _ => {}
        }
        true
    }

    /// A structure, union or enumeration, if its members are there.
    fn tag(&mut self, node: Node<'t>) -> bool {
        let complete = node.child_by_field_name("body").is_some();
        if complete {
            let alias = self.alias.filter(|(_, aliased)| *aliased == node);
            let span = alias.map_or(node, |(alias, _)| alias).byte_range();
            self.members = span.clone();
            self.named(node, span, Kind::Tag);
        }
        complete
    }

    /// What the declarators of a declaration name.
    fn declarators(&mut self, node: Node<'t>, kind: impl Fn(bool) -> Kind) {
        let private =
            node.children(&mut node.walk()).any(|child| text_of(child, self.text) == "static");
        for declarator in node.children_by_field_name("declarator", &mut node.walk()) {
            if let Some((name, function)) = declared(declarator) {
                let kind = kind(function);
                let linked = matches!(kind, Kind::Function | Kind::Prototype | Kind::Global);
                self.push(name, node.byte_range(), kind, private || !linked);
            }
        }
    }

    /// The heads of functions whose bodies are not understood.
    fn cut_off(&mut self, node: Node<'t>) {
        let mut start = node.start_byte();
        for child in node.children(&mut node.walk()) {
            match child.kind() {
                "function_declarator" | "pointer_declarator" if start >= self.inside => {
                    if let Some((name, true)) = declared(child) {
                        self.push(name, start..child.end_byte(), Kind::Prototype, false);
                    }
                    start = child.end_byte();
                }
                "storage_class_specifier" | "type_qualifier" => {}
                _ if child.kind().contains("type") || child.kind().ends_with("_specifier") => {
                    start = child.start_byte();
                }
                _ => start = child.end_byte(),
            }
        }
    }

    fn named(&mut self, node: Node<'t>, span: Range<usize>, kind: Kind) {
        if let Some(name) = node.child_by_field_name("name") {
            self.push(name, span, kind, true);
        }
    }

    fn push(&mut self, name: Node<'t>, span: Range<usize>, kind: Kind, private: bool) {
        let name = name.byte_range();
        // An enumerator that the syntax tears from its list has no definition to show.
        if !name.is_empty() && span.start <= name.start && name.end <= span.end {
            self.found.push(Found { name, span, kind, private });
        }
    }
}

/// The files that a file includes, as it names them.
pub(super) fn includes<'s>(tree: &Tree, text: &'s [u8]) -> Vec<&'s str> {
    let mut paths = Vec::new();
    preorder(tree.root_node(), |node| {
        if node.kind() == "preproc_include"
            && let Some(path) = node.child_by_field_name("path")
        {
            let name = text_of(path, text).trim_matches(['"', '<', '>']);
            paths.extend(Some(name).filter(|name| !name.is_empty() && !name.contains('\n')));
        }
        node.kind() == "translation_unit"
            || node.kind().starts_with("preproc_if")
            || node.is_error()
    });
    paths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::context::syntax::Syntax;

    fn found(text: &[u8]) -> Vec<Found> {
        definitions(&Syntax::new().unwrap().parse(text).unwrap(), text)
    }

    /// Name, kind and whether it is private.
    type Said<'t> = (&'t str, Kind, bool);

    fn said(text: &str) -> Vec<Said<'_>> {
        found(text.as_bytes())
            .into_iter()
            .map(|one| (&text[one.name], one.kind, one.private))
            .collect()
    }

    #[test]
    fn everything_outside_of_functions_is_found() {
        let cases: [(&str, &[Said<'_>]); 12] = [
            (
                "#define A 1\n#define B(x) \\\n\t(x)\n",
                &[("A", Kind::Macro, true), ("B", Kind::Macro, true)],
            ),
            (
                "struct s { struct { int a; } b; union u { int c; } d; };",
                &[("s", Kind::Tag, true), ("u", Kind::Tag, true)],
            ),
            ("struct s;\nstruct s *p;", &[("p", Kind::Global, false)]),
            (
                "typedef struct { int a; } t, *tp;",
                &[("t", Kind::Typedef, true), ("tp", Kind::Typedef, true)],
            ),
            ("typedef int (*fn)(void);", &[("fn", Kind::Typedef, true)]),
            (
                "enum e { A, B = 2 };",
                &[
                    ("e", Kind::Tag, true),
                    ("A", Kind::Enumerator, true),
                    ("B", Kind::Enumerator, true),
                ],
            ),
            (
                "int *f(int a) { int b; struct in { int c; } d; return 0; }",
                &[("f", Kind::Function, false)],
            ),
            ("static inline int f(void) { return 0; }", &[("f", Kind::Function, true)]),
            (
                "int f(int), *g(void), (*h)(int);",
                &[
                    ("f", Kind::Prototype, false),
                    ("g", Kind::Prototype, false),
                    ("h", Kind::Global, false),
                ],
            ),
            (
                "static int a[2] = { 1, 2 }, b;",
                &[("a", Kind::Global, true), ("b", Kind::Global, true)],
            ),
            (
                "extern \"C\" {\n#if A\nint f(void);\n#else\nint g(void);\n#endif\n}",
                &[("f", Kind::Prototype, false), ("g", Kind::Prototype, false)],
            ),
            (
                "int f(int a)\n{\n\tif (a {\n\n#define B 1\n",
                &[("f", Kind::Prototype, false), ("B", Kind::Macro, true)],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn a_type_and_its_name_are_one_definition() {
        let text = "typedef enum e { A } e_t;";
        let spans: Vec<_> = found(text.as_bytes()).into_iter().map(|one| one.span).collect();
        assert_eq!(spans, [0..text.len(), 0..text.len(), 0..text.len()]);
    }

    #[test]
    fn included_paths_are_as_they_are_named() {
        let text = b"#include <a/b.h>\n#ifdef X\n#include \"c.h\"\n#endif\n#include MACRO\n#include \"\"\n";
        let tree = Syntax::new().unwrap().parse(text).unwrap();
        assert_eq!(includes(&tree, text), ["a/b.h", "c.h", "MACRO"]);
    }

    proptest! {
        #[test]
        fn spans_are_inside_the_file(
            text in proptest::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(b"{}();=*#\n".to_vec())], 0..300),
            code in "((struct|enum|int|typedef|#define|static) ?[ab] ?[{}();=,*\n]{0,3}){0,12}",
        ) {
            for text in [text.as_slice(), code.as_bytes()] {
                for found in found(text) {
                    prop_assert!(found.span.end <= text.len());
                    prop_assert!(found.span.start <= found.name.start && found.name.end <= found.span.end);
                    prop_assert!(!found.name.is_empty());
                }
            }
        }
    }
}
