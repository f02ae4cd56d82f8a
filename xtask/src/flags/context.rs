//! The flags that say what a model is shown.

use clap::{Args, ValueEnum};
use fixwright_prompt as prompt;
use serde::Serialize;

/// What a model is shown around the reported line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args, Serialize)]
pub struct ContextFlags {
    /// The lines of the file that are shown; a function is cut to 100 lines, and where there is none it is lines again
    #[arg(long = "context", value_enum, default_value_t)]
    pub shown: Shown,
    /// How many lines before and after the reported one are shown
    #[arg(long = "context-lines", value_name = "N", default_value_t = 5)]
    pub lines: usize,
    /// The most tokens of definitions that are shown: of the types, macros and functions that these lines use
    #[arg(long = "context-tokens", value_name = "N", default_value_t = 0)]
    pub tokens: usize,
}

/// Which lines of a file are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// Lines before and after the reported one
    #[default]
    Window,
    /// The function that the reported line is in
    Function,
}

impl ContextFlags {
    /// The prompt's options with these lines.
    #[must_use]
    pub fn options(&self) -> prompt::Options {
        let scope = match self.shown {
            Shown::Window => prompt::Scope::Window,
            Shown::Function => prompt::Scope::Function,
        };
        let margin = prompt::Margin { before: self.lines, after: self.lines };
        prompt::Options::default().with_margin(margin).with_scope(scope)
    }
}
