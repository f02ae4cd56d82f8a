//! How byte-level vocabularies cut text into words before merging, by the names that GGUF files have for it.

use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{PreTokenizerWrapper, SplitDelimiterBehavior};

/// Qwen2's words: one digit at a time, line ends together with the signs before them.
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Llama 3's words: as Qwen2's, but up to three digits at a time.
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// How text is cut into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// GPT-2's pattern.
    Gpt2,
    /// GPT-2's pattern after every digit was cut off.
    Digits,
    /// Qwen2's pattern.
    Qwen2,
    /// Llama 3's pattern; a word that is a token needs no merges to become it.
    Llama3,
}

impl Words {
    /// What `tokenizer.ggml.pre` may say, and the rules that llama.cpp has for it.
    const NAMES: [(&'static str, Self); 9] = [
        ("gpt-2", Self::Gpt2),
        ("phi-2", Self::Gpt2),
        ("smollm", Self::Digits),
        ("starcoder", Self::Digits),
        ("refact", Self::Digits),
        ("qwen2", Self::Qwen2),
        ("deepseek-r1-qwen", Self::Qwen2),
        ("llama-bpe", Self::Llama3),
        ("llama3", Self::Llama3),
    ];

    /// The rules of a name; the names that are known if it is not.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, words)| *words).ok_or_else(|| Self::NAMES.map(|(known, _)| known).join(", "))
    }

    /// Whether a word that is a token as a whole is that token, even if no merges lead to it.
    pub(super) fn ignores_merges(self) -> bool {
        self == Self::Llama3
    }

    /// Whether texts begin with the token for it where the file does not say.
    pub(super) fn adds_bos(self) -> bool {
        self == Self::Llama3
    }

    /// The rules in the form that the tokenizers crate runs.
    pub(super) fn pre_tokenizer(self) -> tokenizers::Result<PreTokenizerWrapper> {
        let bytes = |use_regex| PreTokenizerWrapper::from(ByteLevel::new(false, true, use_regex));
        let first = match self {
            Self::Gpt2 => return Ok(bytes(true)),
            Self::Digits => {
                return Ok(Sequence::new(vec![Digits::new(true).into(), bytes(true)]).into());
            }
            Self::Qwen2 => QWEN2,
            Self::Llama3 => LLAMA3,
        };
        let pattern = SplitPattern::Regex(first.to_owned());
        let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false)?;
        Ok(Sequence::new(vec![split.into(), bytes(false)]).into())
    }
}
