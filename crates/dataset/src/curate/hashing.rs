//! Hashes of what is read and written.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

/// A reader that hashes what passes through it.
#[derive(Debug)]
pub(crate) struct Hashing<R> {
    input: R,
    hash: Arc<Mutex<Sha256>>,
}

/// The hash of what has passed so far.
#[derive(Debug)]
pub(crate) struct Hash(Arc<Mutex<Sha256>>);

impl<R> Hashing<R> {
    pub(crate) fn new(input: R) -> (Self, Hash) {
        let hash = Arc::new(Mutex::new(Sha256::new()));
        (Self { input, hash: Arc::clone(&hash) }, Hash(hash))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        let mut hash = self.hash.lock().unwrap_or_else(PoisonError::into_inner);
        hash.update(&buffer[..count]);
        Ok(count)
    }
}

impl Hash {
    pub(crate) fn hex(&self) -> String {
        hex(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// The hash so far in hexadecimal digits.
pub(crate) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
