//! From tag to tag.

use std::io::BufRead as _;

use encoding_rs::Encoding;

use super::Element;
use super::markup::{self, Form, MAX_BYTES, damaged};
use super::tag::{Kind, Tag};
use crate::input::Input;
use crate::stream::{Halt, Sink};
use crate::{BugReport, Place, Warning};

/// Deeper elements are damage.
const MAX_DEPTH: usize = 128;

/// A whole element, and what a report of it begins with.
pub(crate) struct Record {
    pub(crate) root: Element,
    pub(crate) report: BugReport,
}

/// A place in a document.
pub(crate) struct Xml<'i, 's> {
    input: &'i mut Input<'s>,
    /// A tag that was read already.
    ahead: Option<Tag>,
    /// How far the next tag is indented, if nothing else stands before it on its line.
    indent: Option<usize>,
    /// What the document says that its bytes mean, where that is not UTF-8.
    encoding: Option<&'static Encoding>,
    /// The elements that are open around the records.
    open: Vec<String>,
    /// The name in the tag that was read last.
    last: String,
}

impl<'i, 's> Xml<'i, 's> {
    /// The document, or several of them, in `input`.
    pub(crate) fn new(input: &'i mut Input<'s>) -> Self {
        Self {
            input,
            ahead: None,
            indent: Some(0),
            encoding: None,
            open: Vec::new(),
            last: String::new(),
        }
    }

    /// The next tag outside of the records that were taken whole; none at the end.
    pub(crate) fn tag(&mut self, sink: &mut Sink<'_>) -> Result<Option<Tag>, Halt> {
        loop {
            match self.next(&mut Kept::Nothing) {
                Err(Halt::Damaged(damage)) => sink.warn(damage.place, damage.message)?,
                Ok(None) => {
                    if let Some(inner) = self.open.pop() {
                        let place = self.input.place();
                        sink.warn(place, format!("damaged XML: the input ends inside <{inner}>"))?;
                    }
                    return Ok(None);
                }
                Ok(Some(tag)) => {
                    if let Some(damage) = self.enter(&tag) {
                        sink.warn(tag.place, damage)?;
                    }
                    return Ok(Some(tag));
                }
                Err(halt) => return Err(halt),
            }
        }
    }

