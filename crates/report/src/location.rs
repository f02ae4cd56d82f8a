//! Where in the source code something is.

use serde::{Deserialize, Serialize};

/// A place in source code, as far as a report names it.
///
/// Every part is optional because real reports leave out any of them; an empty location is
/// one that the report does not give. Lines and columns count from 1.
///
/// ```
/// use fixwright_report::Location;
///
/// let place = Location::new("src/a.c", 12).in_function("main");
/// assert_eq!(place.to_string(), "src/a.c:12");
/// assert_eq!(place.function.as_deref(), Some("main"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Location {
    /// The path exactly as the report spells it; nothing says that it exists.
    pub path: Option<String>,
    /// What a relative `path` is relative to, where the report says it: a folder or URI.
    pub base: Option<String>,
    /// First line.
    pub line: Option<u32>,
    /// Last line, where the report gives a range.
    pub end_line: Option<u32>,
    /// Column in `line`.
    pub column: Option<u32>,
    /// The column behind the last character, in `end_line`, or else in `line`.
    pub end_column: Option<u32>,
    /// What the columns count, where that is known.
    pub column_unit: Option<ColumnUnit>,
    /// The bytes of the file from which the place reaches to which, where the report counts in these.
    pub bytes: Option<(u64, u64)>,
    /// The same in characters, as `column_unit` counts them.
    pub chars: Option<(u64, u64)>,
    /// Name of the enclosing function, without its parameters.
    pub function: Option<String>,
    /// The function's name as the linker knows it, where it differs.
    pub mangled: Option<String>,
    /// The source that stands there.
    pub snippet: Option<String>,
}

/// What a column number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ColumnUnit {
    /// Bytes of the line (clang).
    Byte,
    /// Columns on a terminal, a tab reaching to the next multiple of 8 (gcc 11 and later).
    Display,
    /// Code units of UTF-16 (SARIF's default).
    Utf16,
    /// Unicode code points.
    CodePoint,
}

impl Location {
    /// A line of a file.
    pub fn new(path: impl Into<String>, line: u32) -> Self {
        Self { path: Some(path.into()), line: Some(line), ..Self::default() }
    }

    /// The same place, with the name of its function.
    #[must_use]
    pub fn in_function(mut self, name: impl Into<String>) -> Self {
        self.function = Some(name.into());
        self
    }

    /// Whether nothing at all is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `path:line:column`, as far as they are known, `?` standing for an unknown path.
impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.path.as_deref().unwrap_or("?"))?;
        let Some(line) = self.line else { return Ok(()) };
        write!(f, ":{line}")?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}
