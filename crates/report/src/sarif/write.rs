//! Writing SARIF.

mod finding;

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use serde_json::{Value, json};

use super::context::Context;
use super::model::{ArtifactLocation, Component, Descriptor, Int, List, Tool};
use super::{convert, own, uri};
use crate::{BugReport, ColumnUnit, Place};

/// Writes reports as a SARIF 2.1.0 log, one after another.
///
/// Reports of the same tool that follow each other are one run. What SARIF has no member for is kept in the
/// property `fixwright` of the result, so that reading gives the same report again, except for its `text` and for
/// where it was read: `format`, `file`, `span` and `line`.
///
/// ```
/// use fixwright_report::{BugReport, Location, parse, sarif};
///
/// let mut report = BugReport::default();
/// report.title = Some("unbounded sprintf".into());
/// report.location = Location::new("src/greet.c", 9);
///
/// let mut writer = sarif::Writer::new(Vec::new());
/// writer.report(&report)?;
/// let log = writer.finish()?;
/// assert_eq!(parse(&log)?.reports[0].title, report.title);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    run: Option<Run>,
    has_begun: bool,
}

/// The run that is being written: its results stand already, the rest is collected for its end.
#[derive(Debug, Default)]
struct Run {
    key: Key,
    /// The number of each rule.
    rules: HashMap<String, usize>,
    /// The rules in their order.
    descriptors: Vec<Value>,
    weaknesses: BTreeSet<u32>,
    /// The identifier of each base.
    bases: HashMap<String, String>,
}

/// What all results of a run share.
#[derive(Debug, Default, PartialEq, Eq)]
struct Key {
    tool: Option<String>,
    version: Option<String>,
    unit: Option<ColumnUnit>,
}

impl<W: Write> Writer<W> {
    /// A writer of a log without results.
    pub fn new(out: W) -> Self {
        Self { out, run: None, has_begun: false }
    }

    /// Writes a report.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn report(&mut self, report: &BugReport) -> io::Result<()> {
        let key = Key::of(report);
        if self.run.as_ref().is_none_or(|run| run.key != key) {
            self.end_run()?;
            let between = if self.has_begun { ",\n" } else { "" };
            self.begin()?;
            write!(self.out, "{between}{{\"results\":[")?;
            self.run = Some(Run { key, ..Run::default() });
        } else {
            self.out.write_all(b",")?;
        }
        self.out.write_all(b"\n")?;
        let run = self.run.get_or_insert_default();
        serde_json::to_writer(&mut self.out, &run.result(report))?;
        Ok(())
    }

    /// Ends the log.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_run()?;
        self.begin()?;
        self.out.write_all(b"]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_begun, true) {
            let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
            writeln!(self.out, "{{\"$schema\":\"{schema}\",\"version\":\"2.1.0\",\"runs\":[")?;
        }
        Ok(())
    }

    fn end_run(&mut self) -> io::Result<()> {
        let Some(run) = self.run.take() else { return Ok(()) };
        self.out.write_all(b"\n]")?;
        for (name, value) in run.members() {
            write!(self.out, ",\n\"{name}\":")?;
            serde_json::to_writer(&mut self.out, &value)?;
        }
        self.out.write_all(b"}")
    }
}

impl Key {
    fn of(report: &BugReport) -> Self {
        let known = |unit: &ColumnUnit| matches!(unit, ColumnUnit::Utf16 | ColumnUnit::CodePoint);
        Self {
            tool: report.provenance.tool.clone(),
            version: report.provenance.tool_version.clone(),
            unit: report.location.column_unit.filter(known),
        }
    }

