//! What programs said, on the disk until a data set is complete.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::Xxh3;

use crate::Error;

/// The file of outcomes, beside the data set while it is made.
const FILE: &str = "outcomes.partial";

/// What the programs said that were run to make a data set. It is kept in the folder of the data set until that is complete: a run
/// after one that was broken off goes on.
#[derive(Debug)]
pub struct Outcomes {
    path: PathBuf,
    /// Outcomes as JSON, by what they depend on.
    known: HashMap<u128, String>,
    /// Open once there is something new to say.
    file: Mutex<Option<File>>,
}

impl Outcomes {
    /// Begins with what an earlier run left in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::File { path, source: error });
            }
            text => text.unwrap_or_default(),
        };
        let known = text.lines().filter_map(|line| {
            let (key, outcome) = line.split_once(' ')?;
            Some((u128::from_str_radix(key, 16).ok()?, outcome.to_owned()))
        });
        Ok(Self { known: known.collect(), path, file: Mutex::new(None) })
    }

    /// The outcome that is known by `key`, else the one that `make` finds, which is then known to a later run. The key is a hash of all that the
    /// outcome depends on.
    ///
    /// # Errors
    ///
    /// Those of `make`, and [`Error::File`] if the outcome cannot be written down.
    pub fn remember<T, E>(&self, key: u128, make: impl FnOnce() -> Result<T, E>) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<Error>,
    {
        // A line that was being written when the run ended is none that can be read.
        if let Some(known) = self.known.get(&key).and_then(|it| serde_json::from_str(it).ok()) {
            return Ok(known);
        }
        let outcome = make()?;
        self.write(key, &outcome).map_err(|source| self.failed(source))?;
        Ok(outcome)
    }

    fn write(&self, key: u128, outcome: &impl Serialize) -> io::Result<()> {
        let line = format!("{key:032x} {}\n", serde_json::to_string(outcome)?);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match &mut *file {
            Some(file) => file,
            none => none.insert(self.begin()?),
        };
        file.write_all(line.as_bytes())
    }

    /// The file, behind the end of what it has.
    fn begin(&self) -> io::Result<File> {
        let mut file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        if file.metadata()?.len() > 0 {
            file.write_all(b"\n")?;
        }
        Ok(file)
    }

    /// Takes the file away, when the data set is complete.
    pub(crate) fn forget(&self) -> Result<(), Error> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::File { path: self.path.clone(), source }
    }
}

/// The key of what an outcome depends on.
pub(crate) fn key<'t>(texts: impl IntoIterator<Item = &'t str>) -> u128 {
    let mut hasher = Xxh3::new();
    for text in texts {
        hasher.update(&text.len().to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.digest128()
}
