//! Real analysers before and after the commits of a small repository.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use fixwright_dataset::{
    CurateContext, CurateEvent, CurateOptions, HistoryOptions, Manifest, Named, RepairSample,
    Replay, Skipped, Source, curate, words_and_signs,
};
use fixwright_validate::{Analyser, Isolation};
use tempfile::TempDir;

use crate::repository::{Repository, source};

const LEAK: &str = "\tint *p = malloc(4);\n\tif (!p)\n\t\treturn 1;\n\t*p = a;\n\treturn 0;\n";
const FREED: &str =
    "\tint *p = malloc(4);\n\tif (!p)\n\t\treturn 1;\n\t*p = a;\n\tfree(p);\n\treturn 0;\n";

/// A repository in which one function of two that leak is mended, behind a commit that breaks the build.
fn repository() -> Option<(Repository, String)> {
    let mut repository = Repository::new()?;
    let text = |lines: &str, f, g| {
        format!("#include <stdlib.h>\n{lines}{}{}", source("f", f), source("g", g))
    };
    repository.write("README", "words\n");
    repository.change("src/a.c", text("", LEAK, LEAK), "start");
    let fix = repository.change("src/a.c", text("int more;\n", FREED, LEAK), "f: free p");
    repository.change("src/a.c", text("int more;\nint other;\n", FREED, LEAK), "another line");
    repository.change("src/a.c", text("int\n", FREED, FREED) + "}\n", "break it");
    Some((repository, fix))
}

fn replayed(repository: &Repository, analyser: Analyser) -> (Vec<RepairSample>, Skipped) {
    let options = HistoryOptions::default();
    let mut replay = Replay::open(repository.path(), options, analyser, Isolation::None).unwrap();
    let rows = replay.by_ref().collect::<Result<_, _>>().unwrap();
    (rows, replay.skipped().clone())
}

/// Runs an analyser and checks that it shows the one fix; the text of the finding.
fn finds_the_fix(name: &str) -> Option<String> {
    let (repository, fix) = repository()?;
    if Command::new(name).arg("--version").output().is_err() {
        println!("skipped: there is no {name}");
        return None;
    }
    let analyser = Analyser::named(name).unwrap();
    let (rows, skipped) = replayed(&repository, analyser);
    let commits: Vec<_> = rows.iter().filter_map(|row| row.commit.as_deref()).collect();
    assert_eq!(commits, [&*fix], "{skipped:?}");
    let reasons: Vec<_> = skipped.iter().collect();
    // The last commit does not compile, so that the other leak only seems to be gone.
    let expected = [("analyser failed after", 1), ("no source file", 1), ("nothing vanished", 1)];
    assert_eq!(reasons, expected);
    let row = &rows[0];
    let code: Vec<_> = row.code.as_deref().unwrap().lines().collect();
    let line = row.line_number.unwrap() as usize;
    assert!(line <= code.len() / 2 + 1, "line {line} is in the first function");
    assert!(row.fixed.as_deref().unwrap().contains("free(p)"));
    assert_eq!(row.extra.get::<&str>("analyser").unwrap(), Some(name));
    row.bug_report_text.clone()
}

#[test]
fn gcc_sees_a_leak_vanish() {
    let Some(report) = finds_the_fix("gcc") else { return };
    assert!(report.contains("leak of ‘p’") && report.contains("[-Wanalyzer-malloc-leak]"));
}

#[test]
fn cppcheck_sees_a_leak_vanish() {
    let Some(report) = finds_the_fix("cppcheck") else { return };
    assert!(report.contains("memleak"));
}

/// Makes a data set of what an analyser says, broken off behind so many commits.
fn curated(repository: &Repository, analyser: &Analyser, out: &Path, commits: u64) -> Manifest {
    let flow = move |reached: u64| match reached < commits {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    };
    let options = HistoryOptions::default();
    let replay = Replay::open(repository.path(), options, analyser.clone(), Isolation::None);
    let replay = replay.unwrap().on_commit(move |walked| flow(walked.commits));
    let progress = |_: CurateEvent<'_>| flow(COMMITS);
    let context = CurateContext { tokens: &words_and_signs, evaluator: None, progress: &progress };
    let sources = vec![Named { name: "replay".into(), source: Box::new(replay) }];
    curate(sources, out, &CurateOptions::default(), BTreeMap::new(), &context).unwrap()
}

const COMMITS: u64 = 8;

#[test]
fn a_run_after_one_that_was_broken_off_analyses_no_commit_again() {
    let Some(mut repository) = Repository::new() else { return };
    for number in 0..COMMITS {
        let body = format!("\treturn a + {number};\n");
        repository.change("a.c", source("f", &body), &format!("change {number}"));
    }
    let folder = TempDir::new().unwrap();
    let count = folder.path().join("count");
    let analyser = Analyser::command(&format!(
        "echo >>{}; grep -q 'a + 7' {{files}} || echo 'a.c:9: warning: not seven [-Wseven]'",
        count.display()
    ));
    let runs = || fs::read_to_string(&count).unwrap().lines().count();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));

    assert!(curated(&repository, &analyser, &whole, u64::MAX).complete);
    let all = runs();
    assert!(!curated(&repository, &analyser, &parts, 3).complete);
    assert!(all < runs() && runs() < 2 * all);
    assert!(curated(&repository, &analyser, &parts, u64::MAX).complete);
    assert_eq!(runs(), 2 * all, "no commit was analysed twice");
    let rows = |folder: &Path| fs::read_to_string(folder.join("train.jsonl")).unwrap();
    assert_eq!(rows(&parts), rows(&whole));
    assert!(rows(&parts).contains("-Wseven"));
}
