//! Makes GGUF files, good ones and, where a test asks for it, bad ones.

use std::io::Write;
use std::path::Path;

use fixwright_llama::gguf::Gguf;
use fixwright_llama::{Error, Result};

/// Value types by their number in the file.
pub(crate) const U8: u32 = 0;
pub(crate) const I8: u32 = 1;
pub(crate) const U16: u32 = 2;
pub(crate) const I16: u32 = 3;
pub(crate) const U32: u32 = 4;
pub(crate) const I32: u32 = 5;
pub(crate) const F32: u32 = 6;
pub(crate) const BOOL: u32 = 7;
pub(crate) const STRING: u32 = 8;
pub(crate) const ARRAY: u32 = 9;
pub(crate) const U64: u32 = 10;
pub(crate) const I64: u32 = 11;
pub(crate) const F64: u32 = 12;

/// A file in the making. Every field is written as it is, sensible or not.
#[derive(Clone)]
pub(crate) struct Writer {
    pub(crate) magic: [u8; 4],
    pub(crate) version: u32,
    /// What the header claims, where that is not the true number.
    pub(crate) tensor_count: Option<u64>,
    pub(crate) entry_count: Option<u64>,
    /// Where the data of tensors is really aligned to.
    pub(crate) alignment: usize,
    pub(crate) entries: Vec<u8>,
    entries_written: u64,
    pub(crate) tensors: Vec<Tensor>,
}

#[derive(Clone)]
pub(crate) struct Tensor {
    pub(crate) name: Vec<u8>,
    /// Innermost first, as in the file.
    pub(crate) dimensions: Vec<u64>,
    pub(crate) ty: u32,
    pub(crate) data: Vec<u8>,
    /// What the file claims, where that is not the true place.
    pub(crate) offset: Option<u64>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self {
            magic: *b"GGUF",
            version: 3,
            tensor_count: None,
            entry_count: None,
            alignment: 32,
            entries: Vec::new(),
            entries_written: 0,
            tensors: Vec::new(),
        }
    }

    /// Adds a setting whose value is already in the file's form.
    pub(crate) fn entry(mut self, key: impl AsRef<[u8]>, ty: u32, value: impl AsRef<[u8]>) -> Self {
        self.entries.extend(string(key));
        self.entries.extend(ty.to_le_bytes());
        self.entries.extend(value.as_ref());
        self.entries_written += 1;
        self
    }

    /// Adds a tensor of this row-major shape.
    pub(crate) fn tensor(
        mut self,
        name: &str,
        shape: &[u64],
        ty: u32,
        data: impl Into<Vec<u8>>,
    ) -> Self {
        self.tensors.push(Tensor {
            name: name.into(),
            dimensions: shape.iter().rev().copied().collect(),
            ty,
            data: data.into(),
            offset: None,
        });
        self
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let mut file = self.magic.to_vec();
        file.extend(self.version.to_le_bytes());
        file.extend(self.tensor_count.unwrap_or(self.tensors.len() as u64).to_le_bytes());
        file.extend(self.entry_count.unwrap_or(self.entries_written).to_le_bytes());
        file.extend(&self.entries);
        let mut data = Vec::new();
        for tensor in &self.tensors {
            data.resize(data.len().next_multiple_of(self.alignment), 0);
            file.extend(string(&tensor.name));
            file.extend((tensor.dimensions.len() as u32).to_le_bytes());
            file.extend(tensor.dimensions.iter().flat_map(|d| d.to_le_bytes()));
            file.extend(tensor.ty.to_le_bytes());
            file.extend(tensor.offset.unwrap_or(data.len() as u64).to_le_bytes());
            data.extend(&tensor.data);
        }
        file.resize(file.len().next_multiple_of(self.alignment), 0);
        file.extend(data);
        file
    }

    /// Writes the file to a temporary place and opens it.
    pub(crate) fn open(&self) -> Result<Gguf> {
        open(&self.build())
    }
}

/// A string in the file's form.
pub(crate) fn string(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    [&(text.len() as u64).to_le_bytes(), text].concat()
}

/// An array in the file's form, of values in theirs.
pub(crate) fn array<T: AsRef<[u8]>>(ty: u32, items: impl IntoIterator<Item = T>) -> Vec<u8> {
    let items: Vec<T> = items.into_iter().collect();
    let mut array = ty.to_le_bytes().to_vec();
    array.extend((items.len() as u64).to_le_bytes());
    array.extend(items.iter().flat_map(AsRef::as_ref));
    array
}

/// Opens these bytes as a file, which is gone from its folder when this returns; an error must name it.
pub(crate) fn open(bytes: &[u8]) -> Result<Gguf> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let result = Gguf::open(file.path());
    if let Err(error) = &result {
        check_place(error, file.path(), bytes.len());
    }
    result
}

/// Every error names the file, and a byte in it where it speaks of bytes.
fn check_place(error: &Error, path: &Path, len: usize) {
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    if let Error::Gguf { offset, .. } = error {
        assert!(*offset <= len as u64, "{error}: the file has {len} bytes");
    }
}
