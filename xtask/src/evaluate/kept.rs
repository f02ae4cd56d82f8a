//! Answers on their way into a file, and those that it has from a run before.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;

use super::answers::Answer;
use crate::exit::BadInput;

/// The answers so far, in a file too if one is named.
pub(super) struct Kept {
    answers: Vec<Answer>,
    counts: HashMap<String, usize>,
    file: Option<File>,
}

impl Kept {
    /// Goes on behind the last whole line of the file. Refuses one that other settings made.
    pub(super) fn open(path: Option<&Path>, settings: &str) -> anyhow::Result<Self> {
        let mut kept = Self { answers: Vec::new(), counts: HashMap::new(), file: None };
        let Some(path) = path else { return Ok(kept) };
        let context = || format!("cannot write {}", path.display());
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        for (number, line) in (1..).zip(text[..whole].split_inclusive(|byte| *byte == b'\n')) {
            let place = format!("{}:{number}", path.display());
            kept.take(own(line, settings).map_err(|what| BadInput(format!("{place}: {what}")))?);
        }
        let file = OpenOptions::new().append(true).create(true).open(path).with_context(context)?;
        // What a kill left of a last line.
        file.set_len(whole as u64).with_context(context)?;
        kept.file = Some(file);
        Ok(kept)
    }

    /// How many answers there are for a sample.
    pub(super) fn count(&self, id: &str) -> usize {
        self.counts.get(id).copied().unwrap_or_default()
    }

    /// Keeps an answer: its line is with the operating system before this returns.
    pub(super) fn push(&mut self, answer: Answer) -> anyhow::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&answer)?;
            line.push(b'\n');
            file.write_all(&line).context("cannot keep an answer")?;
        }
        self.take(answer);
        Ok(())
    }

    fn take(&mut self, answer: Answer) {
        *self.counts.entry(answer.id.clone()).or_default() += 1;
        self.answers.push(answer);
    }

    /// All answers, in the order in which they came, as many for each sample as are wanted.
    pub(super) fn finish(self, candidates: usize) -> Vec<Answer> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut answers = self.answers;
        answers.retain(|answer| {
            let count = seen.entry(answer.id.clone()).or_default();
            *count += 1;
            *count <= candidates
        });
        answers
    }
}

/// The answer of a line, if these settings made it.
fn own(line: &[u8], settings: &str) -> Result<Answer, String> {
    let answer: Answer =
        serde_json::from_slice(line).map_err(|error| format!("no answer of ours: {error}"))?;
    if answer.settings.as_deref() != Some(settings) {
        return Err("made with another model, other samples or other flags: name another file with --answers-out".to_owned());
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id: &str, text: &str) -> Answer {
        Answer { id: id.into(), answer: text.into(), cost: None, settings: Some("s".into()) }
    }

    #[test]
    fn a_killed_run_loses_the_line_that_it_was_writing_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.jsonl");
        let mut kept = Kept::open(Some(&path), "s").unwrap();
        for (id, text) in [("a", "1"), ("a", "2"), ("b", "3")] {
            kept.push(answer(id, text)).unwrap();
        }
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();

        let mut kept = Kept::open(Some(&path), "s").unwrap();
        assert_eq!((kept.count("a"), kept.count("b")), (2, 0));
        kept.push(answer("b", "3")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        assert_eq!(kept.finish(1), [answer("a", "1"), answer("b", "3")]);
    }

    #[test]
    fn answers_of_other_settings_are_not_mixed_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.jsonl");
        Kept::open(Some(&path), "s").unwrap().push(answer("a", "1")).unwrap();
        let error = Kept::open(Some(&path), "t").err().unwrap();
        assert!(error.is::<BadInput>());
        assert!(error.to_string().contains("answers.jsonl:1: made with another model"), "{error}");
        std::fs::write(&path, "{\"id\": 1}\n").unwrap();
        assert!(Kept::open(Some(&path), "s").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"id\": 1}\n", "it is left alone");
    }
}
