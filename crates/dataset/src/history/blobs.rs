//! The contents of files, asked of one `git cat-file --batch`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout};

use super::git::Git;
use crate::Error;

/// A running `git cat-file`.
pub(crate) struct Blobs {
    git: Git,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What there is under an object's name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Blob {
    Bytes(Vec<u8>),
    /// The object is no file, or not in the repository, as in one that was cloned in part.
    Missing,
    TooLarge,
}

impl Blobs {
    pub(crate) fn start(repository: &Path) -> Result<Self, Error> {
        let (git, input, output) = Git::start(repository, "cat-file", &["--batch".to_owned()])?;
        Ok(Self { git, input, output: BufReader::with_capacity(1 << 16, output) })
    }

    /// The contents of the object `id`, if they have at most `limit` bytes.
    pub(crate) fn get(&mut self, id: &str, limit: u64) -> Result<Blob, Error> {
        self.ask(id, limit).map_err(|error| self.git.failed(&error))
    }

    fn ask(&mut self, id: &str, limit: u64) -> io::Result<Blob> {
        self.input.write_all(format!("{id}\n").as_bytes())?;
        let mut head = String::new();
        self.output.read_line(&mut head)?;
        // `OBJECT TYPE SIZE`, or `OBJECT missing`.
        let words: Vec<_> = head.split_whitespace().collect();
        let [_, kind, size] = words[..] else {
            return match words[..] {
                [_, "missing"] => Ok(Blob::Missing),
                _ => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        };
        let size: u64 = size.parse().map_err(io::Error::other)?;
        // The contents are followed by a line feed.
        let mut contents = self.output.by_ref().take(size + 1);
        if kind != "blob" || size > limit {
            io::copy(&mut contents, &mut io::sink())?;
            return Ok(if kind == "blob" { Blob::TooLarge } else { Blob::Missing });
        }
        let mut bytes = Vec::new();
        contents.read_to_end(&mut bytes)?;
        if bytes.pop() != Some(b'\n') || bytes.len() as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Blob::Bytes(bytes))
    }
}
