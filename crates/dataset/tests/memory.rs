//! What comes from outside must not decide how much memory is taken. Alone in their file: the peak is that of a process.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, BufRead, Read};
use std::sync::{Mutex, PoisonError};

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

/// The most memory that this process had since the peak was set back, in bytes.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("and the peak");
    let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("as a number");
    kibibytes << 10
}

/// How much more memory the process has at most while `work` runs, and no other test.
fn grown(work: impl FnOnce()) -> usize {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    fs::write("/proc/self/clear_refs", "5").expect("Linux sets the peak back");
    let before = peak();
    work();
    peak().saturating_sub(before)
}

#[test]
fn a_line_of_a_gibibyte_takes_no_more_than_the_limit() {
    const LIMIT: usize = 1 << 20;
    let grown = grown(|| {
        let input = LongLine { chunk: vec![b'x'; 1 << 16], left: 1 << 30 };
        let options = ReadOptions::default().with_max_line_bytes(LIMIT);
        let mut reader = Reader::with_options(input, &options);
        let error = reader.next().expect("a line").expect_err("too long");
        assert!(matches!(error, Error::LineTooLong { limit: LIMIT, .. }), "{error}");
        assert!(reader.next().is_none());
    });
    assert!(grown < 8 * LIMIT, "{grown} bytes more");
}

/// Texts that a parser of C takes the most memory for, and one that it takes the most depth for.
#[cfg(feature = "syntax")]
#[test]
fn no_source_takes_more_than_300_megabytes() {
    use fixwright_dataset::{InjectOptions, Injection, RepairSample};
    use fixwright_prompt::{Options, Request, Scope};
    use fixwright_report::BugReport;

    let mut options = InjectOptions::default();
    options.max_file_bytes = usize::MAX;
    for nested in ["a(", "for(", "__attribute__((", "(a)", "a:", "#if 1\n"] {
        // Nearly the most that is parsed to the end, and more than is read from a tree.
        for bytes in [100_000, 4 << 20] {
            let text = nested.repeat(bytes / nested.len());
            let grown = grown(|| {
                let mut correct = RepairSample::default();
                correct.fixed = Some(text.clone());
                assert_eq!(Injection::new([Ok(correct)], options.clone()).count(), 0);
                let mut options = Options::default();
                options.scope = Scope::Function;
                let report = BugReport::default();
                let _ = Request::new(&report, "a.c", &text, 1, &options);
            });
            assert!(grown < 300_000_000, "{nested}: {grown} bytes more for {bytes}");
        }
    }
}
