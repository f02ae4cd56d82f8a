//! The members of one object, taken out by name; what is not taken is kept in order.

use serde_json::{Map, Number, Value};

use crate::json::Raw;
use crate::stream::Halt;

/// The members of an object that have not been taken yet.
///
/// What has another type than is asked for stays, so that it is among the [`rest`](Self::rest). Members that
/// are `null` say nothing and are left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// The members of the object `raw`.
    pub(crate) fn of(raw: &Raw) -> Result<Self, Halt> {
        Ok(Self(raw.read()?))
    }

    /// The members of `value`, if it is an object.
    pub(crate) fn from_value(value: Value) -> Option<Self> {
        if let Value::Object(map) = value { Some(Self(map)) } else { None }
    }

    /// The object itself.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Adds a member.
    pub(crate) fn put(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// A text that is not empty; a number counts as one.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let text = self.take(name, |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })?;
        (!text.is_empty()).then_some(text)
    }

    /// A text that may be empty.
    pub(crate) fn verbatim(&mut self, name: &str) -> Option<String> {
        self.take(name, |value| value.as_str().map(str::to_owned))
    }

    /// A number that may be negative.
    pub(crate) fn integer(&mut self, name: &str) -> Option<i32> {
        self.take(name, |value| value.as_i64().and_then(|number| number.try_into().ok()))
    }

    /// The number of a line or column, which count from 1.
    pub(crate) fn number(&mut self, name: &str) -> Option<u32> {
        self.offset(name).and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0)
    }

    /// A number that is not negative, perhaps in quotes; one that is negative says nothing.
    pub(crate) fn offset(&mut self, name: &str) -> Option<u64> {
        let negative = |number: &Number| number.as_i64().map(|_| None);
        self.take(name, |value| match value {
            Value::Number(number) => number.as_u64().map(Some).or_else(|| negative(number)),
            Value::String(text) => text.trim().parse().ok().map(Some),
            _ => None,
        })?
    }

    /// Whether a member is there and `true`.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        self.take(name, Value::as_bool).unwrap_or_default()
    }

    /// The elements of a list.
    pub(crate) fn list(&mut self, name: &str) -> Vec<Value> {
        self.take(name, |value| value.as_array().cloned()).unwrap_or_default()
    }

    /// The objects in a list; elements that are none are passed over.
    pub(crate) fn objects(&mut self, name: &str) -> Vec<Self> {
        self.list(name).into_iter().filter_map(Self::from_value).collect()
    }

    /// The members of an object.
    pub(crate) fn object(&mut self, name: &str) -> Option<Self> {
        self.take(name, |value| value.as_object().cloned()).map(Self)
    }

    /// Takes from an object what `take` takes and leaves the rest of it where it stands.
    pub(crate) fn within<T>(&mut self, name: &str, take: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let map = self.0.get_mut(name)?.as_object_mut()?;
        let mut inner = Self(std::mem::take(map));
        let taken = take(&mut inner);
        if inner.0.is_empty() {
            self.0.shift_remove(name);
        } else {
            self.0.insert(name.to_owned(), Value::Object(inner.0));
        }
        Some(taken)
    }

    /// What nobody took: texts as they are, anything else as JSON.
    pub(crate) fn rest(self) -> Vec<(String, String)> {
        let text = |value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let said = self.0.into_iter().filter(|(_, value)| !value.is_null());
        said.map(|(name, value)| (name, text(value))).collect()
    }

    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(name)?;
        let taken = read(value);
        if taken.is_some() || value.is_null() {
            self.0.shift_remove(name);
        }
        taken
    }
}
