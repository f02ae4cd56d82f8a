//! The samples that are kept, on the disk until all are there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::examine::Fit;
use super::hex;
use crate::manifest::PartRecord;
use crate::split::{Key, Split};
use crate::write::{finish, temporary};
use crate::{Error, Manifest, Part, Skipped};

const MANIFEST: &str = "manifest.json";

/// Lines in one temporary file, in the order in which they came.
pub(super) struct Shelf {
    folder: PathBuf,
    lines: BufWriter<fs::File>,
    rows: Vec<Row>,
    keys: Vec<Key>,
    /// For each sample that was left out as a near-duplicate: the kept one's number, and its own key.
    twins: Vec<(usize, Key)>,
    names: Names,
}

/// What is remembered of a line.
struct Row {
    length: u64,
    origin: u32,
    licence: u32,
}

/// Names by numbers, each once.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: String) -> Result<u32, Error> {
        if let Some(number) = self.numbers.get(&name) {
            return Ok(*number);
        }
        let number = u32::try_from(self.list.len()).map_err(|_| Error::TooMany)?;
        self.list.push(name.clone());
        self.numbers.insert(name, number);
        Ok(number)
    }
}

impl Shelf {
    /// A shelf for a data set in `folder`, which is made if it is not there.
    pub(super) fn new(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let lines = BufWriter::new(tempfile::tempfile_in(folder).map_err(failed(folder))?);
        Ok(Self {
            folder: folder.into(),
            lines,
            rows: Vec::new(),
            keys: Vec::new(),
            twins: Vec::new(),
            names: Names::default(),
        })
    }

    pub(super) fn put(&mut self, fit: Box<Fit>) -> Result<(), Error> {
        self.lines.write_all(&fit.line).map_err(failed(&self.folder))?;
        let (origin, licence) = (self.names.number(fit.origin)?, self.names.number(fit.licence)?);
        self.rows.push(Row { length: fit.line.len() as u64, origin, licence });
        self.keys.push(fit.key);
        Ok(())
    }

    pub(super) fn note_twin(&mut self, kept: usize, key: Key) {
        self.twins.push((kept, key));
    }

    /// Writes each sample to the file of its part, and counts the near-duplicates.
    pub(super) fn divide(
        self,
        split: Option<&Split>,
        dropped: &mut Skipped,
    ) -> Result<Files, Error> {
        let by_key = split.map(|split| split.parts(&self.keys));
        let part = |key| by_key.as_ref().map_or(Part::Train, |by_key| by_key(key));
        let parts: Vec<Part> = self.keys.iter().copied().map(part).collect();
        for (kept, key) in &self.twins {
            let apart = parts[*kept] != part(*key);
            dropped.add(if apart { "near-duplicate across parts" } else { "near-duplicate" });
        }
        let folder = self.folder;
        let mut lines =
            self.lines.into_inner().map_err(|error| failed(&folder)(error.into_error()))?;
        lines.rewind().map_err(failed(&folder))?;
        let mut lines = BufReader::with_capacity(1 << 20, lines);
        let mut files = Files::new(folder, split)?;
        let mut line = Vec::new();
        for (row, part) in self.rows.iter().zip(parts) {
            line.clear();
            let read = lines.by_ref().take(row.length).read_to_end(&mut line);
            read.map_err(failed(&files.folder))?;
            let name = |number: u32| self.names.list[number as usize].as_str();
            files.put(part, &line, name(row.origin), name(row.licence))?;
        }
        Ok(files)
    }
}

/// The files of the parts, still under other names.
pub(super) struct Files {
    folder: PathBuf,
    open: BTreeMap<Part, OpenPart>,
}

struct OpenPart {
    output: BufWriter<NamedTempFile>,
    hash: Sha256,
    record: PartRecord,
}

impl Files {
    fn new(folder: PathBuf, split: Option<&Split>) -> Result<Self, Error> {
        let parts = if split.is_some() { &Part::ALL[..] } else { &[Part::Train] };
        let mut open = BTreeMap::new();
        for part in parts {
            let file = format!("{}.jsonl", part.name());
            let output = temporary(&folder.join(&file)).map_err(failed(&folder))?;
            let record = PartRecord {
                file,
                rows: 0,
                bytes: 0,
                sha256: String::new(),
                origins: BTreeMap::new(),
                licences: BTreeMap::new(),
            };
            open.insert(
                *part,
                OpenPart { output: BufWriter::new(output), hash: Sha256::new(), record },
            );
        }
        Ok(Self { folder, open })
    }

    fn put(&mut self, part: Part, line: &[u8], origin: &str, licence: &str) -> Result<(), Error> {
        let Some(open) = self.open.get_mut(&part) else { return Ok(()) };
        open.output.write_all(line).map_err(failed(&self.folder))?;
        open.hash.update(line);
        open.record.rows += 1;
        open.record.bytes += line.len() as u64;
        *open.record.origins.entry(origin.into()).or_default() += 1;
        *open.record.licences.entry(licence.into()).or_default() += 1;
        Ok(())
    }

    pub(super) fn records(&self) -> BTreeMap<Part, PartRecord> {
        let record =
            |open: &OpenPart| PartRecord { sha256: hex(open.hash.clone()), ..open.record.clone() };
        self.open.iter().map(|(part, open)| (*part, record(open))).collect()
    }

    /// Puts everything in place: the old manifest goes first and the new one comes last.
    pub(super) fn publish(self, manifest: &Manifest) -> Result<(), Error> {
        let target = self.folder.join(MANIFEST);
        let mut output = BufWriter::new(temporary(&target).map_err(failed(&target))?);
        serde_json::to_writer_pretty(&mut output, manifest)
            .map_err(io::Error::from)
            .and_then(|()| output.write_all(b"\n"))
            .map_err(failed(&target))?;
        match fs::remove_file(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(&target)(error));
            }
            _ => {}
        }
        for part in Part::ALL {
            let path = self.folder.join(format!("{}.jsonl", part.name()));
            if !self.open.contains_key(&part) && path.exists() {
                fs::remove_file(&path).map_err(failed(&path))?;
            }
        }
        for OpenPart { output, record, .. } in self.open.into_values() {
            let path = self.folder.join(record.file);
            finish(output, &path).map_err(failed(&path))?;
        }
        finish(output, &target).map_err(failed(&target))
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    move |source| Error::File { path: path.into(), source }
}
