//! SentencePiece vocabularies of the BPE kind, which have a score for each token instead of a list of merges.

use std::collections::HashMap;

use tokenizers::NormalizerWrapper;
use tokenizers::models::bpe::Merges;
use tokenizers::normalizers::{Prepend, Replace, Sequence};

/// The merges that lead to the tokens: every way to put a token together from two others, the best score first.
///
/// SentencePiece joins the neighbours whose joined token has the highest score. As a list of merges that is an order by score;
/// among the ways to one token, the order is that of Hugging Face's conversion: a longer left part first.
pub(super) fn merges(scores: &HashMap<&str, f32>) -> Merges {
    let mut merges: Vec<(&str, &str, f32)> = Vec::new();
    for (token, score) in scores {
        let cuts = token.char_indices().skip(1).map(|(at, _)| token.split_at(at));
        let both = cuts.filter(|(l, r)| scores.contains_key(l) && scores.contains_key(r));
        merges.extend(both.map(|(left, right)| (left, right, *score)));
    }
    let len = |text: &str| text.chars().count();
    merges.sort_by(|(left, right, score), (left2, right2, score2)| {
        score2
            .total_cmp(score)
            .then_with(|| len(left2).cmp(&len(left)))
            .then_with(|| (left, right).cmp(&(left2, right2)))
    });
    merges.into_iter().map(|(left, right, _)| (left.to_owned(), right.to_owned())).collect()
}

/// What SentencePiece does to text first: a space in front, so that the first word is like any other, and `▁` for every space.
pub(super) fn normalizer(space_prefix: bool) -> tokenizers::Result<NormalizerWrapper> {
    let spaces = Replace::new(" ", "▁")?.into();
    let prefix = space_prefix.then(|| Prepend::new("▁".to_owned()).into());
    Ok(Sequence::new(prefix.into_iter().chain([spaces]).collect()).into())
}
