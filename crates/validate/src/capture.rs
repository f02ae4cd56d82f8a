//! The output of a command: all of it read, its beginning and its end kept.

use std::collections::VecDeque;
use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;

/// Reads a pipe that never blocks, and keeps a bounded part of what comes out.
pub(crate) struct Capture {
    pipe: PipeReader,
    open: bool,
    half: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Capture {
    /// Keeps at most `limit` bytes of what is written to `pipe`.
    pub(crate) fn new(pipe: PipeReader, limit: usize) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let (head, tail) = (Vec::new(), VecDeque::new());
        Ok(Self { pipe, open: true, half: limit / 2, head, tail, left_out: 0 })
    }

    /// The pipe, as long as someone may still write to it.
    pub(crate) fn pipe(&self) -> Option<impl AsFd> {
        self.open.then_some(&self.pipe)
    }

    /// Reads what is there, at most about a mebibyte, so that a flood does not hold up its caller.
    pub(crate) fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 64 << 10];
        for _ in 0..16 {
            match self.pipe.read(&mut buffer) {
                Ok(0) => {
                    self.open = false;
                    break;
                }
                Ok(count) => self.keep(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(self.half - self.head.len()));
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let excess = self.tail.len().saturating_sub(self.half);
        self.tail.drain(..excess);
        self.left_out += excess as u64;
    }

    /// How many bytes have come.
    pub(crate) fn total(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + self.left_out
    }

    /// What was kept, with a line that says how much is missing in the middle.
    pub(crate) fn into_text(self) -> String {
        let mut text = self.head;
        if self.left_out > 0 {
            text.extend(format!("\n[{} bytes left out]\n", self.left_out).bytes());
        }
        text.extend(self.tail);
        String::from_utf8_lossy(&text).into_owned()
    }
}
