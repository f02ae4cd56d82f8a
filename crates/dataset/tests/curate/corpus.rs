//! Real data sets, in the folder that `FIXWRIGHT_CORPUS` names; skipped without it.

use std::path::PathBuf;

use fixwright_dataset::{Assignments, CurateOptions, Part, Rows, Split, SplitBy};
use tempfile::TempDir;

use crate::{curated, rows};

fn data(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("FIXWRIGHT_CORPUS") else {
        println!("skipped: FIXWRIGHT_CORPUS is not set");
        return None;
    };
    Some(PathBuf::from(folder).join("data").join(name))
}

fn options() -> CurateOptions {
    let mut options = CurateOptions::default();
    options.near_duplicates = Some(0.8);
    options.split = Some(Split { by: SplitBy::Problem, validation: 0.1, test: 0.1, seed: 0 });
    options
}

#[test]
fn the_original_file_goes_through_whole() {
    let Some(path) = data("kernel-coverity-train.jsonl") else { return };
    let folder = TempDir::new().unwrap();
    let manifest = curated(Rows::open(&path).unwrap(), folder.path(), &CurateOptions::default());
    assert_eq!(manifest.dropped.total(), 0);
    assert_eq!(rows(&folder.path().join("train.jsonl")), rows(&path));
}

#[test]
fn assignments_are_paired_and_divided_by_problem() {
    let Some(path) = data("assignments.dev.jsonl") else { return };
    let folder = TempDir::new().unwrap();
    let manifest = curated(Assignments::open(&path, 10).unwrap(), folder.path(), &options());
    let source = &manifest.sources[0];
    assert_eq!(source.unreadable, 0);
    assert_eq!(source.read + source.skipped.total(), 4670);
    let mut problems = std::collections::BTreeMap::new();
    for part in Part::ALL {
        for row in rows(&folder.path().join(format!("{}.jsonl", part.name()))) {
            assert_eq!(*problems.entry(row.problem.unwrap()).or_insert(part), part);
        }
    }
    println!("{:?}", manifest.dropped);
}

#[test]
fn reports_are_read_plain_and_compressed() {
    for (name, count) in [("reports.dev.jsonl", 863), ("reports.dev.more.jsonl.gz", 3638)] {
        let Some(path) = data(name) else { return };
        let folder = TempDir::new().unwrap();
        let manifest = curated(Rows::open(&path).unwrap(), folder.path(), &options());
        assert_eq!((manifest.sources[0].read, manifest.sources[0].unreadable), (count, 0));
        assert_eq!(manifest.sources[0].kept + manifest.dropped.total(), count);
    }
}
