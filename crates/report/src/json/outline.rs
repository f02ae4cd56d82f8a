//! What the first bytes of a JSON text show of its shape.

use crate::Place;
use crate::input::Input;
use crate::stream::Halt;

use super::Json;

/// The shape of a JSON text, as far as its first bytes show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Whether the text is an array rather than an object.
    pub(crate) is_array: bool,
    /// The names of the object's members, or of those of the array's first element.
    pub(crate) names: Vec<String>,
}

impl Outline {
    /// The outline of a text that may be cut anywhere; `None` if it is neither an object nor an array.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let mut outline = Self::default();
        let mut input = Input::new(bytes, Place::START);
        let mut json = Json::new(&mut input).ok()?;
        match json.peek().ok()?? {
            b'{' => drop(outline.members(&mut json)),
            b'[' => {
                outline.is_array = true;
                drop(json.array(&mut |json| outline.first(json)));
            }
            _ => return None,
        }
        Some(outline)
    }

    /// Whether there is a member of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    fn first(&mut self, json: &mut Json<'_, '_>) -> Result<(), Halt> {
        if json.peek()? == Some(b'{') {
            self.members(json)?;
        }
        Err(Halt::Stopped)
    }

    fn members(&mut self, json: &mut Json<'_, '_>) -> Result<(), Halt> {
        json.object(&mut |json, name| {
            self.names.push(name.to_owned());
            json.skip()
        })
    }
}
