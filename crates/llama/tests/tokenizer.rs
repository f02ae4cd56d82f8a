//! The tokenizer against llama.cpp, sentencepiece and Hugging Face: `data/tokenizer/generate.py` says how the expected ids were made.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs};

use fixwright_llama::gguf::Gguf;
use fixwright_llama::tokenizer::{Piece, Tokenizer};
use proptest::prelude::*;
use serde::Deserialize;

/// One line of an expected-ids file.
#[derive(Deserialize)]
struct Case {
    text: String,
    /// With control tokens recognised.
    ids: Vec<u32>,
    /// Without.
    plain: Option<Vec<u32>>,
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tokenizer").join(name)
}

fn cases(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn from_gguf(path: &Path) -> Tokenizer {
    Tokenizer::from_gguf(&Gguf::open(path).unwrap()).unwrap()
}

/// The path that a variable names; says that the test is skipped if it is not set.
fn from_env(variable: &str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        println!("skipped: {variable} is not set");
    }
    path
}

/// Holds a tokenizer to expected ids, and its decoding to the texts.
fn check(tokenizer: &Tokenizer, cases: &[Case]) {
    assert!(cases.len() >= 40);
    let sentencepiece = tokenizer.path().ends_with("llama.gguf");
    for case in cases {
        // SentencePiece writes `▁` for a space, and puts a space behind every control token.
        let text = if sentencepiece { case.text.replace('▁', " ") } else { case.text.clone() };
        let markup = tokenizer.encode_pieces(&[Piece::Markup(&case.text)]).unwrap();
        assert_eq!(markup.ids, case.ids, "{:?}", case.text);
        if !sentencepiece {
            assert_eq!(tokenizer.decode(&markup.ids).unwrap(), text);
        }
        if let Some(plain) = &case.plain {
            let encoding = tokenizer.encode(&case.text).unwrap();
            assert_eq!(&encoding.ids, plain, "{:?}", case.text);
            assert_eq!(tokenizer.decode(&encoding.ids).unwrap(), text);
        }
    }
}

#[test]
fn small_vocabularies_give_the_ids_of_llama_cpp() {
    for name in ["gpt-2", "smollm", "qwen2", "llama-bpe"] {
        let tokenizer = from_gguf(&data(&format!("{name}.gguf")));
        check(&tokenizer, &cases(&data(&format!("{name}.jsonl"))));
    }
}

#[test]
fn a_sentencepiece_vocabulary_gives_the_ids_of_sentencepiece() {
    let tokenizer = from_gguf(&data("llama.gguf"));
    check(&tokenizer, &cases(&data("llama.jsonl")));
    assert_eq!((tokenizer.bos(), tokenizer.eos(), tokenizer.adds_bos()), (Some(1), Some(2), true));
    assert_eq!(tokenizer.end_of_turn(), [2]);
}

#[test]
fn smollm2_gives_the_golden_ids_from_either_file() {
    let Some(corpus) = from_env("FIXWRIGHT_CORPUS") else { return };
    let cases = cases(&corpus.join("golden/tokenizer_cases.jsonl"));
    let json = Tokenizer::from_file(corpus.join("golden/tokenizer.json")).unwrap();
    check(&json, &cases);
    let Some(gguf) = from_env("FIXWRIGHT_SMOLLM2_GGUF") else { return };
    let gguf = from_gguf(&gguf);
    check(&gguf, &cases);
    assert_eq!((gguf.vocabulary_size(), json.vocabulary_size()), (49152, 49152));
    assert!((0..49152).all(|id| gguf.token_bytes(id) == json.token_bytes(id)));
    assert_eq!(gguf.end_of_turn(), [0, 2]);
    let error = gguf.encode("a\u{4}b").unwrap_err().to_string();
    assert!(error.ends_with("no token spells the bytes [04]"), "{error}");
    assert!(gguf.chat_template().is_some_and(|template| template.contains("<|im_start|>")));
}

#[test]
fn qwen2_gives_the_ids_of_llama_cpp() {
    let Some(gguf) = from_env("FIXWRIGHT_QWEN25_CODER_05B_GGUF") else { return };
    let tokenizer = from_gguf(&gguf);
    check(&tokenizer, &cases(&data("qwen2.5.jsonl")));
    tokenizer.check_vocabulary(151936).unwrap();
    let error = tokenizer.check_vocabulary(49152).unwrap_err().to_string();
    assert!(error.contains("151936 ids but the model only 49152"), "{error}");
}

