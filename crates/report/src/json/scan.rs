//! Where a JSON value ends, or where it is damaged.

/// Deeper values are damage.
pub(super) const MAX_DEPTH: usize = 128;

/// Follows the bytes of one value from its first to its last.
///
/// It holds the value to the grammar of JSON, so that damage shows where it is and not at the end of the input;
/// only what is inside a string, a number or a word is left to others.
pub(super) struct Scan {
    /// How many brackets are open.
    depth: usize,
    /// Which of them are braces, the innermost in the lowest bit.
    braces: u128,
    token: Token,
    awaits: Awaits,
}

/// What the next byte may be part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    None,
    String,
    Escape,
    /// A number, `true`, `false` or `null`.
    Word,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaits {
    Value,
    ValueOrClose,
    Name,
    NameOrClose,
    Colon,
    CommaOrClose,
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

impl Default for Scan {
    fn default() -> Self {
        Self { depth: 0, braces: 0, token: Token::None, awaits: Awaits::Value }
    }
}

impl Scan {
    /// Follows the value through `bytes`: how many belong to it, and what comes after them.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> (usize, Step) {
        let mut at = 0;
        while at < bytes.len() {
            at += self.plain(&bytes[at..]);
            let Some(&byte) = bytes.get(at) else { break };
            match self.step(byte) {
                Step::More => at += 1,
                Step::Last => return (at + 1, Step::Last),
                step => return (at, step),
            }
        }
        (at, Step::More)
    }

    /// Whether the value may end with the input.
    pub(super) fn may_end(&self) -> bool {
        self.depth == 0 && self.token == Token::Word
    }

    /// How many of the next bytes change nothing.
    fn plain(&self, bytes: &[u8]) -> usize {
        match self.token {
            Token::String => memchr::memchr3(b'"', b'\\', b'\n', bytes).unwrap_or(bytes.len()),
            Token::None if self.depth > 0 => {
                bytes.iter().position(|byte| !is_blank(*byte)).unwrap_or(bytes.len())
            }
            _ => 0,
        }
    }

    fn step(&mut self, byte: u8) -> Step {
        match self.token {
            Token::Escape => self.token = Token::String,
            Token::String => return self.in_string(byte),
            Token::Word if is_word(byte) => {}
            Token::Word => {
                self.token = Token::None;
                if self.depth == 0 {
                    return Step::Past;
                }
                self.awaits = Awaits::CommaOrClose;
                return self.between(byte);
            }
            Token::None => return self.between(byte),
        }
        Step::More
    }

    fn in_string(&mut self, byte: u8) -> Step {
        match byte {
            b'\\' => self.token = Token::Escape,
            b'\n' => return Step::Bad("a line break inside a string"),
            b'"' => {
                self.token = Token::None;
                return self.close();
            }
            _ => {}
        }
        Step::More
    }

    /// A byte that is not inside a token.
    fn between(&mut self, byte: u8) -> Step {
        use Awaits::{Colon, CommaOrClose, Name, NameOrClose, Value, ValueOrClose};
        let in_braces = self.braces & 1 == 1;
        match (byte, self.awaits) {
            (b'"', Value | ValueOrClose | Name | NameOrClose) => self.token = Token::String,
            (b'{' | b'[', Value | ValueOrClose) => return self.open(byte == b'{'),
            (b':', Colon) => self.awaits = Value,
            (b',', CommaOrClose) => self.awaits = if in_braces { Name } else { Value },
            (b'}', NameOrClose | CommaOrClose) if in_braces => return self.pop(),
            (b']', ValueOrClose | CommaOrClose) if !in_braces => return self.pop(),
            (b'}' | b']' | b',', _) if self.depth == 0 => return Step::Past,
            (_, Value | ValueOrClose) if is_word(byte) => self.token = Token::Word,
            _ if is_blank(byte) => {}
            _ => return Step::Bad(self.awaits.what()),
        }
        Step::More
    }

    fn open(&mut self, brace: bool) -> Step {
        if self.depth == MAX_DEPTH {
            return Step::Bad("nested too deeply");
        }
        self.depth += 1;
        self.braces = self.braces << 1 | u128::from(brace);
        self.awaits = if brace { Awaits::NameOrClose } else { Awaits::ValueOrClose };
        Step::More
    }

    fn pop(&mut self) -> Step {
        self.depth -= 1;
        self.braces >>= 1;
        self.awaits = Awaits::CommaOrClose;
        if self.depth == 0 { Step::Last } else { Step::More }
    }

    /// Behind the closing quote of a string.
    fn close(&mut self) -> Step {
        self.awaits = match self.awaits {
            Awaits::Name | Awaits::NameOrClose => Awaits::Colon,
            _ => Awaits::CommaOrClose,
        };
        if self.depth == 0 { Step::Last } else { Step::More }
    }
}

impl Awaits {
    fn what(self) -> &'static str {
        match self {
            Self::Value => "expected a value",
            Self::ValueOrClose => "expected a value or `]`",
            Self::Name => "expected a name in quotes",
            Self::NameOrClose => "expected a name in quotes or `}`",
            Self::Colon => "expected `:` after a name",
            Self::CommaOrClose => "expected `,` or a closing bracket",
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether a byte may stand in a number or in a word such as `null`.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}
