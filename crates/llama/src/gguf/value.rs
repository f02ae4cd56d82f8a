//! Metadata values: thirteen types, one of which is an array of any of them.

use std::fmt;

use super::cursor::Cursor;
use crate::error::Result;

/// How deep arrays may lie in arrays. No known file nests them at all.
const MAX_DEPTH: usize = 4;

/// One metadata value, borrowed from the file.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Value<'a> {
    /// An unsigned integer of 8, 16, 32 or 64 bits.
    Unsigned(u64),
    /// A signed integer of 8, 16, 32 or 64 bits.
    Signed(i64),
    /// A floating-point number of 32 bits.
    F32(f32),
    /// A floating-point number of 64 bits.
    F64(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    String(&'a str),
    /// Any number of values of one type.
    Array(Array<'a>),
}

/// An array of metadata values. Its items are decoded as they are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a> {
    ty: ValueType,
    len: u64,
    items: Cursor<'a>,
}

/// The types, by their number in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum ValueType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    String,
    Array,
    U64,
    I64,
    F64,
}

impl ValueType {
    const ALL: [Self; 13] = [
        Self::U8,
        Self::I8,
        Self::U16,
        Self::I16,
        Self::U32,
        Self::I32,
        Self::F32,
        Self::Bool,
        Self::String,
        Self::Array,
        Self::U64,
        Self::I64,
        Self::F64,
    ];

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        let position = cursor.position();
        let id = cursor.u32("a value type")?;
        Self::ALL
            .get(id as usize)
            .copied()
            .ok_or_else(|| cursor.fault(position, format!("value type {id} does not exist")))
    }

    /// The least number of bytes that a value takes.
    fn min_bytes(self) -> u64 {
        match self {
            Self::U8 | Self::I8 | Self::Bool => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 | Self::String => 8,
            Self::Array => 12,
        }
    }
}

impl<'a> Value<'a> {
    /// Reads a value and leaves the cursor behind it.
    pub(super) fn read(cursor: &mut Cursor<'a>, ty: ValueType) -> Result<Self> {
        Self::read_nested(cursor, ty, MAX_DEPTH)
    }

    fn read_nested(cursor: &mut Cursor<'a>, ty: ValueType, depth: usize) -> Result<Self> {
        const WHAT: &str = "a value";
        Ok(match ty {
            ValueType::U8 => Self::Unsigned(cursor.array(WHAT).map(u8::from_le_bytes)?.into()),
            ValueType::U16 => Self::Unsigned(cursor.array(WHAT).map(u16::from_le_bytes)?.into()),
            ValueType::U32 => Self::Unsigned(cursor.array(WHAT).map(u32::from_le_bytes)?.into()),
            ValueType::U64 => Self::Unsigned(cursor.array(WHAT).map(u64::from_le_bytes)?),
            ValueType::I8 => Self::Signed(cursor.array(WHAT).map(i8::from_le_bytes)?.into()),
            ValueType::I16 => Self::Signed(cursor.array(WHAT).map(i16::from_le_bytes)?.into()),
            ValueType::I32 => Self::Signed(cursor.array(WHAT).map(i32::from_le_bytes)?.into()),
            ValueType::I64 => Self::Signed(cursor.array(WHAT).map(i64::from_le_bytes)?),
            ValueType::F32 => Self::F32(cursor.array(WHAT).map(f32::from_le_bytes)?),
            ValueType::F64 => Self::F64(cursor.array(WHAT).map(f64::from_le_bytes)?),
            ValueType::Bool => Self::Bool(read_bool(cursor)?),
            ValueType::String => Self::String(cursor.string("a string")?),
            ValueType::Array => Self::Array(Array::read(cursor, depth)?),
        })
    }
}

/// What an error calls a value that is of the wrong type.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned(value) => write!(f, "{value}"),
            Self::Signed(value) => write!(f, "{value}"),
            Self::F32(value) => write!(f, "{value:?}"),
            Self::F64(value) => write!(f, "{value:?}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::String(_) => write!(f, "a string"),
            Self::Array(array) => write!(f, "an array of {}", array.len),
        }
    }
}

fn read_bool(cursor: &mut Cursor<'_>) -> Result<bool> {
    let position = cursor.position();
    match cursor.array("a value")? {
        [0] => Ok(false),
        [1] => Ok(true),
        [byte] => Err(cursor.fault(position, format!("a truth value must be 0 or 1, not {byte}"))),
    }
}

impl<'a> Array<'a> {
    /// Reads an array, whose items may hold `depth - 1` further levels of arrays, and leaves the cursor behind it.
    fn read(cursor: &mut Cursor<'a>, depth: usize) -> Result<Self> {
        let Some(depth) = depth.checked_sub(1) else {
            let what = format!("arrays lie more than {MAX_DEPTH} deep in each other");
            return Err(cursor.fault(cursor.position(), what));
        };
        let ty = ValueType::read(cursor)?;
        let len = cursor.count(ty.min_bytes(), "the length of an array")?;
        let items = *cursor;
        match ty {
            ValueType::Bool | ValueType::String | ValueType::Array => {
                for _ in 0..len {
                    Value::read_nested(cursor, ty, depth)?;
                }
            }
            _ => drop(cursor.take(len * ty.min_bytes(), "an array")?),
        }
        Ok(Self { ty, len, items })
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let Self { ty, len, mut items } = *self;
        // They were all read once when the file was opened, so that none is an error now.
        (0..len).map_while(move |_| Value::read(&mut items, ty).ok())
    }
}
