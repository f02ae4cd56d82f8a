//! What the results in a folder were made with and of.

use std::borrow::Cow;
use std::path::PathBuf;

use fixwright::prompt::TEMPLATE_VERSION;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Input;
use super::finding::Findings;
use crate::flags::ContextFlags;
use crate::models::{WeightFile, hex};

/// All that decides over the results, but for the source.
#[derive(Serialize)]
pub(super) struct Settings<'a> {
    format: u32,
    fixwright: &'static str,
    template: u32,
    model: Vec<&'a str>,
    device: &'a str,
    target: String,
    context: ContextFlags,
    candidates: u8,
    rounds: u8,
    time_budget: Option<u64>,
    compile: Option<&'a str>,
    test: Option<&'a str>,
    analyser: Option<&'a str>,
    timeout: u64,
    memory: u32,
    allow_read: Vec<Cow<'a, str>>,
    allow_unsandboxed: bool,
    skip: Vec<Cow<'a, str>>,
    /// The sha256 of the findings' places and rules, for their numbers; programs have names.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<String>,
    /// The sha256 of what programs have to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    course: Option<String>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(
        Input { flags, course, .. }: Input<'a>,
        findings: &Findings,
        weights: &'a [WeightFile],
    ) -> Self {
        Self {
            format: 3,
            fixwright: env!("CARGO_PKG_VERSION"),
            template: TEMPLATE_VERSION,
            model: weights.iter().map(|file| &*file.sha256).collect(),
            device: &flags.device,
            target: fixwright::prompt::Target::from(flags.target).to_string(),
            context: flags.context,
            candidates: flags.candidates,
            rounds: flags.rounds,
            time_budget: flags.time_budget.map(std::num::NonZero::get),
            compile: flags.compile.as_deref(),
            test: flags.test.as_deref(),
            analyser: flags.analyser.as_ref().map(|analyser| &*analyser.name),
            timeout: flags.timeout.get(),
            memory: flags.memory,
            allow_read: names(&flags.allow_read),
            allow_unsandboxed: flags.allow_unsandboxed,
            skip: names(&flags.skip),
            findings: course.is_none().then(|| digest(findings)),
            course: course
                .map(|course| sha256(&format!("{:?}", (&course.description, &course.tests)))),
        }
    }
}

fn names(paths: &[PathBuf]) -> Vec<Cow<'_, str>> {
    paths.iter().map(|path| path.to_string_lossy()).collect()
}

fn digest(findings: &Findings) -> String {
    let mut hash = Sha256::new();
    for finding in &findings.found {
        let (case, rule) = (&finding.case, &finding.case.report.rule.id);
        hash.update(format!("{}\t{:?}\t{rule:?}\n", case.file.path, case.line));
    }
    hex(&hash.finalize())
}

/// The sha256 of a text.
pub(super) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// The names of the settings in which two objects differ.
pub(super) fn difference(old: &Value, new: &Value) -> Vec<String> {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
        return vec!["everything".to_owned()];
    };
    let names = new.keys().chain(old.keys().filter(|name| !new.contains_key(*name)));
    names.filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}
