//! The keys of a report and the many names they go by.

/// What a key of the report stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Cid,
    Checker,
    Kind,
    Category,
    Classification,
    Cwe,
    Severity,
    Impact,
    Certainty,
    Status,
    File,
    Line,
    Column,
    Function,
    Location,
    Tool,
    Language,
    Title,
    Description,
    Path,
    Fix,
    /// A key that is none of the above.
    Other,
}

impl Key {
    /// The key that a label names, whatever its case, and the label as it stands in the table.
    pub(super) fn from_label(label: &str) -> (Self, &'static str) {
        let mut buffer = [0; LONGEST];
        let named = normalise(label, &mut buffer)
            .and_then(|label| NAMES.iter().find(|(name, _)| name.as_bytes() == label));
        named.map_or((Self::Other, ""), |(name, key)| (*key, name))
    }

    /// Whether running text may follow, over several lines.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Title | Self::Description | Self::Path | Self::Fix)
    }

    /// Whether a second key of the same label can only belong to another report.
    pub(super) fn opens_report(self) -> bool {
        matches!(self, Self::Cid | Self::File | Self::Line | Self::Title | Self::Description)
    }
}

/// The longest name of a key, in bytes.
const LONGEST: usize = 19;

/// The names of the keys, in lower case and with single spaces.
const NAMES: &[(&str, Key)] = &[
    ("cid", Key::Cid),
    ("coverity id", Key::Cid),
    ("defect id", Key::Cid),
    ("issue id", Key::Cid),
    ("bug id", Key::Cid),
    ("checker", Key::Checker),
    ("checker name", Key::Checker),
    ("check", Key::Checker),
    ("rule", Key::Checker),
    ("rule id", Key::Checker),
    ("type", Key::Kind),
    ("issue type", Key::Kind),
    ("bug type", Key::Kind),
    ("defect type", Key::Kind),
    ("error type", Key::Kind),
    ("category", Key::Category),
    ("issue category", Key::Category),
    ("classification", Key::Classification),
    ("cwe", Key::Cwe),
    ("cwe id", Key::Cwe),
    ("severity", Key::Severity),
    ("severity level", Key::Severity),
    ("impact", Key::Impact),
    ("certainty", Key::Certainty),
    ("confidence", Key::Certainty),
    ("status", Key::Status),
    ("state", Key::Status),
    ("file", Key::File),
    ("filename", Key::File),
    ("file name", Key::File),
    ("file path", Key::File),
    ("filepath", Key::File),
    ("source file", Key::File),
    ("line", Key::Line),
    ("lines", Key::Line),
    ("line number", Key::Line),
    ("line numbers", Key::Line),
    ("line no", Key::Line),
    ("column", Key::Column),
    ("col", Key::Column),
    ("function", Key::Function),
    ("function name", Key::Function),
    ("method", Key::Function),
    ("location", Key::Location),
    ("finder", Key::Tool),
    ("tool", Key::Tool),
    ("analyzer", Key::Tool),
    ("analyser", Key::Tool),
    ("detected by", Key::Tool),
    ("found by", Key::Tool),
    ("language", Key::Language),
    ("title", Key::Title),
    ("issue", Key::Title),
    ("problem", Key::Title),
    ("summary", Key::Title),
    ("bug", Key::Title),
    ("description", Key::Description),
    ("abstract", Key::Description),
    ("detail", Key::Description),
    ("details", Key::Description),
    ("explanation", Key::Description),
    ("issue description", Key::Description),
    ("problem description", Key::Description),
    ("bug description", Key::Description),
    ("path", Key::Path),
    ("code path", Key::Path),
    ("trace", Key::Path),
    ("events", Key::Path),
    ("fix", Key::Fix),
    ("fixes", Key::Fix),
    ("fix recommendation", Key::Fix),
    ("fix recommendations", Key::Fix),
    ("recommendation", Key::Fix),
    ("recommendations", Key::Fix),
    ("recommended fix", Key::Fix),
    ("suggested fix", Key::Fix),
    ("proposed fix", Key::Fix),
    ("suggestion", Key::Fix),
    ("suggestions", Key::Fix),
    ("remediation", Key::Fix),
];

/// A label in lower case, its words joined by single spaces; none if it is longer than any name.
fn normalise<'a>(label: &str, buffer: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let mut length = 0;
    let mut apart = false;
    for byte in label.bytes() {
        if byte.is_ascii_whitespace() || matches!(byte, b'_' | b'-') {
            apart = length > 0;
            continue;
        }
        if apart {
            *buffer.get_mut(length)? = b' ';
            length += 1;
        }
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        (length, apart) = (length + 1, false);
    }
    Some(&buffer[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (label, key, name) in [
            ("CID", Key::Cid, "cid"),
            (" Source_File ", Key::File, "source file"),
            ("fix  RECOMMENDATIONS", Key::Fix, "fix recommendations"),
            ("fix recommendationss", Key::Other, ""),
            ("Éric", Key::Other, ""),
            ("", Key::Other, ""),
        ] {
            assert_eq!(Key::from_label(label), (key, name), "{label}");
        }
        assert_eq!(NAMES.iter().map(|(name, _)| name.len()).max(), Some(LONGEST));
        assert!(NAMES.iter().all(|(name, key)| Key::from_label(name) == (*key, name)));
    }
}
