//! Diffs as they occur: what is read, and what is refused with which words and where.

use fixwright_patch::{Error, Mode, Origin, Patch, Problem, Unsupported};

const EDIT: &str = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n";

/// What is read, and how it is printed again.
const READ: &[(&str, &str, &str)] = &[
    ("nothing", "", ""),
    ("prose alone", "no diff\nhere\n", ""),
    ("plain", EDIT, EDIT),
    (
        "prose around",
        "Subject: x\n---\n x | 2 +-\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n-- \n2.39.0\n\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n",
    ),
    (
        "section",
        "--- a/x\n+++ b/x\n@@ -7 +7 @@ int f(void) \n-b\n+c\n",
        "--- a/x\n+++ b/x\n@@ -7 +7 @@ int f(void)\n-b\n+c\n",
    ),
    (
        "explicit ones",
        "--- a/x\n+++ b/x\n@@ -7,1 +7,1 @@\n-b\n+c\n",
        "--- a/x\n+++ b/x\n@@ -7 +7 @@\n-b\n+c\n",
    ),
    (
        "time stamps",
        "--- x\t2024-01-01 10:00:00.0 +0100\n+++ x\t2024-01-02\n@@ -1 +1 @@\n-b\n+c\n",
        "--- x\n+++ x\n@@ -1 +1 @@\n-b\n+c\n",
    ),
    (
        "lines like headers",
        "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n-@@ -1 +1 @@\n+++ b/y\n+diff --git a/z b/z\n",
        "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n-@@ -1 +1 @@\n+++ b/y\n+diff --git a/z b/z\n",
    ),
    (
        "blank context line",
        "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n\n-b\n",
        "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n \n-b\n",
    ),
    (
        "CRLF in the text",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\r\n+c\r\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\r\n+c\r\n",
    ),
    (
        "CRLF everywhere",
        "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@ f\r\n-b\r\n+c\r\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@ f\n-b\r\n+c\r\n",
    ),
    (
        "marker at the very end",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n\\ No newline at end of file\n+c\n\\ Kein Zeilenumbruch",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n",
    ),
    (
        "two files",
        "diff -ru a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\nOnly in b: z\ndiff -ru a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-b\n+c\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-b\n+c\n",
    ),
    (
        "git edit",
        "diff --git a/x b/x\nindex 123..456 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n",
    ),
    (
        "mode alone",
        "diff --git a/x y b/x y\nold mode 100644\nnew mode 100755\n",
        "diff --git \"a/x y\" \"b/x y\"\nold mode 100644\nnew mode 100755\n",
    ),
    (
        "rename alone",
        "diff --git a/x b b/y b\nsimilarity index 100%\nrename from x b\nrename to y b\n",
        "diff --git \"a/x b\" \"b/y b\"\nrename from x b\nrename to y b\n",
    ),
    (
        "copy with an edit",
        "diff --git a/x b/y\nsimilarity index 90%\ncopy from x\ncopy to y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-b\n+c\n",
        "diff --git a/x b/y\ncopy from x\ncopy to y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-b\n+c\n",
    ),
    (
        "rename, no prefix",
        "diff --git x y\nrename from x\nrename to y\n",
        "diff --git x y\nrename from x\nrename to y\n",
    ),
    (
        "created empty",
        "diff --git a/x b/x\nnew file mode 100755\nindex 0..e\n",
        "diff --git a/x b/x\nnew file mode 100755\n",
    ),
    (
        "deleted",
        "diff --git a/x b/x\ndeleted file mode 100644\nindex 1..0\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n",
        "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n",
    ),
    (
        "quoted",
        "diff --git \"a/\\303\\251\\t\" \"b/\\303\\251\\t\"\n--- \"a/\\303\\251\\t\"\n+++ \"b/\\303\\251\\t\"\n@@ -1 +1 @@\n-b\n+c\n",
        "--- \"a/\\303\\251\\t\"\n+++ \"b/\\303\\251\\t\"\n@@ -1 +1 @@\n-b\n+c\n",
    ),
];

const SEMANTIC: &str = "Done with:\n\n@@\nexpression e;\n@@\n- f(e)\n+ g(e)\n---\n x.c | 2 +-\n\n";

#[test]
fn a_semantic_patch_in_a_mail_is_prose() {
    let diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n-- \n2.1\n";
    let mail = format!("{SEMANTIC}{diff}");
    let patch = Patch::parse(diff).unwrap();
    assert_eq!(Patch::parse(&mail).unwrap(), patch);
    let recovered = Patch::recover(&mail).unwrap();
    assert_eq!(recovered.files.len(), 1);
    assert_eq!(recovered.files[0].patch, patch.files[0]);
}

