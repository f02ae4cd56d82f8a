//! Property lists of clang's static analyser, and of CodeChecker, which writes what others found in the same form.
//!
//! A dictionary with the members `diagnostics` and `files`; places name their file by its number in the latter,
//! which mostly comes last. So reports wait for it, up to a limit.

mod diagnostic;
mod value;

use crate::detect::Head;
use crate::fields::Fields;
use crate::input::Input;
use crate::stream::{Halt, Sink};
use crate::xml::{Kind, Record, Tag, Xml};
use crate::{BugReport, Error, Level};

/// How many bytes of reports wait for the names of their files.
const MAX_WAITING: usize = 64 << 20;

/// Whether an input is a property list.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    head.root.as_deref() == Some("plist") || head.text.starts_with("bplist")
}

/// Reads every diagnostic.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    if input.ahead(6)?.starts_with(b"bplist") {
        let found = "a binary property list".to_owned();
        let advice = "convert it with `plutil -convert xml1`";
        return Err(Error::Version { found, advice }.into());
    }
    let mut xml = Xml::new(input);
    let mut list = List::default();
    while let Some(tag) = xml.tag(sink)? {
        if tag.starts("plist") {
            list.send(sink)?;
            list = List::default();
            sink.recognised();
        } else if tag.starts("key") {
            let key = xml.record(&tag, again, sink)?;
            list.key = key.map(|record| record.root.text).unwrap_or_default();
        } else if tag.kind != Kind::Close {
            list.value(&mut xml, &tag, sink)?;
        }
    }
    list.send(sink)
}

/// Whether something begins that cannot be inside of `tag`, as the indentation shows.
///
/// The keys of a dictionary and their values may be indented as it is itself.
fn again(tag: &Tag, inner: &Tag) -> bool {
    let Some(own) = inner.indent.filter(|_| inner.kind != Kind::Close) else { return false };
    match inner.name.as_str() {
        "key" => tag.indent.is_some_and(|outer| own < outer),
        "dict" => inner.after != "key" && tag.indent.is_none_or(|outer| own <= outer),
        _ => false,
    }
}

/// What is known of a list so far.
#[derive(Default)]
struct List {
    /// The member whose value comes next.
    key: String,
    files: Option<Vec<String>>,
    tool: Option<String>,
    version: Option<String>,
    /// How far diagnostics are indented.
    indent: Option<usize>,
    /// Reports without the names of their files.
    waiting: Vec<BugReport>,
    waiting_bytes: usize,
}

impl List {
    fn value(&mut self, xml: &mut Xml<'_, '_>, tag: &Tag, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let listed = self.key == "diagnostics";
        if listed && tag.name == "array" {
            self.indent = tag.indent.map(|indent| indent + 1);
            return Ok(());
        }
        // Behind damage it is the indentation that tells a diagnostic.
        let beside = tag.indent.is_some() && tag.indent == self.indent && tag.after != "key";
        if tag.name == "dict" && (listed || beside) {
            self.indent = tag.indent;
            let record = xml.record(tag, again, sink)?;
            return record.map_or(Ok(()), |record| self.diagnostic(record, sink));
        }
        if !self.key.is_empty()
            && let Some(record) = xml.record(tag, again, sink)?
        {
            self.member(record);
        }
        Ok(())
    }

    fn member(&mut self, record: Record) {
        let mut fields = Fields::default();
        fields.put(&self.key, value::of(record.root));
        match std::mem::take(&mut self.key).as_str() {
            "files" => {
                let files = fields.list("files").into_iter();
                let name = |file: serde_json::Value| file.as_str().unwrap_or_default().to_owned();
                self.files = Some(files.map(name).collect());
            }
            "clang_version" => {
                let text = fields.text("clang_version").unwrap_or_default();
                let (name, version) = text.split_once(" version ").unwrap_or((&text, ""));
                let name = if name.contains("clang") { "clang" } else { name };
                self.tool = Some(name.to_owned()).filter(|name| !name.is_empty());
                self.version = Some(version.to_owned()).filter(|version| !version.is_empty());
            }
            "metadata" => {
                let analyzer =
                    fields.object("metadata").and_then(|mut data| data.object("analyzer"));
                let name = analyzer.and_then(|mut analyzer| analyzer.text("name"));
                self.tool = name.or(self.tool.take());
            }
            _ => {}
        }
    }

    fn diagnostic(&mut self, record: Record, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let Record { root, mut report } = record;
        let Some(fields) = Fields::from_value(value::of(root)) else { return Ok(()) };
        diagnostic::fill(&mut report, fields);
        self.waiting_bytes += report.text.len();
        self.waiting.push(report);
        if self.waiting_bytes > MAX_WAITING { self.send(sink) } else { Ok(()) }
    }

    fn send(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        self.waiting_bytes = 0;
        for mut report in std::mem::take(&mut self.waiting) {
            report.provenance.tool.clone_from(&self.tool);
            report.provenance.tool_version.clone_from(&self.version);
            if self.tool.as_deref() == Some("clang") {
                // As which clang prints the same findings.
                report.severity.level = Some(Level::Warning);
            }
            diagnostic::name_files(&mut report, self.files.as_deref());
            sink.report(report)?;
        }
        Ok(())
    }
}
