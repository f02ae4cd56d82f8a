//! File names as header lines have them.

use crate::quote;

/// The name in a `---` or `+++` line: quoted, or up to a tab; `Some(None)` is `/dev/null`.
pub(crate) fn in_header(text: &[u8]) -> Option<Option<Vec<u8>>> {
    if text.starts_with(b"\"") {
        let (name, rest) = quote::read(text)?;
        let ends = rest.is_empty() || rest.starts_with(b"\t");
        return (ends && !name.is_empty()).then_some(Some(name));
    }
    let name = text.split(|byte| *byte == b'\t').next().unwrap_or_default();
    match name {
        b"" => None,
        b"/dev/null" => Some(None),
        name => Some(Some(name.to_vec())),
    }
}

/// The name in a `rename from` or `rename to` line: quoted, or all of the line.
pub(crate) fn in_rename(text: &[u8]) -> Option<Vec<u8>> {
    let name = match text {
        [b'"', ..] => quote::read(text).filter(|(_, rest)| rest.is_empty())?.0,
        _ => text.to_vec(),
    };
    (!name.is_empty()).then_some(name)
}

/// The two names of a `diff --git` line.
///
/// Unquoted names may contain spaces. If there is more than one space, where the first name ends
/// follows from the names of a rename, or from both being the same, given that their prefixes are
/// equally long (`a/` and `b/`, or none).
pub(crate) fn pair(text: &[u8], renamed: Option<(&[u8], &[u8])>) -> Option<(Vec<u8>, Vec<u8>)> {
    let (old, new) = if text.starts_with(b"\"") {
        let (old, rest) = quote::read(text)?;
        (old, in_rename(rest.strip_prefix(b" ")?)?)
    } else {
        let mut spaces = memchr::memchr_iter(b' ', text);
        let at = match renamed {
            _ if text.ends_with(b"\"") => text.windows(2).position(|two| two == b" \"")?,
            Some(_) if let (Some(only), None) = (spaces.next(), spaces.next()) => only,
            Some((from, to)) => {
                (text.len().checked_sub(1 + from.len() + to.len())?) / 2 + from.len()
            }
            None => text.len().checked_sub(1)? / 2,
        };
        let (old, rest) = text.split_at_checked(at)?;
        (in_rename(old)?, in_rename(rest.strip_prefix(b" ")?)?)
    };
    let fits = match renamed {
        Some((from, to)) => ends_with(&old, from) && ends_with(&new, to),
        None => old == new || unprefixed(&old).is_some_and(|name| Some(name) == unprefixed(&new)),
    };
    fits.then_some((old, new))
}

fn unprefixed(name: &[u8]) -> Option<&[u8]> {
    let slash = name.iter().position(|byte| *byte == b'/')?;
    Some(&name[slash + 1..])
}

/// Whether `path` is `name` or has it as its last components.
pub(crate) fn ends_with(path: &[u8], name: &[u8]) -> bool {
    path.strip_suffix(name).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(b"/"))
}
