//! XML as the readers of XML formats need it: any size, record by record, past damage.
//!
//! [`Xml`] only finds where tags begin and end; what is inside a record is left to `quick_xml`, which gets it as a
//! text of bounded size, and becomes an [`Element`]. So damage costs the record that it is in. Entities
//! that a document defines are not expanded, and nothing outside of it is read.

mod element;
mod markup;
mod tag;
mod walk;

pub(crate) use element::Element;
pub(crate) use tag::{Kind, Tag};
pub(crate) use walk::{Record, Xml};

/// The name of the root element of a text that may be cut anywhere; `None` if it does not begin like XML.
pub(crate) fn root(text: &str) -> Option<String> {
    let mut rest = text.trim_start();
    loop {
        rest = match rest {
            _ if rest.starts_with("<?") => rest.split_once("?>")?.1,
            _ if rest.starts_with("<!--") => rest.split_once("-->")?.1,
            _ if rest.starts_with("<!") => {
                let (head, after) = rest.split_once('>')?;
                // Declarations inside of this one end with a bracket.
                let inner = head.contains('[').then(|| rest.split_once(']')?.1.split_once('>'));
                inner.map_or(Some(after), |inner| Some(inner?.1))?
            }
            _ => break,
        }
        .trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    (end > 0).then(|| name[..end].to_owned())
}
