//! What the rows of a history say.

use fixwright_dataset::{HistoryOptions, RepairSample};
use fixwright_patch::Patch;

use crate::repository::{Repository, source};

fn only(repository: &Repository) -> RepairSample {
    let (mut rows, skipped) = repository.mined(HistoryOptions::default());
    assert_eq!(rows.len(), 1, "{skipped:?}");
    rows.remove(0)
}

#[test]
fn a_row_has_both_sides_the_report_and_its_line() {
    let Some(mut repository) = Repository::new() else { return };
    let licensed = |body| format!("// SPDX-License-Identifier: MIT\n{}", source("f", body));
    let (old, new) = (licensed("\tint b;\n\treturn b;\n"), licensed("\tint b = 0;\n\treturn b;\n"));
    repository.change("src/größe.c", &old, "start");
    let message = "f: set b\n\ngcc says:\n\n  src/größe.c:11:9: warning: 'b' is used uninitialized [-Wuninitialized]\n\n\
        Set it.\n\nSigned-off-by: A <a@example.org>\n";
    let id = repository.change("src/größe.c", &new, message);
    let row = only(&repository);
    assert_eq!(row.source_code_path.as_deref(), Some("src/größe.c"));
    assert_eq!(row.commit.as_deref(), Some(&*id));
    assert_eq!(row.id, Some(format!("git:{id}:src/größe.c")));
    assert_eq!(row.code.as_deref(), Some(&*old));
    assert_eq!(row.fixed.as_deref(), Some(&*new));
    assert_eq!(row.license.as_deref(), Some("MIT"));
    assert_eq!(row.language.as_deref(), Some("C"));
    assert_eq!(
        row.bug_report_text.as_deref(),
        Some("src/größe.c:11:9: warning: 'b' is used uninitialized [-Wuninitialized]\n")
    );
    assert_eq!(row.line_number, Some(11));
    assert_eq!(row.extra.get::<&str>("line_from").unwrap(), Some("report"));
    assert_eq!(row.extra.get::<Vec<&str>>("signs").unwrap(), Some(vec!["compiler-warning"]));
    assert_eq!(row.extra.get::<&str>("date").unwrap(), Some("2020-09-13"));
    let patch = Patch::parse(row.diff_text.as_deref().unwrap()).unwrap();
    assert_eq!(patch.files[0].apply(old.as_bytes()).unwrap().text, new.as_bytes());
}

#[test]
fn without_a_line_in_the_report_the_first_changed_one_counts() {
    let Some(mut repository) = Repository::new() else { return };
    repository.change("a.c", source("a", "\tint b;\n\treturn b;\n"), "start");
    repository.change(
        "a.c",
        source("a", "\tint b;\n\tb = a;\n\treturn b;\n"),
        "a: set b\n\nAddresses-Coverity: (\"Uninitialized scalar variable\")\nCc: B <b@example.org>\n",
    );
    let row = only(&repository);
    assert_eq!(row.line_number, Some(10));
    assert_eq!(row.extra.get::<&str>("line_from").unwrap(), Some("diff"));
    let words = "a: set b\n\nAddresses-Coverity: (\"Uninitialized scalar variable\")";
    assert_eq!(row.bug_report_text.as_deref(), Some(words));
}

#[test]
fn no_setting_of_the_repository_changes_the_rows() {
    let Some(mut repository) = Repository::new() else { return };
    repository.change("a.c", source("a", "\treturn a;\n"), "start");
    repository.change("a.c", source("a", "\treturn 1;\n"), "a: mend a CWE-1 leak");
    let plain = only(&repository);
    let trap = repository.path().join("trap");
    let set = format!("touch {}", trap.display());
    for (name, value) in [
        ("log.showSignature", "true"),
        ("log.diffMerges", "on"),
        ("log.mailmap", "true"),
        ("log.date", "iso"),
        ("log.showRoot", "true"),
        ("format.pretty", "oneline"),
        ("diff.noprefix", "true"),
        ("diff.external", &set),
        ("diff.renames", "copies"),
        ("diff.orderFile", "nowhere"),
        ("core.pager", &set),
        ("core.fsmonitor", &set),
        ("gpg.program", &set),
        ("core.quotePath", "true"),
        ("color.ui", "always"),
        ("i18n.logOutputEncoding", "UTF-16"),
    ] {
        repository.git(&["config", name, value]);
    }
    assert_eq!(only(&repository), plain);
    assert!(!trap.exists());
}
