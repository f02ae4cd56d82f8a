//! One run: its members in whatever order they stand, and its results.

use memchr::memmem;
use serde::de::DeserializeOwned;

use super::MARKS;
use super::context::Context;
use super::convert;
use super::model::{Artifact, Finding, Invocation};
use super::notice;
use super::spool::Spool;
use crate::ColumnUnit;
use crate::json::{Json, Raw};
use crate::stream::{Halt, Sink};

/// As much of what a run says once for all results is kept, in bytes of the input.
const MAX_CONTEXT: usize = 64 << 20;

/// Members of a run that may say more about a result, and what the result then has.
const NEEDED: [(&str, &[&str]); 8] = [
    ("tool", &["{"]),
    ("columnKind", &["Column\"", "charOffset\""]),
    ("originalUriBaseIds", &["\"uriBaseId\""]),
    ("artifacts", &["\"index\""]),
    ("logicalLocations", &["\"index\""]),
    ("threadFlowLocations", &["\"index\""]),
    ("taxonomies", &["\"taxa\""]),
    ("invocations", &["\"invocationIndex\""]),
];

/// The members of a run that are read.
const MEMBERS: [&str; 11] = [
    "results",
    "tool",
    "columnKind",
    "defaultSourceLanguage",
    "originalUriBaseIds",
    "artifacts",
    "logicalLocations",
    "threadFlowLocations",
    "taxonomies",
    "invocations",
    "externalPropertyFileReferences",
];

/// One run, as far as it has been read.
#[derive(Default)]
pub(super) struct Run {
    context: Context,
    /// The names of the known members that have been read.
    seen: Vec<&'static str>,
    waiting: Spool,
    /// How many bytes the context was read from.
    kept: usize,
}

impl Run {
    /// Takes the value of a member.
    pub(super) fn member(
        &mut self,
        json: &mut Json<'_, '_>,
        name: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), Halt> {
        let Some(name) = MEMBERS.into_iter().find(|known| *known == name) else {
            return json.skip();
        };
        if self.seen.contains(&name) {
            // Only damage between two runs brings a member twice.
            std::mem::take(self).finish(sink)?;
        }
        self.seen.push(name);
        if json.peek()? == Some(b'n') {
            return json.skip();
        }
        match name {
            "results" => json.elements(sink, &MARKS, &mut |raw, sink| self.result(raw, sink)),
            "tool" => self.value(json, sink, &mut |context, tool: super::model::Tool| {
                context.tool = tool.into();
            }),
            "columnKind" => self.value(json, sink, &mut |context, kind: String| {
                context.column_unit = column_unit(&kind);
            }),
            "defaultSourceLanguage" => self.value(json, sink, &mut |context, language| {
                context.source_language = Some(language);
            }),
            "originalUriBaseIds" => self.bases(json, sink),
            "artifacts" => self.list(json, sink, &mut |context, artifact: Artifact| {
                context.artifacts.push(artifact);
            }),
            "logicalLocations" => self.list(json, sink, &mut |context, location| {
                context.logical_locations.push(location);
            }),
            "threadFlowLocations" => self.list(json, sink, &mut |context, location| {
                context.flow_locations.push(location);
            }),
            "taxonomies" => self.list(json, sink, &mut |context, taxonomy| {
                context.taxonomies.push(taxonomy);
            }),
            "invocations" => self.invocations(json, sink),
            "externalPropertyFileReferences" => notice::external(json, sink),
            _ => json.skip(),
        }
    }

    /// Gives the results that have waited.
    pub(super) fn finish(self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        for raw in self.waiting.replay()? {
            match give(&self.context, &raw?, sink) {
                Err(Halt::Damaged(damage)) => sink.warn(damage.place, damage.message)?,
                other => other?,
            }
        }
        Ok(())
    }

