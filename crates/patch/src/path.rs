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
/// into `.git` in any spelling that some file system takes for it, is kept for the files that
/// [`Plan::write`](crate::Plan::write) makes for itself, or has too few components.
pub fn strip(name: &[u8], level: usize) -> Result<PathBuf, Error> {
    stripped(name, level).map_err(|problem| Error::Path {
        path: String::from_utf8_lossy(name).into_owned(),
        problem,
    })
}

fn stripped(name: &[u8], level: usize) -> Result<PathBuf, PathProblem> {
    if name.starts_with(b"/") {
        return Err(PathProblem::Absolute);
    }
    if name.iter().any(u8::is_ascii_control) {
        return Err(PathProblem::Control);
    }
    let components = name.split(|byte| *byte == b'/').filter(|part| !part.is_empty());
    let mut path = PathBuf::new();
    for (index, component) in components.enumerate() {
        check(component)?;
        if index >= level && component != b"." {
            path.push(native(component).ok_or(PathProblem::Unnameable)?);
        }
    }
    if path.as_os_str().is_empty() {
        return Err(PathProblem::TooShort);
    }
    Ok(path)
}

/// Refuses a component that leads elsewhere, here or on a system where `\\` ends a component.
fn check(component: &[u8]) -> Result<(), PathProblem> {
    for part in component.split(|byte| *byte == b'\\') {
        let name = comparable(part);
        let numbered = |key: &str| {
            let digits = name.strip_prefix(key);
            digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if part == b".." {
            return Err(PathProblem::Parent);
        }
        // The numbered ones are the short names that NTFS gives to long ones.
        if name == ".git" || numbered("git~") {
            return Err(PathProblem::Git);
        }
        if name.starts_with(OWN) || numbered("fixwri~") {
            return Err(PathProblem::Reserved);
        }
    }
    Ok(())
}

/// What the names begin with that are kept for the files of a write.
pub(crate) const OWN: &str = ".fixwright-";

/// The characters that HFS+ leaves out when it compares names.
const HFS_IGNORED: [RangeInclusive<char>; 4] = [
    '\u{200c}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{206a}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
];

/// The name as the most forgiving file systems compare it: without the characters that HFS+
/// ignores, without NTFS's streams, trailing dots and spaces, and in lower case.
fn comparable(component: &[u8]) -> String {
    let text = String::from_utf8_lossy(component);
    let ignored = |c: &char| HFS_IGNORED.iter().any(|range| range.contains(c));
    let mut plain: String = text.chars().filter(|c| !ignored(c)).collect();
    plain.truncate(plain.find(':').unwrap_or(plain.len()));
    plain.truncate(plain.trim_end_matches(['.', ' ']).len());
    plain.make_ascii_lowercase();
    plain
}

#[cfg(unix)]
fn native(component: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt;
    Some(Path::new(std::ffi::OsStr::from_bytes(component)))
}

#[cfg(not(unix))]
fn native(component: &[u8]) -> Option<&Path> {
    let name = std::str::from_utf8(component).ok()?;
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |key| stem.strip_prefix(key).is_some_and(|rest| rest.chars().count() == 1);
    let device = matches!(&*stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$");
    let plain = !name.contains(['\\', ':', '*', '?', '"', '<', '>', '|']);
    let kept = !name.ends_with(['.', ' ']) || name == ".";
    (plain && kept && !device && !numbered("com") && !numbered("lpt")).then(|| Path::new(name))
}
