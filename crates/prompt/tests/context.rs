//! Context: what the shown code uses is found, ranked, cut and kept within its budget.

#![cfg(feature = "syntax")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use fixwright_prompt::{
    Budget, Definition, DefinitionKind, Index, Margin, Options, Request, Scope, Target,
    estimate_tokens, related, render,
};
use fixwright_report::BugReport;
use proptest::prelude::*;

const MAIN: &str = r#"#include <stdio.h>
#include "ring.h"

static unsigned long dropped;

static void count(struct ring *r)
{
	dropped++;
}

int push(struct ring *r, item_t item, const struct policy *how)
{
	int limit = RING_MAX;

	if (how->strict && r->used > limit)
		return fail(r, ERR_FULL);
	r->items[r->used++] = item;
	count(r);
	return 0;
}
"#;

/// A tree of a few files; some of them say what no other may see.
fn tree() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 9] = [
        ("src/main.c", b"int push(void) { return 1; }\n#define RING_MAX 1\n"),
        (
            "include/ring.h",
            b"#include \"types.h\"\n#define RING_MAX 16\nstruct ring {\n\tint used;\n\titem_t items[RING_MAX + 1];\n};\nint fail(struct ring *r, int error);\n",
        ),
        (
            "include/types.h",
            b"typedef struct item item_t;\nstruct item { int weight; };\nenum error {\n\tERR_NONE,\n\tERR_FULL,\n};\n",
        ),
        ("src/policy.h", b"struct policy {\n\tint strict;\n};\n"),
        (
            "lib/fail.c",
            b"#define ERR_FULL 99\nstatic int limit;\nint fail(struct ring *r, int error)\n{\n\treturn -error;\n}\n",
        ),
        ("other/policy.h", b"struct policy { int other; };\n"),
        ("other/latin.h", b"/* caf\xe9 */\n#define LATIN \"\xe9\"\n"),
        (".git/ring.h", b"#define RING_MAX 2\n"),
        ("notes.txt", b"#define RING_MAX 3\n"),
    ];
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn index(root: &Path) -> Index {
    Index::of_tree(root, &|_| ControlFlow::Continue(())).unwrap()
}

fn found(source: &str, line: usize, tree: Option<&Index>, tokens: usize) -> Vec<Definition> {
    found_at("src/main.c", source, line, tree, tokens, &Options::default())
}

fn found_at(
    path: &str,
    source: &str,
    line: usize,
    tree: Option<&Index>,
    tokens: usize,
    options: &Options,
) -> Vec<Definition> {
    let report = BugReport::default();
    let request = Request::new(&report, path, source, line, options).unwrap();
    related(&request, tree, Budget { tokens, count: &estimate_tokens })
}

fn names(found: &[Definition]) -> Vec<String> {
    found.iter().map(|one| format!("{} {}:{}", one.name, one.path, one.line)).collect()
}

#[test]
fn definitions_come_from_where_the_compiler_would_take_them() {
    let root = tree();
    let index = index(root.path());
    assert_eq!((index.stats().files, index.stats().unreadable), (7, 0));
    let found = found(MAIN, 16, Some(&index), 10_000);
    // First what the reported line uses: `fail` is far off, but declared in an included file. Then what the lines beside it do, by distance.
    assert_eq!(
        names(&found),
        [
            "ring include/ring.h:3",
            "fail lib/fail.c:3",
            "ERR_FULL include/types.h:3",
            "count src/main.c:6",
            "item_t include/types.h:1",
            "policy src/policy.h:1",
            "RING_MAX include/ring.h:2",
            "item include/types.h:2",
        ]
    );
    assert_eq!(found[0].text, "struct ring {\n\tint used;\n\titem_t items[RING_MAX + 1];\n};\n");
}

#[test]
fn the_head_of_a_function_is_shown_where_it_is_not() {
    let narrow = Options::default().with_margin(Margin { before: 1, after: 1 });
    let found = found_at("src/main.c", MAIN, 16, None, 1000, &narrow);
    assert_eq!(names(&found), ["push src/main.c:11"]);
    let head = "int push(struct ring *r, item_t item, const struct policy *how);\n";
    assert_eq!((found[0].text.as_str(), found[0].kind), (head, DefinitionKind::Prototype));
}

#[test]
fn a_whole_file_needs_nothing_of_its_own() {
    let options = Options::default().with_target(Target::Program);
    assert_eq!(found_at("src/main.c", MAIN, 16, None, 1000, &options), []);
    let other = found_at("a.java", MAIN, 16, None, 1000, &Options::default());
    assert_eq!(other, []);
}

#[test]
fn what_several_files_far_off_define_is_left_out() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.h"), "#define SIZE 1\n#define ONCE 1\n").unwrap();
    fs::write(root.path().join("b.h"), "#define SIZE 2\n").unwrap();
    let index = index(root.path());
    let source = "int size = SIZE + ONCE;\n";
    let far = found_at("src/x.c", source, 1, Some(&index), 1000, &Options::default());
    assert_eq!(names(&far), ["ONCE a.h:2"]);
    let near = format!("#include \"b.h\"\n{source}");
    let near = found_at("src/x.c", &near, 2, Some(&index), 1000, &Options::default());
    assert_eq!(names(&near), ["SIZE b.h:1", "ONCE a.h:2"]);
}

