//! The members of one object, taken out by name; what is not taken is kept in order.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};

use crate::json::Raw;
use crate::stream::Halt;

/// The members of an object that have not been taken yet: a list, which for as few as objects have is faster than a
/// map.
///
/// What has another type than is asked for stays, so that it is among the [`rest`](Self::rest). Members that
/// are `null` say nothing and are left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, Value)>);

impl Fields {
    /// The members of the object `raw`.
    pub(crate) fn of(raw: &Raw) -> Result<Self, Halt> {
        Ok(Self(raw.read::<Members>()?.0))
    }

    /// The members of `value`, if it is an object.
    pub(crate) fn from_value(value: Value) -> Option<Self> {
        if let Value::Object(map) = value { Some(Self::from(map)) } else { None }
    }

    /// The object itself.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0.into_iter().collect())
    }

    /// Adds a member.
    pub(crate) fn put(&mut self, name: &str, value: Value) {
        self.0.push((name.to_owned(), value));
    }

    /// A text that is not empty; a number counts as one.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let text = self.take(name, |value| match value {
            Value::String(text) => Some(std::mem::take(text)),
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
        self.take(name, |value| value.as_bool()).unwrap_or_default()
    }

    /// The elements of a list.
    pub(crate) fn list(&mut self, name: &str) -> Vec<Value> {
        self.take(name, |value| value.as_array_mut().map(std::mem::take)).unwrap_or_default()
    }

    /// The objects in a list; elements that are none are passed over.
    pub(crate) fn objects(&mut self, name: &str) -> Vec<Self> {
        self.list(name).into_iter().filter_map(Self::from_value).collect()
    }

    /// The members of an object.
    pub(crate) fn object(&mut self, name: &str) -> Option<Self> {
        self.take(name, |value| value.as_object_mut().map(std::mem::take)).map(Self::from)
    }

    /// Takes from an object what `take` takes and leaves the rest of it where it stands.
    pub(crate) fn within<T>(&mut self, name: &str, take: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let value = self.get(name)?;
        let mut inner = Self::from(std::mem::take(value.as_object_mut()?));
        let taken = take(&mut inner);
        inner.0.retain(|(_, value)| !value.is_null());
        *value = if inner.0.is_empty() { Value::Null } else { inner.into_value() };
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

    /// Leaves `null` where something was taken.
    fn take<T>(&mut self, name: &str, read: impl FnOnce(&mut Value) -> Option<T>) -> Option<T> {
        let value = self.get(name)?;
        let taken = read(value)?;
        *value = Value::Null;
        Some(taken)
    }

    /// The member of that name, the last one if there are several.
    fn get(&mut self, name: &str) -> Option<&mut Value> {
        self.0.iter_mut().rev().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        Self(map.into_iter().collect())
    }
}

/// The members of an object as they stand.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
