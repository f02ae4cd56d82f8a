//! One tag.

use crate::Place;

/// A tag of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// Where it begins.
    pub(crate) place: Place,
    /// How far it is indented, if it is the first on its line.
    pub(crate) indent: Option<usize>,
    /// The name in the tag before it.
    pub(crate) after: String,
    /// Its own bytes.
    pub(super) bytes: Vec<u8>,
}

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Close,
    Empty,
}

impl Tag {
    /// Whether `inner`, found inside of this element, can only open the next one, so that this one was not closed.
    pub(crate) fn opens_again(&self, inner: &Self) -> bool {
        inner.kind != Kind::Close && inner.name == self.name
    }

    /// The tag that these bytes are, from `<` to `>`.
    pub(super) fn new(bytes: &[u8], place: Place, indent: Option<usize>) -> Self {
        let inside = bytes.strip_prefix(b"<").unwrap_or(bytes);
        let inside = inside.strip_suffix(b">").unwrap_or(inside);
        let (kind, inside) = match (inside.strip_prefix(b"/"), inside.strip_suffix(b"/")) {
            (Some(inside), _) => (Kind::Close, inside),
            (None, Some(inside)) => (Kind::Empty, inside),
            (None, None) => (Kind::Open, inside),
        };
        let name = inside.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        Self { kind, name, place, indent, after: String::new(), bytes: bytes.to_owned() }
    }

    /// Whether this is the start of an element of that name.
    pub(crate) fn starts(&self, name: &str) -> bool {
        self.kind != Kind::Close && self.name == name
    }
}
