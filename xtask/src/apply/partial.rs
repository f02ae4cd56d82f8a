//! What fits of a diff, when not all of it does, and the rest as reject files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fixwright_patch::{DiffOptions, Error, FilePatch, Patch, Planned, Recovered, unified};

use crate::flags::ApplyFlags;

/// The diff less the hunks that do not fit, with the reject files as files that it makes; and their paths, one for each
/// file of the diff that needs one.
///
/// So the reject files are written by the rules for all files: together with the others, and over no symbolic link.
pub(super) fn split(
    diff: &Recovered,
    planned: &Planned,
    flags: &ApplyFlags,
) -> (Recovered, Vec<Option<PathBuf>>) {
    let (mut fitting, mut rejects) = (Vec::new(), Vec::new());
    for (file, planned) in diff.files.iter().zip(&planned.files) {
        let outcomes = match &planned.result {
            Ok(_) | Err(Error::AlreadyApplied) => {
                fitting.push(file.clone());
                rejects.push(None);
                continue;
            }
            Err(Error::Rejected(rejection)) => &rejection.hunks[..],
            Err(_) => &[],
        };
        if outcomes.iter().any(Result::is_ok) {
            let mut fits = outcomes.iter().map(Result::is_ok);
            let mut file = file.clone();
            file.patch = file.patch.fitting(outcomes);
            file.readings.retain(|_| fits.next().unwrap_or_default());
            fitting.push(file);
        }
        let refused = matches!(planned.result, Err(Error::Path { .. }));
        rejects.push(file.patch.rejects(&planned.path, outcomes).filter(|_| !refused));
    }
    let mut texts: BTreeMap<&Path, Vec<u8>> = BTreeMap::new();
    for rejects in rejects.iter().flatten() {
        texts.entry(&rejects.path).or_default().extend_from_slice(&rejects.text);
    }
    let made = texts.into_iter().map(|(path, text)| reject_file(path, &text, flags));
    let mut whole = Recovered::from(Patch { files: made.collect() });
    whole.files.retain(|file| !file.patch.is_empty());
    whole.files.splice(0..0, fitting);
    (whole, rejects.into_iter().map(|rejects| Some(rejects?.path)).collect())
}

/// Makes the file, or gives it new text.
fn reject_file(path: &Path, text: &[u8], flags: &ApplyFlags) -> FilePatch {
    let old = fs::read(flags.root.join(path)).ok();
    let level = flags.strip.unwrap_or(1);
    let name = [&b"a/".repeat(level)[..], path.as_os_str().as_encoded_bytes()].concat();
    FilePatch {
        old_path: old.as_ref().map(|_| name.clone()),
        new_path: Some(name),
        hunks: unified(old.as_deref().unwrap_or_default(), text, &DiffOptions::default()),
        ..FilePatch::default()
    }
}
