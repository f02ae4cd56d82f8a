//! Adapters by name: shipped beside the manifest, each for one model.

use std::path::{Component, Path, PathBuf};

use anyhow::ensure;
use fixwright_prompt::Target;
use serde::Deserialize;

use super::digest;
use super::manifest::is_sha256;
use crate::exit::BadInput;

/// The file of an adapter that has its factors.
const FACTORS: &str = "adapter_model.safetensors";

/// A LoRA adapter in the format of Hugging Face PEFT, known by the size and sha256 of its factors.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adapter {
    /// The name it is asked for by.
    pub name: String,
    /// The name of the model that it is for.
    pub model: String,
    /// What it was trained to write.
    pub targets: Vec<Target>,
    /// Whether the model is given it for these targets when no adapter is named.
    #[serde(default)]
    pub default: bool,
    /// SPDX expression of its licence.
    pub licence: String,
    /// Its folder, relative to the manifest's.
    pub path: PathBuf,
    /// Size of `adapter_model.safetensors` in bytes.
    pub size: u64,
    /// Sha256 of that file, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

impl Adapter {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let name = &self.name;
        ensure!(!name.is_empty() && name != "none", "an adapter cannot be called {name:?}");
        let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
        ensure!(self.path.components().all(inside), "path is not below the manifest's folder");
        ensure!(!self.targets.is_empty(), "it is for no target");
        ensure!(is_sha256(&self.sha256), "sha256 is not 64 lower-case hexadecimal digits");
        Ok(())
    }

    /// Its folder below `root`, once the file in it is what the manifest says.
    ///
    /// # Errors
    ///
    /// [`BadInput`] for a file that is not there or is another one.
    pub fn verified(&self, root: &Path) -> Result<PathBuf, BadInput> {
        let folder = root.join(&self.path);
        let file = folder.join(FACTORS);
        let wrong = |what: String| {
            let (name, file) = (&self.name, file.display());
            BadInput(format!(
                "adapter {name}: {file} {what}; `git status` shows whether it was changed, --adapter none does without"
            ))
        };
        let size =
            file.metadata().map_err(|error| wrong(format!("cannot be read: {error}")))?.len();
        if size != self.size {
            return Err(wrong(format!("has {size} bytes, expected {}", self.size)));
        }
        let found = digest(&file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        if found != self.sha256 {
            return Err(wrong(format!("has sha256 {found}, expected {}", self.sha256)));
        }
        Ok(folder)
    }
}
