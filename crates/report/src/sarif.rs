//! SARIF, the Static Analysis Results Interchange Format, version 2.1.0 (OASIS standard).
//!
//! Each result is one report: its first location is the report's, further and related ones are notes, the steps
//! of its code flows and the frames of its stacks are steps. What a result only refers to is looked up in its
//! run: the rule, messages, artifacts, base URIs, taxa. The members of a run may stand in any order: a result
//! that refers to what has not come yet waits, in a temporary file if need be, till the end of the run.
//!
//! How the specification's leeway is used:
//!
//! - Paths are percent-decoded and lose `file:`; [`Location::base`](crate::Location::base) is what `uriBaseId`
//!   stands for, or the identifier itself if the run does not say.
//! - Braces in a message are placeholders, and doubled ones stand for single ones, only where the message has
//!   arguments or comes from the rule, because many tools write plain text.
//! - A link to one of the result's own locations becomes its words.
//! - Columns have a unit only where the run has `columnKind`.
//! - [`Severity::raw`](crate::Severity::raw) is the result's own `level`; where it has none,
//!   [`Severity::level`](crate::Severity::level) is that of the rule's configuration, or a warning, unless the
//!   result's `kind` says that it is no failure.
//!
//! [`Writer`] writes reports of any format as SARIF.

mod context;
mod convert;
mod model;
mod notice;
mod own;
mod places;
mod run;
mod spool;
mod steps;
mod text;
mod uri;
mod weakness;
mod write;

pub use write::Writer;

use crate::detect::Head;
use crate::input::Input;
use crate::json::{Json, Marks, Raw};
use crate::stream::{Halt, Sink};
use crate::{Error, Warning};
use run::Run;

/// How results, and the members of a run, are found again behind damage.
const MARKS: Marks = Marks {
    element: &[&["message"], &["ruleId", "ruleIndex", "rule", "locations", "level", "kind"]],
    around: &[
        "tool",
        "results",
        "artifacts",
        "invocations",
        "originalUriBaseIds",
        "columnKind",
        "taxonomies",
        "threadFlowLocations",
        "externalPropertyFileReferences",
    ],
};

/// Whether `head` is the beginning of a SARIF log.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    let Some(json) = head.json.as_ref().filter(|json| !json.is_array) else { return false };
    json.has("runs") || (json.has("$schema") && head.text.contains("sarif-schema-2"))
}

/// Reads every result of every run in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut json = Json::new(input)?;
    let mut log = Log::default();
    match json.object(&mut |json, name| log.member(json, name, sink)) {
        Err(Halt::Damaged(damage)) => log.salvage(damage, &mut json, sink),
        other => other,
    }
}

/// A log, as far as it has been read.
#[derive(Default)]
struct Log {
    run: Run,
}

impl Log {
    /// Takes the value of a member.
    fn member(
        &mut self,
        json: &mut Json<'_, '_>,
        name: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), Halt> {
        match name {
            "version" => version(&json.raw()?, sink),
            "runs" => self.runs(json, sink),
            "inlineExternalProperties" => {
                let (place, mut count) = (json.place(), 0_usize);
                json.array(&mut |json| {
                    count += 1;
                    json.skip()
                })?;
                let message = "`inlineExternalProperties` is not read";
                if count > 0 { sink.warn(place, message) } else { Ok(()) }
            }
            _ => json.skip(),
        }
    }

    fn runs(&mut self, json: &mut Json<'_, '_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        sink.recognised();
        if json.peek()? == Some(b'n') {
            return json.skip();
        }
        json.array(&mut |json| {
            if json.peek()? == Some(b'n') {
                return json.skip();
            }
            json.object(&mut |json, name| self.run.member(json, name, sink))?;
            std::mem::take(&mut self.run).finish(sink)
        })
    }

    /// Goes on behind damage that is not inside a result.
    fn salvage(
        &mut self,
        damage: Warning,
        json: &mut Json<'_, '_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Halt> {
        let mut damage = Some(damage);
        while json
            .salvage(damage.take(), sink, &MARKS, &mut |raw, sink| self.run.result(raw, sink))?
        {
            match json.members(&mut |json, name| self.run.member(json, name, sink)) {
                Err(Halt::Damaged(further)) => damage = Some(further),
                other => {
                    other?;
                    std::mem::take(&mut self.run).finish(sink)?;
                }
            }
        }
        std::mem::take(&mut self.run).finish(sink)
    }
}

/// Refuses a version whose results look different, and warns of one that may have more.
fn version(raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let version: Option<String> = raw.read().unwrap_or_default();
    let version = version.unwrap_or_default();
    if version == "2.1.0" {
        return Ok(());
    }
    if version.starts_with("1.") || version.starts_with("2.0") {
        let found = format!("SARIF {version}");
        let advice = "have the tool write SARIF 2.1.0, or convert the file, for instance by `sarif transform` of \
                      Microsoft's SARIF Multitool";
        return Err(Error::Version { found, advice }.into());
    }
    let message = format!("the log says that it is SARIF `{version}`; it is read as 2.1.0");
    sink.warn(raw.place, message)
}
