//! Where hunks do not fit: which one, where, and what was there.

use fixwright_patch::{DiffOptions, Error, FilePatch, Patch};

fn file(diff: &str) -> FilePatch {
    Patch::parse(diff).unwrap().files.remove(0)
}

/// A hunk body for a file `x`, the text to patch, and the message.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "@@ -1,2 +1,2 @@\n a\n-b\n+c\n",
        "a\nx\n",
        "hunk 1 does not match at line 2: expected \"b\\n\", found \"x\\n\"",
    ),
    (
        "@@ -1,2 +1,2 @@\n a\n-b\n+c\n",
        "a\nb",
        "hunk 1 does not match at line 2: expected \"b\\n\", found \"b\"",
    ),
    (
        "@@ -1,2 +1,2 @@\n a\n-b\n+c\n",
        "a\nb\r\n",
        "hunk 1 does not match at line 2: expected \"b\\n\", found \"b\\r\\n\"",
    ),
    (
        "@@ -1,2 +1,2 @@\n a\n-b\n+c\n",
        "a\n",
        "hunk 1 does not match at line 2: expected \"b\\n\", found the end of the file",
    ),
    (
        "@@ -5 +5 @@\n-b\n+c\n",
        "a\nb\n",
        "hunk 1 does not match at line 3: expected \"b\\n\", found the end of the file",
    ),
    (
        "@@ -5,0 +6 @@\n+c\n",
        "a\nb\n",
        "hunk 1 does not match at line 3: expected a line, found the end of the file",
    ),
    (
        "@@ -1 +1 @@\n-a\n+b\n@@ -3 +3 @@\n-a\n+b\n",
        "a\nb\nc\n",
        "hunk 2 does not match at line 3: expected \"a\\n\", found \"c\\n\"",
    ),
    (
        "@@ -2 +2 @@\n-b\n+c\n@@ -1 +1 @@\n-a\n+c\n",
        "a\nb\n",
        "hunk 2 overlaps the one before it or is out of order",
    ),
    (
        "@@ -1,2 +1,2 @@\n-a\n+x\n b\n@@ -2 +2 @@\n-b\n+c\n",
        "a\nb\n",
        "hunk 2 overlaps the one before it or is out of order",
    ),
    (
        "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n",
        "a\nc\n",
        "hunk 1 would join line 1 of the result to a line without a newline",
    ),
    (
        "@@ -1,0 +2 @@\n+b\n",
        "a",
        "hunk 1 would join line 1 of the result to a line without a newline",
    ),
    ("@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a\nc\n", "the patch is already applied"),
];

#[test]
fn a_misfit_names_its_place() {
    for (body, old, message) in REFUSED {
        let patch = file(&format!("--- a/x\n+++ b/x\n{body}"));
        let error = patch.apply(old.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), *message, "{body}");
    }
}

#[test]
fn a_hunk_stays_at_its_line_even_if_it_fits_elsewhere() {
    let patch = file("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n");
    assert!(matches!(patch.apply(b"x\na\n"), Err(Error::Conflict(_))));
    assert_eq!(patch.apply(b"a\na\n").unwrap().text, b"b\na\n");
}

#[test]
fn a_created_file_must_not_have_text() {
    let patch = FilePatch::between("x", None, Some(b"a\n"), &DiffOptions::default());
    assert_eq!(patch.apply(b"").unwrap().text, b"a\n");
    assert!(matches!(patch.apply(b"b\n"), Err(Error::Exists)));
    assert!(matches!(patch.apply(b"a\n"), Err(Error::AlreadyApplied)));
}

#[test]
fn a_deleted_file_must_not_keep_text() {
    let patch = file("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
    assert_eq!(patch.apply(b"a\n").unwrap().text, b"");
    assert!(matches!(patch.apply(b"a\nb\n"), Err(Error::NotEmptied)));
}

#[test]
fn a_long_line_is_shortened_in_the_message() {
    let patch = file("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n");
    let error = patch.apply(&[b'x'; 100_000]).unwrap_err();
    assert!(error.to_string().len() < 300, "{error}");
}
