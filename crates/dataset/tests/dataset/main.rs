//! Reading and writing samples, through the public interface.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail and speak as tests do"
)]

mod corpus;
mod files;
mod properties;
mod reading;
mod roundtrip;

use fixwright_dataset::{Error, Place, Reader, RepairSample, write};

/// Everything that a reader with the default options makes of `input`.
fn read(input: impl AsRef<[u8]>) -> Vec<Result<RepairSample, Error>> {
    Reader::new(input.as_ref()).collect()
}

/// The samples of an input without a bad line.
fn samples(input: impl AsRef<[u8]>) -> Vec<RepairSample> {
    read(input).into_iter().map(Result::unwrap).collect()
}

/// The lines that samples are written as.
fn written<'a>(samples: impl IntoIterator<Item = &'a RepairSample>) -> String {
    let mut output = Vec::new();
    samples.into_iter().for_each(|sample| write(&mut output, sample).unwrap());
    String::from_utf8(output).unwrap()
}

/// The place that an error of the reader names.
fn place(error: &Error) -> Place {
    match error {
        Error::Json { place, .. }
        | Error::NotUtf8 { place }
        | Error::LineTooLong { place, .. }
        | Error::Read { place, .. } => *place,
        other => panic!("no error of the reader: {other}"),
    }
}
