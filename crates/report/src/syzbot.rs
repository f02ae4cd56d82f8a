//! The mails in which syzbot, the kernel's continuous fuzzer, reports what it found.
//!
//! ```text
//! Subject: [syzbot] [ext4?] KASAN: slab-use-after-free Read in dir_check
//!
//! syzbot found the following issue on:
//!
//! HEAD commit:    afa9a6f4f574 Merge tag 'staging-6.16-rc4'
//! git tree:       upstream
//! C reproducer:   https://syzkaller.appspot.com/x/repro.c?x=12bc7b9a
//!
//! BUG: KASAN: slab-use-after-free in dir_check+0x708/0x8a0 fs/ext4/dir.c:85
//! ```
//!
//! Each mail is one report: what the first report of the kernel inside says, with the mail's subject as title,
//! the bug's identifier on syzbot's dashboard as native identifier, and the lines of the mail that say where
//! it was found and how to do it again (`HEAD commit`, `git tree`, `console output`, `C reproducer` ...), under
//! their names. Mails may follow one another, and may be quoted.

use crate::BugReport;
use crate::input::Input;
use crate::kernel::{Collector, without_prefix};
use crate::lines::{Line, Lines};
use crate::stream::{Halt, Sink};
use crate::trace::Draft;

/// The lines that are kept under their names.
const KEYS: &[&str] = &[
    "Date",
    "Message-ID",
    "HEAD commit",
    "git tree",
    "console output",
    "kernel config",
    "dashboard link",
    "compiler",
    "userspace arch",
    "syz repro",
    "C reproducer",
    "bisection log",
    "Reported-by",
];

/// Whether `input` has such a mail.
pub(crate) fn is_like(input: &str) -> bool {
    let has = |begin: &str| input.lines().any(|line| without_prefix(line).starts_with(begin));
    input.contains("syzbot") && has("HEAD commit:")
}

/// Reads every mail in `input`.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines::new(input);
    let mut mail: Option<Mail> = None;
    while let Some(line) = lines.next(sink)? {
        let begins = Begin::of(line.text());
        let next = begins.is_some_and(|begin| mail.as_ref().is_none_or(|mail| mail.ends_at(begin)));
        if next && let Some(report) = mail.take().and_then(Mail::finish) {
            sink.report(report)?;
        }
        if next {
            mail = Some(Mail::new(&line));
        }
        if let Some(mail) = &mut mail {
            mail.line(&line);
        }
    }
    mail.and_then(Mail::finish).map_or(Ok(()), |report| sink.report(report))
}

/// What a mail may begin with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// A header that every mail has once.
    Header,
    /// The first words of the text, for a mail without headers.
    Text,
}

impl Begin {
    fn of(line: &str) -> Option<Self> {
        let line = without_prefix(line);
        if line.starts_with("Subject:") || line.starts_with("From ") {
            Some(Self::Header)
        } else if line.starts_with("syzbot ") || line.starts_with("HEAD commit:") {
            Some(Self::Text)
        } else {
            None
        }
    }
}

struct Mail {
    draft: Draft,
    subject: String,
    /// Whether the next line may go on with the subject.
    in_subject: bool,
    /// Whether its text has begun.
    has_text: bool,
    kernel: Collector,
    /// The first report of the kernel.
    inner: Option<BugReport>,
}

impl Mail {
    fn new(line: &Line<'_>) -> Self {
        let draft = Draft::new(line.place);
        let (subject, kernel) = (String::new(), Collector::default());
        Self { draft, subject, in_subject: false, has_text: false, kernel, inner: None }
    }

    fn ends_at(&self, begin: Begin) -> bool {
        begin == Begin::Header && self.has_text
    }

    fn line(&mut self, line: &Line<'_>) {
        if !self.draft.take(line) {
            return;
        }
        let text = without_prefix(line.text());
        self.has_text |= Begin::of(text) == Some(Begin::Text);
        if self.inner.is_none() {
            self.inner = self.kernel.line(line);
        }
        if let Some(subject) = text.strip_prefix("Subject:") {
            self.subject = subject.trim().to_owned();
            self.in_subject = true;
        } else if self.in_subject && text.starts_with([' ', '\t']) && !text.trim().is_empty() {
            self.subject.push(' ');
            self.subject.push_str(text.trim());
        } else {
            self.in_subject = false;
            self.key(text);
        }
        if !text.trim().is_empty() {
            self.draft.keep(line);
        }
    }

    fn key(&mut self, text: &str) {
        let Some((key, value)) = text.split_once(':') else { return };
        if !KEYS.contains(&key) || value.trim().is_empty() {
            return;
        }
        self.draft.extra(key, value.trim());
        if let Some(id) = identifier(key, value) {
            self.draft.report.native_id.get_or_insert_with(|| id.to_owned());
        }
    }

    /// The report; none of what is no mail of syzbot.
    fn finish(mut self) -> Option<BugReport> {
        if !self.has_text {
            return None;
        }
        let inner = self.inner.take().or_else(|| self.kernel.finish());
        if inner.is_none() {
            let begin = self.draft.begin();
            self.draft.warn(begin, "the mail has no report of the kernel");
        }
        let mail = self.draft.finish();
        let inner = inner.unwrap_or_default();
        let mut report = BugReport { provenance: mail.provenance, text: mail.text, ..inner };
        report.provenance.tool = Some("syzbot".to_owned());
        report.native_id = mail.native_id;
        let subject = Some(bare_subject(&self.subject)).filter(|subject| !subject.is_empty());
        if let Some(subject) = subject {
            let named = report.title.replace(subject.to_owned());
            report.extra.extend(named.map(|line| ("report".to_owned(), line)));
        }
        report.extra.extend(mail.extra);
        report.warnings.extend(mail.warnings);
        Some(report)
    }
}

/// The bug's identifier, in its address on the dashboard or in the address that is to be thanked.
fn identifier<'a>(key: &str, value: &'a str) -> Option<&'a str> {
    let (_, after) = match key {
        "dashboard link" => value.split_once("extid=")?,
        "Reported-by" => value.split_once("syzbot+")?,
        _ => return None,
    };
    let id = after.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    (!id.is_empty()).then_some(id)
}

/// A subject without `Re:` and what stands in brackets before it.
fn bare_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let bare = rest
            .strip_prefix("Re:")
            .or_else(|| rest.strip_prefix('[')?.split_once(']').map(|(_, after)| after));
        match bare {
            Some(bare) => rest = bare.trim_start(),
            None => return rest,
        }
    }
}
