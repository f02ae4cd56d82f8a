//! Diffs as text, in the form that `git apply` and GNU `patch` read.

use std::fmt;

use crate::{FilePatch, Hunk, LineKind, Mode, Origin, Patch, quote};

const DEV_NULL: &[u8] = b"/dev/null";

impl Patch {
    /// The diff as text: git's form if any file needs it, plain unified diffs otherwise.
    /// A file that [is empty](FilePatch::is_empty) leaves no trace in it.
    ///
    /// [`Patch::parse`] gives the same patch back if it was parsed, or made of files that are not
    /// empty by [`FilePatch::between`], with one exception: in git's form, a file that is created or
    /// deleted in an unstated mode gets the mode that its header must state, 100644.
    pub fn to_bytes(&self) -> Vec<u8> {
        // After a file that has git's header alone, the `---` line of a plain one would be taken
        // for its continuation.
        let form = self.files.iter().map(Form::of).max().unwrap_or(Form::Plain);
        let mut out = Vec::new();
        self.files.iter().for_each(|each| file(&mut out, each, form));
        out
    }
}

impl FilePatch {
    /// The diff of this file as text; nothing at all if it [is empty](FilePatch::is_empty).
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        file(&mut out, self, Form::of(self));
        out
    }
}

/// The diff for people to read: bytes that are not UTF-8 are replaced. [`Patch::to_bytes`] is
/// exact.
impl fmt::Display for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

/// The diff for people to read: bytes that are not UTF-8 are replaced. [`FilePatch::to_bytes`] is
/// exact.
impl fmt::Display for FilePatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

impl Hunk {
    /// The header line, `@@ -7,6 +7,8 @@ section`, with its line end.
    pub fn header(&self) -> Vec<u8> {
        let mut out = format!("@@ -{} +{} @@", self.old_range(), self.new_range()).into_bytes();
        if !self.section().is_empty() {
            out.push(b' ');
            out.extend_from_slice(self.section());
        }
        out.push(b'\n');
        out
    }
}

impl Mode {
    fn digits(self) -> &'static str {
        match self {
            Self::Regular => "100644",
            Self::Executable => "100755",
        }
    }
}

/// The form of a file's header.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// The two names.
    Plain,
    /// git's, which has room for a mode, a rename, and a change without hunks.
    Git,
}

impl Form {
    fn of(file: &FilePatch) -> Self {
        let plain = file.old_mode.is_none()
            && file.new_mode.is_none()
            && file.origin == Origin::InPlace
            && !file.hunks.is_empty();
        if plain || file.is_empty() { Self::Plain } else { Self::Git }
    }
}

fn file(out: &mut Vec<u8>, file: &FilePatch, form: Form) {
    if file.is_empty() {
        return;
    }
    if form == Form::Git {
        git_header(out, file);
    }
    if !file.hunks.is_empty() {
        name_line(out, "--- ", file.old_path.as_deref());
        name_line(out, "+++ ", file.new_path.as_deref());
    }
    file.hunks.iter().for_each(|each| hunk(out, each));
}

fn git_header(out: &mut Vec<u8>, file: &FilePatch) {
    let old = file.old_path.clone().or_else(|| file.new_path.as_deref().map(sibling));
    let new = file.new_path.clone().or_else(|| file.old_path.as_deref().map(sibling));
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    out.extend_from_slice(b"diff --git ");
    quote::write_word(out, &old);
    out.push(b' ');
    quote::write_word(out, &new);
    out.push(b'\n');
    mode_lines(out, file);
    let verb = match file.origin {
        Origin::InPlace => return,
        Origin::Renamed => "rename",
        Origin::Copied => "copy",
    };
    for (side, name) in [("from", &old), ("to", &new)] {
        out.extend(format!("{verb} {side} ").bytes());
        quote::write(out, without_prefix(name));
        out.push(b'\n');
    }
}

fn mode_lines(out: &mut Vec<u8>, file: &FilePatch) {
    let mut line = |key: &str, mode: Mode| out.extend(format!("{key} {}\n", mode.digits()).bytes());
    match (&file.old_path, &file.new_path) {
        (None, _) => line("new file mode", file.new_mode.unwrap_or(Mode::Regular)),
        (_, None) => line("deleted file mode", file.old_mode.unwrap_or(Mode::Regular)),
        _ => {
            file.old_mode.into_iter().for_each(|mode| line("old mode", mode));
            file.new_mode.into_iter().for_each(|mode| line("new mode", mode));
        }
    }
}

/// The name of a file on the other side of a diff.
fn sibling(name: &[u8]) -> Vec<u8> {
    let (side, rest) = name.split_at(name.len().min(2));
    match side {
        b"a/" => [b"b/", rest].concat(),
        b"b/" => [b"a/", rest].concat(),
        _ => name.to_vec(),
    }
}

/// The name as git's `rename` lines have it.
fn without_prefix(name: &[u8]) -> &[u8] {
    let prefixed = name.strip_prefix(b"a/").or_else(|| name.strip_prefix(b"b/"));
    prefixed.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn name_line(out: &mut Vec<u8>, key: &str, name: Option<&[u8]>) {
    out.extend_from_slice(key.as_bytes());
    match name {
        None => out.extend_from_slice(DEV_NULL),
        Some(DEV_NULL) => quote::write_quoted(out, DEV_NULL),
        Some(name) => {
            quote::write(out, name);
            // GNU patch takes a name to end at white space unless a tab ends it.
            if name.contains(&b' ') {
                out.push(b'\t');
            }
        }
    }
    out.push(b'\n');
}

/// Appends one hunk.
pub(crate) fn hunk(out: &mut Vec<u8>, hunk: &Hunk) {
    out.extend(hunk.header());
    for line in hunk.lines() {
        out.push(match line.kind {
            LineKind::Context => b' ',
            LineKind::Delete => b'-',
            LineKind::Insert => b'+',
        });
        out.extend_from_slice(line.text);
        if !line.has_newline() {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}
