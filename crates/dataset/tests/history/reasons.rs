//! Each reason to leave a commit out, and the counts of them all.

use fixwright_dataset::{History, HistoryOptions, RepairSample, Source};

use crate::repository::{Repository, source};

/// What is left out of the history that `make` makes behind a first commit of two files.
fn left_out(make: impl FnOnce(&mut Repository)) -> Option<Vec<(&'static str, u64)>> {
    left_out_with(HistoryOptions::default(), make).map(|(_, reasons)| reasons)
}

type Mined = (Vec<RepairSample>, Vec<(&'static str, u64)>);

fn left_out_with(options: HistoryOptions, make: impl FnOnce(&mut Repository)) -> Option<Mined> {
    let mut repository = Repository::new()?;
    repository.write("a.c", source("a", "\treturn a;\n"));
    repository.write("b.c", source("b", "\treturn a;\n"));
    repository.commit("CWE-1: the start");
    make(&mut repository);
    let (rows, skipped) = repository.mined(options);
    let mut reasons: Vec<_> = skipped.iter().collect();
    let start = reasons.iter_mut().find(|(reason, _)| *reason == "no source file");
    start.expect("the first commit adds files only").1 -= 1;
    reasons.retain(|(_, count)| *count > 0);
    let commits = repository.git(&["rev-list", "--count", "HEAD"]).parse::<u64>().unwrap();
    assert_eq!(commits, rows.len() as u64 + skipped.total(), "a row or a reason for each commit");
    Some((rows, reasons))
}

#[test]
fn each_kind_of_commit_that_is_no_fix_is_counted() {
    type Make = fn(&mut Repository);
    let table: &[(&str, Make)] = &[
        ("no sign of a report", |r| {
            r.change("a.c", source("a", "\treturn 1;\n"), "a: tidy up");
        }),
        ("message not UTF-8", |r| {
            r.write("a.c", source("a", "\treturn 1;\n"));
            let tree = {
                r.git(&["add", "-A"]);
                r.git(&["write-tree"])
            };
            let commit = format!(
                "tree {tree}\nparent {}\nauthor A <a@b> 1600000100 +0000\ncommitter A <a@b> 1600000100 +0000\n\nCWE-1 ",
                r.git(&["rev-parse", "HEAD"])
            );
            let id = r.git_reading(
                &["hash-object", "-t", "commit", "-w", "--stdin"],
                &[commit.as_bytes(), b"\xff\xfe\n"].concat(),
            );
            r.git(&["reset", "-q", "--hard", &id]);
        }),
        ("message too long", |r| {
            r.change("a.c", source("a", "\treturn 1;\n"), &"CWE-1 ".repeat(20_000));
        }),
        ("backport", |r| {
            let upstream = "CWE-1\n\ncommit 0123456789abcdef0123456789abcdef01234567 upstream.\n";
            r.change("a.c", source("a", "\treturn 1;\n"), upstream);
        }),
        ("preparation", |r| {
            r.change("a.c", source("a", "\treturn 1;\n"), "a: prepare to fix CWE-1");
        }),
        ("renames only", |r| {
            r.git(&["mv", "a.c", "c.c"]);
            r.commit("CWE-1");
        }),
        ("no source file", |r| {
            r.change("README.md", "words\n", "CWE-1");
        }),
        ("adds or removes files", |r| {
            r.git(&["rm", "-q", "b.c"]);
            r.change("a.c", source("a", "\treturn 1;\n"), "CWE-1");
        }),
        ("too many files", |r| {
            r.write("b.c", source("b", "\treturn 1;\n"));
            r.change("a.c", source("a", "\treturn 1;\n"), "CWE-1");
        }),
        ("too many changed lines", |r| {
            r.change("a.c", source("a", &"\ta++;\n".repeat(51)), "CWE-1");
        }),
        ("too many hunks", |r| {
            let old: String = (0..100).map(|line| format!("int x{line};\n")).collect();
            r.change("b.c", &old, "a longer file");
            let new = (0..6).fold(old, |text, at| {
                text.replace(&format!("int x{};", at * 15), &format!("long x{};", at * 15))
            });
            r.change("b.c", new, "CWE-1");
        }),
        ("white space only", |r| {
            r.change("a.c", source("a", "        return  a;\n\n"), "CWE-1");
        }),
        ("comments and layout only", |r| {
            r.change("a.c", source("a", "\treturn\n\t\ta; /* the same */\n"), "CWE-1");
        }),
        ("binary file", |r| {
            r.change("a.c", "int a;\0\n", "CWE-1");
        }),
        ("file not UTF-8", |r| {
            r.change("a.c", b"int a; // \xfc\n", "CWE-1");
        }),
        ("file too large", |r| {
            r.change("a.c", source("a", "") + &" ".repeat(1 << 20), "CWE-1");
        }),
        ("unsafe file name", |r| {
            r.change("c\n.c", "int a;\n", "CWE-1");
            r.change("c\n.c", "int b;\n", "CWE-1");
        }),
        ("no words", |r| {
            r.change("a.c", source("a", "\treturn 1;\n"), "Fixes: 0123456789ab (\"x\")");
        }),
    ];
    for (reason, make) in table {
        let Some(reasons) = left_out(make) else { return };
        assert!(reasons.contains(&(reason, 1)), "{reason}: {reasons:?}");
        let others = reasons.iter().filter(|(other, _)| other != reason).map(|other| other.0);
        let allowed = ["no sign of a report", "no source file"];
        assert!(others.clone().all(|other| allowed.contains(&other)), "{reason}: {reasons:?}");
    }
}

#[test]
fn a_merge_and_what_came_in_with_it_are_told_apart() {
    let Some((rows, reasons)) = left_out_with(HistoryOptions::default(), |r| {
        r.git(&["checkout", "-q", "-b", "side"]);
        r.change("a.c", source("a", "\treturn 1;\n"), "CWE-1: mended on the side");
        r.git(&["checkout", "-q", "main"]);
        r.change("b.c", source("b", "\treturn 1;\n"), "CWE-2: mended on main");
        r.tick();
        r.git(&["merge", "-q", "--no-ff", "-m", "Merge CWE-1", "side"]);
    }) else {
        return;
    };
    assert_eq!(rows.len(), 2);
    assert_eq!(reasons, [("merge", 1)]);
}

#[test]
fn a_revert_and_what_it_reverts_are_left_out() {
    let reasons = left_out(|r| {
        let id = r.change("a.c", source("a", "\treturn 1;\n"), "CWE-1");
        let revert = format!("Revert \"CWE-1\"\n\nThis reverts commit {id}.\n");
        r.change("a.c", source("a", "\treturn a;\n"), &revert);
    });
    assert_eq!(
        reasons.unwrap_or(vec![("revert", 1), ("reverted later", 1)]),
        [("revert", 1), ("reverted later", 1)]
    );
}

#[test]
fn the_same_patch_in_two_branches_is_one_fix() {
    let mined = left_out_with(HistoryOptions::default(), |r| {
        r.git(&["checkout", "-q", "-b", "stable"]);
        // The copy stands two lines further down.
        r.change("a.c", "int x;\nint y;\n".to_owned() + &source("a", "\treturn a;\n"), "two lines");
        r.change(
            "a.c",
            "int x;\nint y;\n".to_owned() + &source("a", "\treturn 1;\n"),
            "CWE-1: copied",
        );
        r.git(&["checkout", "-q", "main"]);
        r.change("a.c", source("a", "\treturn 1;\n"), "CWE-1: the first of two");
        r.tick();
        r.git(&["merge", "-q", "-s", "ours", "-m", "x", "stable"]);
    });
    let Some((rows, reasons)) = mined else { return };
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].bug_report_text.as_deref(), Some("CWE-1: the first of two"));
    assert_eq!(reasons, [("merge", 1), ("no sign of a report", 1), ("same patch again", 1)]);
}

