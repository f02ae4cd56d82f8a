//! The keys of a failing test.

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Test,
    Title,
    File,
    Function,
    Line,
    Input,
    Expected,
    Actual,
    ExitStatus,
    Signal,
}

/// The longest name of a key, in bytes.
const LONGEST: usize = 15;

/// The key that a line begins with, and what stands behind it.
pub(super) fn key(line: &str) -> Option<(Key, &str)> {
    let (name, value) = line.split_once(':').filter(|(name, _)| name.len() <= LONGEST)?;
    let key = match name.to_ascii_lowercase().as_str() {
        "test" | "test case" | "name" => Key::Test,
        "title" => Key::Title,
        "file" => Key::File,
        "function" => Key::Function,
        "line" => Key::Line,
        "input" | "stdin" => Key::Input,
        "expected" | "expected output" | "want" => Key::Expected,
        "actual" | "actual output" | "output" | "got" => Key::Actual,
        "exit status" | "exit code" => Key::ExitStatus,
        "signal" => Key::Signal,
        _ => return None,
    };
    Some((key, value.trim()))
}

impl Key {
    /// Whether the value is a text that may stand below the key.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Input | Self::Expected | Self::Actual)
    }
}
