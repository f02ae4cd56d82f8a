//! Safetensors files: weights as Hugging Face publishes them, alone or as several shards in a folder.
//!
//! The `safetensors` crate reads the header, of at most 100 MB, and checks that the tensors cover the file without gap
//! or overlap. This module adds the mapped file, names in errors, and the conversion to f32.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

pub use ::safetensors::Dtype;
use ::safetensors::SafeTensors;
use ::safetensors::tensor::TensorInfo;

use crate::error::{Error, Result};
use crate::mmap::MappedFile;
use crate::quant::{self, GgmlType};

mod folder;

pub use folder::HfFolder;

/// An open safetensors file.
pub struct SafetensorsFile {
    map: MappedFile,
    tensors: BTreeMap<String, TensorInfo>,
    /// Where the data of the tensors starts.
    data: usize,
}

/// One tensor of a file that is mapped into memory: reading it is what loads it.
#[derive(Debug, Clone, Copy)]
pub struct SafetensorsView<'a> {
    path: &'a Path,
    name: &'a str,
    info: &'a TensorInfo,
    bytes: &'a [u8],
}

impl SafetensorsFile {
    /// Maps a file and reads its header.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be mapped or is empty, [`Error::Safetensors`] if it is truncated or does not
    /// follow the format.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let map = MappedFile::open(path.as_ref())?;
        let (header_len, header) = SafeTensors::read_metadata(map.bytes())
            .map_err(|error| Error::safetensors(map.path(), error.to_string()))?;
        let tensors =
            header.tensors().into_iter().map(|(name, info)| (name, info.clone())).collect();
        Ok(Self { data: size_of::<u64>() + header_len, map, tensors })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.map.path()
    }

    /// The names of all tensors.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// The tensor of this name.
    ///
    /// # Errors
    ///
    /// [`Error::MissingTensor`] if there is none.
    pub fn tensor(&self, name: &str) -> Result<SafetensorsView<'_>> {
        let (name, info) = self
            .tensors
            .get_key_value(name)
            .ok_or_else(|| Error::missing_tensor(self.path(), name))?;
        let (start, end) = info.data_offsets;
        // The header was refused if this did not lie inside the file.
        let bytes = &self.map.bytes()[self.data..][start..end];
        Ok(SafetensorsView { path: self.path(), name, info, bytes })
    }
}

impl fmt::Debug for SafetensorsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SafetensorsFile").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl<'a> SafetensorsView<'a> {
    /// The tensor's name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The file that holds the tensor.
    pub fn path(&self) -> &'a Path {
        self.path
    }

    /// The dimensions, outermost first.
    pub fn shape(&self) -> &'a [usize] {
        &self.info.shape
    }

    /// How the values are stored.
    pub fn dtype(&self) -> Dtype {
        self.info.dtype
    }

    /// The values as the file has them: row-major, little-endian.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The values as f32, row-major, converted on all threads.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedType`] if they are not F32, F16 or BF16.
    pub fn to_f32(&self) -> Result<Vec<f32>> {
        let ty = match self.info.dtype {
            Dtype::F32 => GgmlType::F32,
            Dtype::F16 => GgmlType::F16,
            Dtype::BF16 => GgmlType::Bf16,
            other => {
                return Err(Error::UnsupportedType {
                    path: self.path.to_owned(),
                    tensor: self.name.to_owned(),
                    ty: other.to_string(),
                });
            }
        };
        let mut out = vec![0.0; self.bytes.len() / ty.block_bytes()];
        quant::dequantise(ty, self.bytes, &mut out);
        Ok(out)
    }
}
