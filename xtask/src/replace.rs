//! Files that are whole or not there.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use serde::{Serialize, Serializer};

/// Writes a file beside `path` and renames it. It may be read by whoever may read new files.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let context = || format!("cannot write {}", path.display());
    let mut builder = tempfile::Builder::new();
    builder.permissions(Permissions::from_mode(0o666));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new("."))).with_context(context)?;
    file.write_all(bytes).with_context(context)?;
    file.persist(path).with_context(context)?;
    Ok(())
}

/// The same of a value as JSON, for people to read.
pub(crate) fn replace_json(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    replace(path, &text)
}

/// Serialises a path whose name may be no text: such signs of it are replaced.
pub(crate) fn lossy<S: Serializer>(
    path: &impl AsRef<Path>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.as_ref().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_has_the_permissions_of_any_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let [usual, own] = ["usual", "own"].map(|name| folder.path().join(name));
        fs::write(&usual, "a").unwrap();
        replace(&own, b"a").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&usual), mode(&own));
        assert_eq!(fs::read(own).unwrap(), b"a");
    }
}
