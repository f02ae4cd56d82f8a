//! What is to be repaired, and how the answer should look.

use std::ops::RangeInclusive;

use fixwright_report::{BugReport, Language};
use serde::{Deserialize, Serialize};

use crate::{Definition, Margin, Result, Scope, Target, Window};

/// How a prompt is put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Options {
    /// What the model is asked to write.
    pub target: Target,
    /// How much of the source [`Target::Window`] and [`Target::Diff`] show.
    pub margin: Margin,
    /// Whether they show these lines, or a whole function.
    pub scope: Scope,
}

impl Options {
    /// The options with another target.
    #[must_use]
    pub fn with_target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// The options with another margin.
    #[must_use]
    pub fn with_margin(mut self, margin: Margin) -> Self {
        self.margin = margin;
        self
    }

    /// The options with another scope.
    #[must_use]
    pub fn with_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }
}

/// A bug report and the source that it is about: all that a prompt is made of, and all that reading the answer needs.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub(crate) report: &'a BugReport,
    pub(crate) path: &'a str,
    pub(crate) source: &'a str,
    pub(crate) line: Option<usize>,
    pub(crate) target: Target,
    pub(crate) window: Window,
    pub(crate) definitions: Vec<Definition>,
}

impl<'a> Request<'a> {
    /// A request to repair `source`, the text of the file at `path`, near line `line`, counted from 1; without a line, all of the file is shown.
    ///
    /// `path` is what the prompt and a diff call the file. Path and line are arguments, because the report's own may be wrong or missing.
    ///
    /// # Errors
    ///
    /// [`Error::LineOutOfRange`](crate::Error::LineOutOfRange) if the source has no such line.
    pub fn new(
        report: &'a BugReport,
        path: &'a str,
        source: &'a str,
        line: impl Into<Option<usize>>,
        options: &Options,
    ) -> Result<Self> {
        let line = line.into();
        let window = match line {
            Some(line) => options.scope.window(path, source, line, options.margin)?,
            None => Window::whole(source),
        };
        let definitions = Vec::new();
        Ok(Self { report, path, source, line, target: options.target, window, definitions })
    }

    /// The request with the lines `lines` shown, as many of them as there are; they are widened to hold the reported one. Without
    /// a reported line nothing changes.
    #[must_use]
    pub fn with_lines(mut self, lines: RangeInclusive<usize>) -> Self {
        // The reported line is there, or there would be no request.
        if let Some(line) = self.line
            && let Ok(window) = Window::of_lines(self.path, self.source, line, lines)
        {
            self.window = window;
        }
        self
    }

    /// The request with definitions to show before the code, in this order.
    #[must_use]
    pub fn with_definitions(mut self, definitions: Vec<Definition>) -> Self {
        self.definitions = definitions;
        self
    }

    /// What the prompt and a diff call the file.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The text to be repaired.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The lines around the reported one.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// What is shown of what the code uses.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// What the model is asked to write.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The language, as the path or else the report tells it.
    pub(crate) fn language(&self) -> Option<Language> {
        Language::from_path(self.path).or(self.report.language)
    }
}
