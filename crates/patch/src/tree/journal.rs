//! The list of steps that a write consists of, as it is kept in the tree while the write lasts.
//!
//! It is a first line, then each step as a letter and its fields, then a checksum; every field ends
//! in a NUL. What is read back is not trusted: the paths are checked like those of a diff, and only
//! files that are named like our own temporary ones can be moved or discarded.

use std::path::{Path, PathBuf};

use super::folder::Stamp;
use crate::path::{OWN, strip};

/// The journal while the new texts are being written: nothing of the tree has changed.
pub(super) const DRAFT: &str = ".fixwright-draft";
/// The journal of a write that has begun to change the tree, and has to be finished.
pub(super) const JOURNAL: &str = ".fixwright-journal";
/// A longer journal is not read.
pub(super) const LONGEST: u64 = 1 << 28;

const FIRST: &[u8] = b"fixwright journal 1\0";

/// One step. A write has them in this order: see [`super::steps`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Remove the file `path`.
    Remove { path: PathBuf, was: Stamp },
    /// Remove the folder `path` if it is empty.
    Prune { path: PathBuf },
    /// Make the folder `path` if there is none.
    Make { path: PathBuf },
    /// Move the file `temporary` to `path`, where there is a file that `was` so, or none.
    Write { temporary: PathBuf, path: PathBuf, was: Option<Stamp> },
    /// Remove the file `temporary`.
    Discard { temporary: PathBuf },
}

/// The journal that says `steps`.
pub(super) fn encode(steps: &[Step]) -> Vec<u8> {
    let mut out = FIRST.to_vec();
    for step in steps {
        match step {
            Step::Remove { path, was } => fields(&mut out, b'r', &[path], Some(*was)),
            Step::Prune { path } => fields(&mut out, b'p', &[path], None),
            Step::Make { path } => fields(&mut out, b'm', &[path], None),
            Step::Write { temporary, path, was } => {
                fields(&mut out, b'w', &[temporary, path], *was);
            }
            Step::Discard { temporary } => fields(&mut out, b'd', &[temporary], None),
        }
    }
    let sum = format!("{:016x}\0", checksum(&out));
    out.extend(sum.bytes());
    out
}

fn fields(out: &mut Vec<u8>, letter: u8, paths: &[&PathBuf], stamp: Option<Stamp>) {
    out.push(letter);
    for path in paths {
        for (index, component) in path.iter().enumerate() {
            out.extend(if index > 0 { "/" } else { "" }.bytes());
            out.extend_from_slice(component.as_encoded_bytes());
        }
        out.push(0);
    }
    if matches!(letter, b'r' | b'w') {
        let stamp = stamp
            .map(|Stamp { len, seconds, nanoseconds }| format!("{len} {seconds} {nanoseconds}"));
        out.extend(stamp.unwrap_or_default().bytes());
        out.push(0);
    }
}

/// The steps of a journal; `None` unless it is whole and says nothing but what a write may do.
pub(super) fn decode(text: &[u8]) -> Option<Vec<Step>> {
    let (body, sum) = text.split_at_checked(text.len().checked_sub(17)?)?;
    if sum != format!("{:016x}\0", checksum(body)).as_bytes() {
        return None;
    }
    let mut rest = body.strip_prefix(FIRST)?;
    let mut steps = Vec::new();
    while let Some((letter, tail)) = rest.split_first() {
        rest = tail;
        steps.push(step(*letter, || field(&mut rest))?);
    }
    Some(steps)
}

fn step<'a>(letter: u8, mut field: impl FnMut() -> Option<&'a [u8]>) -> Option<Step> {
    Some(match letter {
        b'r' => Step::Remove { path: target(field()?)?, was: stamp(field()?)?? },
        b'p' => Step::Prune { path: target(field()?)? },
        b'm' => Step::Make { path: target(field()?)? },
        b'w' => {
            let (temporary, path) = (temporary(field()?)?, target(field()?)?);
            let above = temporary.parent().is_some_and(|folder| path.starts_with(folder));
            above.then_some(Step::Write { temporary, path, was: stamp(field()?)? })?
        }
        b'd' => Step::Discard { temporary: temporary(field()?)? },
        _ => return None,
    })
}

