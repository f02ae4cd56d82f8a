//! Reading samples line by line.

use std::io::BufRead;
use std::iter::FusedIterator;

use crate::lines::Lines;
use crate::{Error, Place, RepairSample};

/// How a [`Reader`] reads.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The longest line that is read, in bytes without its line feed; it bounds the memory that a
    /// reader takes.
    pub max_line_bytes: usize,
}

impl Default for ReadOptions {
    /// Lines of up to 64 MiB.
    fn default() -> Self {
        Self { max_line_bytes: 64 << 20 }
    }
}

impl ReadOptions {
    /// The options with lines of up to `bytes` bytes.
    #[must_use]
    pub fn with_max_line_bytes(mut self, bytes: usize) -> Self {
        self.max_line_bytes = bytes;
        self
    }
}

/// The samples of a JSON Lines input, read as they are asked for.
///
/// Blank lines, a byte order mark at the very start, `\r\n` and a last line without an end are all
/// right. A line that is no sample gives an [`Error`] with its place, and the iteration goes on
/// with the next line; only [`Error::Read`] ends it.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    ended: bool,
    /// Where the line of the last sample begins.
    last: Place,
}

impl<R: BufRead> Reader<R> {
    /// A reader with the default options.
    pub fn new(input: R) -> Self {
        Self::with_options(input, &ReadOptions::default())
    }

    /// A reader with these options.
    pub fn with_options(input: R, options: &ReadOptions) -> Self {
        let lines = Lines::new(input, options.max_line_bytes);
        Self { lines, ended: false, last: Place { line: 1, offset: 0 } }
    }

    /// Where the line of the last sample begins.
    pub(crate) fn place(&self) -> Place {
        self.last
    }

    /// The next sample; `None` at the end of the input.
    fn advance(&mut self) -> Result<Option<RepairSample>, Error> {
        while let Some((start, line)) = self.lines.next()? {
            let mark: &[u8] = if start.offset == 0 { b"\xEF\xBB\xBF" } else { b"" };
            let json = line.strip_prefix(mark).unwrap_or(line);
            if !json.trim_ascii().is_empty() {
                self.last = start;
                return parse(json, start.after(line.len() - json.len())).map(Some);
            }
        }
        Ok(None)
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.advance().transpose();
        self.ended = matches!(item, None | Some(Err(Error::Read { .. })));
        item
    }
}

impl<R: BufRead> FusedIterator for Reader<R> {}

/// The sample in a line whose JSON begins at `start`.
fn parse(json: &[u8], start: Place) -> Result<RepairSample, Error> {
    let text = str::from_utf8(json)
        .map_err(|error| Error::NotUtf8 { place: start.after(error.valid_up_to()) })?;
    serde_json::from_str(text).map_err(|error| {
        let place = start.after(error.column().saturating_sub(1));
        // The place of serde_json is that in the line; ours says it better.
        let suffix = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&suffix).unwrap_or(&message).to_owned();
        Error::Json { place, message }
    })
}
