//! Long histories: memory, stopping and going on.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fixwright_dataset::{Error, History, HistoryOptions, Source};

use crate::repository::Repository;

/// A history of as many commits, each tenth of which is a fix of one line in a file of 300.
fn long(commits: usize) -> Option<Repository> {
    let repository = Repository::new()?;
    let mut stream = String::new();
    for commit in 0..commits {
        let message = match commit % 10 {
            9 => format!("f: fix {commit}\n\nReported by Coverity, CID {}.\n", 1000 + commit),
            _ => format!("f: work {commit}\n"),
        };
        let text = (0..300).fold(String::new(), |text, line| match line {
            150 => text + &format!("int x{commit};\n"),
            _ => text + &format!("int f{line};\n"),
        });
        let time = 1_600_000_000 + commit * 60;
        write!(
            stream,
            "commit refs/heads/main\ncommitter A <a@example.org> {time} +0000\ndata {}\n{message}\n\
             M 100644 inline f.c\ndata {}\n{text}\n",
            message.len(),
            text.len(),
        )
        .unwrap();
    }
    repository.git_reading(&["fast-import", "--quiet"], stream.as_bytes());
    Some(repository)
}

/// The memory that this process has now, in bytes.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

#[test]
#[cfg(target_os = "linux")]
fn a_history_of_thousands_of_commits_streams() {
    let Some(repository) = long(4000) else { return };
    let mut history = History::open(repository.path(), HistoryOptions::default()).unwrap();
    let mut rows = history.by_ref().map(|row| row.unwrap().commit);
    assert_eq!(rows.by_ref().take(40).count(), 40);
    let early = resident();
    assert_eq!(rows.count(), 360);
    let grown = resident().saturating_sub(early);
    assert!(grown < 1 << 20, "{grown} bytes more after ten times as many commits");
    assert_eq!(history.walked().commits, 4000);
    assert_eq!(history.skipped().count("no sign of a report"), 3600);
}

#[test]
fn a_walk_that_was_stopped_goes_on_where_it_was() {
    let Some(repository) = long(300) else { return };
    let open = |options| History::open(repository.path(), options).unwrap();
    let ids =
        |history: &mut History| -> Vec<_> { history.map(|row| row.unwrap().id.unwrap()).collect() };
    let whole = ids(&mut open(HistoryOptions::default()));
    assert_eq!(whole.len(), 30);
    for stop in [1, 2, 77, 101, 300] {
        let mut first = open(HistoryOptions::default()).on_commit(move |walked| {
            if walked.commits == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let mut got = ids(&mut first);
        assert_eq!(first.walked().commits, stop);
        let mut options = HistoryOptions::default();
        options.after = Some(first.walked().commit.clone());
        let mut second = open(options);
        got.extend(ids(&mut second));
        assert_eq!(got, whole, "stopped after {stop}");
        let skipped = first.skipped().total() + second.skipped().total();
        assert_eq!(skipped, 270);
    }
    let mut options = HistoryOptions::default();
    options.after = Some("0".repeat(40));
    assert!(matches!(open(options).last(), Some(Err(Error::NoCommit { .. }))));
}

#[test]
fn dates_and_revisions_bound_the_walk() {
    let Some(repository) = long(300) else { return };
    let mut options = HistoryOptions::default();
    options.since = Some("2020-09-13 13:00:00 +0000".to_owned());
    options.until = Some("2020-09-13 14:00:00 +0000".to_owned());
    let count = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&count);
    let history = History::open(repository.path(), options).unwrap().on_commit(move |_| {
        seen.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert_eq!(history.filter(Result::is_ok).count(), 6);
    assert_eq!(count.load(Ordering::Relaxed), 60);
    let mut options = HistoryOptions::default();
    options.revisions = vec!["main~20..main".to_owned()];
    assert_eq!(repository.mined(options).0.len(), 2);
    let mut options = HistoryOptions::default();
    options.revisions = vec!["--output=x".to_owned()];
    let refused = History::open(repository.path(), options).unwrap().next();
    assert!(matches!(refused, Some(Err(Error::Git { .. }))));
    assert!(!repository.path().join("x").exists());
}
