//! A line over the limit must not be held in memory. Alone in its file: the peak is that of a
//! process.

#![cfg(target_os = "linux")]

use std::io::{self, BufRead, Read};

use fixwright_dataset::{Error, ReadOptions, Reader};

/// A line of `left` bytes, which are the same chunk again and again.
struct LongLine {
    chunk: Vec<u8>,
    left: usize,
}

impl Read for LongLine {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!("a line is read through the buffer")
    }
}

impl BufRead for LongLine {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.chunk[..self.chunk.len().min(self.left)])
    }

    fn consume(&mut self, amount: usize) {
        self.left -= amount;
    }
}

/// The most memory that this process ever had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("and the peak");
    let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("as a number");
    kibibytes << 10
}

#[test]
fn a_line_of_a_gibibyte_takes_no_more_than_the_limit() {
    const LIMIT: usize = 1 << 20;
    let input = LongLine { chunk: vec![b'x'; 1 << 16], left: 1 << 30 };
    let before = peak();
    let options = ReadOptions::default().with_max_line_bytes(LIMIT);
    let mut reader = Reader::with_options(input, &options);
    let error = reader.next().expect("a line").expect_err("too long");
    assert!(matches!(error, Error::LineTooLong { limit: LIMIT, .. }), "{error}");
    assert!(reader.next().is_none());
    let grown = peak() - before;
    assert!(grown < 8 * LIMIT, "{grown} bytes more");
}
