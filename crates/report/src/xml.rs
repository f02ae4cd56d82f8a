//! XML as the readers of XML formats need it.

/// The name of the root element of a text that may be cut anywhere; `None` if it does not begin like XML.
pub(crate) fn root(text: &str) -> Option<String> {
    let mut rest = text.trim_start();
    loop {
        rest = match rest {
            _ if rest.starts_with("<?") => rest.split_once("?>")?.1,
            _ if rest.starts_with("<!--") => rest.split_once("-->")?.1,
            _ if rest.starts_with("<!") => rest.split_once('>')?.1,
            _ => break,
        }
        .trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    (end > 0).then(|| name[..end].to_owned())
}
