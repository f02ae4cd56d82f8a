//! GGUF files: settings, tokenizer and weights of a model in one file that is used where it lies.
//!
//! [`Gguf::open`] maps the file and reads all that precedes the weights; whatever could make a later step read
//! outside the file is refused here, by the byte where it stands. A weight is read when a [`TensorView`] is asked for
//! its values.
//!
//! ```no_run
//! use fixwright_llama::gguf::Gguf;
//!
//! let model = Gguf::open("model.gguf")?;
//! let layers: u32 = model.metadata().require("llama.block_count")?;
//! let norm: Vec<f32> = model.tensor("output_norm.weight")?.dequantise();
//! println!("{layers} layers of width {}", norm.len());
//! # Ok::<(), fixwright_llama::Error>(())
//! ```
//!
//! Versions 2 and 3 of the format are read, in little-endian byte order, as the
//! [specification](https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) has them.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::mmap::MappedFile;

mod cursor;
mod header;
mod merge;
mod metadata;
mod tensor;
mod value;

use cursor::Cursor;
use header::Header;
use tensor::TensorInfo;

pub use metadata::{FromValue, Metadata};
pub use tensor::TensorView;
pub use value::{Array, Value};

/// An open GGUF file. Clones share the map: keep one wherever a tensor is to be read later.
#[derive(Clone)]
pub struct Gguf {
    file: Arc<File>,
}

struct File {
    map: MappedFile,
    header: Header,
}

impl Gguf {
    /// Maps a file and reads all that precedes the weights.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`] if the file cannot be mapped or is empty;
    /// - [`Error::Gguf`] if it is truncated or does not follow the format;
    /// - [`Error::Config`] if it is one part of a split model, or its alignment is not one;
    /// - [`Error::UnsupportedType`] if a tensor has a type that is not in [`GgmlType`](crate::quant::GgmlType).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let map = MappedFile::open(path.as_ref())?;
        let header = Header::read(Cursor::new(map.path(), map.bytes()))?;
        Ok(Self { file: Arc::new(File { map, header }) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.file.map.path()
    }

    /// The settings.
    pub fn metadata(&self) -> Metadata<'_> {
        let File { map, header } = &*self.file;
        Metadata::new(Cursor::new(map.path(), map.bytes()), &header.entries)
    }

    /// Whether there is a tensor of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.file.header.tensors.contains_key(name)
    }

    /// The tensor of this name.
    ///
    /// # Errors
    ///
    /// [`Error::MissingTensor`] if there is none.
    pub fn tensor(&self, name: &str) -> Result<TensorView<'_>> {
        let (name, info) = self
            .file
            .header
            .tensors
            .get_key_value(name)
            .ok_or_else(|| Error::missing_tensor(self.path(), name))?;
        Ok(self.view(name, info))
    }

    /// All tensors, by name.
    pub fn tensors(&self) -> impl Iterator<Item = TensorView<'_>> {
        self.file.header.tensors.iter().map(|(name, info)| self.view(name, info))
    }

    fn view<'a>(&'a self, name: &'a str, info: &'a TensorInfo) -> TensorView<'a> {
        let File { map, header } = &*self.file;
        // The header was refused if this did not lie inside the file.
        let bytes = &map.bytes()[header.data..][info.offset as usize..][..info.len];
        TensorView { path: map.path(), name, info, bytes }
    }
}

impl fmt::Debug for Gguf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gguf").field("path", &self.path()).finish_non_exhaustive()
    }
}
