//! Every tensor type against the `gguf` Python package, whose results `data/quant.py` wrote into `data/quant.bin`.

use fixwright_llama::gguf::Gguf;
use fixwright_llama::quant::GgmlType;

use crate::writer::Writer;

struct Record {
    ty: GgmlType,
    blocks: Vec<u8>,
    values: Vec<f32>,
}

fn records() -> Vec<Record> {
    let mut rest: &[u8] = include_bytes!("../data/quant.bin");
    let mut records = Vec::new();
    while let Some((head, body)) = rest.split_at_checked(12) {
        let [id, bytes, values] =
            [0, 4, 8].map(|at| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()));
        let (blocks, body) = body.split_at(bytes as usize);
        let (floats, body) = body.split_at(values as usize * 4);
        records.push(Record {
            ty: GgmlType::from_id(id).unwrap(),
            blocks: blocks.to_vec(),
            values: floats.as_chunks().0.iter().map(|v| f32::from_le_bytes(*v)).collect(),
        });
        rest = body;
    }
    records
}

fn file(ty: GgmlType, values: usize, blocks: &[u8]) -> Gguf {
    Writer::new().tensor("t", &[values as u64], ty.id(), blocks).open().unwrap()
}

/// Equal to the last bit. Only not-a-number has more than one spelling.
#[track_caller]
fn assert_same(ty: GgmlType, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{ty}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
        let (block, value) = (i / ty.block_len(), i % ty.block_len());
        assert!(same, "{ty}, block {block}, value {value}: {found:e}, expected {expected:e}");
    }
}

#[test]
fn every_type_agrees_to_the_last_bit() {
    let mut seen = Vec::new();
    for Record { ty, blocks, values } in records() {
        assert!(values.iter().filter(|v| v.is_normal()).count() > values.len() / 4, "{ty}");
        assert_same(
            ty,
            &file(ty, values.len(), &blocks).tensor("t").unwrap().dequantise(),
            &values,
        );
        seen.push(ty);
    }
    for ty in GgmlType::ALL {
        assert!(seen.contains(&ty), "the fixture has no {ty}");
    }
}

/// Larger than what one thread converts at a time, with a rest.
#[test]
fn large_tensors_agree_as_well() {
    for Record { ty, blocks, values } in records() {
        let times = 100_000 / values.len() + 1;
        let gguf = file(ty, values.len() * times, &blocks.repeat(times));
        assert_same(ty, &gguf.tensor("t").unwrap().dequantise(), &values.repeat(times));
    }
}

#[test]
fn types_are_known_by_number_and_name() {
    for ty in GgmlType::ALL {
        assert_eq!(GgmlType::from_id(ty.id()), Some(ty));
    }
    assert_eq!(GgmlType::from_id(12), Some(GgmlType::Q4K));
    assert_eq!(GgmlType::from_id(4), None);
    assert_eq!(GgmlType::Q6K.to_string(), "Q6_K");
    assert_eq!((GgmlType::Q6K.block_len(), GgmlType::Q6K.block_bytes()), (256, 210));
}
