//! SARIF that is larger than memory should be: alone in its process, whose memory it measures.

use std::io::Read;
use std::ops::ControlFlow;

use fixwright_report::{Event, Format, stream};

/// A log that goes on for as many bytes as wanted.
struct Endless {
    head: &'static [u8],
    one: Vec<u8>,
    left: usize,
    at: usize,
}

/// A result, with a comma in front.
fn one() -> Vec<u8> {
    let filler = "0123456789abcdef".repeat(256);
    format!(
        r#",{{"message":{{"text":"again"}},"level":"note","properties":{{"filler":"{filler}"}}}}"#
    )
    .into()
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.head.is_empty() {
            return self.head.read(buffer);
        }
        let count = buffer.len().min(self.left);
        let count = count.min(self.one.len() - self.at);
        buffer[..count].copy_from_slice(&self.one[self.at..][..count]);
        self.at = (self.at + count) % self.one.len();
        self.left -= count;
        Ok(count)
    }
}

/// How many results there are: 96 MiB of them.
const RESULTS: usize = 24_000;

/// The most memory that this process has used so far, in MiB.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? / 1024)
}

#[test]
fn memory_is_bounded_whether_results_wait_or_not() {
    let Some(before) = peak() else { return };
    for (head, given) in [
        (&br#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"message":{"text":"a"},"level":"note"}"#[..], true),
        (br#"{"version":"2.1.0","runs":[{"results":[{"message":{"text":"a"},"level":"note"}"#, false),
    ] {
        let one = one();
        let left = one.len() * RESULTS;
        let mut reports = 0;
        let mut early = None;
        let input = std::io::BufReader::new(Endless { head, one, left, at: 0 });
        let format = stream(input, None, &mut |event| {
            match event {
                Event::Warning(warning) => {
                    early.get_or_insert((reports, warning.message));
                }
                _ => reports += 1,
            }
            ControlFlow::Continue(())
        });
        assert_eq!(format.unwrap(), Format::Sarif);
        assert_eq!(reports, RESULTS + 1);
        // The end is missing: that is said when the results that need no tool are out.
        assert_eq!(early.is_some_and(|(reports, _)| reports > 0), given);
    }
    let grown = peak().unwrap() - before;
    assert!(grown < 32, "{grown} MiB");
}
