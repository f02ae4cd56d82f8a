//! One element with all that is in it.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

/// An element. Names have no prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    /// The text that stands directly in it.
    pub(crate) text: String,
}

/// The byte at which a text is no XML, and what is wrong there.
type Damage = (usize, String);

impl Element {
    /// The element that `text` is.
    pub(super) fn of(text: &str) -> Result<Self, Damage> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut open = vec![Self::default()];
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event().map_err(|error| (at, error.to_string()))?;
            let Some(innermost) = open.last_mut() else { break };
            match event {
                Event::Start(tag) => open.push(Self::start(&tag).map_err(|what| (at, what))?),
                Event::End(_) => {
                    let closed = std::mem::take(innermost);
                    open.pop();
                    if let Some(around) = open.last_mut() {
                        around.children.push(closed);
                    }
                }
                Event::Text(part) => innermost.text.push_str(&part),
                Event::CData(part) => innermost.text.push_str(&part),
                Event::GeneralRef(entity) => innermost.text.push_str(&resolve(&entity)),
                Event::Eof => break,
                _ => {}
            }
        }
        let root = open.into_iter().next().and_then(|mut outside| outside.children.pop());
        root.ok_or_else(|| (0, "no element".to_owned()))
    }

    fn start(tag: &BytesStart<'_>) -> Result<Self, String> {
        let name = tag.local_name().as_ref().to_owned();
        let mut element = Self { name, ..Self::default() };
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = unescape(&attribute.value);
            // An entity that is not known stays as it is written.
            let value =
                value.map_or_else(|_| attribute.value.to_string(), |value| value.to_string());
            element.attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        Ok(element)
    }

    /// Takes an attribute away; one that is empty says nothing.
    pub(crate) fn attribute(&mut self, name: &str) -> Option<String> {
        let at = self.attributes.iter().position(|(own, _)| own == name)?;
        Some(self.attributes.remove(at).1).filter(|value| !value.is_empty())
    }

    /// Takes the first child of that name away.
    pub(crate) fn child(&mut self, name: &str) -> Option<Self> {
        let at = self.children.iter().position(|child| child.name == name)?;
        Some(self.children.remove(at))
    }

    /// Takes the first child of that name away, for its text.
    pub(crate) fn text_of(&mut self, name: &str) -> Option<String> {
        self.child(name).map(|child| child.text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Its text and that of all elements in it, or, where there is none, their attributes.
    pub(crate) fn gist(&self) -> String {
        let text = self.text.trim();
        let attributes = self.attributes.iter().map(|(name, value)| format!("{name}={value}"));
        let inner = self.children.iter().map(|child| format!("{}: {}", child.name, child.gist()));
        let own = (!text.is_empty()).then(|| text.to_owned());
        own.into_iter().chain(attributes).chain(inner).collect::<Vec<_>>().join("; ")
    }

    /// What nobody took.
    pub(crate) fn rest(self) -> Vec<(String, String)> {
        let children = self.children.into_iter().map(|child| (child.name.clone(), child.gist()));
        self.attributes.into_iter().chain(children).collect()
    }
}

/// The character that an entity stands for, or the entity as it is written.
fn resolve(entity: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return character.to_string();
    }
    let known = resolve_predefined_entity(entity);
    known.map_or_else(|| format!("&{};", &**entity), str::to_owned)
}
