//! Results that must wait for what the run says behind them.

use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};

use tempfile::SpooledTempFile;

use crate::Place;
use crate::json::Raw;

/// As much is kept in memory, in bytes; more goes into a temporary file.
const IN_MEMORY: usize = 8 << 20;

/// Results that must wait, in their order.
pub(super) struct Spool {
    file: BufWriter<SpooledTempFile>,
    count: u64,
}

impl Default for Spool {
    fn default() -> Self {
        Self { file: BufWriter::new(SpooledTempFile::new(IN_MEMORY)), count: 0 }
    }
}

impl Spool {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn push(&mut self, raw: &Raw) -> io::Result<()> {
        for number in [raw.place.line, raw.place.byte, raw.bytes.len()] {
            self.file.write_all(&(number as u64).to_le_bytes())?;
        }
        self.count += 1;
        self.file.write_all(&raw.bytes)
    }

    /// The results, from the first.
    pub(super) fn replay(self) -> io::Result<impl Iterator<Item = io::Result<Raw>>> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        Ok((0..self.count).map(move |_| {
            let mut number = || {
                let mut bytes = [0; 8];
                file.read_exact(&mut bytes).map(|()| u64::from_le_bytes(bytes) as usize)
            };
            let place = Place { line: number()?, byte: number()? };
            let mut bytes = vec![0; number()?];
            file.read_exact(&mut bytes)?;
            Ok(Raw { place, bytes })
        }))
    }
}
