//! Reading text and JSON files that may be absent, up to a size.

use std::path::Path;
use std::{fs, io};

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// The largest file that is read. The largest vocabularies take some 40 MB.
const MAX_BYTES: u64 = 256 << 20;

/// Reads a JSON file; none if it is not there.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let text = text(path)?;
    let value = text.map(|text| serde_json::from_str(&text)).transpose();
    value.map_err(|error| Error::tokenizer(path, error.to_string()))
}

/// Reads a text file; none if it is not there.
pub(super) fn text(path: &Path) -> Result<Option<String>> {
    let len = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(path, error)),
    };
    if len > MAX_BYTES {
        return Err(Error::tokenizer(
            path,
            format!("the file has {len} bytes, at most {MAX_BYTES} are read"),
        ));
    }
    fs::read_to_string(path).map(Some).map_err(|error| Error::io(path, error))
}
