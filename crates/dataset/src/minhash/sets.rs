//! Sets of hashes in a temporary file.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

/// Pairs of sets, by their number.
#[derive(Debug)]
pub(super) struct Sets {
    file: File,
    /// Where each pair begins, and how many items its two sets have.
    places: Vec<(u64, u32, u32)>,
    end: u64,
}

impl Sets {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, places: Vec::new(), end: 0 })
    }

    pub(super) fn push(&mut self, first: &[u64], second: &[u64]) -> io::Result<()> {
        let bytes: Vec<u8> =
            first.iter().chain(second).flat_map(|item| item.to_le_bytes()).collect();
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&bytes)?;
        self.places.push((self.end, length(first)?, length(second)?));
        self.end += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn get(&mut self, number: usize) -> io::Result<(Vec<u64>, Vec<u64>)> {
        let (start, first, second) = self.places[number];
        let mut bytes = vec![0; (first as usize + second as usize) * 8];
        self.file.seek(SeekFrom::Start(start))?;
        self.file.read_exact(&mut bytes)?;
        let (items, _) = bytes.as_chunks();
        let mut items: Vec<_> = items.iter().map(|item| u64::from_le_bytes(*item)).collect();
        let second = items.split_off(first as usize);
        Ok((items, second))
    }
}

fn length(set: &[u64]) -> io::Result<u32> {
    u32::try_from(set.len()).map_err(|_| io::ErrorKind::FileTooLarge.into())
}
