//! Safetensors files and folders, written by the `safetensors` crate, and damaged ones.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::fs;
use std::path::Path;

use fixwright_llama::Error;
use fixwright_llama::safetensors::{Dtype, HfFolder, SafetensorsFile};
use proptest::prelude::*;
use safetensors::tensor::TensorView;
use tempfile::TempDir;

/// The bytes of a file with these tensors.
fn file(tensors: &[(&str, Dtype, &[usize], &[u8])]) -> Vec<u8> {
    let views = tensors.iter().map(|&(name, dtype, shape, data)| {
        (name, TensorView::new(dtype, shape.to_vec(), data).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

fn sample() -> Vec<u8> {
    let floats: Vec<u8> =
        [1.0_f32, -2.5, 3.0, 0.0, 1e-40, f32::MAX].iter().flat_map(|v| v.to_le_bytes()).collect();
    file(&[
        ("f32", Dtype::F32, &[2, 3], &floats),
        ("f16", Dtype::F16, &[2], &[0x00, 0x3c, 0x01, 0x80]),
        ("bf16", Dtype::BF16, &[1, 1], &[0xc0, 0x3f]),
        ("i64", Dtype::I64, &[1], &[1, 0, 0, 0, 0, 0, 0, 0]),
        ("none", Dtype::F32, &[0, 4], &[]),
    ])
}

fn open(bytes: &[u8]) -> (TempDir, Result<SafetensorsFile, Error>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    fs::write(&path, bytes).unwrap();
    let file = SafetensorsFile::open(&path);
    if let Err(error) = &file {
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    (folder, file)
}

#[test]
fn floating_point_types_become_f32() {
    let (_folder, file) = open(&sample());
    let file = file.unwrap();
    assert_eq!(file.names().collect::<Vec<_>>(), ["bf16", "f16", "f32", "i64", "none"]);
    let values = |name| file.tensor(name).unwrap().to_f32().unwrap();
    assert_eq!(values("f32"), [1.0, -2.5, 3.0, 0.0, 1e-40, f32::MAX]);
    assert_eq!(values("f16"), [1.0, -(2.0_f32.powi(-24))]);
    assert_eq!(values("bf16"), [1.5]);
    assert_eq!(values("none"), [0.0; 0]);
    let view = file.tensor("f32").unwrap();
    assert_eq!((view.name(), view.shape(), view.dtype()), ("f32", &[2, 3][..], Dtype::F32));
    assert_eq!((view.path(), view.bytes().len()), (file.path(), 24));
}

#[test]
fn other_types_and_absent_tensors_are_named() {
    let (_folder, file) = open(&sample());
    let file = file.unwrap();
    let error = file.tensor("i64").unwrap().to_f32().unwrap_err();
    assert!(
        matches!(&error, Error::UnsupportedType { tensor, ty, .. } if tensor == "i64" && ty == "I64"),
        "{error}"
    );
    let error = file.tensor("f64").unwrap_err();
    assert!(matches!(&error, Error::MissingTensor { tensor, .. } if tensor == "f64"), "{error}");
}

#[test]
fn every_truncation_is_refused() {
    let file = sample();
    assert!(matches!(open(&[]).1, Err(Error::Io { .. })));
    for len in 1..file.len() {
        let error = open(&file[..len]).1.expect_err(&format!("the first {len} bytes"));
        assert!(matches!(error, Error::Safetensors { .. }), "{error:?}");
    }
}

#[test]
fn hostile_headers_are_refused() {
    let tensor = |shape: &str, offsets: &str| {
        format!(r#"{{"t":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    let headers = [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "[".repeat(100_000),
        tensor("[1]", "[0,8]"),
        tensor("[1]", "[4,8]"),
        tensor("[1]", "[4,0]"),
        tensor("[-1]", "[0,4]"),
        tensor("[18446744073709551615,2]", "[0,4]"),
        tensor("[1]", "[0,18446744073709551615]"),
        tensor("[1]", "[0,4]").replace("F32", "F33"),
    ];
    for header in headers {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        file.extend([0; 4]);
        let error = open(&file).1.expect_err(&header);
        assert!(matches!(error, Error::Safetensors { .. }), "{header}: {error:?}");
    }
    for len in [100_000_001, u64::MAX] {
        assert!(matches!(
            open(&[&len.to_le_bytes()[..], &[b'{'; 64]].concat()).1,
            Err(Error::Safetensors { .. })
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_an_error_or_harmless(
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)
    ) {
        let mut file = sample();
        for (at, byte) in damages {
            *at.get_mut(&mut file) = byte;
        }
        if let (_folder, Ok(file)) = open(&file) {
            for name in file.names() {
                let _ = file.tensor(name).unwrap().to_f32();
            }
        }
    }
}

/// A folder of two shards with an index over them.
fn sharded() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shard = |name: &str, byte| file(&[(name, Dtype::BF16, &[1], &[byte, 0x3f])]);
    fs::write(folder.path().join("model-1.safetensors"), shard("a", 0x80)).unwrap();
    fs::write(folder.path().join("model-2.safetensors"), shard("b", 0xc0)).unwrap();
    write_index(folder.path(), r#"{"a":"model-1.safetensors","b":"model-2.safetensors"}"#);
    folder
}

fn write_index(folder: &Path, weight_map: &str) {
    let index = format!(r#"{{"metadata":{{"total_size":4}},"weight_map":{weight_map}}}"#);
    fs::write(folder.join("model.safetensors.index.json"), index).unwrap();
}

#[test]
fn a_folder_of_shards_is_one_set_of_tensors() {
    let folder = sharded();
    let model = HfFolder::open(folder.path()).unwrap();
    assert_eq!(model.names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(model.tensor("a").unwrap().to_f32().unwrap(), [1.0]);
    assert_eq!(model.tensor("b").unwrap().to_f32().unwrap(), [1.5]);
    assert!(model.tensor("b").unwrap().path().ends_with("model-2.safetensors"));
    assert!(model.contains("a") && !model.contains("c"));
    let error = model.tensor("c").unwrap_err();
    assert!(
        matches!(&error, Error::MissingTensor { path, .. } if path == folder.path()),
        "{error:?}"
    );
}

#[test]
fn a_single_file_is_preferred_to_the_index() {
    let folder = sharded();
    fs::write(folder.path().join("model.safetensors"), sample()).unwrap();
    let model = HfFolder::open(folder.path()).unwrap();
    assert!(model.contains("f32") && !model.contains("a"));
}

#[test]
fn an_index_reaches_nothing_outside_its_folder() {
    let folder = sharded();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let absolute = folder.path().join("model-1.safetensors");
    let outside = [
        "../model-1.safetensors",
        absolute.to_str().unwrap(),
        r"..\\model-1.safetensors",
        "..",
        ".",
        "",
        "x/../y",
    ];
    for file in outside {
        write_index(&inner, &format!(r#"{{"a":"{file}"}}"#));
        let error = HfFolder::open(&inner).unwrap_err();
        let refused = matches!(&error, Error::Safetensors { what, .. } if what.contains("not the name of a file"));
        assert!(refused, "{file}: {error:?}");
    }
}

#[test]
fn an_incomplete_folder_is_refused() {
    let folder = sharded();
    write_index(folder.path(), r#"{"a":"model-3.safetensors"}"#);
    assert!(
        matches!(HfFolder::open(folder.path()), Err(Error::Io { path, .. }) if path.ends_with("model-3.safetensors"))
    );
    write_index(folder.path(), r#"{"b":"model-1.safetensors"}"#);
    assert!(
        matches!(HfFolder::open(folder.path()), Err(Error::MissingTensor { tensor, .. }) if tensor == "b")
    );
    write_index(folder.path(), "7");
    assert!(matches!(HfFolder::open(folder.path()), Err(Error::Safetensors { .. })));
    let empty = tempfile::tempdir().unwrap();
    let message = HfFolder::open(empty.path()).unwrap_err().to_string();
    assert!(message.contains("neither `model.safetensors` nor"), "{message}");
}