#[test]
fn what_occurs_is_read() {
    for (name, diff, printed) in READ {
        let patch = Patch::parse(diff).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(patch.to_string(), *printed, "{name}");
    }
}

/// What is refused: the last part of the diff, the line, and the problem.
fn refused() -> Vec<(&'static str, usize, Problem)> {
    use Problem as P;
    vec![
        ("@@ -1 +1 @@\n-b\n+c\n", 1, P::HunkWithoutFile),
        ("--- a/x\n@@ -1 +1 @@\n-b\n+c\n", 2, P::HunkWithoutFile),
        ("--- a/x\n+++ b/x\n", 1, P::NoChange),
        ("diff --git a/x b/x\nindex 1..2\n", 1, P::NoChange),
        ("--- a/x\n+++ b/x\n@@ ... @@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@ -1 +1@@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@ -0 +1 @@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@ -0,0 +0,0 @@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@ -\u{664} +1 @@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@ -18446744073709551615,1 +1 @@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@ -1,99999999999999999999 +1 @@\n b\n", 3, P::HunkHeader),
        ("--- a/x\n+++ b/x\n@@ -1,2147483647 +1,2147483647 @@\n b\n", 3, P::Truncated),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c", 6, P::Truncated),
        ("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-b\n+c\n+d\n e\n", 7, P::HunkTooLong),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-b\n+c\n+d\n", 6, P::HunkTooLong),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n\nwell\n+d\n", 8, P::HunkTooLong),
        ("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-b\n+c\n@@ -9 +9 @@\n-b\n+c\n", 6, P::HunkTooShort),
        ("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-b\nc\n", 5, P::HunkLine),
        ("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n\\ No newline\n", 4, P::HunkLine),
        (
            "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-b\n\\ No newline at end of file\n-c\n",
            6,
            P::AfterLastLine,
        ),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n\\ No\n\\ No\n", 7, P::HunkTooLong),
        ("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-b\n+c\n", 2, P::Name),
        ("--- \n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n", 1, P::Name),
        ("--- \"a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n", 1, P::Name),
        ("--- \"a/\\400\"\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n", 1, P::Name),
        ("diff --git a/x b/y\nold mode 100644\nnew mode 100755\n", 1, P::Name),
        ("diff --git a/x b/x\nold mode 100644\n", 1, P::Contradiction),
        ("diff --git a/x b/x\nrename from x\n", 1, P::Contradiction),
        (
            "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-b\n+c\n",
            1,
            P::Contradiction,
        ),
        (
            "diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n",
            3,
            P::Contradiction,
        ),
        (
            "diff --git a/x b/x\nGIT binary patch\nliteral 1\n",
            2,
            P::Unsupported(Unsupported::Binary),
        ),
        (
            "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n",
            3,
            P::Unsupported(Unsupported::Binary),
        ),
        ("Binary files a/x and b/x differ\n", 1, P::Unsupported(Unsupported::Binary)),
        ("diff --git a/x b/x\nindex 1..2 120000\n", 2, P::Unsupported(Unsupported::Symlink)),
        ("diff --git a/x b/x\nnew file mode 160000\n", 2, P::Unsupported(Unsupported::Gitlink)),
        ("diff --git a/x b/x\nnew file mode 040000\n", 2, P::Unsupported(Unsupported::Mode)),
        ("diff --git a/x b/y\ncopy from x\nrename to y\n", 1, P::Contradiction),
        ("diff --cc x\nindex 1,2..3\n", 1, P::Unsupported(Unsupported::Combined)),
        (
            "*** a/x\n--- b/x\n***************\n*** 1 ****\n",
            3,
            P::Unsupported(Unsupported::Context),
        ),
    ]
}

#[test]
fn what_is_not_understood_is_refused() {
    for (diff, line, problem) in refused() {
        match Patch::parse(diff) {
            Err(Error::Parse { line: found, problem: why, span }) => {
                assert_eq!((found, &why), (line, &problem), "{diff}");
                let text = diff.split_inclusive('\n').nth(line - 1).unwrap();
                assert_eq!(&diff[span], text);
            }
            other => panic!("{diff}: {other:?}"),
        }
    }
}

#[test]
fn git_headers_are_kept() {
    let patch = Patch::parse("diff --git a/x b/y\nold mode 100644\nnew mode 100755\nsimilarity index 90%\nrename from x\nrename to y\n").unwrap();
    let file = &patch.files[0];
    assert_eq!(
        (file.old_path.as_deref(), file.new_path.as_deref()),
        (Some(&b"a/x"[..]), Some(&b"b/y"[..]))
    );
    assert_eq!((file.old_mode, file.new_mode), (Some(Mode::Regular), Some(Mode::Executable)));
    assert_eq!(file.origin, Origin::Renamed);
    assert!(!patch.is_empty());
}