    /// Gives a result, or lets it wait for what it needs; then all behind it wait too.
    pub(super) fn result(&mut self, raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
        if self.waiting.is_empty() && self.is_settled(raw) {
            return give(&self.context, raw, sink);
        }
        Ok(self.waiting.push(raw)?)
    }

    /// Whether no member that is still to come can say more about a result.
    fn is_settled(&self, raw: &Raw) -> bool {
        NEEDED.iter().all(|(member, signs)| {
            let has = |sign: &&str| memmem::find(&raw.bytes, sign.as_bytes()).is_some();
            self.seen.iter().any(|seen| seen == member) || !signs.iter().any(has)
        })
    }

    /// Takes a value that says something about all results; one that cannot be read costs a warning.
    fn value<T: DeserializeOwned>(
        &mut self,
        json: &mut Json<'_, '_>,
        sink: &mut Sink<'_>,
        take: &mut dyn FnMut(&mut Context, T),
    ) -> Result<(), Halt> {
        let raw = json.raw()?;
        self.kept += raw.bytes.len();
        match raw.read() {
            Ok(value) => take(&mut self.context, value),
            Err(damage) => sink.warn(damage.place, damage.message)?,
        }
        Ok(())
    }

    /// The same for each element of an array; one that cannot be read keeps its place in it.
    fn list<T: DeserializeOwned + Default>(
        &mut self,
        json: &mut Json<'_, '_>,
        sink: &mut Sink<'_>,
        take: &mut dyn FnMut(&mut Context, T),
    ) -> Result<(), Halt> {
        let place = json.place();
        let mut left_out = 0;
        json.array(&mut |json| {
            if self.kept > MAX_CONTEXT {
                left_out += 1;
                return json.skip();
            }
            let before = json.place().byte;
            let read: Result<Option<T>, _> = json.raw()?.read();
            self.kept += json.place().byte - before;
            let value =
                read.or_else(|damage| sink.warn(damage.place, damage.message).map(|()| None))?;
            take(&mut self.context, value.unwrap_or_default());
            Ok(())
        })?;
        if left_out > 0 {
            let limit = MAX_CONTEXT >> 20;
            let message = format!(
                "{left_out} elements are left out, being beyond the {limit} MiB that are kept"
            );
            sink.warn(place, message)?;
        }
        Ok(())
    }

    fn bases(&mut self, json: &mut Json<'_, '_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let place = json.place();
        self.value(json, sink, &mut |context, bases| context.bases = bases)?;
        let mut circular: Vec<&String> =
            self.context.bases.keys().filter(|id| self.context.is_circular(id)).collect();
        circular.sort();
        circular.into_iter().try_for_each(|id| {
            sink.warn(
                place,
                format!("the base URI `{id}` is relative to itself; it is left unresolved"),
            )
        })
    }

    fn invocations(&mut self, json: &mut Json<'_, '_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        json.array(&mut |json| {
            let raw = json.raw()?;
            let read: Result<Option<Invocation>, _> = raw.read();
            let read =
                read.or_else(|damage| sink.warn(damage.place, damage.message).map(|()| None))?;
            let invocation = read.unwrap_or_default();
            notice::invocation(&invocation, self.context.tool.driver(), raw.place, sink)?;
            self.kept += raw.bytes.len();
            if self.kept <= MAX_CONTEXT {
                self.context.invocations.push(invocation);
            }
            Ok(())
        })
    }
}

/// Reads a result and gives its report.
fn give(context: &Context, raw: &Raw, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let finding: Finding = raw.read()?;
    let mut report = convert::report(&finding, context, raw.place);
    report.provenance.span = raw.span();
    report.provenance.line = raw.place.line;
    report.text = raw.text();
    sink.report(report)
}

fn column_unit(kind: &str) -> Option<ColumnUnit> {
    match kind {
        "utf16CodeUnits" => Some(ColumnUnit::Utf16),
        "unicodeCodePoints" => Some(ColumnUnit::CodePoint),
        _ => None,
    }
}
