//! Where a JSON value ends.

/// Deeper values are damage.
pub(super) const MAX_DEPTH: usize = 128;

/// Follows the bytes of one value from its first to its last.
#[derive(Default)]
pub(super) struct Scan {
    depth: usize,
    string: bool,
    escaped: bool,
    /// Whether a number or word has begun: it has no closing byte of its own.
    word: bool,
}

/// What a byte does to a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It belongs to the value, which goes on.
    More,
    /// It is the last one.
    Last,
    /// The value ended before it.
    Past,
    /// It cannot stand there.
    Bad(&'static str),
}

impl Scan {
    /// The next byte of the value.
    pub(super) fn step(&mut self, byte: u8) -> Step {
        if self.string {
            return self.in_string(byte);
        }
        match byte {
            b'{' | b'[' if self.word => Step::Bad("a bracket inside a number or word"),
            b'{' | b'[' if self.depth == MAX_DEPTH => Step::Bad("nested too deeply"),
            b'{' | b'[' => {
                self.depth += 1;
                Step::More
            }
            b'}' | b']' | b',' if self.depth == 0 => Step::Past,
            b'}' | b']' => {
                self.depth -= 1;
                self.end()
            }
            b'"' => {
                self.string = true;
                Step::More
            }
            b' ' | b'\t' | b'\r' | b'\n' if self.word => Step::Past,
            _ => {
                self.word = self.depth == 0;
                Step::More
            }
        }
    }

    fn in_string(&mut self, byte: u8) -> Step {
        if self.escaped {
            self.escaped = false;
            return Step::More;
        }
        match byte {
            b'\\' => self.escaped = true,
            b'\n' => return Step::Bad("a line break inside a string"),
            b'"' => {
                self.string = false;
                return self.end();
            }
            _ => {}
        }
        Step::More
    }

    fn end(&self) -> Step {
        if self.depth == 0 { Step::Last } else { Step::More }
    }

    /// Whether bytes without a quote, a backslash and a line break may be skipped.
    pub(super) fn in_plain_string(&self) -> bool {
        self.string && !self.escaped
    }

    /// Whether the value may end with the input.
    pub(super) fn may_end(&self) -> bool {
        self.word
    }
}
