//! The pieces of a text that count when texts are compared or measured.

/// Names, numbers and words in one piece, every other visible character by itself; white space is left out.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let first = *rest.as_bytes().first()?;
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
        let end = match word(&first) {
            true => rest.bytes().position(|byte| !word(&byte)).unwrap_or(rest.len()),
            false => 1,
        };
        let (token, behind) = rest.split_at(end);
        rest = behind;
        Some(token)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_stay_whole_and_signs_stand_alone() {
        let tokens: Vec<_> = super::tokens(" x1 <= größe\t++\n\"a\u{a0}b\"").collect();
        assert_eq!(tokens, ["x1", "<", "=", "größe", "+", "+", "\"", "a\u{a0}b", "\""]);
    }
}
