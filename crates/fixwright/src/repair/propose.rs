//! From answer to patch.

use fixwright_patch::{ApplyOptions, DiffOptions, FilePatch, Origin, Patch};
use fixwright_prompt::{Fix, Request, read};
use fixwright_report::Language;
use fixwright_validate::same_tokens;

use super::{Proposal, Written};

impl Proposal {
    /// Reads an answer to `request`.
    pub(super) fn read(request: &Request<'_>, written: Written) -> Self {
        let text = fixed(request, &written);
        let cosmetic = text.as_deref().is_ok_and(|new| is_cosmetic(request, new));
        let patch = text.map(|new| {
            let old = request.source().as_bytes();
            let options = DiffOptions::default();
            Patch {
                files: vec![FilePatch::between(request.path(), Some(old), Some(&new), &options)],
            }
        });
        Self { written, patch, cosmetic }
    }
}

/// The text that an answer makes of the source, or why it makes none.
fn fixed(request: &Request<'_>, written: &Written) -> Result<Vec<u8>, String> {
    let answer = read(request, &written.text, written.finish).map_err(|e| e.to_string())?;
    let new = match answer.fix {
        Fix::Source(new) => new.into_bytes(),
        Fix::Diff(diff) => patched(request, &diff)?,
    };
    if new == request.source().as_bytes() {
        return Err("the answer changes nothing".into());
    }
    Ok(new)
}

/// Whether the text of a C or C++ file differs from the source in white space and comments alone.
fn is_cosmetic(request: &Request<'_>, new: &[u8]) -> bool {
    let known = matches!(Language::from_path(request.path()), Some(Language::C | Language::Cpp));
    known && same_tokens(request.source(), &String::from_utf8_lossy(new))
}

/// The source as a diff makes it that need not be exact.
fn patched(request: &Request<'_>, diff: &str) -> Result<Vec<u8>, String> {
    let recovered = Patch::recover(diff).map_err(|e| e.to_string())?;
    if recovered.files.is_empty() {
        return Err("the diff changes nothing".into());
    }
    let mut text = request.source().as_bytes().to_vec();
    for file in &recovered.files {
        check_own(request, &file.patch)?;
        let options = ApplyOptions::default();
        text = file.apply_with(&text, &options).map_err(|e| e.to_string())?.text;
    }
    Ok(text)
}

/// Refuses a diff that reaches for another file than the one it was asked to repair: build scripts are run by the judge.
fn check_own(request: &Request<'_>, file: &FilePatch) -> Result<(), String> {
    let path = request.path().as_bytes();
    let unnamed = file.old_path.is_none() && file.new_path.is_none();
    let is_own = |name: &Option<Vec<u8>>, prefix: &[u8]| {
        name.as_deref().is_some_and(|name| name.strip_prefix(prefix).unwrap_or(name) == path)
    };
    let own = is_own(&file.old_path, b"a/") && is_own(&file.new_path, b"b/");
    if unnamed || own && file.origin == Origin::InPlace {
        return Ok(());
    }
    Err(format!("the diff changes other files than {}", request.path()))
}
