//! Strings that end an answer.

use std::ops::ControlFlow;

/// Looks for strings that end an answer, token by token.
///
/// To be asked in the callback of [`generate`](crate::generate()), which is called for one token after the other however many a forward pass
/// settles: the answer then ends with the same token as without drafts.
///
/// ```
/// use std::ops::ControlFlow;
/// use fixwright_decode::StopStrings;
///
/// let mut stop = StopStrings::new(["\n```"]);
/// assert_eq!(stop.push(b"x;\n"), ControlFlow::Continue(()));
/// assert_eq!(stop.push(b"`` "), ControlFlow::Continue(()));
/// assert_eq!(stop.push(b"\n```\n"), ControlFlow::Break(6), "what comes before it");
/// ```
#[derive(Debug, Clone)]
pub struct StopStrings {
    strings: Vec<Vec<u8>>,
    text: Vec<u8>,
}

impl StopStrings {
    /// Looks for any of `strings`; empty ones are never found.
    pub fn new<S: Into<Vec<u8>>>(strings: impl IntoIterator<Item = S>) -> Self {
        let strings =
            strings.into_iter().map(Into::into).filter(|string: &Vec<u8>| !string.is_empty());
        Self { strings: strings.collect(), text: Vec::new() }
    }

    /// Takes in what the next token stands for. Breaks when a string is there, with the number of bytes before the first one.
    pub fn push(&mut self, token: &[u8]) -> ControlFlow<usize> {
        let before = self.text.len();
        self.text.extend_from_slice(token);
        let starts = self.strings.iter().filter_map(|string| {
            let from = (before + 1).saturating_sub(string.len());
            self.text[from..]
                .windows(string.len())
                .position(|window| window == string)
                .map(|at| from + at)
        });
        starts.min().map_or(ControlFlow::Continue(()), ControlFlow::Break)
    }
}
