//! What a reader accepts, what it refuses, and the place that it names.

use std::io::{self, BufRead, BufReader, Read};

use fixwright_dataset::{Error, Place, ReadOptions, Reader};

use crate::{place, read, samples};

/// The only error among the lines, which has to come with `good` samples around it.
#[track_caller]
fn error(input: impl AsRef<[u8]>, good: usize) -> Error {
    let (ok, mut bad): (Vec<_>, Vec<_>) = read(input).into_iter().partition(Result::is_ok);
    assert_eq!((ok.len(), bad.len()), (good, 1));
    bad.remove(0).unwrap_err()
}

#[test]
fn lines_as_they_come() {
    let none: [&[u8]; 5] = [b"", b"\n", b"\r\n \t\n", b"\xEF\xBB\xBF", b"\xEF\xBB\xBF\r\n"];
    for input in none {
        assert!(read(input).is_empty(), "{input:?}");
    }
    let two = ["{}\n{}\n", "{}\n{}", "{}\r\n{}\r\n", "\u{feff}{}\n\n\n{}", " {} \n\t{}\r"];
    for input in two {
        assert_eq!(samples(input).len(), 2, "{input:?}");
    }
}

#[test]
fn places_count_every_byte_and_line() {
    let cases = [
        ("{}\n\r\n\u{e9}\n{}", 3, 5),
        ("\u{feff}{} x\n", 1, 6),
        ("{}\n{\"code\": 1}\n{}", 2, 12),
        ("{}\n{\"code\": \"abc", 2, 15),
        ("{}\n{\"code\": \"\\ud800\"}", 2, 19),
        ("{}\n{}{}", 2, 5),
        ("{}\n\u{feff}{}", 2, 3),
    ];
    for (input, line, offset) in cases {
        let error = read(input).into_iter().find_map(Result::err).unwrap();
        assert_eq!(place(&error), Place { line, offset }, "{input:?}: {error}");
    }
}

#[test]
fn messages() {
    let cases = [
        (r#"{"code": "a", "code": "b"}"#, "duplicate field `code`"),
        (r#"{"code": null, "code": "b"}"#, "duplicate field `code`"),
        (r#"{"x": 1, "x": 1}"#, "duplicate field `x`"),
        (r#"{"x": 1, "\u0078": 1}"#, "duplicate field `x`"),
        (r#"{"line_number": 4294967296}"#, "invalid value: integer `4294967296`, expected u32"),
        (r#"{"line_number": 1e400}"#, "number out of range"),
        (r#"{"line_number": 9.0}"#, "invalid type: floating point `9.0`, expected u32"),
        (r#"{"tests": [{"input": "1"}]}"#, "missing field `output`"),
        (
            r#"{"tests": [{"input": "", "output": "", "args": ""}]}"#,
            "unknown field `args`, expected `input` or `output`",
        ),
        ("[]", "invalid type: sequence, expected an object with the fields of a repair sample"),
        (r#"{"x": 01}"#, "invalid number"),
        ("{\"x\": \"\t\"}", "control character (\\u0000-\\u001F) found while parsing a string"),
    ];
    for (line, expected) in cases {
        let message = error(format!("{{}}\n{line}\n{{}}"), 2).to_string();
        let (place, found) = message.split_once(": ").unwrap();
        assert!(place.starts_with("line 2 (byte "), "{message}");
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn a_wrong_byte_is_named() {
    let error = error(b"{}\n{\"code\": \"a\xFFb\"}\n{}", 2);
    assert_eq!(error.to_string(), "line 2 (byte 14): not UTF-8; convert the file to UTF-8 first");
}

#[test]
fn a_cut_file_gives_its_whole_lines() {
    let file = "{\"code\":\"é\"}\n{\"code\":\"b\"}\n";
    for end in 0..file.len() {
        let whole = file.as_bytes()[..end].iter().filter(|&&byte| byte == b'\n').count();
        let good = read(&file.as_bytes()[..end]).iter().flatten().count();
        // A line that lacks nothing but its line end is whole as well.
        let complete = file.as_bytes()[..end].ends_with(b"}");
        assert_eq!(good, whole + usize::from(complete), "{end}");
    }
}

#[test]
fn a_long_line_is_skipped() {
    let options = ReadOptions::default().with_max_line_bytes(12);
    let fits = r#"{"code":"ab"}"#.replace("ab", "a");
    assert_eq!(fits.len(), 12);
    let input = format!("{fits}\n{{\"code\":\"ab\"}}\n{fits}\r\n{fits}\n{{\"code\":\"abcdefgh\"}}");
    for capacity in [1, 3, 13, 1024] {
        let input = BufReader::with_capacity(capacity, input.as_bytes());
        let found: Vec<_> = Reader::with_options(input, &options).collect();
        let places: Vec<_> =
            found.iter().filter_map(|item| item.as_ref().err()).map(place).collect();
        // The third line is over the limit by its carriage return.
        let expected = [(2, 13), (3, 27), (5, 54)].map(|(line, offset)| Place { line, offset });
        assert_eq!(places, expected);
        assert_eq!(found.iter().flatten().count(), 2);
    }
}

#[test]
fn the_largest_limit_is_no_limit() {
    let options = ReadOptions::default().with_max_line_bytes(usize::MAX);
    assert_eq!(Reader::with_options(&b"{}\n{}"[..], &options).flatten().count(), 2);
}

/// Gives its bytes and then fails, every time anew.
struct Broken(&'static [u8]);

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("disk on fire")),
            length => Ok(length),
        }
    }
}

#[test]
fn a_failing_input_ends_the_reading() {
    let mut reader = Reader::new(BufReader::new(Broken(b"{}\n{\"code\":")));
    assert!(reader.next().unwrap().is_ok());
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "line 2 (byte 3): disk on fire");
    assert!(reader.next().is_none());
}

#[test]
fn an_interrupted_input_is_read_on() {
    struct Interrupted<R>(R, bool);
    impl<R: Read> Read for Interrupted<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(io::ErrorKind::Interrupted.into()) } else { self.0.read(buffer) }
        }
    }
    let input = BufReader::with_capacity(2, Interrupted(&b"{}\n{\"code\":\"\"}\n"[..], false));
    assert_eq!(Reader::new(input).map(Result::unwrap).count(), 2);
    let input = BufReader::with_capacity(2, Interrupted(&b"{}\n{\"code\":\"\"}\n{}"[..], false));
    let options = ReadOptions::default().with_max_line_bytes(4);
    assert_eq!(Reader::with_options(input, &options).flatten().count(), 2);
}

#[test]
fn the_reader_takes_any_input() {
    fn count(input: &mut dyn BufRead) -> usize {
        Reader::new(input).count()
    }
    assert_eq!(count(&mut &b"{}\nx\n"[..]), 2);
}
