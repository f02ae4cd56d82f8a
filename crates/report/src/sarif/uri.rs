//! URIs of files, as paths and back (RFC 3986, RFC 8089).

/// The path that a URI stands for: percent-decoded, without `file:`.
///
/// What is not the URI of a file, or no URI at all, stays as it is.
pub(super) fn to_path(uri: &str) -> String {
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme));
    match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("file") => file(&uri[5..]),
        Some(_) => uri.to_owned(),
        None if uri.contains('\\') => uri.to_owned(),
        None => decode(uri),
    }
}

/// The URI of a path: `file:` for an absolute one.
pub(super) fn from_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    if is_drive(&path) {
        return format!("file:///{}", encode(&path, b"/:"));
    }
    match path.split_once(':') {
        Some((scheme, _)) if is_scheme(scheme) && path.bytes().all(is_uri) => path,
        _ if path.starts_with("//") => format!("file:{}", encode(&path, b"/")),
        _ if path.starts_with('/') => format!("file://{}", encode(&path, b"/")),
        _ => encode(&path, b"/"),
    }
}

/// The path in a URI behind `file:`.
fn file(rest: &str) -> String {
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let path = decode(path);
    match path.strip_prefix('/').filter(|path| is_drive(path)) {
        Some(path) => path.to_owned(),
        None if host.is_empty() || host.eq_ignore_ascii_case("localhost") => path,
        None if is_drive(host) => format!("{host}{path}"),
        None => format!("//{host}{path}"),
    }
}

/// Whether a path begins with a drive such as `C:`.
fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', rest @ ..]
        if drive.is_ascii_alphabetic() && matches!(rest.first(), None | Some(b'/' | b'\\')))
}

/// Whether these are the letters of a scheme, rather than of a drive.
fn is_scheme(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.len() > 1 && text.as_bytes()[0].is_ascii_alphabetic() && text.bytes().all(rest)
}

/// Whether a byte may stand in a URI as it is.
fn is_uri(byte: u8) -> bool {
    is_unreserved(byte) || b":/?#[]@!$&'()*+,;=%".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn encode(text: &str, plain: &[u8]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if is_unreserved(byte) || plain.contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Percent-decoded text; as it is, if that would be no UTF-8.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        rest = match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                &tail[2..]
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_paths() {
        for (uri, path) in [
            ("src/a.c", "src/a.c"),
            ("src/a%20b%C3%A9.c", "src/a bé.c"),
            ("100%.c", "100%.c"),
            ("a%FF.c", "a%FF.c"),
            ("file:///home/u/a.c", "/home/u/a.c"),
            ("file:/home/u/a.c", "/home/u/a.c"),
            ("FILE://localhost/a.c", "/a.c"),
            ("file:///C:/src/a.c", "C:/src/a.c"),
            ("file:///c%3A/src/a.c", "c:/src/a.c"),
            ("file://C:/src/a.c", "C:/src/a.c"),
            ("file://server/share/a%20b.c", "//server/share/a b.c"),
            ("C:\\src\\a%20.c", "C:\\src\\a%20.c"),
            ("C:/src/a.c", "C:/src/a.c"),
            ("https://example.com/a%20b", "https://example.com/a%20b"),
            ("", ""),
            ("file:", ""),
        ] {
            assert_eq!(to_path(uri), path, "{uri}");
        }
    }

    #[test]
    fn paths_are_uris_and_come_back() {
        for (path, uri) in [
            ("src/a.c", "src/a.c"),
            ("a b/é%.c", "a%20b/%C3%A9%25.c"),
            ("/home/u/a.c", "file:///home/u/a.c"),
            ("C:/src/a.c", "file:///C:/src/a.c"),
            ("//server/share/a.c", "file://server/share/a.c"),
            ("a:b.c", "a%3Ab.c"),
            ("<built-in>", "%3Cbuilt-in%3E"),
            ("git://host/a.c", "git://host/a.c"),
        ] {
            assert_eq!(from_path(path), uri, "{path}");
            assert_eq!(to_path(uri), path, "{uri}");
        }
    }
}
