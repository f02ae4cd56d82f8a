//! Diffs that were valid once, and the texts that they are for.

use fixwright_patch::{DiffOptions, FilePatch, Patch};

use crate::random::Random;

/// A diff and the texts of its file before and after, as far as it still is about them.
pub(crate) struct Input {
    pub(crate) diff: Vec<u8>,
    pub(crate) old: Vec<u8>,
    pub(crate) new: Vec<u8>,
}

/// Lines that texts are made of.
const LINES: &[&[u8]] = &[
    b"{\n",
    b"}\n",
    b"\n",
    b"\treturn 0;\n",
    b"    return 0;\n",
    b"int f(void)\n",
    b"x\r\n",
    b"\r\n",
    b"-- a\n",
    b"++ b\n",
    b"@@ -1 +1 @@\n",
    b"caf\xe9\n",
    b"\xc3\xa9\n",
    b"a\rb\n",
    b"\0\n",
    b" \n",
    b"...\n",
    b"/* a */\n",
    b"\tif (x == NULL)\n",
    b"\tf(\"a  b\", '\\\\');\n",
    b"--- a/f\n",
    b"+++ b/f\n",
];

/// Whole files of other diffs, and what stands around them.
const FILES: &[&[u8]] = &[
    b"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n",
    b"diff --git a/f b/g\nsimilarity index 90%\nrename from f\nrename to g\n",
    b"diff --git a/f b/g\ncopy from f\ncopy to g\n--- a/f\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n",
    b"diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n",
    b"diff --git a/n b/n\nnew file mode 100644\nindex 0000000..e69de29\n",
    b"--- /dev/null\n+++ b/new/file\n@@ -0,0 +1,2 @@\n+a\n+b\n",
    b"--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
    b"--- a/../../x\n+++ b/../../x\n@@ -0,0 +1 @@\n+a\n",
    b"--- /dev/null\n+++ /tmp/x\n@@ -0,0 +1 @@\n+a\n",
    b"--- /dev/null\n+++ b/link/y\n@@ -0,0 +1 @@\n+a\n",
    b"--- a/link/x\n+++ b/link/x\n@@ -1 +1 @@\n-left alone\n+a\n",
    b"--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+a\n",
    b"*** a/f\n--- b/f\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
    b"GIT binary patch\nliteral 10\nJc${NkWMXDvWn%yU\n\n",
    b"Here is the fix:\n\n```diff\n",
];

/// What mutations put in.
const PIECES: &[&[u8]] = &[
    b"@@",
    b"@@ -1,3 +1,4 @@\n",
    b"@@ ... @@\n",
    b"@@ -99999999999999999999 +1 @@\n",
    b"@@ -2147483647,2 +1 @@\n",
    b"--- ",
    b"+++ ",
    b"\n+++ x\n",
    b"```\n",
    b"````diff\n",
    b"...\n",
    b"\\ No newline at end of file\n",
    b"\r\n",
    b"\t",
    b"\"",
    b"\\303",
    b"../",
    b"/",
    b".git/",
    b"\0",
    b"\xff",
    b"diff --git ",
    b"rename from ",
    b"+",
    b"-",
    b" ",
    b"/dev/null",
    b"-- \n",
    b"b/",
];

/// Makes inputs, one after another, always the same for the same seed.
pub(crate) struct Mutator(Random);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    pub(crate) fn next(&mut self) -> Input {
        let longest = if self.0.below(64) == 0 { 2000 } else { 40 };
        let lines: Vec<_> = (0..self.0.below(longest)).map(|_| self.0.pick(LINES)).collect();
        let (mut old, new) = (lines.concat(), self.edited(&lines));
        let options = DiffOptions::default().with_context(self.0.below(5));
        let file = FilePatch::between("f", Some(&old), Some(&new), &options);
        let mut diff = Patch { files: vec![file] }.to_bytes();
        if self.0.below(3) == 0 {
            diff.splice(..0, self.0.pick(FILES).iter().copied());
        }
        if self.0.below(3) == 0 {
            diff.extend_from_slice(self.0.pick(FILES));
        }
        for _ in 0..self.0.below(6) {
            self.mutate(&mut diff);
        }
        if self.0.below(4) == 0 {
            self.mutate(&mut old);
        }
        Input { diff, old, new }
    }

    fn edited(&mut self, text: &[&'static [u8]]) -> Vec<u8> {
        let mut edited = text.to_vec();
        for _ in 0..self.0.below(8) {
            let at = self.0.below(edited.len() + 1);
            let end = (at + self.0.below(3)).min(edited.len());
            let lines: Vec<_> = (0..self.0.below(3)).map(|_| self.0.pick(LINES)).collect();
            edited.splice(at..end, lines);
        }
        edited.concat()
    }

    /// Changes a byte, a line or a number, or puts something in.
    fn mutate(&mut self, text: &mut Vec<u8>) {
        let at = self.0.below(text.len() + 1);
        let before = text[..at].iter().rposition(|byte| *byte == b'\n');
        let after = text[at..].iter().position(|byte| *byte == b'\n');
        let start = before.map_or(0, |before| before + 1);
        let end = after.map_or(text.len(), |after| at + after + 1);
        let byte = self.0.next().to_le_bytes()[0];
        let piece = self.0.pick(PIECES);
        match self.0.below(10) {
            0 => text.insert(at, byte),
            1 if at < text.len() => text[at] = byte,
            2 => drop(text.splice(at..at, piece.iter().copied())),
            3 => drop(text.drain(start..end)),
            4 | 5 => {
                let line = text[start..end].to_vec();
                let to = self.0.below(text.len() + 1);
                text.splice(to..to, line);
            }
            6 if self.0.below(4) == 0 => text.truncate(at),
            7 => {
                if let Some(digit) = text[at..].iter_mut().find(|byte| byte.is_ascii_digit()) {
                    *digit = b'0' + byte % 10;
                }
            }
            8 => drop(text.splice(start..(start + 1).min(end), piece.iter().copied())),
            _ => drop(text.splice(start..start, piece.iter().copied())),
        }
    }
}
