//! Quantised blocks taken apart without loss: the integers of every value, and what they are scaled with.

use super::GgmlType;
use super::block::{self, five_bits, nibbles};
use super::superblock::{self, q4_k_codes, q5_k_codes, q6_k_codes, six_bits};

/// The integers of up to 256 successive values of a row, and what scales them.
///
/// What each number means is a matter of the type: `shared` is the scale and the offset of a superblock; `own` has, for each
/// block of 32 values, scale and offset as the file has them: half precision numbers, or integers of a superblock.
pub(crate) struct Codes {
    pub(crate) values: [[u8; 32]; 8],
    pub(crate) shared: [u16; 2],
    pub(crate) own: [[u16; 2]; 8],
}

/// Takes successive blocks of a row apart: one superblock, or up to eight others. Integers are raised so that none is negative.
pub(crate) fn codes(ty: GgmlType, bytes: &[u8]) -> Codes {
    let mut out = Codes { values: [[0; 32]; 8], shared: [0; 2], own: [[0; 2]; 8] };
    match ty {
        GgmlType::Q4K | GgmlType::Q5K => nested(ty, bytes, &mut out),
        GgmlType::Q6K => q6_k(bytes, &mut out),
        _ => {
            let blocks = bytes.chunks_exact(ty.block_bytes());
            for ((block, values), own) in blocks.zip(&mut out.values).zip(&mut out.own) {
                (*values, *own) = simple(ty, block);
            }
        }
    }
    out
}

fn simple(ty: GgmlType, block: &[u8]) -> ([u8; 32], [u16; 2]) {
    let [scale, offset] = [number(block, 0), number(block, 2)];
    match ty {
        GgmlType::Q4_0 => (nibbles(array(block, 2)), [scale, 0]),
        GgmlType::Q4_1 => (nibbles(array(block, 4)), [scale, offset]),
        GgmlType::Q5_0 => (five_bits(array(block, 6), *array(block, 2)), [scale, 0]),
        GgmlType::Q5_1 => (five_bits(array(block, 8), *array(block, 4)), [scale, offset]),
        _ => (array::<32>(block, 2).map(|code| code ^ 128), [scale, 0]),
    }
}

fn nested(ty: GgmlType, bytes: &[u8], out: &mut Codes) {
    out.shared = [number(bytes, 0), number(bytes, 2)];
    let (packed, integers) = bytes[4..].split_at(12);
    let (high, low) = integers.split_at(if ty == GgmlType::Q5K { 32 } else { 0 });
    for (i, (values, own)) in out.values.iter_mut().zip(&mut out.own).enumerate() {
        *values = if high.is_empty() { q4_k_codes(low, i) } else { q5_k_codes(low, high, i) };
        let (scale, offset) = six_bits(packed, i);
        *own = [scale, offset].map(u16::from);
    }
}

fn q6_k(bytes: &[u8], out: &mut Codes) {
    let (low, rest) = bytes.split_at(128);
    let (high, rest) = rest.split_at(64);
    out.shared = [number(rest, 16), 0];
    for (i, (values, own)) in out.values.iter_mut().zip(&mut out.own).enumerate() {
        *values = q6_k_codes(low, high, i);
        *own = [rest[2 * i], rest[2 * i + 1]].map(u16::from);
    }
}

fn number(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
    bytes[at..].first_chunk().expect("a block has the bytes of its type")
}

/// The bytes of a block, as the readers above count them.
const _: () = assert!(
    block::Q5_1 == 8 + 16 && block::Q8_0 == 2 + 32 && superblock::Q6_K == 128 + 64 + 16 + 2
);