    /// Takes the rest of the element that `tag` opened.
    ///
    /// If it is damaged, a warning says so, what follows is passed over up to the next tag that `again` takes for
    /// the start of another element like it, and there is no record.
    pub(crate) fn record(
        &mut self,
        tag: &Tag,
        again: fn(&Tag, &Tag) -> bool,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Record>, Halt> {
        let place = tag.place;
        if tag.kind == Kind::Open && self.open.last() == Some(&tag.name) {
            self.open.pop();
        }
        match self.whole(tag, again) {
            Ok(bytes) => self.read(&bytes, place, sink),
            Err(Halt::Damaged(Warning { place: at, message })) => {
                sink.warn(place, format!("{message}, at {at}; <{}> is left out", tag.name))?;
                self.recover(tag, again)?;
                Ok(None)
            }
            Err(halt) => Err(halt),
        }
    }

    fn whole(&mut self, tag: &Tag, again: fn(&Tag, &Tag) -> bool) -> Result<Vec<u8>, Halt> {
        let mut bytes = tag.bytes.clone();
        let mut open = vec![tag.name.clone()];
        if tag.kind == Kind::Empty {
            open.clear();
        }
        while let Some(innermost) = open.last() {
            let Some(inner) = self.next(&mut Kept::In(&mut bytes))? else {
                return Err(damaged(self.input.place(), "the input ends"));
            };
            let place = inner.place;
            if inner.kind != Kind::Close && again(tag, &inner) {
                self.ahead = Some(inner);
                return Err(damaged(place, "the element is not closed"));
            }
            match inner.kind {
                Kind::Empty => {}
                Kind::Close if *innermost == inner.name => drop(open.pop()),
                Kind::Close => {
                    let what = format!("</{}> where <{innermost}> is open", inner.name);
                    return Err(damaged(place, &what));
                }
                Kind::Open if open.len() == MAX_DEPTH => {
                    return Err(damaged(place, "nested too deeply"));
                }
                Kind::Open => open.push(inner.name),
            }
        }
        Ok(bytes)
    }

    fn recover(&mut self, tag: &Tag, again: fn(&Tag, &Tag) -> bool) -> Result<(), Halt> {
        loop {
            match self.next(&mut Kept::Nothing) {
                Ok(Some(found)) if found.kind == Kind::Close => {
                    if self.open.contains(&found.name) {
                        self.enter(&found);
                    }
                }
                Ok(Some(found)) if !again(tag, &found) => {}
                Ok(found) => {
                    self.ahead = found;
                    return Ok(());
                }
                Err(Halt::Damaged(_)) => {}
                Err(halt) => return Err(halt),
            }
        }
    }

    fn read(
        &self,
        bytes: &[u8],
        place: Place,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Record>, Halt> {
        let (text, replaced) = match self.encoding {
            Some(encoding) => encoding.decode_without_bom_handling(bytes),
            None => {
                let text = crate::lines::lossy(bytes);
                let replaced = matches!(text, std::borrow::Cow::Owned(_));
                (text, replaced)
            }
        };
        let mut report = BugReport::standing_at(place, bytes);
        report.text.clone_from(&text.as_ref().to_owned());
        if replaced {
            let message = "not in the encoding of the document; bytes that are not are replaced";
            report.warnings.push(Warning::new(place, message));
        }
        match Element::of(&text) {
            Ok(root) => Ok(Some(Record { root, report })),
            Err((at, message)) => {
                let place = place.after(&text.as_bytes()[..at.min(text.len())]);
                sink.warn(place, format!("damaged XML: {message}"))?;
                Ok(None)
            }
        }
    }

    /// The next tag, as it stands.
    fn next(&mut self, kept: &mut Kept<'_>) -> Result<Option<Tag>, Halt> {
        if let Some(tag) = self.ahead.take() {
            return Ok(Some(tag));
        }
        let mut own = Vec::new();
        while self.text(kept)? {
            let (place, indent) = (self.input.place(), self.indent.take());
            own.clear();
            let form = markup::take(self.input, &mut own).inspect_err(|_| {
                // A tag that is not closed may have taken the break of its line.
                self.indent = indent_behind(&own, None);
            })?;
            kept.add(&own, place)?;
            match form {
                Form::Tag => {
                    let mut tag = Tag::new(&own, place, indent);
                    tag.after = std::mem::replace(&mut self.last, tag.name.clone());
                    return Ok(Some(tag));
                }
                Form::Instruction => self.instruction(&own),
                Form::Other => {}
            }
        }
        Ok(None)
    }

    /// Passes over the text before the next piece of markup; `false` at the end of the input.
    fn text(&mut self, kept: &mut Kept<'_>) -> Result<bool, Halt> {
        loop {
            let place = self.input.place();
            let chunk = self.input.chunk()?;
            let end = memchr::memchr(b'<', chunk).unwrap_or(chunk.len());
            let (text, more) = (&chunk[..end], end == chunk.len() && end > 0);
            self.indent = indent_behind(text, self.indent);
            kept.add(text, place)?;
            let ended = chunk.is_empty();
            self.input.consume(end);
            if !more {
                return Ok(!ended);
            }
        }
    }

    /// Opens or closes an element around the records; returns what is wrong with that.
    fn enter(&mut self, tag: &Tag) -> Option<String> {
        match tag.kind {
            Kind::Open if self.open.len() < MAX_DEPTH => self.open.push(tag.name.clone()),
            Kind::Open | Kind::Empty => {}
            Kind::Close => {
                let at = self.open.iter().rposition(|name| *name == tag.name);
                let Some(at) = at else {
                    return Some(format!("damaged XML: </{}> closes nothing", tag.name));
                };
                let inner = self.open.drain(at..).nth(1);
                return inner.map(|name| format!("damaged XML: <{name}> is not closed"));
            }
        }
        None
    }

    /// Takes the encoding from the declaration at the head of a document.
    fn instruction(&mut self, bytes: &[u8]) {
        let Some(declared) = bytes.strip_prefix(b"<?xml") else { return };
        let declared = String::from_utf8_lossy(declared);
        let value = declared.split_once("encoding").map_or("", |(_, value)| value);
        let label = value.trim_start_matches([' ', '=', '\t']).get(1..).unwrap_or_default();
        let label = label.split(['"', '\'']).next().unwrap_or_default();
        let encoding = Encoding::for_label(label.as_bytes());
        self.encoding = encoding
            .filter(|encoding| encoding.is_ascii_compatible() && *encoding != encoding_rs::UTF_8);
    }
}

/// How far what follows `text` is indented, if nothing but blanks stands before it on its line.
fn indent_behind(text: &[u8], before: Option<usize>) -> Option<usize> {
    let line = memchr::memrchr(b'\n', text).map(|at| &text[at + 1..]);
    let before = if line.is_some() { Some(0) } else { before };
    let line = line.unwrap_or(text);
    before.filter(|_| line.trim_ascii().is_empty()).map(|indent| indent + line.len())
}

/// Where the bytes go that are passed.
enum Kept<'b> {
    Nothing,
    In(&'b mut Vec<u8>),
}

impl Kept<'_> {
    fn add(&mut self, bytes: &[u8], place: Place) -> Result<(), Halt> {
        let Self::In(kept) = self else { return Ok(()) };
        if kept.len() + bytes.len() > MAX_BYTES {
            return Err(damaged(place, "a single record is larger than 32 MiB"));
        }
        kept.extend_from_slice(bytes);
        Ok(())
    }
}
