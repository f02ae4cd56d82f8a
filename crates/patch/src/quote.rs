//! File names as git and GNU diff quote them: a C string where a plain name would be misread.

/// Appends `name`, quoted if it would not be read back from the rest of a line.
pub(crate) fn write(out: &mut Vec<u8>, name: &[u8]) {
    let odd = |byte: &u8| byte.is_ascii_control() || matches!(byte, b'"' | b'\\');
    if name.iter().any(odd) || std::str::from_utf8(name).is_err() {
        write_quoted(out, name);
    } else {
        out.extend_from_slice(name);
    }
}

/// Appends `name`, quoted if it would not be read back from a line of several names.
pub(crate) fn write_word(out: &mut Vec<u8>, name: &[u8]) {
    if name.contains(&b' ') {
        write_quoted(out, name);
    } else {
        write(out, name);
    }
}

/// Appends `name` in quotes.
pub(crate) fn write_quoted(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'"');
    for &byte in name {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            b'\r' => out.extend(b"\\r"),
            0x20..=0x7e => out.push(byte),
            _ => out.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    out.push(b'"');
}

/// Reads the quoted name that `text` begins with; returns it and what follows the closing quote.
pub(crate) fn read(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (&byte, tail) = rest.split_first()?;
        rest = tail;
        match byte {
            b'"' => return Some((name, rest)),
            b'\\' => {
                let (unescaped, tail) = escape(rest)?;
                name.push(unescaped);
                rest = tail;
            }
            _ => name.push(byte),
        }
    }
}

fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&letter, rest) = text.split_first()?;
    let byte = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 0x0b,
        b'f' => 0x0c,
        b'r' => b'\r',
        b'"' | b'\\' => letter,
        b'0'..=b'3' => {
            let (digits, rest) = text.split_at_checked(3)?;
            let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
            return Some((
                digit(digits[0])? << 6 | digit(digits[1])? << 3 | digit(digits[2])?,
                rest,
            ));
        }
        _ => return None,
    };
    Some((byte, rest))
}
