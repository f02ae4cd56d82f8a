//! Good files: settings of every type and tensors of every shape.

use fixwright_llama::Error;
use fixwright_llama::gguf::{Gguf, Value};
use fixwright_llama::quant::GgmlType;

use crate::writer::*;

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn every_type() -> Gguf {
    Writer::new()
        .entry("u8", U8, [200])
        .entry("i8", I8, [0xff])
        .entry("u16", U16, 60_000_u16.to_le_bytes())
        .entry("i16", I16, (-300_i16).to_le_bytes())
        .entry("u32", U32, 4_000_000_000_u32.to_le_bytes())
        .entry("i32", I32, (-70_000_i32).to_le_bytes())
        .entry("f32", F32, 1e-5_f32.to_le_bytes())
        .entry("bool", BOOL, [1])
        .entry("string", STRING, string("déjà vu"))
        .entry("u64", U64, u64::MAX.to_le_bytes())
        .entry("i64", I64, 7_i64.to_le_bytes())
        .entry("f64", F64, 0.5_f64.to_le_bytes())
        .entry("strings", ARRAY, array(STRING, ["a", "", "Ġthe"].map(string)))
        .entry("scores", ARRAY, array(F32, [0.0_f32, -1.5].map(f32::to_le_bytes)))
        .entry("types", ARRAY, array(I32, [1_i32, 3].map(i32::to_le_bytes)))
        .entry("flags", ARRAY, array(BOOL, [[1], [0]]))
        .entry("empty", ARRAY, array(STRING, [""; 0]))
        .entry("nested", ARRAY, array(ARRAY, [array(U8, [[1], [2]]), array(U8, [[3]])]))
        .open()
        .unwrap()
}

#[test]
fn settings_of_every_type_are_read() {
    let gguf = every_type();
    let metadata = gguf.metadata();
    assert_eq!(metadata.require::<u32>("u8").unwrap(), 200);
    assert_eq!(metadata.require::<i32>("i8").unwrap(), -1);
    assert_eq!(metadata.require::<u64>("u16").unwrap(), 60_000);
    assert_eq!(metadata.require::<i32>("i16").unwrap(), -300);
    assert_eq!(metadata.require::<usize>("u32").unwrap(), 4_000_000_000);
    assert_eq!(metadata.require::<i32>("i32").unwrap(), -70_000);
    assert_eq!(metadata.require::<f32>("f32").unwrap(), 1e-5);
    assert!(metadata.require::<bool>("bool").unwrap());
    assert_eq!(metadata.require::<&str>("string").unwrap(), "déjà vu");
    assert_eq!(metadata.require::<u64>("u64").unwrap(), u64::MAX);
    assert_eq!(metadata.require::<u32>("i64").unwrap(), 7);
    assert_eq!(metadata.require::<f32>("f64").unwrap(), 0.5);
    assert_eq!(metadata.require::<Vec<&str>>("strings").unwrap(), ["a", "", "Ġthe"]);
    assert_eq!(metadata.require::<Vec<f32>>("scores").unwrap(), [0.0, -1.5]);
    assert_eq!(metadata.require::<Vec<u32>>("types").unwrap(), [1, 3]);
    assert_eq!(metadata.require::<Vec<bool>>("flags").unwrap(), [true, false]);
    assert_eq!(metadata.require::<Vec<&str>>("empty").unwrap(), [""; 0]);
    assert_eq!(metadata.require::<Vec<Vec<u32>>>("nested").unwrap(), [vec![1, 2], vec![3]]);
    assert_eq!(metadata.get::<u32>("absent").unwrap(), None);
    assert_eq!(metadata.keys().count(), 18);
}

