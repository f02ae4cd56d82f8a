//! Bad files: each is refused, with the byte where the fault stands.

use fixwright_llama::Error;
use fixwright_llama::gguf::Gguf;

use crate::writer::*;

/// Where the first setting, or without settings the first tensor, is described.
const BODY: u64 = 24;

/// A file with one tensor of 32 values, described from [`BODY`] on: name length, `t`, dimensions, type, offset.
fn one_tensor() -> Writer {
    Writer::new().tensor("t", &[32], 0, vec![0; 128])
}

fn with(change: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = one_tensor();
    change(&mut writer);
    writer.build()
}

/// The file must be refused at this byte with these words.
#[track_caller]
fn refused(bytes: &[u8], at: u64, words: &str) {
    match open(bytes).unwrap_err() {
        Error::Gguf { offset, what, .. } => {
            assert!(what.contains(words), "{what}");
            assert_eq!(offset, at, "{what}");
        }
        error => panic!("another kind of error: {error:?}"),
    }
}

#[test]
fn every_truncation_is_refused() {
    let file = one_tensor()
        .entry("general.name", STRING, string("a model"))
        .entry("tokens", ARRAY, array(STRING, ["a", "b"].map(string)))
        .entry("flag", BOOL, [1])
        .tensor("u", &[2, 32], 2, vec![0; 36])
        .build();
    open(&file).unwrap();
    for len in 1..file.len() {
        let error = open(&file[..len]).expect_err(&format!("the first {len} bytes"));
        assert!(matches!(error, Error::Gguf { .. }), "{len}: {error:?}");
    }
}

#[test]
fn what_is_not_a_file_with_bytes_is_refused() {
    assert!(matches!(open(&[]), Err(Error::Io { .. })));
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path(), &folder.path().join("absent")] {
        let error = Gguf::open(path).unwrap_err();
        assert!(matches!(&error, Error::Io { path: named, .. } if named == path), "{error:?}");
    }
}

#[test]
fn other_formats_and_versions_are_named() {
    refused(&with(|w| w.magic = *b"ggml"), 0, "not a GGUF file");
    refused(&with(|w| w.version = 1), 4, "version 1");
    refused(&with(|w| w.version = 4), 4, "version 4 of the format is not known");
    refused(&with(|w| w.version = 0), 4, "version 0");
    refused(&with(|w| w.version = 3_u32.swap_bytes()), 4, "big-endian");
}

#[test]
fn counts_beyond_the_file_are_refused() {
    for count in [9, 1 << 40, u64::MAX] {
        refused(&with(|w| w.tensor_count = Some(count)), 8, "the number of tensors is");
        refused(&with(|w| w.entry_count = Some(count << 2)), 16, "the number of settings is");
    }
    // Possible by the size of the file, but more than there are: what follows is no tensor.
    assert!(open(&with(|w| w.tensor_count = Some(2))).is_err());
}

#[test]
fn bad_settings_are_refused() {
    let entry = |key: &[u8], ty, value: &[u8]| one_tensor().entry(key, ty, value).build();
    let value = BODY + 8 + 1 + 4;
    let huge = u64::MAX.to_le_bytes();
    refused(&entry(&[0xff], U8, &[0]), BODY + 8, "a key is not UTF-8");
    refused(&entry(b"k", 13, &[]), value - 4, "value type 13 does not exist");
    refused(&entry(b"k", u32::MAX, &[]), value - 4, "value type 4294967295");
    refused(&entry(b"k", BOOL, &[2]), value, "0 or 1, not 2");
    refused(&entry(b"k", STRING, &huge), value + 8, "a string of 18446744073709551615 bytes");
    refused(&entry(b"k", STRING, &string([b'a', 0xc3])), value + 9, "a string is not UTF-8");
    refused(&entry(b"k", ARRAY, &[13, 0, 0, 0]), value, "value type 13");
    for ty in [U8, F64, STRING, ARRAY] {
        let array = [&ty.to_le_bytes()[..], &huge].concat();
        refused(&entry(b"k", ARRAY, &array), value + 4, "the length of an array is 1844");
    }
    refused(&entry(b"k", ARRAY, &array(BOOL, [[0], [7]])), value + 13, "0 or 1, not 7");
    let mut long_key = one_tensor().entry("k", U8, [0]);
    long_key.entries[..8].copy_from_slice(&huge);
    refused(&long_key.build(), BODY + 8, "a key of 18446744073709551615 bytes");
}

#[test]
fn a_key_must_occur_once() {
    let file = one_tensor().entry("k", U8, [0]).entry("k", U8, [0]).build();
    refused(&file, BODY + 14, "key `k` occurs twice");
}

