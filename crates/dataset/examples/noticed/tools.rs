//! What notices bugs.

use std::fs;

use fixwright_dataset::{Evaluator, Programs, RepairSample};
use fixwright_prompt::Target;
use fixwright_validate::{
    Analyser, Analysis, Failure, Findings, Isolation, Judged, Moves, Workspace,
};

use crate::Failed;

/// Tests that are run of those that a program has.
const TESTS: usize = 3;

pub(crate) struct Tools {
    gcc: Analyser,
    cppcheck: Analyser,
    isolation: Isolation,
    plain: Evaluator,
    sanitized: Evaluator,
}

/// What the analysers say of a file.
pub(crate) struct Found {
    gcc: Findings,
    cppcheck: Findings,
}

/// Who noticed a bug.
#[derive(Clone, Copy, Default)]
pub(crate) struct Noticed {
    pub(crate) compiles: bool,
    pub(crate) restored: bool,
    pub(crate) warnings: bool,
    pub(crate) analyzer: bool,
    pub(crate) cppcheck: bool,
    pub(crate) sanitizers: bool,
    pub(crate) tests: bool,
}

impl Tools {
    pub(crate) fn new(isolation: Isolation, flags: &[&str]) -> Self {
        let [mut gcc, cppcheck] =
            ["gcc", "cppcheck"].map(|name| Analyser::named(name).expect("it is a known one"));
        gcc.task.argv.splice(1..1, flags.iter().map(|flag| (*flag).to_owned()));
        let mut programs = Programs::default();
        let evaluator = |programs: &Programs| {
            Evaluator::new(Target::Program, programs.clone(), isolation.clone())
        };
        let plain = evaluator(&programs);
        programs.compile.argv.splice(1..1, ["-g".into(), "-fsanitize=address,undefined".into()]);
        // The address sanitizer reserves terabytes.
        programs.run.limits.memory = None;
        let sanitized = evaluator(&programs);
        Self { gcc, cppcheck, isolation, plain, sanitized }
    }

    pub(crate) fn write(
        &self,
        workspace: &Workspace,
        path: &str,
        text: Option<&str>,
    ) -> Result<(), Failed> {
        Ok(fs::write(workspace.root().join(path), text.unwrap_or_default())?)
    }

    /// What the analysers say of the file at `path` with this text.
    pub(crate) fn findings(
        &self,
        workspace: &Workspace,
        path: &str,
        text: Option<&str>,
    ) -> Result<Found, Failed> {
        self.write(workspace, path, text)?;
        let files = [path.to_owned()];
        let ask = |analyser: &Analyser| {
            let mut go_on = |_| std::ops::ControlFlow::Continue(());
            analyser.findings(workspace, &files, &self.isolation, &mut go_on)
        };
        Ok(Found { gcc: ask(&self.gcc)?, cppcheck: ask(&self.cppcheck)? })
    }

    /// Runs the first tests of a sample's broken program, plain and with sanitizers.
    pub(crate) fn test(&self, sample: &RepairSample, noticed: &mut Noticed) -> Result<(), Failed> {
        let mut sample = sample.clone();
        sample.tests.iter_mut().for_each(|tests| tests.truncate(TESTS));
        let code = sample.code.as_deref().unwrap_or_default();
        let judge = |evaluator: &Evaluator| {
            let mut go_on = |_| std::ops::ControlFlow::Continue(());
            evaluator.judge_text(&sample, code, code, &mut go_on).map(|judged| judged.judged)
        };
        let failures = |judged: Option<Judged>| {
            let tests = judged.and_then(|judged| judged.tests);
            tests.into_iter().flat_map(|tests| tests.failed).map(|test| test.failure)
        };
        noticed.tests = failures(judge(&self.plain)?).next().is_some();
        let sanitizer = |failure: Failure| matches!(failure, Failure::Sanitizer { .. });
        noticed.sanitizers = failures(judge(&self.sanitized)?).any(sanitizer);
        Ok(())
    }
}

impl Found {
    pub(crate) fn compiles(&self) -> bool {
        matches!(self.gcc, Findings::Made(_))
    }

    /// Who has more to say of the broken program than of the correct one, which `self` is about.
    pub(crate) fn noticed(&self, broken: &Self, sample: &RepairSample) -> Noticed {
        let path = sample.source_code_path.as_deref().unwrap_or("main.c");
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut moves = Moves::default();
        moves.add(path, text(&sample.fixed).as_bytes(), text(&sample.code).as_bytes());
        let new = |before, after| match Analysis::between(before, after, &moves, None) {
            Analysis::Compared { new, .. } => new,
            _ => Vec::new(),
        };
        let gcc = new(&self.gcc, &broken.gcc);
        let by_analyzer =
            |rule: &Option<String>| rule.as_ref().is_some_and(|id| id.contains("analyzer"));
        Noticed {
            compiles: broken.compiles(),
            warnings: gcc.iter().any(|finding| !by_analyzer(&finding.rule.id)),
            analyzer: gcc.iter().any(|finding| by_analyzer(&finding.rule.id)),
            cppcheck: !new(&self.cppcheck, &broken.cppcheck).is_empty(),
            ..Noticed::default()
        }
    }
}
