//! The formats, with the name and the reader of each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::detect::Head;
use crate::stream::Read;
use crate::{Error, cid, diagnostic};

/// A format of bug reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// The key/value report in the style of Coverity.
    Cid,
    /// cppcheck's text, that of its template `gcc` included.
    CppcheckText,
    /// Text diagnostics of gcc, clang, clang-tidy and whatever writes like them.
    Diagnostic,
}

/// What is to be known of a format.
pub(crate) struct Reader {
    pub(crate) format: Format,
    /// The name on a command line.
    name: &'static str,
    /// What an input of this format has to show.
    sign: &'static str,
    /// Whether an input shows that.
    pub(crate) is_like: fn(&Head<'_>) -> bool,
    pub(crate) read: Read,
}

/// Every format; where an input may look like two of them, the surer sign comes first.
pub(crate) const READERS: &[Reader] = &[
    Reader {
        format: Format::Cid,
        name: "cid",
        sign: "a line with a key such as `File: src/a.c`",
        is_like: |head| cid::is_like(&head.text),
        read: cid::read,
    },
    Reader {
        format: Format::CppcheckText,
        name: "cppcheck-text",
        sign: "a line such as `src/a.c:12:5: style: ... [unusedVariable]`",
        is_like: |head| diagnostic::is_like_cppcheck(&head.text),
        read: diagnostic::read_cppcheck,
    },
    Reader {
        format: Format::Diagnostic,
        name: "diagnostic",
        sign: "a line such as `src/a.c:12:5: warning: ...`",
        is_like: |head| diagnostic::is_like(&head.text),
        read: diagnostic::read,
    },
];

impl Format {
    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        READERS.iter().map(|reader| reader.format)
    }

    /// The name, as [`FromStr`] reads it.
    pub fn name(self) -> &'static str {
        self.reader().name
    }

    /// All names, for a message.
    pub(crate) fn names() -> String {
        READERS.iter().map(|reader| reader.name).collect::<Vec<_>>().join(", ")
    }

    /// What an input of this format has to show.
    pub(crate) fn sign(self) -> &'static str {
        self.reader().sign
    }

    pub(crate) fn reader(self) -> &'static Reader {
        let own = READERS.iter().find(|reader| reader.format == self);
        own.expect("the table has every format, which a test shows")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let named = READERS.iter().find(|reader| reader.name == name);
        named
            .map(|reader| reader.format)
            .ok_or_else(|| Error::UnknownFormat { name: name.to_owned() })
    }
}
