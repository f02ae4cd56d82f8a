//! Programs and tests in folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::layout::{Role, Side, role};
use super::problem::{Problem, Program};
use crate::curate::hex;
use crate::walk::{files, read_limited};
use crate::{Error, Skipped, TestCase};

/// The problems of a folder, read one at a time.
pub(super) struct Folders {
    origin: Option<String>,
    problems: BTreeMap<String, Files>,
    tests: BTreeMap<String, BTreeMap<Number, Sides>>,
    hash: Sha256,
}

/// The files of a problem.
#[derive(Default)]
struct Files {
    programs: Vec<(PathBuf, String, Option<bool>)>,
    author: Option<PathBuf>,
}

/// The files of a test.
#[derive(Default)]
struct Sides {
    input: Option<PathBuf>,
    output: Option<PathBuf>,
    extra: Option<PathBuf>,
}

/// A test's name, so ordered that 2 comes before 10.
type Number = (usize, String);

impl Folders {
    pub(super) fn open(root: &Path) -> Result<Self, Error> {
        let origin = root.file_name().map(|name| name.to_string_lossy().into_owned());
        let (problems, tests, hash) = Default::default();
        let mut folders = Self { origin, problems, tests, hash };
        for path in files(root)? {
            if let Some(role) = path.strip_prefix(root).ok().and_then(role) {
                folders.add(path, role);
            }
        }
        Ok(folders)
    }

    fn add(&mut self, path: PathBuf, role: Role) {
        match role {
            Role::Program { problem, student, right } => {
                self.problems.entry(problem).or_default().programs.push((path, student, right));
            }
            Role::Author { problem } => {
                self.problems.entry(problem).or_default().author = Some(path);
            }
            Role::Test { problem, name, side } => {
                let sides =
                    self.tests.entry(problem).or_default().entry((name.len(), name)).or_default();
                let side = match side {
                    Side::Input => &mut sides.input,
                    Side::Output => &mut sides.output,
                    Side::Extra => &mut sides.extra,
                };
                *side = Some(path);
            }
        }
    }

    pub(super) fn next(&mut self, skipped: &mut Skipped) -> Result<Option<Problem>, Error> {
        let Some((name, files)) = self.problems.pop_first() else { return Ok(None) };
        let mut problem = Problem { name, origin: self.origin.clone(), ..Problem::default() };
        let Some(tests) = self.tests(&problem.name)? else {
            files.programs.iter().for_each(|_| skipped.add("tests need more files than stdin"));
            return Ok(Some(problem));
        };
        problem.tests = tests;
        if let Some(text) = files.author.map(|author| self.text(&author)).transpose()?.flatten() {
            problem.description = first_comment(&text).map(|(comment, _)| comment.trim().into());
        }
        for (path, student, right) in files.programs {
            let Some(right) = right.or_else(|| passes(&path)) else {
                skipped.add("not said whether right or wrong");
                continue;
            };
            let Some(text) = self.text(&path)? else {
                skipped.add("not UTF-8");
                continue;
            };
            let text = without_results(&text).to_owned();
            let name = program_name(&path, &student);
            problem.programs.push(Program { name, student: Some(student), right, text });
        }
        Ok(Some(problem))
    }

    pub(super) fn sha256(&self) -> String {
        hex(self.hash.clone())
    }

    /// The tests for a problem: those for its whole path, or for the last part of it; `None` if they cannot be run from standard
    /// input alone.
    fn tests(&mut self, problem: &str) -> Result<Option<Vec<TestCase>>, Error> {
        let last = problem.rsplit('/').next().unwrap_or(problem);
        let sides =
            self.tests.remove(problem).or_else(|| self.tests.remove(last)).unwrap_or_default();
        let mut tests = Vec::new();
        for Sides { input, output, extra } in sides.into_values() {
            if extra.is_some() {
                return Ok(None);
            }
            let (Some(input), Some(output)) = (input, output) else { continue };
            if let (Some(input), Some(output)) = (self.text(&input)?, self.text(&output)?) {
                tests.push(TestCase { input, output });
            }
        }
        Ok(Some(tests))
    }

    /// A file's text, if it is UTF-8.
    fn text(&mut self, path: &Path) -> Result<Option<String>, Error> {
        let bytes = read_limited(path)?;
        self.hash.update(path.as_os_str().as_encoded_bytes());
        self.hash.update((bytes.len() as u64).to_le_bytes());
        self.hash.update(&bytes);
        Ok(String::from_utf8(bytes).ok())
    }
}

/// What a program is called among those for its problem: by its path from the student's folder on.
fn program_name(path: &Path, student: &str) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let from = parts.iter().rposition(|part| part == student).unwrap_or(parts.len() - 1);
    parts[from..].join("/")
}

/// Whether the `metadata.json` beside a program says that it passes all tests; `None` if there is none.
fn passes(program: &Path) -> Option<bool> {
    #[derive(Deserialize)]
    struct Metadata {
        blackbox: Tests,
        whitebox: Tests,
    }
    #[derive(Deserialize)]
    struct Tests {
        fail: Vec<String>,
    }
    let text = read_limited(&program.with_file_name("metadata.json")).ok()?;
    let metadata: Metadata = serde_json::from_slice(&text).ok()?;
    Some(metadata.blackbox.fail.is_empty() && metadata.whitebox.fail.is_empty())
}

/// The text of the comment that a file begins with, and what follows it.
fn first_comment(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix("/*")?.split_once("*/")
}

/// A program without ITSP's comment on its test results, which has the expected outputs.
fn without_results(text: &str) -> &str {
    match first_comment(text) {
        Some((comment, rest)) if comment.trim_start().starts_with("numPass") => {
            rest.trim_start_matches(['\r', '\n'])
        }
        _ => text,
    }
}
