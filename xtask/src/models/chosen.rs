//! A model and an adapter, as a command's flags name them.

use std::path::{Path, PathBuf};

use fixwright::repair::LoadOptions;
use fixwright_prompt::Target;

use super::manifest::Manifest;
use super::trained::Trained;
use super::{WeightFile, resolve};
use crate::exit::BadInput;

/// The files of a model, and of the adapter to put on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The model's file or folder.
    pub model: PathBuf,
    /// The adapter's folder.
    pub adapter: Option<PathBuf>,
}

impl Chosen {
    /// What the flags name: a model by name or path, fetched if need be, and an adapter by name or folder, or `none`.
    ///
    /// Without a flag for the adapter it is the manifest's default for that model and target. A model by its path has none.
    ///
    /// # Errors
    ///
    /// As for [`resolve`]; [`BadInput`] for an adapter that is not known, not there, or for another model.
    pub fn new(model: Option<&str>, adapter: Option<&str>, target: Target) -> anyhow::Result<Self> {
        let manifest = Manifest::load()?;
        let by_path = model.is_some_and(|model| Path::new(model).exists());
        let known = if by_path { None } else { Some(manifest.find(model)?.name.as_str()) };
        // What is wrong with the adapter shows before a model is fetched.
        let adapter = chosen_adapter(&manifest, Manifest::folder(), known, adapter, target)?;
        Ok(Self { model: resolve(model)?, adapter })
    }

    /// How it is loaded.
    #[must_use]
    pub fn load_options(&self) -> LoadOptions {
        LoadOptions::default().with_adapter(self.adapter.clone())
    }

    /// The files with the weights: the model's, then the adapter's with the settings that say how it counts.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub fn files(&self) -> anyhow::Result<Vec<WeightFile>> {
        let mut files = WeightFile::of(&self.model)?;
        if let Some(adapter) = &self.adapter {
            files.extend(WeightFile::of(&adapter.join("adapter_config.json"))?);
            files.extend(WeightFile::of(adapter)?);
        }
        Ok(files)
    }
}

/// The folder of the adapter for a model of the manifest, or for another one.
fn chosen_adapter(
    manifest: &Manifest,
    root: &Path,
    model: Option<&str>,
    adapter: Option<&str>,
    target: Target,
) -> anyhow::Result<Option<PathBuf>> {
    let found = match adapter {
        Some("none") => return Ok(None),
        Some(folder) if Path::new(folder).is_dir() => {
            Trained::check(Path::new(folder), target);
            return Ok(Some(PathBuf::from(folder)));
        }
        Some(name) => Some(manifest.adapter(name)?),
        None => model.and_then(|model| manifest.default_adapter(model, target)),
    };
    let Some(found) = found else { return Ok(None) };
    if let Some(model) = model.filter(|model| *model != found.model) {
        let what = format!("adapter {} is for {}, not for {model}", found.name, found.model);
        return Err(BadInput(what).into());
    }
    Ok(Some(found.verified(root)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
        [[model]]
        name = "small"
        default = true
        licence = "MIT"
        architecture = "llama"
        file = "small.gguf"
        size = 3
        sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
        source = []

        [[adapter]]
        name = "small-repair"
        model = "small"
        targets = ["window", "program"]
        default = true
        licence = "MIT"
        path = "adapters/small"
        size = 3
        sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    "#;

    /// A manifest's folder in which the adapter has this in its file.
    fn shipped(factors: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("adapters/small");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("adapter_model.safetensors"), factors).unwrap();
        root
    }

    #[test]
    fn an_adapter_is_found_by_name_by_folder_and_by_default() {
        let (manifest, root) = (Manifest::parse(MANIFEST).unwrap(), shipped("abc"));
        let folder = root.path().join("adapters/small");
        let chosen = |model, adapter, target| {
            chosen_adapter(&manifest, root.path(), model, adapter, target).unwrap()
        };
        let path = folder.to_str().unwrap();
        assert_eq!(chosen(Some("small"), None, Target::Window).as_ref(), Some(&folder));
        assert_eq!(chosen(Some("small"), None, Target::Diff), None, "it does not write diffs");
        assert_eq!(chosen(None, None, Target::Window), None, "a model by its path");
        assert_eq!(chosen(Some("small"), Some("none"), Target::Window), None);
        assert_eq!(chosen(Some("other"), None, Target::Window), None);
        for (model, adapter) in
            [(None, "small-repair"), (Some("small"), "small-repair"), (None, path)]
        {
            assert_eq!(chosen(model, Some(adapter), Target::Diff).as_ref(), Some(&folder));
        }
    }

    #[test]
    fn an_adapter_that_is_not_what_the_manifest_says_is_refused() {
        let manifest = Manifest::parse(MANIFEST).unwrap();
        let refused = |root: &Path, model, adapter| {
            let chosen = chosen_adapter(&manifest, root, model, adapter, Target::Window);
            let error = chosen.unwrap_err();
            assert!(error.is::<BadInput>());
            error.to_string()
        };
        let small = Some("small");
        assert!(refused(shipped("abd").path(), small, None).contains("expected ba7816bf"));
        assert!(refused(shipped("abcd").path(), small, None).contains("has 4 bytes, expected 3"));
        assert!(refused(Path::new("/nowhere"), small, None).contains("cannot be read"));
        let root = shipped("abc");
        let other = refused(root.path(), Some("large"), Some("small-repair"));
        assert_eq!(other, "adapter small-repair is for small, not for large");
        let unknown = refused(root.path(), small, Some("smal-repair"));
        assert!(unknown.contains("known: small-repair"), "{unknown}");
    }

    #[test]
    fn contradictions_between_adapters_and_models_are_refused() {
        let twice = |from: &str, to: &str| {
            let (models, adapter) = MANIFEST.split_at(MANIFEST.find("[[adapter]]").unwrap());
            format!("{models}{adapter}{}", adapter.replace(from, to))
        };
        let wrong = [
            (MANIFEST.replace("model = \"small\"", "model = \"large\""), "no model is called"),
            (MANIFEST.replace("\"small-repair\"", "\"none\""), "cannot be called"),
            (MANIFEST.replace("adapters/small", "../small"), "below the manifest's folder"),
            (MANIFEST.replace("[\"window\", \"program\"]", "[]"), "no target"),
            (MANIFEST.replace("ba7816", "BA7816"), "hexadecimal"),
            (twice("-", "-"), "two adapters are called"),
            (twice("-repair", "-other"), "two default adapters"),
        ];
        for (text, message) in wrong {
            let error = format!("{:#}", Manifest::parse(&text).unwrap_err());
            assert!(error.contains(message), "{message}: {error}");
        }
        assert!(
            Manifest::parse(&twice("small-repair\"", "other\"").replace(
                "default = true\n        licence = \"MIT\"\n        path",
                "licence = \"MIT\"\n        path"
            ))
            .is_ok()
        );
    }
}
