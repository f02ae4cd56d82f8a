//! Mails that carry a report: quoting, headers, and the tags that go into a commit.

use crate::BugReport;

/// Headers whose value says something of the report.
const HEADERS: [&str; 4] = ["Subject", "From", "Date", "Message-ID"];
/// Tags of a commit that fixes what is reported.
const TAGS: [&str; 5] = ["Reported-by", "Addresses-Coverity-ID", "Fixes", "Closes", "Link"];

/// What the mail that is being read says beside its findings.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    said: Vec<(String, String)>,
}

/// What a line is to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailLine {
    /// A header; the first one of a mail forgets the mail before.
    Header,
    Tag,
    /// The mark above a signature.
    End,
    Other,
}

impl Mail {
    /// Takes note of a line without its quoting.
    pub(crate) fn read(&mut self, text: &str) -> MailLine {
        if matches!(text, "--" | "-- ") {
            return MailLine::End;
        }
        let Some((name, value)) = text.split_once(": ") else { return MailLine::Other };
        let line = match name {
            _ if HEADERS.contains(&name) => MailLine::Header,
            _ if TAGS.contains(&name) => MailLine::Tag,
            _ => return MailLine::Other,
        };
        if line == MailLine::Header && self.said.iter().any(|(known, _)| known == name) {
            self.said.clear();
        }
        let said = (name.to_owned(), value.trim().to_owned());
        if !self.said.contains(&said) && self.said.len() < 32 {
            self.said.push(said);
        }
        line
    }

    /// Puts what the mail says into a report.
    pub(crate) fn describe(&self, report: &mut BugReport) {
        report.extra.extend(self.said.iter().cloned());
    }
}

/// A line without the marks of quoting before it; a mark of Coverity's, `>>>`, is none.
pub(crate) fn unquoted(mut text: &str) -> &str {
    while let Some(rest) = text.strip_prefix("> ") {
        text = rest;
    }
    if text == ">" { "" } else { text }
}
