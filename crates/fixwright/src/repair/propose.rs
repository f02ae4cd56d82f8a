//! From prompt to patch.

use std::ops::ControlFlow;

use fixwright_decode::{
    CopyDraft, Event as DecodeEvent, Finish, Generation, Options as DecodeOptions, Sampling,
    generate,
};
use fixwright_llama::model::Session;
use fixwright_llama::tokenizer::{Piece, StreamDecoder};
use fixwright_patch::{DiffOptions, FilePatch, Patch};
use fixwright_prompt::{Finish as AnswerFinish, Fix, Request, Segment, read, render};

use super::candidate::Proposal;
use super::{Event, Options, Progress, Repairer};
use crate::error::Result;

/// A request in the model's tokens.
pub(super) struct Asked {
    pub(super) prompt: Vec<u32>,
    draft: Vec<u32>,
    max_new_tokens: usize,
}

impl Repairer {
    /// Renders the prompt and the draft, and cuts both into tokens.
    pub(super) fn ask(&self, request: &Request<'_>, options: &Options) -> Result<Asked> {
        let rendered = render(request);
        let segments = self.template.render(&rendered.messages)?;
        let pieces: Vec<Piece<'_>> = segments.iter().map(piece).collect();
        let mut prompt = self.tokenizer.encode_pieces(&pieces)?.ids;
        if let Some(bos) = self
            .tokenizer
            .bos()
            .filter(|bos| self.tokenizer.adds_bos() && prompt.first() != Some(bos))
        {
            prompt.insert(0, bos);
        }
        let draft = self.tokenizer.encode(&rendered.draft)?.ids;
        let max_new_tokens = options.max_new_tokens.unwrap_or(draft.len() + draft.len() / 2 + 64);
        Ok(Asked { prompt, draft, max_new_tokens })
    }

    /// Asks for one answer; `None` if the callback stopped it.
    pub(super) fn propose(
        &self,
        session: &mut Session,
        request: &Request<'_>,
        asked: &Asked,
        sampling: Sampling,
        progress: Progress<'_>,
    ) -> Result<Option<Proposal>> {
        let (generation, answer) = self.decode(session, asked, sampling, progress)?;
        let finish = match generation.finish {
            Finish::Cancelled => return Ok(None),
            Finish::Length => AnswerFinish::Length,
            _ => AnswerFinish::Stop,
        };
        let patch = patch(request, &answer, finish);
        Ok(Some(Proposal { answer, patch, sampling, generation }))
    }

    fn decode(
        &self,
        session: &mut Session,
        asked: &Asked,
        sampling: Sampling,
        progress: Progress<'_>,
    ) -> Result<(Generation, String)> {
        let options = DecodeOptions {
            max_new_tokens: asked.max_new_tokens,
            stop_tokens: self.tokenizer.end_of_turn().to_vec(),
            sampling,
            ..DecodeOptions::default()
        };
        let mut draft = CopyDraft::new(asked.draft.clone());
        let mut text = self.tokenizer.stream();
        let mut answer = String::new();
        let mut on_event = |event: DecodeEvent<'_>| {
            let DecodeEvent::Tokens(tokens) = event else { return ControlFlow::Continue(()) };
            let new = push(&mut text, tokens);
            answer.push_str(&new);
            progress(Event::Text(&new))
        };
        let generation = generate(session, &mut draft, &asked.prompt, &options, &mut on_event)?;
        answer.push_str(&text.finish());
        Ok((generation, answer))
    }
}

fn piece(segment: &Segment) -> Piece<'_> {
    match segment {
        Segment::Markup(text) => Piece::Markup(text),
        Segment::Text(text) => Piece::Text(text),
    }
}

/// The text that new tokens complete. The model has rows beyond its vocabulary; what those would say is nothing.
fn push(text: &mut StreamDecoder<'_>, tokens: &[u32]) -> String {
    tokens.iter().filter_map(|token| text.push(*token).ok()).collect()
}

/// The patch that an answer makes, or why it makes none.
fn patch(request: &Request<'_>, answer: &str, finish: AnswerFinish) -> Result<Patch, String> {
    let answer = read(request, answer, finish).map_err(|e| e.to_string())?;
    match answer.fix {
        Fix::Source(new) => {
            let (old, new) = (request.source().as_bytes(), new.as_bytes());
            let file =
                FilePatch::between(request.path(), Some(old), Some(new), &DiffOptions::default());
            Ok(Patch { files: vec![file] })
        }
        Fix::Diff(diff) => own_file(request, Patch::parse(&diff).map_err(|e| e.to_string())?),
    }
}

/// Refuses a diff that reaches for other files than the one it was asked to repair: build scripts are run by the judge.
fn own_file(request: &Request<'_>, patch: Patch) -> Result<Patch, String> {
    let (old, new) = (format!("a/{}", request.path()), format!("b/{}", request.path()));
    let own = |file: &FilePatch| {
        file.old_path.as_deref() == Some(old.as_bytes())
            && file.new_path.as_deref() == Some(new.as_bytes())
    };
    if patch.files.iter().all(own) {
        return Ok(patch);
    }
    Err(format!("the diff changes other files than {}", request.path()))
}
