//! The prompt for a request, and the answer that would be right.

use std::iter;
use std::ops::Range;

use fixwright_patch::{DiffOptions, FilePatch, Patch};

use crate::answer::{Finish, Fix, read};
use crate::fence::fenced;
use crate::lines::{shown, uniform_ending};
use crate::wording::{again, system, tag, user};
use crate::{Attempt, Error, Message, Request, Result, Role, Target};

/// The version of the prompt's wording. A model tuned on one version is to be asked with the same.
pub const TEMPLATE_VERSION: u32 = 2;

/// What a model is given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prompt {
    /// The conversation, the model's turn being the next.
    pub messages: Vec<Message>,
    /// The form of the answer.
    pub target: Target,
    /// The answer that would leave the source as it is: what to draft from when decoding. As a diff it is the window as context, which no real
    /// answer would stop at.
    pub draft: String,
    /// The line of the draft, counted from 0, that is the reported one, if any is.
    pub reported: Option<usize>,
}

/// Renders the prompt, for training and for inference alike.
pub fn render(request: &Request<'_>) -> Prompt {
    let messages =
        vec![Message::new(Role::System, system(request)), Message::new(Role::User, user(request))];
    let (draft, reported) = (draft(request), reported(request));
    Prompt { messages, target: request.target, draft, reported }
}

/// Renders the prompt for a second try: that of [`render`], and after it what an earlier answer changed and what is wrong with that.
///
/// What is quoted is bounded, so that the prompt is at most some 30 kB longer; usually it is some hundred tokens. A model that has seen the first
/// prompt has seen nearly all of this one.
pub fn render_again(request: &Request<'_>, attempt: &Attempt<'_>) -> Prompt {
    let mut prompt = render(request);
    if let Some(user) = prompt.messages.last_mut() {
        user.content.push_str(&again(attempt));
    }
    prompt
}

/// The answer that says `fixed`, in the form that the request asks for: the text to train on.
///
/// # Errors
///
/// [`Error::Inexpressible`] if [`read`] would not make `fixed` of any such answer, because the fix is outside the
/// window, changes line endings, or changes nothing.
pub fn expected(request: &Request<'_>, fixed: &str) -> Result<String> {
    let inexpressible = |reason| Error::Inexpressible {
        path: request.path.to_owned(),
        target: request.target,
        reason,
    };
    let answer = match request.target {
        Target::Diff => fenced("diff", &diff(request, fixed)),
        Target::Program => fenced(tag(request), &shown(fixed)),
        Target::Window => {
            let lines = rewritten(request, fixed);
            let lines =
                lines.ok_or_else(|| inexpressible("it changes lines outside the window"))?;
            fenced(tag(request), &shown(lines))
        }
    };
    let said =
        read(request, &answer, Finish::Stop).ok().and_then(|answer| outcome(request, answer.fix));
    if said.is_some_and(|said| said == fixed.as_bytes()) {
        Ok(answer)
    } else {
        Err(inexpressible(
            "it changes nothing, or line endings, or what stands at the end of the file",
        ))
    }
}

/// The answer that leaves the source as it is. As a diff it is the window as context, which no real answer would stop at.
fn draft(request: &Request<'_>) -> String {
    match request.target {
        Target::Window => fenced(tag(request), &request.window.text),
        Target::Program => fenced(tag(request), &shown(request.source)),
        Target::Diff => {
            let (path, start) = (request.path, request.window.lines.start());
            let count = request.window.lines.clone().count();
            let header =
                format!("--- a/{path}\n+++ b/{path}\n@@ -{start},{count} +{start},{count} @@\n");
            let lines = request.window.text.split_inclusive('\n').flat_map(|line| [" ", line]);
            fenced("diff", &iter::once(header.as_str()).chain(lines).collect::<String>())
        }
    }
}

/// Where the reported line is in the draft: after its fence, and after a diff's header.
fn reported(request: &Request<'_>) -> Option<usize> {
    let (first, before) = match request.target {
        Target::Program => (1, 1),
        Target::Window => (*request.window.lines.start(), 1),
        Target::Diff => (*request.window.lines.start(), 4),
    };
    Some(before + request.line?.saturating_sub(first))
}

/// The part of `fixed` that stands for the window; none if anything else differs.
fn rewritten<'f>(request: &Request<'_>, fixed: &'f str) -> Option<&'f str> {
    let Range { start, end } = request.window.bytes;
    fixed.strip_prefix(&request.source[..start])?.strip_suffix(&request.source[end..])
}

/// The diff from the source to `fixed`, without the carriage returns of a file that has them everywhere.
fn diff(request: &Request<'_>, fixed: &str) -> String {
    let ending =
        uniform_ending(request.source).filter(|ending| uniform_ending(fixed) == Some(*ending));
    let plain = |text: &str| ending.map_or(text.to_owned(), |ending| text.replace(ending, "\n"));
    let (old, new) = (plain(request.source), plain(fixed));
    let options = DiffOptions::default();
    FilePatch::between(request.path, Some(old.as_bytes()), Some(new.as_bytes()), &options)
        .to_string()
}

/// The text that the source becomes; none if a diff does not apply.
fn outcome(request: &Request<'_>, fix: Fix) -> Option<Vec<u8>> {
    match fix {
        Fix::Source(text) => Some(text.into_bytes()),
        Fix::Diff(diff) => {
            let patch = Patch::parse(&diff).ok()?;
            Some(patch.files.first()?.apply(request.source.as_bytes()).ok()?.text)
        }
    }
}
