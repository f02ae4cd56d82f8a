//! Damaged files: whatever the damage, reading ends in values or an error, in memory proportional to the file.

use fixwright_llama::Error;
use fixwright_llama::gguf::{FromValue, Gguf, Value};
use proptest::prelude::*;

use crate::allocation::requested;
use crate::writer::*;

/// A small file with something of everything.
fn valid() -> Vec<u8> {
    let nested = array(ARRAY, [array(U8, [[1], [2]]), array(U8, [[3]])]);
    Writer::new()
        .entry("general.architecture", STRING, string("llama"))
        .entry("general.alignment", U32, 32_u32.to_le_bytes())
        .entry("llama.block_count", U64, 1_u64.to_le_bytes())
        .entry("llama.norm", F32, 1e-5_f32.to_le_bytes())
        .entry("flag", BOOL, [0])
        .entry("tokens", ARRAY, array(STRING, ["<s>", "a", "é"].map(string)))
        .entry("types", ARRAY, array(I32, [3_i32, 1, 1].map(i32::to_le_bytes)))
        .entry("nested", ARRAY, nested)
        .tensor("token_embd.weight", &[3, 32], 8, vec![0x11; 3 * 34])
        .tensor("norm.weight", &[32], 0, vec![0x22; 128])
        .tensor("blk.0.w", &[1, 256], 12, vec![0x33; 144])
        .build()
}

#[derive(Debug, Clone)]
enum Damage {
    Byte(prop::sample::Index, u8),
    /// Eight bytes at once, as counts, lengths and offsets are.
    Number(prop::sample::Index, u64),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Truncate(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    let number = prop_oneof![
        Just(0),
        Just(u64::MAX),
        Just(1 << 63),
        (0_u32..64).prop_map(|shift| 1 << shift),
        0_u64..2000,
        any::<u64>(),
    ];
    prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        4 => (place(), number).prop_map(|(at, number)| Damage::Number(at, number)),
        1 => (place(), 1_usize..40).prop_map(|(at, len)| Damage::Remove(at, len)),
        1 => (place(), 1_usize..40).prop_map(|(at, len)| Damage::Repeat(at, len)),
        1 => place().prop_map(Damage::Truncate),
    ]
}

impl Damage {
    fn apply(&self, file: &mut Vec<u8>) {
        match *self {
            Self::Byte(at, byte) => *at.get_mut(file) = byte,
            Self::Number(at, number) => {
                let at = at.index(file.len());
                file.iter_mut()
                    .skip(at)
                    .zip(number.to_le_bytes())
                    .for_each(|(old, new)| *old = new);
            }
            Self::Remove(at, len) => {
                // The first byte stays: an empty file is another matter.
                let at = at.index(file.len()).max(1);
                file.drain(at..file.len().min(at + len));
            }
            Self::Repeat(at, len) => {
                let at = at.index(file.len());
                let copy = file[at..file.len().min(at + len)].to_vec();
                file.splice(at..at, copy);
            }
            Self::Truncate(at) => file.truncate(at.index(file.len()) + 1),
        }
    }
}

/// A setting of any type, read to its last item.
struct Anything;

impl FromValue<'_> for Anything {
    fn expected() -> String {
        unreachable!("anything is expected")
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        if let Value::Array(array) = value {
            array.iter().for_each(|item| assert!(Self::from_value(item).is_some()));
        }
        Some(Self)
    }
}

/// Reads all there is.
fn read_everything(gguf: &Gguf) -> usize {
    let metadata = gguf.metadata();
    for key in metadata.keys() {
        metadata.require::<Anything>(key).unwrap();
        let _ =
            (metadata.get::<u32>(key), metadata.get::<&str>(key), metadata.get::<Vec<&str>>(key));
    }
    gguf.tensors().map(|tensor| tensor.dequantise().len()).sum()
}

#[test]
fn the_undamaged_file_is_read() {
    assert_eq!(read_everything(&open(&valid()).unwrap()), 3 * 32 + 32 + 256);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_an_error_or_harmless(damages in prop::collection::vec(damage(), 1..6)) {
        let mut file = valid();
        damages.iter().for_each(|damage| damage.apply(&mut file));
        let (result, bytes) = requested(|| open(&file));
        prop_assert!(bytes < 16 * file.len() + 16_384, "{bytes} bytes for a file of {}", file.len());
        match result {
            // No type packs two values into a byte: each block has scales as well.
            Ok(gguf) => prop_assert!(read_everything(&gguf) <= 2 * file.len()),
            Err(Error::Gguf { .. } | Error::Config { .. } | Error::UnsupportedType { .. }) => {}
            Err(error) => prop_assert!(false, "another kind of error: {error:?}"),
        }
    }
}