    /// What a reader knows of the run of this one report.
    fn context(&self, descriptor: Option<Descriptor>, bases: &HashMap<String, String>) -> Context {
        let driver = Component {
            name: Some(self.tool_name().to_owned()),
            version: self.version.clone(),
            rules: Some(List(descriptor.into_iter().collect())),
            ..Component::default()
        };
        let folder = |(base, id): (&String, &String)| {
            let uri = Some(folder_uri(base));
            (id.clone(), ArtifactLocation { uri, ..ArtifactLocation::default() })
        };
        Context {
            tool: Tool { driver: Some(driver), extensions: None }.into(),
            column_unit: self.unit,
            bases: bases.iter().map(folder).collect(),
            ..Context::default()
        }
    }

    fn tool_name(&self) -> &str {
        self.tool.as_deref().filter(|name| !name.is_empty()).unwrap_or("unknown")
    }
}

impl Run {
    /// The result that a report is.
    fn result(&mut self, report: &BugReport) -> Value {
        let bases = self.bases(report);
        let (mut finding, descriptor) = (finding::finding(report, &bases), finding::rule(report));
        self.weaknesses.extend(&report.rule.cwe);
        let read = {
            let finding = finding::read_back(&finding);
            let context = self.key.context(descriptor.clone(), &bases);
            convert::report(&finding, &context, Place::START)
        };
        finding.rule_index = descriptor.map(|rule| Int(Some(self.rule(&rule) as u64)));
        let mut value = finding::value(&finding);
        let own = own::difference(report, &read).map(|own| (own::NAME.to_owned(), own));
        let properties = finding.properties.unwrap_or_default();
        let properties: serde_json::Map<_, _> = properties.into_iter().chain(own).collect();
        if !properties.is_empty() {
            value["properties"] = Value::Object(properties);
        }
        value
    }

    /// The number of a rule, which is added unless it is there.
    fn rule(&mut self, descriptor: &Descriptor) -> usize {
        let value = finding::value(descriptor);
        let next = self.descriptors.len();
        let number = *self.rules.entry(value.to_string()).or_insert(next);
        if number == next {
            self.descriptors.push(value);
        }
        number
    }

    /// Identifiers for those bases of a report that are folders or URIs.
    fn bases(&mut self, report: &BugReport) -> HashMap<String, String> {
        let mut own = HashMap::new();
        for base in finding::bases(report) {
            let next = self.bases.len() + 1;
            let id = self.bases.entry(base.clone()).or_insert_with(|| format!("{FOLDER}{next}"));
            own.insert(base.clone(), id.clone());
        }
        own
    }

    /// The members of the run behind its results.
    fn members(self) -> Vec<(&'static str, Value)> {
        let mut driver = json!({ "name": self.key.tool_name() });
        if let Some(version) = &self.key.version {
            driver["version"] = json!(version);
        }
        if !self.descriptors.is_empty() {
            driver["rules"] = Value::Array(self.descriptors);
        }
        let mut members = vec![("tool", json!({ "driver": driver }))];
        if !self.weaknesses.is_empty() {
            let taxa: Vec<Value> =
                self.weaknesses.iter().map(|number| json!({ "id": number.to_string() })).collect();
            let taxonomy = json!({ "name": "CWE", "organization": "MITRE", "taxa": taxa });
            members.push(("taxonomies", json!([taxonomy])));
        }
        if !self.bases.is_empty() {
            let bases = self
                .bases
                .iter()
                .map(|(base, id)| (id.clone(), json!({ "uri": folder_uri(base) })));
            members.push(("originalUriBaseIds", Value::Object(bases.collect())));
        }
        let kind = match self.key.unit {
            Some(ColumnUnit::Utf16) => "utf16CodeUnits",
            Some(ColumnUnit::CodePoint) => "unicodeCodePoints",
            _ => return members,
        };
        members.push(("columnKind", json!(kind)));
        members
    }
}

/// How the identifiers begin that the writer gives to folders.
const FOLDER: &str = "folder ";

/// The URI of a folder, which has to end in a slash.
fn folder_uri(base: &str) -> String {
    let uri = uri::from_path(base);
    if uri.ends_with('/') { uri } else { uri + "/" }
}
