//! The messages and changes of real commits, made a history again; skipped without `FIXWRIGHT_CORPUS`.

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use fixwright_dataset::{History, HistoryOptions, Reader, RepairSample, Source};

/// A history with two commits for each row: one that brings the file as it was, and the fix with the row's report as message.
fn history(rows: &[RepairSample], folder: &Path) -> bool {
    let init = Command::new("git").args(["init", "--quiet", "--bare"]).arg(folder).status();
    if !init.is_ok_and(|status| status.success()) {
        println!("skipped: there is no git");
        return false;
    }
    let mut import = Command::new("git");
    import.arg("-C").arg(folder).args(["fast-import", "--quiet"]).stdin(Stdio::piped());
    let mut child = import.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for (number, row) in rows.iter().enumerate() {
        let path = format!("{number}/{}", row.source_code_path.as_deref().unwrap());
        let (old, new) = (row.code.as_deref().unwrap(), row.reference().unwrap().unwrap());
        for (message, text) in [("before", old), (row.bug_report_text.as_deref().unwrap(), &new)] {
            write!(
                input,
                "commit refs/heads/main\ncommitter A <a@b> {} +0000\ndata {}\n{message}\n\
                 M 100644 inline \"{path}\"\ndata {}\n{text}\n",
                1_000_000_000 + number,
                message.len(),
                text.len()
            )
            .unwrap();
        }
    }
    drop(input);
    child.wait().unwrap().success()
}

#[test]
fn real_messages_are_understood() {
    let Some(corpus) = std::env::var_os("FIXWRIGHT_CORPUS") else {
        println!("skipped: FIXWRIGHT_CORPUS is not set");
        return;
    };
    let file = File::open(Path::new(&corpus).join("data/reports.dev.jsonl")).unwrap();
    let rows: Vec<_> = Reader::new(BufReader::new(file)).map(Result::unwrap).collect();
    let folder = tempfile::tempdir().unwrap();
    if !history(&rows, folder.path()) {
        return;
    }
    let mut options = HistoryOptions::default();
    options.revisions = vec!["main".into()];
    let mut mined = History::open(folder.path(), options).unwrap();
    let found: Vec<_> = mined.by_ref().map(Result::unwrap).collect();
    for (reason, count) in mined.skipped().iter() {
        println!("{count:>6} {reason}");
    }
    println!("{} of {} rows", found.len(), rows.len());
    for row in &found {
        let path = row.source_code_path.as_deref().unwrap();
        let number: usize = path.split('/').next().unwrap().parse().unwrap();
        assert_eq!(row.code, rows[number].code, "{path}");
        assert_eq!(row.fixed, rows[number].reference().unwrap(), "{path}");
    }
    // All of these were chosen because their messages name an analyser.
    assert!(found.len() * 100 >= rows.len() * 95, "{} of {}", found.len(), rows.len());
}
