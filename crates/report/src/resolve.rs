//! Offsets turned into lines and columns.

use crate::{BugReport, ColumnUnit, Location};

impl Location {
    /// Fills the line and column, and those of the end, from the offset in bytes or characters.
    ///
    /// `source` is the file that the path names. What is filled already stays, and so does everything if there is
    /// no offset or it is not in the file. Columns filled here count bytes, or characters where the offset does.
    ///
    /// ```
    /// use fixwright_report::Location;
    ///
    /// let mut place = Location::default();
    /// place.bytes = Some((7, 9));
    /// place.resolve(b"int a;\nint b;\n");
    /// assert_eq!((place.line, place.column, place.end_column), (Some(2), Some(1), Some(3)));
    /// ```
    pub fn resolve(&mut self, source: &[u8]) {
        if self.line.is_some() {
            return;
        }
        let chars = || {
            let (from, to) = self.chars?;
            Some((byte_of(source, from, self.column_unit)?, byte_of(source, to, self.column_unit)?))
        };
        let Some((from, to)) = self.bytes.or_else(chars) else { return };
        let unit = match self.column_unit {
            Some(unit @ (ColumnUnit::Utf16 | ColumnUnit::CodePoint)) => unit,
            _ => ColumnUnit::Byte,
        };
        let Some((line, column)) = position(source, from, unit) else { return };
        (self.line, self.column, self.column_unit) = (Some(line), Some(column), Some(unit));
        if let Some((end_line, end_column)) = position(source, to, unit).filter(|_| to > from) {
            self.end_line = Some(end_line).filter(|&end| end != line);
            self.end_column = Some(end_column);
        }
    }
}

impl BugReport {
    /// Resolves every location that has an offset and no line, if `source` has the file that it is in.
    pub fn resolve(&mut self, source: &mut dyn FnMut(&Location) -> Option<Vec<u8>>) {
        for location in self.locations_mut() {
            let offset = location.bytes.or(location.chars);
            if location.line.is_none()
                && offset.is_some()
                && let Some(file) = source(location)
            {
                location.resolve(&file);
            }
        }
    }
}

/// The line and column of a byte, which may be the one behind the last.
fn position(source: &[u8], byte: u64, unit: ColumnUnit) -> Option<(u32, u32)> {
    let before = source.get(..usize::try_from(byte).ok()?)?;
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line_text = String::from_utf8_lossy(&before[start..]);
    let column = match unit {
        ColumnUnit::Utf16 => line_text.encode_utf16().count(),
        ColumnUnit::CodePoint => line_text.chars().count(),
        _ => before.len() - start,
    };
    Some((u32::try_from(line).ok()?, u32::try_from(column + 1).ok()?))
}

/// The byte at which the `count`-th character begins, in code points or, as SARIF counts, units of UTF-16.
fn byte_of(source: &[u8], count: u64, unit: Option<ColumnUnit>) -> Option<u64> {
    let text = std::str::from_utf8(source).ok()?;
    let mut left = count;
    for (byte, character) in text.char_indices() {
        if left == 0 {
            return Some(byte as u64);
        }
        let size = if unit == Some(ColumnUnit::CodePoint) { 1 } else { character.len_utf16() };
        left = left.saturating_sub(size as u64);
    }
    (left == 0).then_some(text.len() as u64)
}
