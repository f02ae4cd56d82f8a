//! The settings in a GGUF file, asked for by key and type.

use std::collections::HashMap;

use super::cursor::Cursor;
use super::value::{Value, ValueType};
use crate::error::{Error, Result};

/// The keys of a file, and where their values lie.
pub(super) type Entries = HashMap<Box<str>, Entry>;

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) ty: ValueType,
    pub(super) position: usize,
}

/// The settings of a GGUF file: what the model is, its sizes, its tokenizer.
///
/// An integer is read as any Rust type that can hold it, whatever width the file gives it; a floating-point number is
/// rounded to f32. An array is decoded anew each time: keep what [`get`](Self::get) returns.
#[derive(Debug, Clone, Copy)]
pub struct Metadata<'a> {
    file: Cursor<'a>,
    entries: &'a Entries,
}

impl<'a> Metadata<'a> {
    pub(super) fn new(file: Cursor<'a>, entries: &'a Entries) -> Self {
        Self { file, entries }
    }

    /// The value of a key that may be absent.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the value is not a `T` or does not fit into one.
    pub fn get<T: FromValue<'a>>(&self, key: &str) -> Result<Option<T>> {
        let Some(entry) = self.entries.get(key) else { return Ok(None) };
        let value = Value::read(&mut self.file.at(entry.position), entry.ty)?;
        match T::from_value(value) {
            Some(value) => Ok(Some(value)),
            None => Err(self.fault(key, format!("is {value}, expected {}", T::expected()))),
        }
    }

    /// The value of a key that must be there.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if it is not, or as [`get`](Self::get).
    pub fn require<T: FromValue<'a>>(&self, key: &str) -> Result<T> {
        self.get(key)?.ok_or_else(|| self.fault(key, "is missing".to_owned()))
    }

    /// Every key, in no particular order.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.entries.keys().map(AsRef::as_ref)
    }

    pub(super) fn fault(&self, key: &str, what: String) -> Error {
        Error::config(self.file.path(), key, what)
    }
}

/// A type that a metadata value can be read as.
pub trait FromValue<'a>: Sized {
    /// What the value should have been, for an error: "a string".
    fn expected() -> String;

    /// The value, or nothing if it is of another kind or out of range.
    fn from_value(value: Value<'a>) -> Option<Self>;
}

impl<'a> FromValue<'a> for &'a str {
    fn expected() -> String {
        "a string".to_owned()
    }

    fn from_value(value: Value<'a>) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl FromValue<'_> for bool {
    fn expected() -> String {
        "true or false".to_owned()
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }
}

impl FromValue<'_> for f32 {
    fn expected() -> String {
        "a floating-point number".to_owned()
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::F32(value) => Some(value),
            Value::F64(value) => Some(value as f32),
            _ => None,
        }
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl FromValue<'_> for $int {
            fn expected() -> String {
                format!("an integer from {} to {}", Self::MIN, Self::MAX)
            }

            fn from_value(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Unsigned(value) => value.try_into().ok(),
                    Value::Signed(value) => value.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}

integers!(i32, u32, u64, usize);

impl<'a, T: FromValue<'a>> FromValue<'a> for Vec<T> {
    fn expected() -> String {
        format!("an array, each item {}", T::expected())
    }

    fn from_value(value: Value<'a>) -> Option<Self> {
        match value {
            Value::Array(array) => array.iter().map(T::from_value).collect(),
            _ => None,
        }
    }
}
