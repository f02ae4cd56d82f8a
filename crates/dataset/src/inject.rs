//! Breaks correct C programs in ways that are known, to get pairs of report and fix.

mod bounds;
mod calls;
mod choose;
mod fault;
mod flow;
mod numbers;
mod operators;
mod pointers;
mod release;
mod render;
mod rule;

use std::fmt;
use std::vec;

use fixwright_prompt::parse_c;

use crate::syntax::functions;
use crate::{Error, RepairSample, Skipped, Source};

use choose::{Site, choose};
pub use rule::Rule;

/// How programs are broken.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InjectOptions {
    /// The rules that are tried.
    pub rules: Vec<Rule>,
    /// How many samples are made of a file at most.
    pub per_file: usize,
    /// What the choice among all places of a file depends on.
    pub seed: u64,
    /// The largest file that is looked at, in bytes.
    pub max_file_bytes: usize,
    /// The largest function that is looked at, in bytes.
    pub max_function_bytes: usize,
}

impl Default for InjectOptions {
    /// All rules, at most 8 samples a file, seed 0, files up to 1 MiB, functions up to 32 KiB.
    fn default() -> Self {
        let rules = Rule::all().collect();
        Self { rules, per_file: 8, seed: 0, max_file_bytes: 1 << 20, max_function_bytes: 32 << 10 }
    }
}

/// A [`Source`] of broken programs, made of the [`fixed`](RepairSample::fixed) ones of other samples.
///
/// A rule changes one place of a function and fires only where the result should still compile. The report
/// is in the key/value style, the fix is the change undone, and the extra fields `rule` and `cwe` say what was
/// done. All else that the original sample says of the program, its tests and its licence too, is kept.
/// A file with syntax errors is broken only in the functions that have none.
///
/// ```
/// use fixwright_dataset::{Injection, InjectOptions, RepairSample};
///
/// let mut correct = RepairSample::default();
/// correct.fixed = Some("void f(char *p)\n{\n\tuse(p);\n\tfree(p);\n}\n".into());
///
/// let mut options = InjectOptions::default();
/// options.rules.retain(|rule| rule.name() == "free-removed");
/// let broken: Vec<_> = Injection::new([Ok(correct)], options).collect::<Result<_, _>>()?;
/// assert_eq!(broken[0].code.as_deref(), Some("void f(char *p)\n{\n\tuse(p);\n}\n"));
/// assert_eq!(broken[0].line_number, Some(4));
/// assert_eq!(broken[0].extra.get::<u32>("cwe")?, Some(401));
/// # Ok::<(), fixwright_dataset::Error>(())
/// ```
pub struct Injection<I> {
    correct: I,
    options: InjectOptions,
    ready: vec::IntoIter<Result<RepairSample, Error>>,
    skipped: Skipped,
}

impl<I> fmt::Debug for Injection<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Injection")
            .field("options", &self.options)
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}

impl<I> Injection<I> {
    /// Breaks the programs of `correct`.
    pub fn new<C>(correct: C, options: InjectOptions) -> Self
    where
        C: IntoIterator<Item = Result<RepairSample, Error>, IntoIter = I>,
    {
        Self {
            correct: correct.into_iter(),
            options,
            ready: vec::IntoIter::default(),
            skipped: Skipped::default(),
        }
    }

    /// All samples that are made of one program.
    fn broken(&mut self, original: &RepairSample) -> Vec<Result<RepairSample, Error>> {
        let Some(text) = original.fixed.as_deref() else {
            self.skipped.add("no fixed program");
            return Vec::new();
        };
        if text.len() > self.options.max_file_bytes {
            self.skipped.add("file too large");
            return Vec::new();
        }
        let Some(tree) = parse_c(text.as_bytes()) else {
            self.skipped.add("file not parsed");
            return Vec::new();
        };
        let functions = functions(&tree, text, self.options.max_function_bytes);
        let sites: Vec<Site<'_>> = functions
            .iter()
            .flat_map(|function| self.options.rules.iter().map(move |rule| (function, rule)))
            .flat_map(|(function, rule)| {
                let nodes = function.nodes.iter().filter(|node| node.kind() == rule.kind);
                let faults = nodes.filter_map(|node| (rule.find)(function, *node));
                faults.map(|fault| Site { rule: *rule, function: function.name, fault })
            })
            .collect();
        if sites.is_empty() {
            self.skipped.add("no rule fires");
        }
        let chosen = choose(sites, self.options.seed, self.options.per_file);
        chosen.iter().map(|site| render::sample(original, text, site)).collect()
    }
}

impl<I: Iterator<Item = Result<RepairSample, Error>>> Iterator for Injection<I> {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(sample) = self.ready.next() {
                return Some(sample);
            }
            match self.correct.next()? {
                Ok(original) => self.ready = self.broken(&original).into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<I: Iterator<Item = Result<RepairSample, Error>>> Source for Injection<I> {
    fn skipped(&self) -> &Skipped {
        &self.skipped
    }
}
