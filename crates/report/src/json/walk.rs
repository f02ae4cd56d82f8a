//! From value to value.

use std::io::BufRead as _;

use serde::de::DeserializeOwned;

use super::scan::{Scan, Step};
use crate::input::Input;
use crate::stream::Halt;
use crate::{Place, Warning};

/// The largest single value, in bytes.
pub(crate) const MAX_VALUE: usize = 32 << 20;

/// One JSON value as it stands in the input.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    /// Where it begins.
    pub(crate) place: Place,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Raw {
    /// The value as a `T`.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Warning> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let lines = error.line().saturating_sub(1);
            let starts = memchr::memchr_iter(b'\n', &self.bytes).map(|at| at + 1);
            let start = std::iter::once(0).chain(starts).nth(lines).unwrap_or_default();
            let byte = self.place.byte + start + error.column().saturating_sub(1);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            Warning::new(Place { line: self.place.line + lines, byte }, message)
        })
    }

    /// The bytes of the input that the value takes up.
    pub(crate) fn span(&self) -> std::ops::Range<usize> {
        self.place.byte..self.place.byte + self.bytes.len()
    }

    /// The value as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// A place in front of, or inside, a JSON value.
pub(crate) struct Json<'i, 's> {
    input: &'i mut Input<'s>,
}

impl<'i, 's> Json<'i, 's> {
    /// The values of `input`, a byte order mark left out.
    pub(crate) fn new(input: &'i mut Input<'s>) -> Result<Self, Halt> {
        if input.place().byte == 0 && input.chunk()?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        Ok(Self { input })
    }

    /// The first byte of the next value, which tells its kind; none at the end of the input.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, Halt> {
        loop {
            let chunk = self.input.chunk()?;
            let blank = chunk.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if blank < chunk.len() || chunk.is_empty() {
                self.input.consume(blank);
                return Ok(self.input.peek()?);
            }
            self.input.consume(blank);
        }
    }

    /// Where the next byte is.
    pub(crate) fn place(&self) -> Place {
        self.input.place()
    }

    /// Walks the members of the object that comes next; `member` gets each name and must take its value.
    pub(crate) fn object(
        &mut self,
        member: &mut dyn FnMut(&mut Self, &str) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.expect(b'{', "an object")?;
        self.items(b'}', &mut |json| {
            let name: String = json.raw()?.read().map_err(Halt::Damaged)?;
            json.expect(b':', "`:` after a name")?;
            member(json, &name)
        })
    }

    /// Walks the elements of the array that comes next; `element` must take each.
    pub(crate) fn array(
        &mut self,
        element: &mut dyn FnMut(&mut Self) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.expect(b'[', "an array")?;
        self.items(b']', element)
    }

    fn items(
        &mut self,
        close: u8,
        item: &mut dyn FnMut(&mut Self) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        if self.peek()? == Some(close) {
            self.input.consume(1);
            return Ok(());
        }
        loop {
            item(self)?;
            match self.peek()? {
                Some(byte) if byte == close => break,
                Some(b',') => self.input.consume(1),
                _ => return self.damaged("expected `,` or a closing bracket"),
            }
        }
        self.input.consume(1);
        Ok(())
    }

    /// Takes the next value whole.
    pub(crate) fn raw(&mut self) -> Result<Raw, Halt> {
        let mut bytes = Vec::new();
        let place = self.value(MAX_VALUE, &mut |part| bytes.extend_from_slice(part))?;
        Ok(Raw { place, bytes })
    }

    /// Passes over the next value, however large it is.
    pub(crate) fn skip(&mut self) -> Result<(), Halt> {
        self.value(usize::MAX, &mut |_| ()).map(drop)
    }

    /// Gives the bytes of the next value to `take`, part by part; returns where it began.
    fn value(&mut self, limit: usize, take: &mut dyn FnMut(&[u8])) -> Result<Place, Halt> {
        if self.peek()?.is_none() {
            return self.damaged("the input ends where a value was expected");
        }
        let begin = self.input.place();
        let mut scan = Scan::default();
        loop {
            let chunk = self.input.chunk()?;
            let (len, step) = follow(&mut scan, chunk);
            let ended = chunk.is_empty();
            take(&chunk[..len]);
            self.input.consume(len);
            match step {
                Step::Last => return Ok(begin),
                Step::Past if self.input.place().byte > begin.byte => return Ok(begin),
                Step::Past => return self.damaged("expected a value"),
                Step::Bad(what) => return self.damaged(what),
                Step::More if ended && scan.may_end() => return Ok(begin),
                Step::More if ended => return self.damaged("the input ends inside a value"),
                Step::More if self.input.place().byte - begin.byte > limit => {
                    return self.damaged("a single value is larger than 32 MiB");
                }
                Step::More => {}
            }
        }
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), Halt> {
        if self.peek()? != Some(byte) {
            return self.damaged(&format!("expected {what}"));
        }
        self.input.consume(1);
        Ok(())
    }

    fn damaged<T>(&self, what: &str) -> Result<T, Halt> {
        Err(Halt::Damaged(Warning::new(self.input.place(), format!("damaged JSON: {what}"))))
    }
}

/// How much of `chunk` belongs to the value, and what comes after that.
fn follow(scan: &mut Scan, chunk: &[u8]) -> (usize, Step) {
    let mut at = 0;
    while at < chunk.len() {
        if scan.in_plain_string() {
            let plain = chunk[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'));
            at += plain.unwrap_or(chunk.len() - at);
            if at == chunk.len() {
                break;
            }
        }
        match scan.step(chunk[at]) {
            Step::More => at += 1,
            Step::Last => return (at + 1, Step::Last),
            step => return (at, step),
        }
    }
    (at, Step::More)
}
