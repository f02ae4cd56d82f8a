//! Where a piece of markup ends.

use std::io::BufRead as _;

use crate::input::Input;
use crate::stream::Halt;
use crate::{Place, Warning};

/// A single record or piece of markup that is larger is damage, in bytes.
pub(super) const MAX_BYTES: usize = 32 << 20;
/// The longest opening that tells the kind of a piece of markup.
const OPENING: usize = b"<![CDATA[".len();
/// How far before the end of a declaration its closing bracket is looked for, in bytes.
const BLANKS: usize = 64;

/// The kinds of markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Tag,
    Instruction,
    /// A comment, text that is no markup, a declaration.
    Other,
}

/// Takes the piece of markup that comes next and adds its bytes to `kept`.
pub(super) fn take(input: &mut Input<'_>, kept: &mut Vec<u8>) -> Result<Form, Halt> {
    let place = input.place();
    let begin = kept.len();
    let opening = input.ahead(OPENING)?;
    if opening.starts_with(b"<!--") {
        until(input, kept, place, &|bytes| bytes[begin + 4..].ends_with(b"-->"))?;
        Ok(Form::Other)
    } else if opening.starts_with(b"<![CDATA[") {
        until(input, kept, place, &|bytes| bytes.ends_with(b"]]>"))?;
        Ok(Form::Other)
    } else if opening.starts_with(b"<?") {
        until(input, kept, place, &|bytes| bytes.ends_with(b"?>"))?;
        Ok(Form::Instruction)
    } else if opening.starts_with(b"<!") {
        until(input, kept, place, &|_| true)?;
        let has_bracket = kept[begin..].contains(&b'[');
        if has_bracket && !ends_bracket(&kept[begin..]) {
            until(input, kept, place, &ends_bracket)?;
        }
        Ok(Form::Other)
    } else {
        tag(input, kept, place)?;
        Ok(Form::Tag)
    }
}

/// Takes bytes up to the first `>` with which markup is complete.
fn until(
    input: &mut Input<'_>,
    kept: &mut Vec<u8>,
    place: Place,
    ends: &dyn Fn(&[u8]) -> bool,
) -> Result<(), Halt> {
    loop {
        let chunk = input.chunk()?;
        let end = memchr::memchr(b'>', chunk).map_or(chunk.len(), |at| at + 1);
        let closes = end > 0 && chunk[end - 1] == b'>';
        kept.extend_from_slice(&chunk[..end]);
        input.consume(end);
        if closes && ends(kept) {
            return Ok(());
        }
        check(end == 0, kept, place)?;
    }
}

/// Takes a tag up to the `>` that is not in quotes; a `<` cannot be inside.
fn tag(input: &mut Input<'_>, kept: &mut Vec<u8>, place: Place) -> Result<(), Halt> {
    let mut quote = None;
    kept.push(b'<');
    input.consume(1);
    loop {
        let chunk = input.chunk()?;
        let mut stops = chunk.iter().enumerate().filter(|(_, byte)| match (byte, quote) {
            (b'<', _) | (b'>', None) => true,
            (b'"' | b'\'', None) => {
                quote = Some(**byte);
                false
            }
            (_, Some(open)) if **byte == open => {
                quote = None;
                false
            }
            _ => false,
        });
        let stop = stops.next().map(|(at, &byte)| (at, byte));
        let end = stop.map_or(chunk.len(), |(at, byte)| at + usize::from(byte == b'>'));
        kept.extend_from_slice(&chunk[..end]);
        input.consume(end);
        match stop {
            Some((_, b'>')) => return Ok(()),
            Some(_) => return Err(damaged(place, "a tag is not closed")),
            None => check(end == 0, kept, place)?,
        }
    }
}

/// Whether a declaration with others inside is complete: a closing bracket stands before the last byte.
fn ends_bracket(bytes: &[u8]) -> bool {
    let last = bytes.get(bytes.len().saturating_sub(BLANKS)..bytes.len().saturating_sub(1));
    last.is_some_and(|last| last.trim_ascii_end().ends_with(b"]"))
}

fn check(ended: bool, kept: &[u8], place: Place) -> Result<(), Halt> {
    if ended {
        return Err(damaged(place, "the input ends inside of markup"));
    }
    if kept.len() > MAX_BYTES {
        return Err(damaged(place, "a single record is larger than 32 MiB"));
    }
    Ok(())
}

pub(super) fn damaged(place: Place, what: &str) -> Halt {
    Halt::Damaged(Warning::new(place, format!("damaged XML: {what}")))
}
