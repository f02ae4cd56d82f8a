//! Sources by name: `KIND:PATH`.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use fixwright_dataset::{
    Assignments, ContextOptions, Correct, Error, History, HistoryOptions, InContext, InjectOptions,
    Injection, Named, Paired, Replay, Rows, Source, words_and_signs,
};
use fixwright_prompt::Index;
use fixwright_validate::Analyser;

use crate::exit::BadInput;
use crate::flags::CurateFlags;
use crate::interrupt::Interrupt;
use crate::isolation::isolation;

/// What `replay:` runs, if nothing else is named.
pub(super) const ANALYSER: &str = "gcc";
/// The lines by which two programs may differ that nobody paired before.
const NEAR: usize = 10;

/// Opens all sources, in their order.
pub(super) fn open(flags: &CurateFlags, interrupt: &Interrupt) -> anyhow::Result<Vec<Named>> {
    let context = context(flags, interrupt)?;
    let opened = flags.sources.iter().map(|name| {
        let mut source = Opener { flags, interrupt }.open(name)?;
        if let Some(context) = &context {
            source = boxed(InContext::new(source, context.clone(), &words_and_signs));
        }
        Ok(Named { name: name.clone(), source })
    });
    opened.collect()
}

/// What samples say of their prompts; nothing if no flag asks for more than everyone shows anyway.
fn context(flags: &CurateFlags, interrupt: &Interrupt) -> anyhow::Result<Option<ContextOptions>> {
    let mut context = ContextOptions::default();
    context.prompt = flags.context.options();
    context.tokens = flags.context.tokens;
    if context.tokens == 0 && context.prompt == ContextOptions::default().prompt {
        return Ok(None);
    }
    if let Some(tree) = flags.tree.as_deref().filter(|_| context.tokens > 0) {
        let index = Index::of_tree(tree, &|_| interrupt.flow());
        context.tree = Some(Arc::new(index.map_err(|error| BadInput(error.to_string()))?));
    }
    Ok(Some(context))
}

type Opened = Box<dyn Source + Send>;

struct Opener<'a> {
    flags: &'a CurateFlags,
    interrupt: &'a Interrupt,
}

impl Opener<'_> {
    fn open(&self, name: &str) -> anyhow::Result<Opened> {
        let unknown =
            || BadInput(format!("{name}: sources are KIND:PATH; see --help for the kinds"));
        let (kind, path) = name.split_once(':').ok_or_else(unknown)?;
        // What is to be minimised may be larger before.
        let least = if self.flags.minimise { NEAR } else { 0 };
        let near = self.flags.max_changed_lines.unwrap_or(NEAR).max(least);
        let file = Path::new(path);
        let opened: Result<Opened, Error> = match kind {
            "paired" => Paired::open(file, self.flags.tree.as_deref().unwrap_or(file)).map(boxed),
            "jsonl" => Rows::open(file).map(boxed),
            "assignments" => Assignments::open(file, near).map(boxed),
            "git" => self.history(file).map(boxed),
            "replay" => return self.replay(file),
            "inject" if file.is_dir() => Correct::open(file).map(|correct| self.inject(correct)),
            "inject" => return Ok(self.inject(self.open(path)?)),
            _ => return Err(unknown().into()),
        };
        opened.map_err(|error| BadInput(error.to_string()).into())
    }

    fn history(&self, repository: &Path) -> Result<History, Error> {
        let interrupt = self.interrupt.clone();
        Ok(History::open(repository, options(repository))?.on_commit(move |_| interrupt.flow()))
    }

    fn replay(&self, repository: &Path) -> anyhow::Result<Opened> {
        let interrupt = self.interrupt.clone();
        let analyser = self.flags.analyser.clone().or_else(|| Analyser::named(ANALYSER));
        let analyser = analyser.context("there is no analyser to run again")?;
        let isolation = isolation(self.flags.allow_unsandboxed, &[])?;
        let replay = Replay::open(repository, options(repository), analyser, isolation)?;
        Ok(boxed(replay.on_commit(move |_| interrupt.flow())))
    }

    fn inject(&self, correct: impl Source + Send + 'static) -> Opened {
        let mut options = InjectOptions::default();
        options.seed = self.flags.seed;
        boxed(Injection::new(correct, options))
    }
}

/// A repository is named after its folder.
fn options(repository: &Path) -> HistoryOptions {
    let mut options = HistoryOptions::default();
    let folder = repository.canonicalize().unwrap_or_else(|_| repository.into());
    if let Some(name) = folder.file_name() {
        options.origin = name.to_string_lossy().into_owned();
    }
    options
}

fn boxed(source: impl Source + Send + 'static) -> Opened {
    Box::new(source)
}