#[test]
fn arrays_nest_four_deep() {
    let nested = |depth| (1..depth).fold(array(U8, [[0]]), |inner, _| array(ARRAY, [inner]));
    one_tensor().entry("k", ARRAY, nested(4)).open().unwrap();
    for depth in [5, 1000] {
        let file = one_tensor().entry("k", ARRAY, nested(depth)).build();
        refused(&file, BODY + 13 + 4 * 12, "more than 4 deep");
    }
}

#[test]
fn alignment_must_be_a_power_of_two_from_8() {
    for alignment in [0_u32, 1, 4, 7, 48, u32::MAX] {
        let error = one_tensor()
            .entry("general.alignment", U32, alignment.to_le_bytes())
            .open()
            .unwrap_err();
        assert!(
            matches!(&error, Error::Config { key, .. } if key == "general.alignment"),
            "{error:?}"
        );
    }
    let error = one_tensor().entry("general.alignment", STRING, string("32")).open().unwrap_err();
    assert!(matches!(error, Error::Config { .. }), "{error:?}");
    // The data would start far behind the end of the file.
    let far = one_tensor().entry("general.alignment", U32, (1_u32 << 31).to_le_bytes());
    assert!(matches!(far.open(), Err(Error::Gguf { .. })));
}

#[test]
fn a_part_of_a_split_model_is_refused() {
    let part = |count: u16| one_tensor().entry("split.count", U16, count.to_le_bytes()).open();
    part(1).unwrap();
    let message = part(3).unwrap_err().to_string();
    assert!(message.contains("`split.count` is 3") && message.contains("merge"), "{message}");
}

#[test]
fn bad_dimensions_are_refused() {
    let shaped = |dimensions: &[u64]| with(|w| w.tensors[0].dimensions = dimensions.to_vec());
    let dimensions = BODY + 9;
    refused(&shaped(&[1, 1, 1, 1, 1]), dimensions, "5 dimensions, but at most 4");
    refused(&shaped(&[0]), dimensions + 4, "a dimension of 0");
    refused(&shaped(&[4, 0]), dimensions + 12, "a dimension of 0");
    for shape in [&[u64::MAX][..], &[u64::MAX, 2], &[1 << 32, 1 << 32], &[1 << 31; 4]] {
        refused(&shaped(shape), dimensions, "is too large");
    }
    // 2^62 values are a number that can be counted, unlike their bytes.
    refused(&shaped(&[1 << 62]), dimensions, "is too large");
}

#[test]
fn rows_must_be_whole_blocks() {
    let file = with(|w| {
        w.tensors[0].ty = 8;
        w.tensors[0].dimensions = vec![48, 2];
    });
    refused(&file, BODY + 9, "rows of 48 values, but Q8_0 needs a multiple of 32");
}

#[test]
fn types_that_are_not_read_are_named() {
    for (id, name) in
        [(4, "number 4"), (10, "Q2_K (10)"), (20, "IQ4_NL (20)"), (u32::MAX, "4294967295")]
    {
        match open(&with(|w| w.tensors[0].ty = id)).unwrap_err() {
            Error::UnsupportedType { tensor, ty, .. } => {
                assert_eq!(tensor, "t");
                assert!(ty.contains(name), "{ty}");
            }
            error => panic!("another kind of error: {error:?}"),
        }
    }
}

#[test]
fn data_must_lie_in_the_file_aligned_and_apart() {
    let offset = BODY + 9 + 4 + 8 + 4;
    let at = |offset| with(|w| w.tensors[0].offset = Some(offset));
    refused(&at(1), offset, "not a multiple of the alignment, 32");
    refused(&at(32), offset, "128 bytes at offset 32, but all data is 128 bytes");
    refused(&at(u64::MAX - 31), offset, "128 bytes at offset");
    let mut two = one_tensor().tensor("u", &[32], 0, vec![0; 128]);
    two.open().unwrap();
    for inside in [0, 96] {
        two.tensors[1].offset = Some(inside);
        refused(&two.build(), offset + 33, "lies inside another tensor");
    }
}

#[test]
fn a_tensor_must_occur_once() {
    let file = one_tensor().tensor("t", &[32], 0, vec![0; 128]).build();
    refused(&file, BODY + 33, "tensor `t` occurs twice");
}

#[test]
fn a_name_must_be_text() {
    refused(
        &with(|w| w.tensors[0].name = vec![0x80]),
        BODY + 8,
        "the name of a tensor is not UTF-8",
    );
}
