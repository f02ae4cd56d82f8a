//! What became of a diff, for people: one line a file, and one for each thing that is wrong.

use std::io::{self, Write};

use super::record::{File, Hunk, Note, Outcome, Record, Refusal};
use crate::exit::note;

/// Prints what was done to `out`, and what was refused or is wrong with the diff to stderr.
pub(super) fn show(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    remarks(&record.notes);
    for file in &record.files {
        remarks(&file.notes);
        file.hunks.iter().for_each(|hunk| remarks(&hunk.notes));
        match file.outcome {
            Outcome::Refused => refused(file),
            Outcome::Applied => writeln!(out, "{}: {}", name(file), applied(record, file))?,
            Outcome::AlreadyApplied => writeln!(out, "{}: already applied", name(file))?,
        }
    }
    if record.outcome == Outcome::Refused {
        let partial = record.files.iter().any(|file| file.rejects.is_some());
        note(match (partial, record.strict) {
            (true, _) => "the rest was applied",
            (_, true) => {
                "nothing was applied; without --strict, other lines and white space are forgiven"
            }
            _ => "nothing was applied",
        });
    }
    Ok(())
}

fn remarks(notes: &[Note]) {
    for Note { line, text } in notes {
        note(format_args!("line {line} of the diff: {text}"));
    }
}

fn name(file: &File) -> String {
    file.found.as_ref().map_or(file.path.clone(), |found| format!("{} ({found})", file.path))
}

/// How many hunks were applied, and what those needed that needed something.
fn applied(record: &Record, file: &File) -> String {
    let mut verb = if record.dry_run { "applies" } else { "applied" }.to_owned();
    if let (Some(origin), Some(from)) = (file.origin, &file.from) {
        verb = format!("{verb}, {origin} from {from}");
    }
    let count = match file.hunks.len() {
        0 => return verb,
        1 => "1 hunk".to_owned(),
        many => format!("{many} hunks"),
    };
    let needy = file.hunks.iter().filter(|hunk| !hunk.needs.is_empty()).map(needs);
    [format!("{verb}, {count}")].into_iter().chain(needy).collect::<Vec<_>>().join("; ")
}

fn needs(hunk: &Hunk) -> String {
    let texts: Vec<_> = hunk.needs.iter().map(|need| need.text.as_str()).collect();
    format!("hunk {}: {}", hunk.hunk, texts.join(", "))
}

fn refused(file: &File) {
    let path = &file.path;
    if let Some(Refusal { text, advice, .. }) = &file.refusal {
        note(format_args!("{path}: refused: {text}; {advice}"));
    }
    for hunk in &file.hunks {
        let (number, line) = (hunk.hunk, hunk.stated.start);
        match &hunk.refusal {
            Some(Refusal { text, advice, .. }) => {
                note(format_args!("{path}:{line}: refused: hunk {number} {text}; {advice}"));
            }
            None if file.rejects.is_some() => {}
            None => note(format_args!("{path}:{line}: hunk {number} would fit")),
        }
    }
    if let Some(rejects) = &file.rejects {
        note(format_args!("{path}: the hunks that do not fit are in {rejects}"));
    }
}
