//! Reports beside diffs, whatever the two say of paths.

use fixwright_dataset::{Paired, RepairSample, Source};
use tempfile::TempDir;

use crate::write;

const DIFF: &str = "\
--- a/drivers/net/ring.c
+++ b/drivers/net/ring.c
@@ -1,3 +1,3 @@
 int a;
-int b;
+int c;
 int d;
";
const CODE: &str = "int a;\nint b;\nint d;\n";

fn report(file: &str, line: &str) -> String {
    format!("CID: 1\nType: Bug\nFile: {file}\nLine: {line}\n")
}

/// The samples and what was skipped of a folder with these files.
fn read(files: &[(&str, &str)]) -> (Vec<RepairSample>, Vec<(&'static str, u64)>) {
    let folder = TempDir::new().unwrap();
    write(folder.path(), files);
    let mut source =
        Paired::open(&folder.path().join("bugs"), &folder.path().join("code")).unwrap();
    let samples = source.by_ref().map(Result::unwrap).collect();
    (samples, source.skipped().iter().collect())
}

#[test]
fn a_pair_has_the_seven_fields() {
    let report = report("drivers/net/ring.c", "2   ");
    let (samples, skipped) = read(&[
        ("bugs/dev/x-bug.txt", &report),
        ("bugs/dev/x-diff.txt", DIFF),
        ("code/drivers/net/ring.c", CODE),
    ]);
    assert!(skipped.is_empty());
    let [sample] = &samples[..] else { panic!("{samples:?}") };
    assert!(sample.bug_report_path.as_deref().unwrap().ends_with("bugs/dev/x-bug.txt"));
    assert!(sample.diff_path.as_deref().unwrap().ends_with("bugs/dev/x-diff.txt"));
    assert_eq!(sample.bug_report_text.as_deref(), Some(&*report));
    assert_eq!(sample.diff_text.as_deref(), Some(DIFF));
    assert_eq!(sample.source_code_path.as_deref(), Some("drivers/net/ring.c"));
    assert_eq!(sample.line_number, Some(2));
    assert_eq!(sample.code.as_deref(), Some(CODE));
    assert!(sample.extra.is_empty());
    assert_eq!(sample.reference().unwrap().as_deref(), Some("int a;\nint c;\nint d;\n"));
}

#[test]
fn the_file_of_the_diff_counts_if_it_is_there() {
    let report = report("net/ring_buffer.c", "1");
    let (samples, _) = read(&[
        ("bugs/x-bug.txt", &report),
        ("bugs/x-diff.txt", DIFF),
        ("code/drivers/net/ring.c", CODE),
        ("code/net/ring_buffer.c", "int other;\n"),
    ]);
    assert_eq!(samples[0].source_code_path.as_deref(), Some("drivers/net/ring.c"));
    assert_eq!(
        samples[0].extra.get::<String>("reported_path").unwrap().unwrap(),
        "net/ring_buffer.c"
    );
}

#[test]
fn the_file_of_the_report_counts_if_that_of_the_diff_is_not_there() {
    let report = report("/home/me/linux/net/ring_buffer.c", "1");
    let (samples, _) = read(&[
        ("bugs/x-bug.txt", &report),
        ("bugs/x-diff.txt", DIFF),
        ("code/net/ring_buffer.c", CODE),
        ("code/mm/ring_buffer.c", "int other;\n"),
    ]);
    assert_eq!(samples[0].source_code_path.as_deref(), Some("net/ring_buffer.c"));
}

#[test]
fn what_cannot_be_paired_is_counted() {
    let report = report("ring.c", "1");
    let (samples, skipped) = read(&[
        ("bugs/alone-bug.txt", &report),
        ("bugs/lost-bug.txt", &report),
        ("bugs/lost-diff.txt", "--- a/z.c\n+++ b/z.c\n@@ -1 +1 @@\n-x\n+y\n"),
        ("bugs/prose-bug.txt", &report),
        ("bugs/prose-diff.txt", "Just free it.\n"),
        ("code/a/ring.c", CODE),
        ("code/b/ring.c", CODE),
    ]);
    assert!(samples.is_empty(), "{samples:?}");
    let expected = [
        ("no diff beside the report", 1),
        ("no diff in the file", 1),
        ("several source files fit", 1),
    ];
    assert_eq!(skipped, expected);
}

#[test]
fn a_line_that_the_file_does_not_have_is_left_out() {
    for line in ["4", "0", "many"] {
        let report = report("drivers/net/ring.c", line);
        let files = [
            ("bugs/x-bug.txt", &*report),
            ("bugs/x-diff.txt", DIFF),
            ("code/drivers/net/ring.c", CODE),
        ];
        assert_eq!(read(&files).0[0].line_number, None, "{line}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_tree_are_not_followed() {
    let folder = TempDir::new().unwrap();
    let report = report("../secret/ring.c", "1");
    write(
        folder.path(),
        &[
            ("secret/ring.c", CODE),
            ("bugs/x-bug.txt", &report),
            ("bugs/x-diff.txt", DIFF),
            ("code/a.c", ""),
        ],
    );
    std::os::unix::fs::symlink("../secret", folder.path().join("code/link")).unwrap();
    let mut source =
        Paired::open(&folder.path().join("bugs"), &folder.path().join("code")).unwrap();
    assert!(source.next().is_none());
    assert_eq!(source.skipped().count("source file not in the tree"), 1);
}
