//! From prompt to patch.

use std::ops::ControlFlow;

use fixwright_decode::{
    Event as DecodeEvent, Finish, Generation, Options as DecodeOptions, Target, generate,
};
use fixwright_patch::{ApplyOptions, DiffOptions, FilePatch, Origin, Patch};
use fixwright_prompt::{Finish as AnswerFinish, Fix, Request, read};

use super::candidate::Proposal;
use super::{Asked, Event, Progress, Repairer};
use crate::error::Result;

impl<T: Target + Clone> Repairer<T> {
    /// Asks for one answer; `None` if the callback stopped it.
    pub(super) fn propose(
        &self,
        session: &mut T,
        request: &Request<'_>,
        asked: &Asked,
        options: &DecodeOptions,
        progress: Progress<'_>,
    ) -> Result<Option<Proposal>> {
        let (generation, answer) = self.decode(session, asked, options, progress)?;
        let finish = match generation.finish {
            Finish::Cancelled => return Ok(None),
            Finish::Length => AnswerFinish::Length,
            _ => AnswerFinish::Stop,
        };
        let patch = patch(request, &answer, finish);
        Ok(Some(Proposal { answer, patch, sampling: options.sampling, generation }))
    }

    fn decode(
        &self,
        session: &mut T,
        asked: &Asked,
        options: &DecodeOptions,
        progress: Progress<'_>,
    ) -> Result<(Generation, String)> {
        let mut draft = self.drafter(asked);
        let mut text = self.asker.tokenizer().stream();
        let mut answer = String::new();
        let mut on_event = |event: DecodeEvent| {
            let DecodeEvent::Token(token) = event else { return ControlFlow::Continue(()) };
            // The model has rows beyond its vocabulary; what those would say is nothing.
            let new = text.push(token).unwrap_or_default();
            answer.push_str(&new);
            progress(Event::Text(&new))
        };
        let generation = generate(session, &mut draft, &asked.prompt, options, &mut on_event)?;
        answer.push_str(&text.finish());
        Ok((generation, answer))
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
