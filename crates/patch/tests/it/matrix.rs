//! What goes wrong in diffs that models write, a folder for each case: `old` is the tree, `diff` the
//! answer, `said` all that is to be said about it, and `new` the tree that is wanted, or `refused` the
//! kind of refusal that is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fixwright_patch::{ApplyOptions, Error, Found, Misfit, Patch, PlanOptions, Planned, Recovered};
use tempfile::TempDir;

type Tree = BTreeMap<PathBuf, Vec<u8>>;

fn tree(root: &Path) -> Tree {
    let mut files = Tree::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read(&path).unwrap();
                files.insert(path.strip_prefix(root).unwrap().to_path_buf(), text);
            }
        }
    }
    files
}

/// The reason of the first refusal, by the name of its variant.
fn reason(planned: &Planned) -> Option<String> {
    let error = planned.files.iter().find_map(|file| file.result.as_ref().err())?;
    let name = |shown: String| shown.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
    Some(match error {
        Error::Rejected(rejection) => {
            let misfit: &Misfit = rejection.hunks.iter().find_map(|hunk| hunk.as_ref().err())?;
            name(format!("{misfit:?}"))
        }
        error => name(format!("{error:?}")),
    })
}

/// All that the result says about what was forgiven, a line each.
fn said(recovered: &Recovered, planned: &Planned) -> String {
    let notes = recovered.files.iter().flat_map(|file| {
        file.notes.iter().chain(file.readings.iter().flat_map(|reading| &reading.notes))
    });
    let notes = recovered.notes.iter().chain(notes);
    let mut lines: Vec<_> =
        notes.map(|note| format!("{} at {:?}\n", note.flaw, note.span)).collect();
    for file in &planned.files {
        if file.found != Some(Found::Stripped(1)) {
            lines.push(format!("found by {:?}\n", file.found));
        }
        match &file.result {
            Ok(placements) => lines.extend(placements.iter().map(|placement| {
                let needs: Vec<_> = placement.needs.iter().map(ToString::to_string).collect();
                format!("-{} +{} {}\n", placement.old, placement.new, needs.join(", "))
            })),
            Err(error) => lines.push(format!("{error}\n")),
        }
    }
    lines.concat()
}

fn check(case: &Path) -> Result<(), String> {
    let dir = TempDir::new().unwrap();
    let old = tree(&case.join("old"));
    for (path, text) in &old {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let diff = fs::read(case.join("diff")).unwrap();
    let options = PlanOptions::default().with_apply(ApplyOptions::default().with_elisions(true));
    let recovered = Patch::recover(&diff).unwrap();
    let planned = recovered.plan_with(dir.path(), &options).unwrap();
    let refused = reason(&planned);
    let wanted = fs::read_to_string(case.join("refused")).ok();
    if refused.as_deref() != wanted.as_deref().map(str::trim) {
        return Err(format!("wanted {wanted:?}, not {refused:?}: {:?}", planned.files));
    }
    let said = said(&recovered, &planned);
    let expected = fs::read_to_string(case.join("said")).unwrap_or_default();
    if said != expected {
        return Err(format!("it says\n{said}instead of\n{expected}"));
    }
    if let Ok(plan) = planned.into_plan() {
        plan.write().unwrap();
    }
    let new = if wanted.is_some() { old } else { tree(&case.join("new")) };
    let made = tree(dir.path());
    if made == new { Ok(()) } else { Err(format!("a wrong tree: {made:?}")) }
}

#[test]
fn every_case_is_as_wanted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/matrix");
    let mut cases: Vec<_> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert_eq!(cases.len(), 33);
    let bad: Vec<_> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.display(), check(case).err()?)))
        .collect();
    assert!(bad.is_empty(), "{} of {}\n{}", bad.len(), cases.len(), bad.join("\n"));
}
