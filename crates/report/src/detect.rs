//! Finding the format of an input in its first bytes, or further down a long log.

use std::borrow::Cow;
use std::io::{BufRead, Cursor, Read};

use crate::format::READERS;
use crate::input::Input;
use crate::json::Outline;
use crate::lines::{lossy, plain};
use crate::{Error, Format, Place};

/// How much of an input is looked at at once.
const WINDOW: usize = 1 << 20;
/// How much of a window without any sign is kept, because the lines above a sign belong to it.
const KEPT: usize = 64 << 10;

/// The first bytes of an input, as the readers' signs see them.
pub(crate) struct Head<'a> {
    /// The text without terminal colours; what is not UTF-8 is replaced.
    pub(crate) text: Cow<'a, str>,
    /// What it holds if it begins with JSON.
    pub(crate) json: Option<Outline>,
    /// The name of the root element if it begins with XML.
    pub(crate) root: Option<String>,
}

impl<'a> Head<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self::at(bytes, true)
    }

    /// The bytes of a window; `first` says whether the input begins there.
    fn at(bytes: &'a [u8], first: bool) -> Self {
        let bytes = &bytes[..bytes.len().min(WINDOW)];
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = plain(lossy(bytes));
        // In the middle of an input a bracket opens a line of some log.
        let json = first.then(|| Outline::of(bytes)).flatten();
        let root = first.then(|| crate::xml::root(&text)).flatten();
        Self { text, json, root }
    }

    /// The format that these bytes show.
    pub(crate) fn format(&self) -> Option<Format> {
        READERS.iter().find(|reader| (reader.is_like)(self)).map(|reader| reader.format)
    }
}

/// Opens an input at its first byte, or at the window that shows its format.
pub(crate) fn open<'a>(
    source: impl BufRead + 'a,
    format: Option<Format>,
) -> Result<(Format, Input<'a>), Error> {
    let mut source = utf8(source)?;
    let mut place = Place::START;
    let mut window = Vec::new();
    loop {
        let wanted = (WINDOW - window.len()) as u64;
        let ended = source.by_ref().take(wanted).read_to_end(&mut window)? < wanted as usize;
        let found = format.or_else(|| Head::at(&window, place == Place::START).format());
        if let Some(format) = found {
            let input = Input::new(Cursor::new(window).chain(source), place);
            return Ok((format, input));
        }
        if ended {
            return Err(Error::Unrecognised);
        }
        let passed = passed(&window);
        place = place.after(&window[..passed]);
        window.drain(..passed);
    }
}

/// How much of a window without any sign can be let go: whole lines of it, if it has any.
fn passed(window: &[u8]) -> usize {
    let most = window.len().saturating_sub(KEPT);
    memchr::memrchr(b'\n', &window[..most]).map_or(most, |end| end + 1)
}

/// The source as UTF-8: a byte order mark of UTF-16 has it converted.
fn utf8<'a>(mut source: impl BufRead + 'a) -> Result<Box<dyn BufRead + 'a>, Error> {
    let utf16 = matches!(source.fill_buf()?, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    if !utf16 {
        return Ok(Box::new(source));
    }
    Ok(Box::new(std::io::BufReader::new(encoding_rs_io::DecodeReaderBytes::new(source))))
}
