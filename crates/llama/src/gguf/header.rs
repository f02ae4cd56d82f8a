//! All that precedes the weights: counts, settings, and where each tensor lies.

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::metadata::{Entries, Entry, Metadata};
use super::tensor::{self, TensorInfo};
use super::value::{Value, ValueType};
use crate::error::Result;

const MAGIC: &[u8] = b"GGUF";

/// The least number of bytes that a setting takes: the length of its key, its type, its value.
const MIN_ENTRY_BYTES: u64 = 8 + 4 + 1;

/// Where tensors are aligned to if the file does not say.
const DEFAULT_ALIGNMENT: u32 = 32;

pub(super) struct Header {
    pub(super) entries: Entries,
    pub(super) tensors: BTreeMap<Box<str>, TensorInfo>,
    /// Where the settings end.
    pub(super) settings_end: usize,
    /// What the places of tensors are multiples of.
    pub(super) alignment: usize,
    /// Where the data of the tensors starts.
    pub(super) data: usize,
}

impl Header {
    pub(super) fn read(file: Cursor<'_>) -> Result<Self> {
        let mut cursor = file;
        read_version(&mut cursor)?;
        let tensors = cursor.count(tensor::MIN_BYTES, "the number of tensors")?;
        let entries = cursor.count(MIN_ENTRY_BYTES, "the number of settings")?;
        let entries = read_entries(&mut cursor, entries)?;
        let settings_end = cursor.position();
        let metadata = Metadata::new(file, &entries);
        refuse_shard(metadata)?;
        let alignment = alignment(metadata)?;
        let tensors = read_tensors(&mut cursor, tensors)?;
        let data = cursor.position().checked_next_multiple_of(alignment).unwrap_or(usize::MAX);
        check_data(cursor.at(data), alignment, &tensors)?;
        Ok(Self { entries, tensors, settings_end, alignment, data })
    }
}

fn read_version(cursor: &mut Cursor<'_>) -> Result<()> {
    if cursor.take(4, "the mark of a GGUF file")? != MAGIC {
        return Err(cursor.fault(0, "not a GGUF file: it does not start with `GGUF`"));
    }
    let position = cursor.position();
    let what = match cursor.u32("the version")? {
        2 | 3 => return Ok(()),
        1 => "version 1 of the format is not read: convert the model anew".to_owned(),
        version if matches!(version.swap_bytes(), 1..=3) => {
            "the file is big-endian, which is not read: convert the model to little-endian"
                .to_owned()
        }
        version => format!("version {version} of the format is not known, only 2 and 3 are"),
    };
    Err(cursor.fault(position, what))
}

fn read_entries(cursor: &mut Cursor<'_>, count: u64) -> Result<Entries> {
    let mut entries = Entries::new();
    for _ in 0..count {
        let position = cursor.position();
        let key = cursor.string("a key")?;
        let ty = ValueType::read(cursor)?;
        let entry = Entry { ty, position: cursor.position() };
        Value::read(cursor, ty)?;
        if entries.insert(key.into(), entry).is_some() {
            return Err(cursor.fault(position, format!("key `{key}` occurs twice")));
        }
    }
    Ok(entries)
}

fn refuse_shard(metadata: Metadata<'_>) -> Result<()> {
    const KEY: &str = "split.count";
    match metadata.get::<u32>(KEY)? {
        None | Some(0 | 1) => Ok(()),
        Some(count) => {
            let what = format!(
                "is {count}: this is one part of a model that is split over {count} files, \
                 merge them into one first (`llama-gguf-split --merge`)"
            );
            Err(metadata.fault(KEY, what))
        }
    }
}

fn alignment(metadata: Metadata<'_>) -> Result<usize> {
    const KEY: &str = "general.alignment";
    match metadata.get::<u32>(KEY)?.unwrap_or(DEFAULT_ALIGNMENT) {
        alignment @ 8.. if alignment.is_power_of_two() => Ok(alignment as usize),
        alignment => {
            let what = format!("is {alignment}, but must be a power of two and at least 8");
            Err(metadata.fault(KEY, what))
        }
    }
}

fn read_tensors(cursor: &mut Cursor<'_>, count: u64) -> Result<BTreeMap<Box<str>, TensorInfo>> {
    let mut tensors = BTreeMap::new();
    for _ in 0..count {
        let position = cursor.position();
        let name = cursor.string("the name of a tensor")?;
        let info = TensorInfo::read(cursor, name)?;
        if tensors.insert(name.into(), info).is_some() {
            return Err(cursor.fault(position, format!("tensor `{name}` occurs twice")));
        }
    }
    Ok(tensors)
}

/// Every tensor must lie inside the file, aligned, and apart from all others. The cursor stands where the data
/// starts.
fn check_data(
    data: Cursor<'_>,
    alignment: usize,
    tensors: &BTreeMap<Box<str>, TensorInfo>,
) -> Result<()> {
    let mut in_order: Vec<_> = tensors.iter().collect();
    in_order.sort_by_key(|(_, info)| info.offset);
    let left = data.left() as u64;
    let mut end = 0;
    for (name, info) in in_order {
        let TensorInfo { offset, len, .. } = *info;
        let fault =
            |what| Err(data.fault(info.offset_position, format!("tensor `{name}`: {what}")));
        if offset % alignment as u64 != 0 {
            return fault(format!(
                "offset {offset} is not a multiple of the alignment, {alignment}"
            ));
        }
        if offset < end {
            return fault(format!("offset {offset} lies inside another tensor"));
        }
        end = offset.saturating_add(len as u64);
        if end > left {
            return fault(format!("{len} bytes at offset {offset}, but all data is {left} bytes"));
        }
    }
    Ok(())
}
