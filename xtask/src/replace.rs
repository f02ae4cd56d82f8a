//! Files that are whole or not there.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use tempfile::NamedTempFile;

/// Writes a file beside `path` and renames it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let context = || format!("cannot write {}", path.display());
    let file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).with_context(context)?;
    fs::write(file.path(), bytes).with_context(context)?;
    file.persist(path).with_context(context)?;
    Ok(())
}

/// The same of a value as JSON, for people to read.
pub(crate) fn replace_json(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    replace(path, &text)
}
