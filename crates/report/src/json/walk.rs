//! From value to value.

use std::io::BufRead as _;

use super::Raw;
use super::scan::{Scan, Step};
use crate::input::Input;
use crate::stream::Halt;
use crate::{Place, Warning};

/// The largest single value, in bytes.
pub(super) const MAX_VALUE: usize = 32 << 20;

/// A place in front of, or inside, a JSON value.
pub(crate) struct Json<'i, 's> {
    pub(super) input: &'i mut Input<'s>,
    /// How many bytes were read more than once.
    pub(super) repeated: usize,
}

impl<'i, 's> Json<'i, 's> {
    /// The values of `input`, a byte order mark left out.
    pub(crate) fn new(input: &'i mut Input<'s>) -> Result<Self, Halt> {
        if input.place().byte == 0 && input.ahead(3)?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        Ok(Self { input, repeated: 0 })
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

    /// Whether nothing but an empty array comes next.
    pub(crate) fn is_empty_array(&mut self) -> Result<bool, Halt> {
        const MOST: usize = 64;
        Ok(self.input.ahead(MOST)?.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii() == b"]"))
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
        if self.closes(b'}')? {
            return Ok(());
        }
        self.members(member)
    }

    /// Walks the members that are left of an object, in front of the name of one.
    pub(crate) fn members(
        &mut self,
        member: &mut dyn FnMut(&mut Self, &str) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.items(b'}', &mut |json| {
            let name: String = json.raw()?.read()?;
            json.expect(b':', "`:` after a name")?;
            member(json, &name)
        })
    }

    /// Walks the elements of the array that comes next; `element` must take each.
    ///
    /// Damage ends it: what lists findings is walked by [`elements`](Self::elements).
    pub(crate) fn array(
        &mut self,
        element: &mut dyn FnMut(&mut Self) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.expect(b'[', "an array")?;
        if self.closes(b']')? {
            return Ok(());
        }
        self.items(b']', element)
    }

    fn items(
        &mut self,
        close: u8,
        item: &mut dyn FnMut(&mut Self) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        loop {
            item(self)?;
            if self.closes(close)? {
                return Ok(());
            }
            self.expect(b',', "`,` or a closing bracket")?;
        }
    }

    /// Takes the next value whole.
    pub(crate) fn raw(&mut self) -> Result<Raw, Halt> {
        let (raw, damage) = self.attempt()?;
        damage.map_or(Ok(raw), |damage| Err(Halt::Damaged(damage)))
    }

    /// Passes over the next value, however large it is.
    pub(crate) fn skip(&mut self) -> Result<(), Halt> {
        let (_, damage) = self.value(usize::MAX, &mut |_| ())?;
        damage.map_or(Ok(()), |damage| Err(Halt::Damaged(damage)))
    }

    /// Takes the next value as far as it goes, and what is wrong with it.
    pub(super) fn attempt(&mut self) -> Result<(Raw, Option<Warning>), Halt> {
        let mut bytes = Vec::new();
        let (place, damage) = self.value(MAX_VALUE, &mut |part| bytes.extend_from_slice(part))?;
        Ok((Raw { place, bytes }, damage))
    }

    /// Gives the bytes of the next value to `take`, part by part; returns where it began and its damage.
    fn value(
        &mut self,
        limit: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(Place, Option<Warning>), Halt> {
        self.peek()?;
        let begin = self.input.place();
        let mut scan = Scan::default();
        loop {
            let chunk = self.input.chunk()?;
            let ended = chunk.is_empty();
            let (len, step) = scan.follow(chunk);
            take(&chunk[..len]);
            self.input.consume(len);
            let taken = self.input.place().byte - begin.byte;
            let damage = match step {
                Step::Last => return Ok((begin, None)),
                Step::Past if taken > 0 => return Ok((begin, None)),
                Step::More if ended && scan.may_end() => return Ok((begin, None)),
                Step::Past => "expected a value",
                Step::Bad(what) => what,
                Step::More if ended && taken == 0 => "the input ends where a value was expected",
                Step::More if ended => "the input ends inside a value",
                Step::More if taken > limit => "a single value is larger than 32 MiB",
                Step::More => continue,
            };
            return Ok((begin, Some(self.damage(damage))));
        }
    }

    /// Takes the closing bracket if it comes next.
    pub(super) fn closes(&mut self, close: u8) -> Result<bool, Halt> {
        let closes = self.peek()? == Some(close);
        self.input.consume(usize::from(closes));
        Ok(closes)
    }

    pub(super) fn expect(&mut self, byte: u8, what: &str) -> Result<(), Halt> {
        if self.closes(byte)? {
            return Ok(());
        }
        Err(Halt::Damaged(self.damage(&format!("expected {what}"))))
    }

    /// Damage at the next byte.
    pub(super) fn damage(&self, what: &str) -> Warning {
        Warning::new(self.input.place(), format!("damaged JSON: {what}"))
    }
}
