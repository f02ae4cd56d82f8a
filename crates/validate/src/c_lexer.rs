//! The tokens of C code (C17, section 6.4), as far as comparing two programs needs them.

/// The punctuators of more than one character, longest first.
const LONG: [&str; 22] = [
    "<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=",
    "/=", "%=", "+=", "-=", "&=", "^=", "|=",
];

/// The tokens of `source` in order, without comments and white space.
///
/// Text that is no C is split all the same; an unterminated comment, string or character ends with the text or line.
pub(crate) fn tokens(source: &str) -> impl Iterator<Item = &str> {
    let mut rest = source;
    std::iter::from_fn(move || {
        rest = after_blanks(rest);
        let len = length(rest);
        let (token, after) = rest.split_at_checked(len)?;
        rest = after;
        (len > 0).then_some(token)
    })
}

/// The text from its first token on.
fn after_blanks(mut text: &str) -> &str {
    loop {
        let trimmed = text.trim_start();
        text = if let Some(comment) = trimmed.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else if let Some(comment) = trimmed.strip_prefix("//") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(spliced) = trimmed.strip_prefix("\\\n") {
            spliced
        } else {
            return trimmed;
        };
    }
}

/// How many bytes the first token has.
fn length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let second = text[first.len_utf8()..].chars().next().unwrap_or_default();
    if is_word(first) && !first.is_ascii_digit() {
        let word = text.find(|c| !is_word(c)).unwrap_or(text.len());
        return match &text[word..] {
            // The prefix of a literal: L"..." and the like.
            quoted
                if quoted.starts_with(['"', '\''])
                    && matches!(&text[..word], "L" | "u" | "U" | "u8") =>
            {
                word + literal(quoted)
            }
            _ => word,
        };
    }
    match first {
        '"' | '\'' => literal(text),
        '0'..='9' => number(text),
        '.' if second.is_ascii_digit() => number(text),
        _ => LONG
            .iter()
            .find(|long| text.starts_with(**long))
            .map_or(first.len_utf8(), |long| long.len()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The bytes of the string or character at the beginning of `text`.
fn literal(text: &str) -> usize {
    let mut escaped = false;
    let quote = text.chars().next();
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' if !escaped => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if Some(c) == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The bytes of the number at the beginning of `text`: digits, letters, dots, and signs after an exponent's letter.
fn number(text: &str) -> usize {
    let mut previous = ' ';
    let ends = |c: char| {
        let goes_on = is_word(c)
            || c == '.'
            || matches!(c, '+' | '-') && matches!(previous, 'e' | 'E' | 'p' | 'P');
        previous = c;
        !goes_on
    };
    text.find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_of_the_standard() {
        let cases = [
            ("a+++b", "a ++ + b"),
            ("x<<=1;y->z...", "x <<= 1 ; y -> z ..."),
            ("1.5e-3f+0x1p+2-.5", "1.5e-3f + 0x1p+2 - .5"),
            ("\"a\\\"b\" 'c' L'\\'' u8\"x\"", "\"a\\\"b\" 'c' L'\\'' u8\"x\""),
            ("a /* b */ c // d\ne", "a c e"),
            ("a\\\nb", "a b"),
            ("\"open\nx", "\"open x"),
            ("größe = '漢';", "größe = '漢' ;"),
            ("/* open", ""),
            ("", ""),
        ];
        for (source, expected) in cases {
            assert_eq!(tokens(source).collect::<Vec<_>>().join(" "), expected, "{source}");
        }
    }
}
