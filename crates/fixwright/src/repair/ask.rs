//! From a request to the tokens of its prompt and its draft.

use std::path::Path;

use fixwright_decode::{LineEnds, SourceDraft};
use fixwright_llama::tokenizer::{Piece, Tokenizer};
use fixwright_llama::weights::Weights;
use fixwright_prompt::{ChatTemplate, Message, Prompt, Request, Segment, render};

use crate::error::Result;
use crate::tokenizer;

/// A model's tokenizer and chat template: what puts a request the way that the model is to see it.
#[derive(Debug)]
pub struct Asker {
    tokenizer: Tokenizer,
    template: ChatTemplate,
    line_ends: LineEnds,
}

/// A request in a model's tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// The prompt.
    pub prompt: Vec<u32>,
    /// The answer that would leave the source as it is.
    pub draft: Vec<u32>,
    /// The line of the draft, counted from 0, that is the reported one, if any is.
    pub reported: Option<usize>,
}

impl Asked {
    /// The most tokens of an answer where nothing else is said: half as much again as the answer that would change nothing, and 64 more.
    pub fn usual_limit(&self) -> usize {
        self.draft.len() + self.draft.len() / 2 + 64
    }
}

impl Asker {
    /// Takes tokenizer and chat template from a model's files: those at `path`, which the weights are of.
    ///
    /// # Errors
    ///
    /// A tokenizer that cannot be read, or that does not belong to the weights; a template that does not compile.
    pub fn open(path: &Path, weights: &Weights) -> Result<Self> {
        let (tokenizer, template) = tokenizer::of_weights(path, weights)?;
        Ok(Self::new(tokenizer, template))
    }

    /// Asks with this tokenizer and this chat template.
    pub fn new(tokenizer: Tokenizer, template: ChatTemplate) -> Self {
        let ids = (0..).take(tokenizer.vocabulary_size());
        let ends =
            |id: &u32| tokenizer.token_bytes(*id).is_some_and(|bytes| bytes.contains(&b'\n'));
        let line_ends = ids.filter(ends).collect();
        Self { tokenizer, template, line_ends }
    }

    /// The model's tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The tokens that hold a line feed.
    pub fn line_ends(&self) -> &LineEnds {
        &self.line_ends
    }

    /// Renders the prompt and the draft, and cuts both into tokens.
    ///
    /// # Errors
    ///
    /// A template that refuses the conversation, text that the vocabulary cannot spell.
    pub fn ask(&self, request: &Request<'_>) -> Result<Asked> {
        self.ask_prompt(&render(request))
    }

    /// As [`ask`](Self::ask), for a prompt that was rendered already: one for a second try, say.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn ask_prompt(&self, prompt: &Prompt) -> Result<Asked> {
        let draft = self.tokenizer.encode(&prompt.draft)?.ids;
        let prompt_tokens = self.tokens(&prompt.messages)?;
        Ok(Asked { prompt: prompt_tokens, draft, reported: prompt.reported })
    }

    /// The prompt of [`ask`](Self::ask) alone: what a model is to be trained with.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn prompt(&self, request: &Request<'_>) -> Result<Vec<u32>> {
        self.tokens(&render(request).messages)
    }

    fn tokens(&self, messages: &[Message]) -> Result<Vec<u32>> {
        let segments = self.template.render(messages)?;
        let pieces: Vec<Piece<'_>> = segments.iter().map(piece).collect();
        Ok(self.tokenizer.encode_prompt(&pieces)?)
    }

    /// The proposer for one answer: it drafts from the source, with an eye on the reported line.
    pub fn drafter(&self, asked: &Asked) -> SourceDraft {
        let draft = SourceDraft::new(&asked.draft, self.line_ends.clone());
        match asked.reported {
            Some(line) => draft.with_reported_line(ended_before(line, self.feeds(&asked.draft))),
            None => draft,
        }
    }

    /// How many line feeds each token holds.
    fn feeds<'a>(&'a self, tokens: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
        let bytes = tokens.iter().filter_map(|token| self.tokenizer.token_bytes(*token));
        bytes.map(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count())
    }
}

/// How many tokens, of which each holds so many line feeds, end lines before `line`: some end several, all but one of them empty.
fn ended_before(line: usize, feeds: impl Iterator<Item = usize>) -> usize {
    let mut ended = 0;
    let ends = feeds.filter(|feeds| *feeds > 0);
    ends.take_while(|feeds| {
        ended += feeds;
        ended <= line
    })
    .count()
}

fn piece(segment: &Segment) -> Piece<'_> {
    match segment {
        Segment::Markup(text) => Piece::Markup(text),
        Segment::Text(text) => Piece::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_end_several_lines() {
        let feeds = [0, 1, 2, 0, 1];
        let ended = [0, 1, 2, 3, 4].map(|line| ended_before(line, feeds.into_iter()));
        assert_eq!(ended, [0, 1, 1, 2, 3], "line 2 is empty, in the token that ends line 1");
    }
}
