//! A patch as a mail that `git am` takes, in the style of the Linux kernel: subject, what and why, who reported it.

use fixwright::patch::{Hunk, LineKind, Patch};
use fixwright::report::{BugReport, Format, failing_test};

use super::finding::Finding;

/// The most columns of a subject and of the lines of a message.
const COLUMNS: usize = 72;
/// The most lines that are quoted of what the tool says.
const QUOTED: usize = 12;
/// The most characters of a file's name between number and extension.
const SLUG: usize = 52;
/// Whom git calls the author. Whoever applies the patch may put another in its place.
const AUTHOR: &str = "fixwright <fixwright@localhost>";

/// The mail with a patch, of which a verdict says what was found of it.
pub(super) fn mail(finding: &Finding, verdict: &str, patch: &Patch) -> Vec<u8> {
    let mut content = message(finding, verdict, patch).into_bytes();
    content.extend(patch.to_bytes());
    content.extend_from_slice(
        concat!("-- \nfixwright ", env!("CARGO_PKG_VERSION"), "\n\n").as_bytes(),
    );
    // git takes a carriage return at the end of a line for the mail's own, unless it is encoded.
    let (encoding, content) = match content.contains(&b'\r') {
        true => ("quoted-printable", quoted_printable(&content)),
        false => ("8bit", content),
    };
    let header = format!(
        "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n\
         From: {AUTHOR}\nSubject: [PATCH] {}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: {encoding}\n\n",
        subject(finding)
    );
    [header.into_bytes(), content].concat()
}

/// The name of the patch's file.
pub(super) fn file_name(finding: &Finding) -> String {
    if let Some(program) = &finding.program {
        return format!("{program}.patch");
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._".contains(c) { c } else { '-' };
    let subject: String = subject(finding).chars().map(plain).collect();
    let words: Vec<_> = subject.split('-').filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(SLUG).collect();
    format!("{:04}-{}.patch", finding.number, slug.trim_end_matches(['-', '.']))
}

/// `net/banner: fix BUFFER_SIZE`: the file without what every path has, and the rule.
fn subject(finding: &Finding) -> String {
    let path = &finding.case.file.path;
    let stem = path.rsplit_once('.').map_or(&**path, |(stem, _)| stem);
    let mut prefix = stem.strip_prefix("src/").unwrap_or(stem);
    let what = one_line(&rule(&finding.case.report).unwrap_or_else(|| "reported bug".to_owned()));
    let length = |prefix: &str| prefix.chars().count() + ": fix ".len() + what.chars().count();
    while length(prefix) > COLUMNS
        && let Some((_, shorter)) = prefix.split_once('/')
    {
        prefix = shorter;
    }
    one_line(&format!("{prefix}: fix {what}")).chars().take(COLUMNS).collect()
}

/// The rule that a finding breaks, as far as it is named.
fn rule(report: &BugReport) -> Option<String> {
    let named = [&report.rule.id, &report.rule.kind, &report.rule.name];
    named.into_iter().flatten().find(|name| !name.trim().is_empty()).cloned()
}

/// The tool that reported the finding; else what writes reports like this one.
fn tool(report: &BugReport) -> String {
    let format = || match report.provenance.format? {
        Format::Diagnostic => Some("compiler".to_owned()),
        format => Some(format.to_string()),
    };
    let unnamed = if report.test.is_some() { "a failing test" } else { "a report" };
    one_line(&report.provenance.tool.clone().or_else(format).unwrap_or(unnamed.to_owned()))
}

fn message(finding: &Finding, verdict: &str, patch: &Patch) -> String {
    let report = &finding.case.report;
    let (tool, rule) = (tool(report), rule(report));
    let function =
        report.location.function.as_ref().filter(|name| !name.contains(char::is_whitespace));
    let function = function.map_or(String::new(), |name| format!(" in {name}()"));
    // What begins a line is never the report's own words: git would take `From:` there for the author.
    let said = wrapped("", &format!("The report of {}{function} says:", finding.case.place()));
    let (deleted, inserted) = size(patch);
    let done = format!(
        "This change deletes {} and inserts {}. A language model wrote it and nobody has reviewed it; it {verdict}.",
        lines(deleted),
        lines(inserted)
    );
    let by = rule.map_or(tool.clone(), |rule| format!("{tool} ({})", one_line(&rule)));
    format!(
        "{said}\n{}\n{}\nReported-by: {by}\n---\n {} | {}\n\n",
        quoted(report),
        wrapped("", &done),
        finding.case.file.path,
        deleted + inserted,
    )
}

/// What the tool says, indented: nothing in it is taken for a part of the mail.
fn quoted(report: &BugReport) -> String {
    let test = report.test.clone().map(|test| failing_test::render(&BugReport::from_test(test)));
    let more = test.as_ref().or(report.description.as_ref());
    let said: Vec<_> = report.title.iter().chain(more).collect();
    let said = if said.is_empty() { vec![&report.text] } else { said };
    let text: Vec<_> = said.iter().flat_map(|text| text.lines()).collect();
    let text: String = text.iter().map(|line| wrapped("  ", line)).collect();
    let mut out: String = text.split_inclusive('\n').take(QUOTED).collect();
    if text.lines().count() > QUOTED {
        out.push_str("  ...\n");
    }
    out
}

/// Words in lines of at most [`COLUMNS`], as far as none is longer.
fn wrapped(indent: &str, text: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let length = indent.len() + line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && length > COLUMNS {
            out += &format!("{indent}{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        out += &format!("{indent}{line}\n");
    }
    out
}

/// Lines that a patch deletes and inserts.
fn size(patch: &Patch) -> (usize, usize) {
    let hunks = patch.files.iter().flat_map(|file| &file.hunks);
    let lines: Vec<_> = hunks.flat_map(Hunk::lines).map(|line| line.kind).collect();
    let count = |kind| lines.iter().filter(|own| **own == kind).count();
    (count(LineKind::Delete), count(LineKind::Insert))
}

fn lines(count: usize) -> String {
    format!("{count} line{}", if count == 1 { "" } else { "s" })
}

/// Without line breaks and other control characters.
fn one_line(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(" ")
}

/// Carriage returns as `=0D`, and so equals signs as `=3D`; all else as it is.
fn quoted_printable(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() * 2);
    for byte in content {
        match byte {
            b'\r' => out.extend_from_slice(b"=0D"),
            b'=' => out.extend_from_slice(b"=3D"),
            other => out.push(*other),
        }
    }
    out
}
