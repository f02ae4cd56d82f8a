//! Terminal colours and links, taken out of text.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;

/// `text` without control sequences (ECMA-48 CSI and OSC), which tools write to terminals.
///
/// A sequence that does not end in `text` stays.
pub(crate) fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(ESCAPE, text.as_bytes()) else { return text };
    let (mut plain, mut rest) = (text[..first].to_owned(), &text[first..]);
    while let Some(at) = memchr::memchr(ESCAPE, rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        let length = sequence(&rest.as_bytes()[at..]).unwrap_or(0);
        if length == 0 {
            plain.push('\u{1b}');
        }
        rest = &rest[at + length.max(1)..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The length of the sequence that `bytes` begin with, all of it ASCII but the body of an OSC.
fn sequence(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'[' => {
            let body = &bytes[2..];
            let parameters = body.iter().take_while(|b| matches!(b, b'0'..=b'?')).count();
            let between = body[parameters..].iter().take_while(|b| matches!(b, b' '..=b'/'));
            let end = parameters + between.count();
            matches!(body.get(end)?, b'@'..=b'~').then_some(end + 3)
        }
        b']' => {
            let body = &bytes[2..];
            let end = body.iter().position(|b| matches!(*b, 0x07 | ESCAPE | b'\n'))?;
            match (body[end], body.get(end + 1)) {
                (0x07, _) => Some(end + 3),
                (ESCAPE, Some(b'\\')) => Some(end + 4),
                _ => None,
            }
        }
        b'@'..=b'Z' | b'\\' | b'^' | b'_' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_what_is_cut_stays() {
        for (text, expected) in [
            ("\u{1b}[01;35m\u{1b}[Kwarning: \u{1b}[m\u{1b}[K", "warning: "),
            ("\u{1b}]8;;https://x\u{7}-Wx\u{1b}]8;;\u{1b}\\", "-Wx"),
            ("é\u{1b}[", "é\u{1b}["),
            ("\u{1b}]8;;x", "\u{1b}]8;;x"),
            ("\u{1b}\u{1b}[mé", "\u{1b}é"),
            ("a\u{1b}", "a\u{1b}"),
            ("\u{1b}[é", "\u{1b}[é"),
        ] {
            assert_eq!(plain(text.into()), expected);
        }
    }
}
