//! Vocabularies as files have them: what is read from each, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::fs;
use std::path::{Path, PathBuf};

use fixwright_llama::gguf::Gguf;
use fixwright_llama::tokenizer::{Piece, Tokenizer};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A byte-level vocabulary of a few letters, where merges lead to a special token.
fn vocabulary() -> Value {
    json!({
        "added_tokens": [
            {"id": 9, "content": "<s>", "special": true},
            {"id": 3, "content": "ab", "special": true},
            {"id": 10, "content": "<x>", "special": false},
        ],
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": {"type": "Sequence", "processors": [
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}]},
        ]},
        "decoder": {"type": "ByteLevel"},
        "model": {
            "type": "BPE",
            "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "<": 5, "s": 6, ">": 7, "abc": 8},
            "merges": [["a", "b"], "b c", ["a", "bc"]],
        },
    })
}

fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn read(vocabulary: &Value) -> Result<Tokenizer, String> {
    let folder = folder(&[("tokenizer.json", vocabulary.to_string())]);
    Tokenizer::from_file(folder.path().join("tokenizer.json")).map_err(|error| error.to_string())
}

/// The vocabulary with a value put in at a JSON pointer.
fn refused(pointer: &str, value: Value) -> String {
    let mut vocabulary = vocabulary();
    *vocabulary.pointer_mut(pointer).unwrap() = value;
    read(&vocabulary).unwrap_err()
}

#[test]
fn no_merge_leads_to_a_special_token() {
    let tokenizer = read(&vocabulary()).unwrap();
    assert_eq!(tokenizer.encode("ab").unwrap().ids, [0, 1]);
    assert_eq!(tokenizer.encode("abc").unwrap().ids, [8]);
    assert_eq!(tokenizer.encode("<s>").unwrap().ids, [5, 6, 7]);
    assert_eq!(tokenizer.encode_pieces(&[Piece::Markup("<s>ab<x>")]).unwrap().ids, [9, 3, 10]);
    assert_eq!(tokenizer.decode(&[9, 3, 10, 8]).unwrap(), "<s>ab<x>abc");
    assert_eq!((tokenizer.bos(), tokenizer.adds_bos()), (Some(9), true));
    let error = tokenizer.encode("a\nb").unwrap_err().to_string();
    assert!(error.ends_with("no token spells the bytes [0a]"), "{error}");
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    let gone = "the merge of `a` and `x` is not of tokens to a token";
    assert!(refused("/model/merges/0", json!(["a", "x"])).ends_with(gone));
    assert!(refused("/model/merges/0", json!("ab")).contains("the merge `ab`"));
    // Longer than any token: the crate underneath would read past its buffer.
    assert!(refused("/model/merges/0", json!(["abc", "abc"])).contains("is not of tokens"));
    assert!(refused("/model/type", json!("Unigram")).contains("`Unigram`, only BPE"));
    assert!(refused("/decoder", json!({"type": "WordPiece"})).contains("decoder"));
    assert!(refused("/model/vocab/a", json!(u32::MAX)).contains("id 4294967295 is out of range"));
    let long = json!({"a": 0, "x".repeat(5000): 1});
    assert!(refused("/model/vocab", long).contains("5000 bytes"));
    let stripping = json!({"id": 9, "content": "<s>", "special": true, "lstrip": true});
    assert!(refused("/added_tokens/0", stripping).contains("`<s>`"));
    let error = Tokenizer::from_folder("/nowhere").unwrap_err().to_string();
    assert_eq!(error, "cannot read /nowhere/tokenizer.json");
}

#[test]
fn a_folder_says_how_its_tokens_are_used() {
    let templates =
        json!([{"name": "tools", "template": "T"}, {"name": "default", "template": "D"}]);
    let config = json!({
        "bos_token": {"content": "<s>"}, "eos_token": "<x>", "add_bos_token": false, "chat_template": templates,
    });
    let mut files = vec![
        ("tokenizer.json", vocabulary().to_string()),
        ("tokenizer_config.json", config.to_string()),
        ("generation_config.json", json!({"eos_token_id": [3, 9, 3]}).to_string()),
    ];
    let tokenizer = Tokenizer::from_folder(folder(&files).path()).unwrap();
    assert_eq!(
        (tokenizer.bos(), tokenizer.eos(), tokenizer.adds_bos()),
        (Some(9), Some(10), false)
    );
    assert_eq!(tokenizer.end_of_turn(), [3, 9, 10]);
    assert_eq!(tokenizer.chat_template(), Some("D"));

    files.push(("chat_template.jinja", "J".to_owned()));
    files[2].1 = json!({"eos_token_id": 9}).to_string();
    let tokenizer = Tokenizer::from_folder(folder(&files).path()).unwrap();
    assert_eq!(tokenizer.end_of_turn(), [9, 10]);
    assert_eq!(tokenizer.chat_template(), Some("J"));

    files[1].1 = "{".to_owned();
    let error = Tokenizer::from_folder(folder(&files).path()).unwrap_err().to_string();
    assert!(error.contains("tokenizer_config.json: tokenizer: EOF"), "{error}");
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tokenizer").join(name)
}

/// What is said of a GGUF file in which one text stands for another of the same length.
fn refused_gguf(name: &str, old: &str, new: &str) -> String {
    let mut bytes = fs::read(data(name)).unwrap();
    let at = bytes.windows(old.len()).position(|window| window == old.as_bytes()).unwrap();
    bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    fs::write(&path, bytes).unwrap();
    let error = Tokenizer::from_gguf(&Gguf::open(&path).unwrap()).unwrap_err().to_string();
    error.strip_prefix(&format!("{}: ", path.display())).unwrap().to_owned()
}

#[test]
fn gguf_metadata_that_cannot_be_used_is_named() {
    let error = refused_gguf("gpt-2.gguf", "gpt-2", "gpt-9");
    assert!(error.starts_with("`tokenizer.ggml.pre` is `gpt-9`, supported are gpt-2, "), "{error}");
    let error = refused_gguf("gpt-2.gguf", "gpt2", "bert");
    assert_eq!(error, "`tokenizer.ggml.model` is `bert`, supported are gpt2 and llama");
    let error = refused_gguf("gpt-2.gguf", "ggml.tokens", "ggml.tokenz");
    assert_eq!(error, "`tokenizer.ggml.tokens` is missing");
    let error = refused_gguf("llama.gguf", "ggml.scores", "ggml.scorez");
    assert_eq!(error, "`tokenizer.ggml.scores` is missing");
    let error = refused_gguf("gpt-2.gguf", "Ġ Ġ", "Ġ_Ġ");
    assert!(error.starts_with("`tokenizer.ggml.merges` has `Ġ_Ġ`"), "{error}");
}

proptest! {
    /// Whatever a damaged vocabulary is good for, it is no reason to panic.
    #[test]
    fn a_damaged_vocabulary_is_no_panic(
        name in prop_oneof![Just("gpt-2.gguf"), Just("llama-bpe.gguf"), Just("llama.gguf")],
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        text in "[a-z \n<>|_0-9é▁]{0,20}",
    ) {
        let mut bytes = fs::read(data(name)).unwrap();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.gguf");
        fs::write(&path, bytes).unwrap();
        if let Ok(tokenizer) = Gguf::open(&path).and_then(|file| Tokenizer::from_gguf(&file))
            && let Ok(encoding) = tokenizer.encode_pieces(&[Piece::Text(&text), Piece::Markup(&text)])
        {
            prop_assert_eq!(encoding.ids.len(), encoding.offsets.len());
            tokenizer.decode(&encoding.ids).unwrap();
        }
    }
}
