//! What a prompt for a sample shows.

use fixwright_prompt::{Definition, Options, Request, Target};
use fixwright_report::BugReport;
use serde::{Deserialize, Serialize};

use crate::{Error, RepairSample};

/// The extra field that holds it.
pub(crate) const FIELD: &str = "prompt_context";

/// What a prompt for a sample shows, as the extra field `prompt_context` keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PromptContext {
    /// The first line of the code that is shown, counted from 1.
    pub first_line: usize,
    /// The last one.
    pub last_line: usize,
    /// What these lines use, as it is defined elsewhere.
    pub definitions: Vec<Definition>,
}

impl PromptContext {
    /// What `request` shows.
    pub fn of(request: &Request<'_>) -> Self {
        let lines = &request.window().lines;
        let (first_line, last_line) = (*lines.start(), *lines.end());
        Self { first_line, last_line, definitions: request.definitions().to_vec() }
    }
}

impl RepairSample {
    /// The name of its file in its project: `main.c` if the sample does not say.
    pub fn path(&self) -> &str {
        self.source_code_path.as_deref().unwrap_or("main.c")
    }

    /// The request to repair the sample's code, near its line, or that of its report, or anywhere if there is none: what to train on, what to ask with, and what to
    /// read an answer with. `report` is the sample's own [`report`](Self::report), or any other that is to be shown.
    ///
    /// It shows what the extra field `prompt_context` says, and without that what `options` say. A whole program shows no other definitions of itself.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] for a sample without code or whose line is not in it, [`Error::Extra`] if the field is no [`PromptContext`].
    pub fn request<'a>(
        &'a self,
        report: &'a BugReport,
        options: &Options,
    ) -> Result<Request<'a>, Error> {
        let unfit = |reason| Error::Unfit { reason };
        let code = self.code.as_deref().ok_or_else(|| unfit("it has no code".into()))?;
        let line = self.line_number.or(report.location.line).map(|line| line as usize);
        let path = self.path();
        let request = Request::new(report, path, code, line, options);
        let request = request.map_err(|error| unfit(error.to_string()))?;
        let Some(mut context) = self.extra.get::<PromptContext>(FIELD)? else { return Ok(request) };
        if options.target == Target::Program {
            context.definitions.retain(|definition| definition.path != path);
        }
        let lines = context.first_line..=context.last_line;
        Ok(request.with_lines(lines).with_definitions(context.definitions))
    }
}
