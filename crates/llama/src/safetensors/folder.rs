//! A folder of a Hugging Face model: `model.safetensors`, or shards with an index over them.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{SafetensorsFile, SafetensorsView};
use crate::error::{Error, Result};

const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";

/// The largest index that is read: that of a model with 100,000 tensors is a tenth of it.
const MAX_INDEX_BYTES: u64 = 100_000_000;

/// The tensors of a folder, whichever file each is in.
#[derive(Debug)]
pub struct HfFolder {
    path: PathBuf,
    shards: Vec<SafetensorsFile>,
    /// The index in `shards` of each tensor.
    tensors: BTreeMap<String, usize>,
}

/// What is read of the index.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl HfFolder {
    /// Maps every file of the model and reads the headers. `model.safetensors` is preferred to an index.
    ///
    /// # Errors
    ///
    /// - [`Error::Io`] if a file cannot be read or mapped;
    /// - [`Error::Safetensors`] if the folder has neither file, the index is no index or names a file outside the
    ///   folder, or a file does not follow the format;
    /// - [`Error::MissingTensor`] if a shard lacks a tensor that the index says it has.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (single, index) = (path.join(SINGLE), path.join(INDEX));
        if single.exists() {
            let shard = SafetensorsFile::open(single)?;
            let tensors = shard.names().map(|name| (name.to_owned(), 0)).collect();
            return Ok(Self { path: path.to_owned(), shards: vec![shard], tensors });
        }
        if index.exists() {
            return Self::open_shards(path, &index);
        }
        Err(Error::safetensors(path, format!("the folder has neither `{SINGLE}` nor `{INDEX}`")))
    }

    fn open_shards(path: &Path, index: &Path) -> Result<Self> {
        let mut shards = Vec::new();
        let mut opened = HashMap::new();
        let mut tensors = BTreeMap::new();
        for (tensor, file) in read_index(index)?.weight_map {
            let shard = match opened.get(&file) {
                Some(&shard) => shard,
                None => {
                    shards.push(SafetensorsFile::open(shard_path(path, index, &file)?)?);
                    opened.insert(file, shards.len() - 1);
                    shards.len() - 1
                }
            };
            shards[shard].tensor(&tensor)?;
            tensors.insert(tensor, shard);
        }
        Ok(Self { path: path.to_owned(), shards, tensors })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of all tensors.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Whether there is a tensor of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The tensor of this name.
    ///
    /// # Errors
    ///
    /// [`Error::MissingTensor`] if there is none.
    pub fn tensor(&self, name: &str) -> Result<SafetensorsView<'_>> {
        match self.tensors.get(name) {
            Some(&shard) => self.shards[shard].tensor(name),
            None => Err(Error::missing_tensor(&self.path, name)),
        }
    }
}

fn read_index(path: &Path) -> Result<Index> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX_INDEX_BYTES + 1).read_to_string(&mut text))
        .map_err(|error| Error::io(path, error))?;
    if text.len() as u64 > MAX_INDEX_BYTES {
        return Err(Error::safetensors(path, format!("the index is over {MAX_INDEX_BYTES} bytes")));
    }
    serde_json::from_str(&text).map_err(|error| Error::safetensors(path, error.to_string()))
}

/// A shard lies in the folder itself: an index from elsewhere must not reach other files.
fn shard_path(folder: &Path, index: &Path, file: &str) -> Result<PathBuf> {
    let is_plain = Path::new(file).file_name() == Some(file.as_ref()) && !file.contains('\\');
    if !is_plain {
        let what = format!("`{file}` is not the name of a file in the same folder");
        return Err(Error::safetensors(index, what));
    }
    Ok(folder.join(file))
}
