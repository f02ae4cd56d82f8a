//! The fields of a line that a sample has no place for.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::Error;
use crate::wire::NAMES;

/// Fields of other names, in their order.
///
/// Values are kept as JSON text and not parsed until asked for, so that a line reads and writes
/// back as it was: no number is rounded, whatever its size. Only line breaks between the tokens of
/// a value become spaces. Equality is that of the text, order of fields included.
#[derive(Clone, Debug, Default)]
pub struct Extra(Vec<(String, Box<RawValue>)>);

impl Extra {
    /// The value of the field `name`, if there is one; [`serde_json::Value`] takes any.
    ///
    /// A `&str` borrows from the text and so takes only a string without escapes; a [`String`]
    /// takes all.
    ///
    /// # Errors
    ///
    /// [`Error::Extra`] if the value is not a `T`.
    pub fn get<'a, T: Deserialize<'a>>(&'a self, name: &str) -> Result<Option<T>, Error> {
        let entry = self.0.iter().find(|(known, _)| known == name);
        let value = entry.map(|(_, value)| serde_json::from_str(value.get()));
        value.transpose().map_err(failed(name))
    }

    /// Sets the field `name`: in its place if it is there, else behind the others.
    ///
    /// # Errors
    ///
    /// [`Error::NotExtra`] if [`RepairSample`](crate::RepairSample) itself has a field of that
    /// name, [`Error::Extra`] if the value cannot be written as JSON.
    pub fn insert<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        if NAMES.contains(&name) {
            return Err(Error::NotExtra { name: name.into() });
        }
        let value = one_line(to_raw_value(value).map_err(failed(name))?);
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.into(), value)),
        }
        Ok(())
    }

    /// Takes the field `name` out, if there is one that is not `null`.
    pub(crate) fn take<T: serde::de::DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Error> {
        let value = self.get::<Option<T>>(name)?.flatten();
        self.0.retain(|(known, _)| known != name);
        Ok(value)
    }

    /// The fields, each with its value as JSON text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.get()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a field that is neither there nor one of [`NAMES`].
    pub(crate) fn push(&mut self, name: String, value: Box<RawValue>) {
        self.0.push((name, one_line(value)));
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

fn failed(name: &str) -> impl FnOnce(serde_json::Error) -> Error {
    move |source| Error::Extra { name: name.into(), source }
}

/// The value without line breaks, which JSON has only between tokens: within a string they are
/// escaped.
fn one_line(value: Box<RawValue>) -> Box<RawValue> {
    if !value.get().contains(['\n', '\r']) {
        return value;
    }
    let text = value.get().replace(['\n', '\r'], " ");
    RawValue::from_string(text).expect("white space for white space leaves JSON valid")
}
