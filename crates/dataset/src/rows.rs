//! Samples that are there already: a file of JSON Lines as a source.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::curate::{Hash, Hashing};
use crate::{Error, Reader, RepairSample, Skipped, Source};

/// The samples of a file, which may be compressed by gzip.
pub struct Rows {
    reader: Reader<Box<dyn BufRead + Send>>,
    skipped: Skipped,
    hash: Hash,
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("skipped", &self.skipped).finish_non_exhaustive()
    }
}

impl Rows {
    /// Opens the file at `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] if it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let (input, hash) =
            open(path).map_err(|source| Error::Unreadable { path: path.into(), source })?;
        Ok(Self { reader: Reader::new(input), skipped: Skipped::default(), hash })
    }
}

impl Iterator for Rows {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next()
    }
}

impl Source for Rows {
    fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// The `sha256` of the file, compressed if it is.
    fn facts(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("sha256".into(), self.hash.hex())])
    }
}

/// The text of a file, decompressed if need be, and the hash of the file.
pub(crate) fn open(path: &Path) -> io::Result<(Box<dyn BufRead + Send>, Hash)> {
    const BUFFER: usize = 1 << 18;
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    file.by_ref().take(2).read_to_end(&mut magic)?;
    file.rewind()?;
    let (input, hash) = Hashing::new(file);
    let input = BufReader::with_capacity(BUFFER, input);
    Ok(match magic == [0x1F, 0x8B] {
        true => (Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(input))), hash),
        false => (Box::new(input), hash),
    })
}
