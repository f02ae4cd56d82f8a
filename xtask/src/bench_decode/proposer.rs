//! The proposers, by name.

use fixwright::decode::{CostCurve, FastFixer, NoDraft, PromptLookup, Proposer};
use fixwright::repair::Asker;

use super::case::Case;
use crate::exit::BadInput;

/// A proposer that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// Plain decoding.
    None,
    /// Prompt lookup as transformers and llama-cpp-python have it.
    Lookup,
    /// Prompt lookup with longer n-grams and drafts, as vLLM is often set.
    LookupLong,
    FastFixer,
    Source,
}

impl Name {
    const ALL: [Self; 5] =
        [Self::None, Self::Lookup, Self::LookupLong, Self::FastFixer, Self::Source];

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lookup => "lookup",
            Self::LookupLong => "lookup-long",
            Self::FastFixer => "fast-fixer",
            Self::Source => "source",
        }
    }

    /// The proposer for one answer.
    pub(super) fn build(self, case: &Case, asker: &Asker, cost: &CostCurve) -> Box<dyn Proposer> {
        match self {
            Self::None => Box::new(NoDraft),
            Self::Lookup => Box::new(PromptLookup::default()),
            Self::LookupLong => Box::new(PromptLookup { max_ngram: 3, min_ngram: 1, tokens: 48 }),
            Self::FastFixer => {
                Box::new(FastFixer::new(case.asked.draft.clone(), asker.line_ends().clone()))
            }
            Self::Source => Box::new(asker.drafter(&case.asked).with_cost(cost.clone())),
        }
    }
}

/// The proposers that a list names. Plain decoding is always the first: it is what the others are measured by.
pub(super) fn names(list: &[String]) -> Result<Vec<Name>, BadInput> {
    let mut names = vec![Name::None];
    for text in list {
        let found: Vec<Name> = match text.as_str() {
            "all" => Name::ALL.to_vec(),
            text => Name::ALL.into_iter().filter(|name| name.text() == text).collect(),
        };
        if found.is_empty() {
            let known = Name::ALL.map(Name::text).join(", ");
            return Err(BadInput(format!("--proposers: no {text}; there are all, {known}")));
        }
        names.extend(found);
    }
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        let read = |list: &[&str]| names(&list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>());
        assert_eq!(read(&["all"]).unwrap(), Name::ALL);
        assert_eq!(read(&["source", "source"]).unwrap(), [Name::None, Name::Source]);
        let error = read(&["sauce"]).unwrap_err().to_string();
        assert_eq!(
            error,
            "--proposers: no sauce; there are all, none, lookup, lookup-long, fast-fixer, source"
        );
    }
}