/// Takes what comes before the next NUL.
fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (field, tail) = rest.split_at(end);
    *rest = &tail[1..];
    Some(field)
}

fn target(name: &[u8]) -> Option<PathBuf> {
    strip(name, 0).ok()
}

/// A path whose last component is named as [`temporary_name`] does it.
fn temporary(name: &[u8]) -> Option<PathBuf> {
    let at = name.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    let (folder, name) = name.split_at(at);
    let rest = name.strip_prefix(OWN.as_bytes())?;
    let ours = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let ours = rest.contains(&b'-') && rest.iter().all(ours);
    let folder = if folder.is_empty() { PathBuf::new() } else { target(folder)? };
    ours.then(|| folder.join(Path::new(std::str::from_utf8(name).unwrap_or_default())))
}

/// The name of the `index`-th temporary file of the write that drew the number `tag`.
pub(super) fn temporary_name(tag: u64, index: usize) -> String {
    format!("{OWN}{tag:016x}-{index:x}")
}

/// `Some(None)` if there was no file.
fn stamp(text: &[u8]) -> Option<Option<Stamp>> {
    if text.is_empty() {
        return Some(None);
    }
    let mut numbers = std::str::from_utf8(text).ok()?.splitn(3, ' ').map(str::parse);
    let mut number = || numbers.next()?.ok();
    Some(Some(Stamp { len: number()?, seconds: number()?, nanoseconds: number()? }))
}

/// FNV-1a. It finds what is cut off or damaged; against forgery stand the checks of each step.
fn checksum(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Vec<Step> {
        let was = Stamp { len: 7, seconds: -1, nanoseconds: 999 };
        let temporary = PathBuf::from(format!("src/{}", temporary_name(u64::MAX, 300)));
        vec![
            Step::Remove { path: "a b".into(), was },
            Step::Prune { path: "src/old".into() },
            Step::Make { path: "src/new".into() },
            Step::Write { temporary: temporary.clone(), path: "src/new/x".into(), was: Some(was) },
            Step::Write { temporary: temporary_name(0, 0).into(), path: "x".into(), was: None },
            Step::Discard { temporary },
        ]
    }

    #[test]
    fn steps_are_read_back() {
        assert_eq!(decode(&encode(&steps())).unwrap(), steps());
        assert_eq!(decode(&encode(&[])).unwrap(), []);
    }

    #[test]
    fn a_damaged_journal_is_refused() {
        let text = encode(&steps());
        for end in 0..text.len() {
            assert_eq!(decode(&text[..end]), None, "cut at {end}");
        }
        for at in 0..text.len() {
            let mut text = text.clone();
            text[at] ^= 1;
            assert_eq!(decode(&text), None, "damaged at {at}");
        }
    }

    #[test]
    fn what_no_write_does_is_refused() {
        let ours: PathBuf = temporary_name(1, 1).into();
        let write = |temporary: &Path, path: &str| {
            let (temporary, path) = (temporary.into(), path.into());
            Step::Write { temporary, path, was: None }
        };
        for step in [
            write(&ours, "../x"),
            write(&ours, "/x"),
            write(&ours, ".git/hooks/pre-commit"),
            write(&ours, ".fixwright-journal"),
            write(&Path::new("other").join(&ours), "x"),
            write(&Path::new("..").join(&ours), "x"),
            write(Path::new("secret"), "x"),
            write(Path::new(JOURNAL), "x"),
            Step::Discard { temporary: "src/main.c".into() },
            Step::Discard { temporary: "".into() },
            Step::Make { path: "x/../../y".into() },
            Step::Prune { path: "".into() },
        ] {
            assert_eq!(decode(&encode(std::slice::from_ref(&step))), None, "{step:?}");
        }
    }
}
