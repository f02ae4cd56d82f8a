//! File names of a diff, made safe to follow inside a source tree.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::error::PathProblem;

/// The path that a name in a diff stands for, relative to the root of the tree: without its first
/// `level` components, as `patch -p` counts them.
///
/// ```
/// assert_eq!(fixwright_patch::strip(b"a/src/x.c", 1)?, std::path::Path::new("src/x.c"));
/// assert!(fixwright_patch::strip(b"a/../../etc/passwd", 1).is_err());
/// # Ok::<(), fixwright_patch::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Path`] for a name that is absolute, has a `..` component or a control character, leads
/// into `.git` in any spelling that some file system takes for it, or has too few components.
pub fn strip(name: &[u8], level: usize) -> Result<PathBuf, Error> {
    let refused =
        |problem| Error::Path { path: String::from_utf8_lossy(name).into_owned(), problem };
    if name.starts_with(b"/") {
        return Err(refused(PathProblem::Absolute));
    }
    if name.iter().any(u8::is_ascii_control) {
        return Err(refused(PathProblem::Control));
    }
    let components = name.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
    let mut path = PathBuf::new();
    for (index, component) in components.enumerate() {
        if component == b".." {
            return Err(refused(PathProblem::Parent));
        }
        if is_git_folder(component) {
            return Err(refused(PathProblem::Git));
        }
        if index >= level {
            path.push(native(component).ok_or_else(|| refused(PathProblem::Unnameable))?);
        }
    }
    if path.as_os_str().is_empty() {
        return Err(refused(PathProblem::TooShort));
    }
    Ok(path)
}

/// The characters that HFS+ leaves out when it compares names.
const HFS_IGNORED: [RangeInclusive<char>; 4] = [
    '\u{200c}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{206a}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
];

/// Whether some file system takes `component` for `.git`: any case, NTFS's short name, streams and
/// trailing dots and spaces, and the characters that HFS+ ignores.
fn is_git_folder(component: &[u8]) -> bool {
    let text = String::from_utf8_lossy(component);
    let ignored = |c: &char| HFS_IGNORED.iter().any(|range| range.contains(c));
    let plain: String = text.chars().filter(|c| !ignored(c)).collect();
    let base = plain.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    base.eq_ignore_ascii_case(".git") || base.eq_ignore_ascii_case("git~1")
}

#[cfg(unix)]
fn native(component: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt;
    Some(Path::new(std::ffi::OsStr::from_bytes(component)))
}

#[cfg(not(unix))]
fn native(component: &[u8]) -> Option<&Path> {
    let name = std::str::from_utf8(component).ok()?;
    (!name.contains(['\\', ':'])).then(|| Path::new(name))
}
