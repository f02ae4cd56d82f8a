//! From prompt to patch.

use std::ops::ControlFlow;

use fixwright_decode::{
    Event as DecodeEvent, Finish, Generation, LineEnds, Options as DecodeOptions, Sampling,
    SourceDraft, generate,
};
use fixwright_llama::model::Session;
use fixwright_llama::tokenizer::Piece;
use fixwright_patch::{ApplyOptions, DiffOptions, FilePatch, Origin, Patch};
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

    /// The tokens that hold a line feed.
    fn line_ends(&self) -> LineEnds {
        let ids = (0..).take(self.tokenizer.vocabulary_size());
        let ends = |id: &u32| self.tokenizer.token_bytes(*id).is_some_and(|bytes| bytes.contains(&b'\n'));
        ids.filter(ends).collect()
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
        let mut draft = SourceDraft::new(&asked.draft, self.line_ends());
        let mut text = self.tokenizer.stream();
        let mut answer = String::new();
        let mut on_event = |event: DecodeEvent| {
            let DecodeEvent::Token(token) = event else { return ControlFlow::Continue(()) };
            // The model has rows beyond its vocabulary; what those would say is nothing.
            let new = text.push(token).unwrap_or_default();
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

/// The patch that an answer makes, or why it makes none.
fn patch(request: &Request<'_>, answer: &str, finish: AnswerFinish) -> Result<Patch, String> {
    let old = request.source().as_bytes();
    let new = match read(request, answer, finish).map_err(|e| e.to_string())?.fix {
        Fix::Source(new) => new.into_bytes(),
        Fix::Diff(diff) => patched(request, &diff)?,
    };
    let file = FilePatch::between(request.path(), Some(old), Some(&new), &DiffOptions::default());
    Ok(Patch { files: vec![file] })
}

/// The source as a diff makes it that need not be exact.
fn patched(request: &Request<'_>, diff: &str) -> Result<Vec<u8>, String> {
    let recovered = Patch::recover(diff).map_err(|e| e.to_string())?;
    if recovered.files.is_empty() {
        return Err("the diff changes nothing".into());
    }
    let mut text = request.source().as_bytes().to_vec();
    for file in &recovered.files {
        check_own(request, &file.patch)?;
        let options = ApplyOptions::default();
        text = file.apply_with(&text, &options).map_err(|e| e.to_string())?.text;
    }
    Ok(text)
}

/// Refuses a diff that reaches for another file than the one it was asked to repair: build scripts are run by the judge.
fn check_own(request: &Request<'_>, file: &FilePatch) -> Result<(), String> {
    let path = request.path().as_bytes();
    let unnamed = file.old_path.is_none() && file.new_path.is_none();
    let is_own = |name: &Option<Vec<u8>>, prefix: &[u8]| {
        name.as_deref().is_some_and(|name| name.strip_prefix(prefix).unwrap_or(name) == path)
    };
    let own = is_own(&file.old_path, b"a/") && is_own(&file.new_path, b"b/");
    if unnamed || own && file.origin == Origin::InPlace {
        return Ok(());
    }
    Err(format!("the diff changes other files than {}", request.path()))
}