#[test]
fn a_commit_of_several_files_gives_a_row_each_if_asked() {
    let mut options = HistoryOptions::default();
    options.max_files = 2;
    let mined = left_out_with(options.clone(), |r| {
        r.change("a.c", source("a", "\treturn 2;\n"), "CWE-7: one leak less");
    });
    let Some((rows, _)) = mined else { return };
    assert_eq!(rows.len(), 1);
    let mut repository = Repository::new().unwrap();
    repository.write("a.c", source("a", "\treturn a;\n"));
    repository.write("b.c", source("b", "\treturn a;\n"));
    repository.commit("start");
    repository.write("a.c", source("a", "\treturn 1;\n"));
    repository.write("b.c", source("b", "\treturn 1;\n"));
    repository.commit("CWE-1: leaks in both");
    let (rows, _) = repository.mined(options);
    let paths: Vec<_> = rows.iter().filter_map(|row| row.source_code_path.as_deref()).collect();
    assert_eq!(paths, ["a.c", "b.c"]);
}

#[test]
fn what_git_refuses_is_said_in_its_words() {
    let Some(repository) = Repository::new() else { return };
    let mut history = History::open(repository.path(), HistoryOptions::default()).unwrap();
    let error = history.next().unwrap().unwrap_err().to_string();
    assert!(error.starts_with("git log: fatal: "), "{error}");
    assert!(history.next().is_none());
    assert_eq!(history.skipped().total(), 0);
    // A folder inside a repository is none.
    repository.write("inside/a.c", "int a;\n");
    let inside = repository.path().join("inside");
    let error = History::open(&inside, HistoryOptions::default()).unwrap().next().unwrap();
    assert!(error.unwrap_err().to_string().contains("not a git repository"));
}