#[test]
fn a_file_that_has_changed_since_is_not_misread() {
    let root = tree();
    let index = index(root.path());
    fs::write(root.path().join("include/ring.h"), "").unwrap();
    fs::remove_file(root.path().join("src/policy.h")).unwrap();
    let names = names(&found(MAIN, 16, Some(&index), 10_000));
    assert!(!names.iter().any(|name| name.contains("ring.h") || name.contains("src/policy.h")));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tree());
    std::os::unix::fs::symlink(outside.path(), root.path().join("folder")).unwrap();
    let file = outside.path().join("include/ring.h");
    std::os::unix::fs::symlink(file, root.path().join("ring.h")).unwrap();
    assert_eq!(index(root.path()).stats().definitions, 0);
    assert!(Index::of_tree(&root.path().join("gone"), &|_| ControlFlow::Continue(())).is_err());
    let stopped = Index::of_tree(outside.path(), &|_| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err().to_string(), "cancelled");
}

#[test]
fn a_file_with_syntax_errors_still_gives_its_definitions() {
    let root = tempfile::tempdir().unwrap();
    let broken = "struct good { int a; };\nint f(struct good *g) {\n\tif (g->a {\n\t\treturn 1;\n}\n#define LATER 3\nFROB(x) static ;;\nstruct late { int b; };\nint g(int n)\n{\n\treturn n;\n}\n@@ $$ (((\n";
    fs::write(root.path().join("a.h"), broken).unwrap();
    let index = index(root.path());
    assert_eq!(index.stats().broken, 1);
    let source =
        "#include \"a.h\"\nint x = LATER + g(sizeof(struct good) + sizeof(struct late)) ((;\n";
    let found = found_at("x.c", source, 2, Some(&index), 1000, &Options::default());
    let found: Vec<_> = found.iter().map(|one| one.name.as_str()).collect();
    for name in ["LATER", "good", "late", "g"] {
        assert!(found.contains(&name), "{name} is not in {found:?}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let root = tree();
    let found = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let index = pool.install(|| index(root.path()));
        (index.stats(), found(MAIN, 16, Some(&index), 10_000))
    };
    assert_eq!(found(1), found(7));
}

#[test]
fn the_prompt_has_the_definitions_before_the_code() {
    let report = BugReport::default();
    let request = Request::new(&report, "a.c", "f(`x`);\n", 1, &Options::default()).unwrap();
    let plain = render(&request);
    let definition = Definition {
        path: "f.h".into(),
        line: 7,
        name: "f".into(),
        kind: DefinitionKind::Macro,
        text: "#define f(x) ```x```\n".into(),
    };
    let with = render(&request.clone().with_definitions(vec![definition.clone(), definition]));
    let shown = "What the code uses:\n````c\n/* f.h:7 */\n#define f(x) ```x```\n\n/* f.h:7 */\n#define f(x) ```x```\n````\n\nLines 1 to 1:\n";
    let (text, plain_text) = (&with.messages[1].content, &plain.messages[1].content);
    assert_eq!(text.replace(shown, "Lines 1 to 1:\n"), *plain_text);
    assert_ne!(text, plain_text);
    assert_eq!(with.draft, plain.draft);
    assert_eq!(render(&request.with_definitions(Vec::new())), plain);
}

#[test]
fn the_scope_is_the_window_that_is_rewritten() {
    let options = Options::default().with_scope(Scope::Function);
    let report = BugReport::default();
    let lines = |source: &str, line| {
        Request::new(&report, "a.c", source, line, &options).unwrap().window().lines.clone()
    };
    assert_eq!(lines(MAIN, 16), 11..=20);
    assert_eq!(lines(MAIN, 4), 1..=9);
    assert_eq!(lines(&MAIN.replace("strict &&", "strict && ) {"), 15), 10..=20);
    let request = Request::new(&report, "a.c", MAIN, 16, &Options::default()).unwrap();
    assert_eq!(request.clone().with_lines(0..=12).window().lines, 1..=16);
    assert_eq!(request.with_lines(18..=99).window().lines, 16..=20);
}

/// Pieces of C, whole and broken.
fn code() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-e]{1,2}",
        "[(){};,*&.<>=#\"'/\\\\\n \t]{1,4}",
        proptest::sample::select(vec![
            "struct a {\n",
            "};\n",
            "#define b(c) c\n",
            "#include \"a.h\"\n",
            "int ",
            "typedef ",
            "enum d {\n",
            "int f(struct a *c)\n{\n",
            "return a->b;\n}\n",
            "#if a\n",
            "#endif\n",
            "#else\n",
            "static ",
            "/*",
            "*/",
            "ä漢\u{0}",
            "\r\n",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 1..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_file_has_context_within_its_budget(
        source in code(),
        header in prop_oneof![code().prop_map(String::into_bytes), proptest::collection::vec(any::<u8>(), 0..200)],
        line in 1..40usize,
        tokens in 0..120usize,
        target in proptest::sample::select(Target::ALL.to_vec()),
        scope in proptest::sample::select(vec![Scope::Window, Scope::Function]),
    ) {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.h"), header).unwrap();
        fs::write(root.path().join("b.c"), &source).unwrap();
        let index = index(root.path());
        let report = BugReport::default();
        let options = Options::default().with_target(target).with_scope(scope).with_margin(Margin { before: 1, after: 1 });
        let Ok(request) = Request::new(&report, "x.c", &source, line, &options) else { return Ok(()) };
        prop_assert!(request.window().lines.contains(&line));

        let words = |text: &str| text.split_whitespace().count();
        let found = related(&request, Some(&index), Budget { tokens, count: &words });
        prop_assert_eq!(&found, &related(&request, Some(&index), Budget { tokens, count: &words }));
        let plain = words(&render(&request).messages[1].content);
        let with = words(&render(&request.with_definitions(found)).messages[1].content);
        prop_assert!(with <= plain + tokens, "{with} words with context, {plain} without, {tokens} allowed");
    }
}
