//! What an adapter was trained for, as a file in its folder says. Hugging Face passes over it.

use std::fs;
use std::path::Path;

use fixwright_prompt::{TEMPLATE_VERSION, Target};
use serde::{Deserialize, Serialize};

use crate::exit::note;
use crate::replace::replace_json;

const FILE: &str = "fixwright.json";

/// What an adapter was trained for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Trained {
    target: Target,
    template: u32,
}

impl Trained {
    /// This version's prompts for a target.
    #[must_use]
    pub fn on(target: Target) -> Self {
        Self { target, template: TEMPLATE_VERSION }
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        replace_json(&folder.join(FILE), self)
    }

    /// Says it if an adapter was trained for other prompts than those for `target`, as far as its folder tells.
    pub(super) fn check(folder: &Path, target: Target) {
        let found = fs::read(folder.join(FILE)).ok();
        let found: Option<Self> = found.and_then(|text| serde_json::from_slice(&text).ok());
        if let Some(warning) = found.and_then(|trained| trained.warning(target)) {
            note(format_args!("{}: {warning}", folder.display()));
        }
    }

    fn warning(&self, target: Target) -> Option<String> {
        if self.target != target {
            return Some(format!("was trained with --target {}, not {target}", self.target));
        }
        let (own, now) = (self.template, TEMPLATE_VERSION);
        (own != now)
            .then(|| format!("was trained with version {own} of the prompts, this is {now}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_target_or_template_is_told() {
        let folder = tempfile::tempdir().unwrap();
        Trained::on(Target::Program).write(folder.path()).unwrap();
        let text = fs::read(folder.path().join(FILE)).unwrap();
        let mut trained: Trained = serde_json::from_slice(&text).unwrap();
        assert_eq!(trained.warning(Target::Program), None);
        let other = trained.warning(Target::Window).unwrap();
        assert_eq!(other, "was trained with --target program, not window");
        trained.template = 0;
        assert!(trained.warning(Target::Program).unwrap().contains("version 0"));
    }
}
