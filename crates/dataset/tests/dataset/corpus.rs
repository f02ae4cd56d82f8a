//! Real data sets, in the folder that `FIXWRIGHT_CORPUS` names; skipped without it.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use fixwright_dataset::{Reader, RepairSample};
use serde_json::Value;

use crate::{samples, written};

const SEVEN: [&str; 7] = [
    "bug_report_path",
    "bug_report_text",
    "diff_path",
    "diff_text",
    "source_code_path",
    "line_number",
    "code",
];

/// The rows of a file, each as it stands and as a sample; every row has to be one and to come back.
fn rows(name: &str) -> Option<Vec<(Value, RepairSample)>> {
    let Some(folder) = std::env::var_os("FIXWRIGHT_CORPUS") else {
        println!("skipped: FIXWRIGHT_CORPUS is not set");
        return None;
    };
    let path = PathBuf::from(folder).join("data").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let read = Reader::new(BufReader::new(File::open(&path).unwrap())).map(Result::unwrap);
    let rows: Vec<_> = text.lines().map(|l| serde_json::from_str(l).unwrap()).zip(read).collect();
    assert_eq!(rows.len(), text.lines().count());
    for (row, sample) in &rows {
        let line = written([sample]);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), *row);
        assert_eq!(samples(line), std::slice::from_ref(sample));
    }
    Some(rows)
}

#[test]
fn the_original_file() {
    let Some(rows) = rows("kernel-coverity-train.jsonl") else { return };
    assert_eq!(rows.len(), 15);
    for (row, sample) in rows {
        assert!(sample.extra.is_empty());
        assert_eq!(sample.code.as_deref(), row["code"].as_str());
        assert_eq!(sample.line_number.map(u64::from), row["line_number"].as_u64());
        let line: Value = serde_json::from_str(&written([&sample])).unwrap();
        assert!(line.as_object().unwrap().keys().eq(SEVEN.iter()), "fields in their order");
    }
}

#[test]
fn commits_of_many_projects() {
    let Some(rows) = rows("reports.dev.jsonl") else { return };
    assert_eq!(rows.len(), 863);
    for (row, sample) in rows {
        assert_eq!(sample.diff_text.as_deref(), row["diff_text"].as_str());
        assert_eq!(sample.commit.as_deref(), row["commit"].as_str());
        assert_eq!(sample.bug_report_path, None);
        assert_eq!(sample.extra.get::<&str>("split_unit").unwrap(), row["split_unit"].as_str());
    }
}

#[test]
fn student_programs() {
    let Some(rows) = rows("assignments.dev.jsonl") else { return };
    assert_eq!(rows.len(), 4670);
    for (row, sample) in rows {
        assert_eq!(sample.fixed.as_deref(), row["fixed"].as_str());
        assert_eq!(sample.problem.as_deref(), row["problem"].as_str());
        assert_eq!(sample.tests.unwrap().len(), row["tests"].as_array().unwrap().len());
        assert_eq!(sample.extra.get::<Value>("buggy").unwrap().as_ref(), row.get("buggy"));
    }
}