#[test]
fn a_wrong_setting_is_named_with_what_was_expected() {
    let gguf = every_type();
    let metadata = gguf.metadata();
    let cases = [
        (metadata.require::<u32>("absent").map(drop), "`absent` is missing"),
        (
            metadata.get::<u32>("i8").map(drop),
            "`i8` is -1, expected an integer from 0 to 4294967295",
        ),
        (
            metadata.get::<u32>("u64").map(drop),
            "`u64` is 18446744073709551615, expected an integer",
        ),
        (metadata.get::<&str>("bool").map(drop), "`bool` is true, expected a string"),
        (metadata.get::<bool>("string").map(drop), "`string` is a string, expected true or false"),
        (metadata.get::<f32>("u8").map(drop), "`u8` is 200, expected a floating-point number"),
        (metadata.get::<&str>("types").map(drop), "`types` is an array of 2, expected a string"),
        (
            metadata.get::<Vec<&str>>("types").map(drop),
            "`types` is an array of 2, expected an array, each item a string",
        ),
    ];
    for (result, expected) in cases {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Config { .. }), "{error:?}");
        let message = error.to_string();
        assert!(message.contains(expected), "{message}");
        assert!(message.starts_with(gguf.path().to_str().unwrap()), "{message}");
    }
}

#[test]
fn tensors_are_row_major_and_typed() {
    for version in [2, 3] {
        let mut writer = Writer::new()
            .entry("general.alignment", U32, 64_u32.to_le_bytes())
            .tensor("b", &[2, 3], 0, floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
            .tensor("a", &[], 0, floats(&[7.0]))
            .tensor("h", &[1, 1, 2, 1], 1, [0x00, 0x3c, 0x00, 0xc0]);
        writer.version = version;
        writer.alignment = 64;
        let gguf = writer.open().unwrap();
        let names: Vec<_> = gguf.tensors().map(|t| t.name()).collect();
        assert_eq!(names, ["a", "b", "h"]);
        let b = gguf.tensor("b").unwrap();
        assert_eq!((b.shape(), b.ty(), b.bytes().len()), (&[2, 3][..], GgmlType::F32, 24));
        assert_eq!(b.dequantise(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let a = gguf.tensor("a").unwrap();
        assert_eq!((a.shape(), a.dequantise()), (&[][..], vec![7.0]));
        assert_eq!(gguf.tensor("h").unwrap().dequantise(), [1.0, -2.0]);
        assert!(gguf.contains("h") && !gguf.contains("c"));
        let error = gguf.tensor("c").unwrap_err();
        assert!(
            matches!(&error, Error::MissingTensor { tensor, .. } if tensor == "c"),
            "{error:?}"
        );
    }
}

#[test]
fn the_output_must_have_the_length_of_the_tensor() {
    let gguf = Writer::new().tensor("t", &[2, 2], 0, floats(&[1.0; 4])).open().unwrap();
    let tensor = gguf.tensor("t").unwrap();
    let mut out = [0.0; 5];
    tensor.dequantise_into(&mut out[..4]).unwrap();
    assert_eq!(out, [1.0, 1.0, 1.0, 1.0, 0.0]);
    let error = tensor.dequantise_into(&mut out).unwrap_err();
    assert!(matches!(&error, Error::Shape { found, .. } if *found == [2, 2]), "{error:?}");
}

#[test]
fn a_clone_outlives_the_file_and_crosses_threads() {
    let gguf = Writer::new().tensor("t", &[1], 0, floats(&[3.0])).open().unwrap();
    assert!(!gguf.path().exists());
    let clone = gguf.clone();
    drop(gguf);
    let load = move || clone.tensor("t").map(|t| t.dequantise());
    assert_eq!(std::thread::spawn(load).join().unwrap().unwrap(), [3.0]);
}

#[test]
fn arrays_can_be_walked_without_a_type() {
    let gguf = every_type();
    let texts: Vec<String> = vec!["1".into(), "3".into()];
    let walked: Walked = gguf.metadata().require("types").unwrap();
    assert_eq!(walked.0, texts);
}

/// A user's own type, read from a setting.
struct Walked(Vec<String>);

impl fixwright_llama::gguf::FromValue<'_> for Walked {
    fn expected() -> String {
        "an array".to_owned()
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Array(array) => Some(Self(array.iter().map(|item| item.to_string()).collect())),
            _ => None,
        }
    }
}
