//! TensorBoard's event files: protocol buffers (`tensorflow/core/util/event.proto`) in the framing of TFRecord, which checks every record.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use prost::Message;

/// An event: when, in which step, what.
#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

/// Values of one step.
#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

/// A number under a name.
#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, tag = "2")]
    simple_value: f32,
}

/// An event file that is written.
pub(super) struct EventFile(File);

impl EventFile {
    /// Begins a file of its own in `folder`; TensorBoard reads all of them.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let now = now();
        let name = format!("events.out.tfevents.{:.0}.{}.fixwright", now, std::process::id());
        let mut file = Self(File::create(folder.join(name))?);
        let version = Some("brain.Event:2".to_owned());
        file.write(&Event { wall_time: now, step: 0, file_version: version, summary: None })?;
        Ok(file)
    }

    /// Adds a number.
    pub(super) fn scalar(&mut self, step: usize, tag: &str, value: f64) -> io::Result<()> {
        let value = vec![Value { tag: tag.to_owned(), simple_value: value as f32 }];
        let summary = Some(Summary { value });
        self.write(&Event { wall_time: now(), step: step as i64, file_version: None, summary })
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        self.0.write_all(&framed(&event.encode_to_vec()))
    }
}

/// A record: its length and itself, a checksum behind each.
fn framed(record: &[u8]) -> Vec<u8> {
    let length = (record.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), record, &masked(record)].concat()
}

/// TFRecord's checksum: CRC-32C, rotated and shifted so that a checksum of checksums differs from it.
fn masked(bytes: &[u8]) -> [u8; 4] {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3720 has the CRC-32C of 32 zero bytes: 0x8a9136aa.
    #[test]
    fn checksums_are_masked_as_tfrecord_has_them() {
        assert_eq!(u32::from_le_bytes(masked(&[0; 32])), 0xfd7fffa);
    }

    #[test]
    fn events_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EventFile::create(folder.path()).unwrap();
        file.scalar(7, "train/loss", 0.5).unwrap();
        let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let bytes = std::fs::read(path).unwrap();
        let mut rest = bytes.as_slice();
        let mut events = Vec::new();
        while !rest.is_empty() {
            let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
            let record = &rest[12..12 + length];
            assert_eq!(rest[8..12], masked(&rest[..8]));
            assert_eq!(rest[12 + length..16 + length], masked(record));
            events.push(Event::decode(record).unwrap());
            rest = &rest[16 + length..];
        }
        assert_eq!(events[0].file_version.as_deref(), Some("brain.Event:2"));
        let value = &events[1].summary.as_ref().unwrap().value[0];
        assert_eq!(
            (events[1].step, value.tag.as_str(), value.simple_value),
            (7, "train/loss", 0.5)
        );
    }
}