#[test]
fn text_cannot_say_a_control_token() {
    for name in ["gpt-2", "smollm", "qwen2", "llama-bpe"] {
        let tokenizer = from_gguf(&data(&format!("{name}.gguf")));
        let end = tokenizer.control_id("<|im_end|>").unwrap();
        let pieces = [
            Piece::Markup("<|im_start|>user\n"),
            Piece::Text("a<|im_end|>"),
            Piece::Text("<|im_"),
            Piece::Markup("end|><|im_end|>"),
        ];
        let encoding = tokenizer.encode_pieces(&pieces).unwrap();
        assert_eq!(encoding.ids.iter().filter(|id| **id == end).count(), 1);
        assert_eq!(encoding.ids.last(), Some(&end));
        assert_eq!(encoding.offsets.last(), Some(&(38..48)));
        let text: String = pieces.iter().map(|piece| piece.as_str()).collect();
        assert_eq!(tokenizer.decode(&encoding.ids).unwrap(), text);
    }
}

#[test]
fn ids_that_are_not_there_are_refused() {
    let tokenizer = from_gguf(&data("qwen2.gguf"));
    let size = u32::try_from(tokenizer.vocabulary_size()).unwrap();
    let error = tokenizer.decode(&[0, size]).unwrap_err().to_string();
    assert!(error.ends_with(&format!("qwen2.gguf: tokenizer: id {size} is not in the vocabulary")));
    assert!(tokenizer.token_bytes(u32::MAX).is_none());
}

/// Text with much that tokenizers treat in a special way.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[ \t\r\n]{1,4}",
        "[a-zA-Z_]{1,6}",
        "[0-9]{1,4}",
        "'(s|t|re|ve|m|ll|d|S|LL)",
        r"[!-/:-@\[-`{-~]{1,3}",
        "\\PC{1,3}",
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

static VOCABULARIES: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let names = ["gpt-2", "smollm", "qwen2", "llama-bpe", "llama"];
    names.iter().map(|name| from_gguf(&data(&format!("{name}.gguf")))).collect()
});

proptest! {
    #[test]
    fn the_place_where_pieces_meet_leaves_no_trace(texts in proptest::collection::vec(text(), 0..4)) {
        let pieces: Vec<Piece<'_>> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| if at % 2 == 0 { Piece::Markup(text) } else { Piece::Text(text) })
            .collect();
        for tokenizer in VOCABULARIES.iter() {
            let whole = tokenizer.encode(&texts.concat()).unwrap();
            prop_assert_eq!(tokenizer.encode_pieces(&pieces).unwrap(), whole);
        }
    }

    #[test]
    fn a_text_comes_back_from_its_ids_and_their_offsets_cover_it(text in text()) {
        for tokenizer in VOCABULARIES.iter() {
            let encoding = tokenizer.encode(&text).unwrap();
            prop_assert_eq!(&tokenizer.decode(&encoding.ids).unwrap(), &text);
            prop_assert_eq!(encoding.ids.len(), encoding.offsets.len());
            let mut end = 0;
            for range in &encoding.offsets {
                prop_assert!(range.start <= end && range.end >= end && text.get(range.clone()).is_some());
                end = range.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }

    #[test]
    fn a_stream_gives_what_decoding_gives(ids in proptest::collection::vec(0..700_u32, 0..40)) {
        for tokenizer in VOCABULARIES.iter() {
            let mut stream = tokenizer.stream();
            let mut text = String::new();
            for id in &ids {
                text.push_str(&stream.push(*id).unwrap());
            }
            text.push_str(&stream.finish());
            let bytes: Vec<u8> =
                ids.iter().flat_map(|id| tokenizer.token_bytes(*id).unwrap().to_vec()).collect();
            let whole = String::from_utf8_lossy(&bytes).into_owned();
            let whole = if tokenizer.path().ends_with("llama.gguf") {
                whole.strip_prefix(' ').unwrap_or(&whole).to_owned()
            } else {
                whole
            };
            prop_assert_eq!(text, whole);
        }
    }
}
