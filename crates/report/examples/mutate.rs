//! Reads damaged reports by every reader, and says what panicked and what was slow.
//!
//! ```text
//! cargo run --release -p fixwright-report --example mutate -- SEED COUNT [FOLDER]...
//! ```
//!
//! The files of `tests/data`, and of every folder named, are damaged in many ways: bytes flipped, removed and put
//! in, lines removed, repeated and moved, numbers made huge, brackets nested, two files spliced, the end cut. Each
//! result is read with its format detected and by one of the readers, these taken in turn, so that each reader
//! sees files of its own format and of all the others.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fixwright_report::{Format, parse, parse_as};

/// A larger file is cut before it is damaged, so that a run has many inputs.
const MAX_SEED: usize = 16 << 10;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number =
        |default| arguments.next().map_or(default, |text| text.parse().unwrap_or(default));
    let (seed, count) = (number(1), number(10_000));
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let folders = std::iter::once(own).chain(arguments.map(PathBuf::from));
    let mut seeds = Vec::new();
    folders.for_each(|folder| collect(&folder, &mut seeds));
    println!("{} files, {count} inputs, seed {seed}", seeds.len());
    let found = run(&mut Random(seed), count, &seeds);
    println!("{} panics", found.panics);
    println!("{} inputs gave reports, {} reports in all", found.readable, found.reports);
    let Slowest { time, bytes, reader, .. } = &found.slowest;
    println!("slowest for its size: {time:?} for {bytes} bytes, read as {reader}");
}

/// The contents of all files below a folder.
fn collect(folder: &Path, seeds: &mut Vec<Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, seeds);
        } else if let Ok(mut bytes) = std::fs::read(&path) {
            bytes.truncate(MAX_SEED);
            seeds.push(bytes);
        }
    }
}

#[derive(Default)]
struct Found {
    panics: usize,
    readable: usize,
    reports: usize,
    slowest: Slowest,
}

#[derive(Default)]
struct Slowest {
    per_kilobyte: Duration,
    time: Duration,
    bytes: usize,
    reader: String,
}

fn run(random: &mut Random, count: u64, seeds: &[Vec<u8>]) -> Found {
    let formats: Vec<_> = Format::all().collect();
    let mut readers = std::iter::once(None).chain(formats.into_iter().map(Some)).cycle();
    let mut found = Found::default();
    for index in 0..count {
        let input = damaged(random, seeds);
        let named = readers.next().flatten();
        for reader in [None, named] {
            try_one(&mut found, index, &input, reader);
        }
    }
    found
}

fn try_one(found: &mut Found, index: u64, input: &[u8], reader: Option<Format>) {
    let name = reader.map_or("detected", Format::name);
    let once = || {
        let begun = Instant::now();
        let read = catch_unwind(|| match reader {
            None => parse(input),
            Some(format) => parse_as(format, input),
        });
        (begun.elapsed(), read)
    };
    let (mut time, read) = once();
    match read {
        Err(_) => {
            found.panics += 1;
            println!(
                "panic at input {index}, read as {name}: {:?}",
                String::from_utf8_lossy(input)
            );
        }
        Ok(Ok(read)) => {
            found.readable += 1;
            found.reports += read.reports.len();
        }
        Ok(Err(_)) => {}
    }
    let kilobytes = u32::try_from(input.len() / 1024 + 1).unwrap_or(u32::MAX);
    // On a busy machine only the best of several times says something of the reader.
    for _ in 0..5 {
        if time / kilobytes > found.slowest.per_kilobyte {
            time = time.min(once().0);
        }
    }
    if time / kilobytes > found.slowest.per_kilobyte {
        let reader = format!("{name} (input {index})");
        found.slowest =
            Slowest { per_kilobyte: time / kilobytes, time, bytes: input.len(), reader };
    }
}

fn damaged(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.pick(seeds).clone();
    for _ in 0..=random.below(4) {
        damage(random, &mut bytes, seeds);
    }
    bytes
}

fn damage(random: &mut Random, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    const PIECES: &[&str] = &[
        "\n",
        "\r\n",
        ":",
        ": ",
        "(",
        ")",
        "\"",
        "<",
        ">",
        "{",
        "}",
        "[",
        "]",
        "#0 ",
        "==1==",
        "\u{1b}[1m",
        "é",
        "\0",
        "\\",
        "-",
        "0",
        "0x",
    ];
    let at = random.below(bytes.len() + 1);
    let span = at..bytes.len().min(at + random.below(40));
    match random.below(10) {
        0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        1 => drop(bytes.drain(span)),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(..at)),
        4 => drop(bytes.splice(span, random.pick(PIECES).bytes())),
        5 => drop(
            bytes.splice(at..at, random.pick(PIECES).repeat(1 + random.below(200)).into_bytes()),
        ),
        6 => {
            let other = random.pick(seeds);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[random.below(other.len() + 1)..]);
        }
        7 => enlarge(random, bytes, at),
        _ => shuffle(random, bytes),
    }
}

/// Makes the number behind `at` one that fits into nothing, or zero or less.
fn enlarge(random: &mut Random, bytes: &mut Vec<u8>, at: usize) {
    const NUMBERS: &[&str] = &[
        "99999999999999999999",
        "4294967296",
        "18446744073709551615",
        "-1",
        "0",
        "2147483648",
        "1e999",
    ];
    let Some(begin) = bytes[at..].iter().position(u8::is_ascii_digit) else { return };
    let begin = at + begin;
    let length = bytes[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.splice(begin..begin + length, random.pick(NUMBERS).bytes());
}

/// Removes, repeats or moves a line.
fn shuffle(random: &mut Random, bytes: &mut Vec<u8>) {
    let mut lines: Vec<_> =
        bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return;
    }
    let (from, to) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(4) {
        0 => drop(lines.remove(from)),
        1 => lines.insert(to, lines[from].clone()),
        2 => lines.swap(from, to),
        _ => {
            let many = std::iter::repeat_n(lines[from].clone(), random.below(50));
            drop(lines.splice(to..to, many.collect::<Vec<_>>()));
        }
    }
    *bytes = lines.concat();
}

/// Numbers that look random (xorshift64*), the same for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.max(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`, which is not zero.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
