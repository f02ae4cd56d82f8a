//! The rules of the search, with answers that are known and verdicts that are made up.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

use fixwright::patch::Patch;
use fixwright::prompt::{Options as PromptOptions, Prompt, Request};
use fixwright::repair::{
    Candidate, Ended, Event, Judge, Options, Progress, Repair, Writer, Written, search,
};
use fixwright::report::BugReport;
use fixwright::validate::{
    Analysis, Baseline, CopyOptions, Error as ValidateError, Isolation, Judged,
    Progress as JudgeProgress, Reported, Suite, Task, Toolchain, Validator, Verdict,
};

const SOURCE: &str = "int f(int a)\n{\n\treturn a / 0;\n}\n";

/// Gives one answer after the other.
#[derive(Default)]
struct Canned {
    answers: Vec<Written>,
    asked: Vec<(usize, Prompt)>,
}

impl Canned {
    fn new(answers: &[&str]) -> Self {
        Self { answers: answers.iter().map(|body| answer(body)).collect(), asked: Vec::new() }
    }

    fn numbers(&self) -> Vec<usize> {
        self.asked.iter().map(|(number, _)| *number).collect()
    }
}

impl Writer for Canned {
    fn write(
        &mut self,
        prompt: &Prompt,
        number: usize,
        progress: Progress<'_>,
    ) -> fixwright::Result<Option<Written>> {
        let written = self.answers.get(self.asked.len()).expect("no more is asked for").clone();
        self.asked.push((number, prompt.clone()));
        let flow = progress(Event::Text(&written.text));
        Ok(flow.is_continue().then_some(written))
    }
}

/// The answer that has `body` in place of the reported line.
fn answer(body: &str) -> Written {
    Written::new(format!("```c\nint f(int a)\n{{\n{body}\n}}\n```"))
}

fn likely(body: &str, log_probability: f64) -> Written {
    let mut written = answer(body);
    written.log_probability = Some(log_probability);
    written
}

/// Judges by a function of the patch's text, and counts.
struct Table<F> {
    verdict: F,
    judged: Cell<usize>,
}

impl<F: Fn(&str) -> Judged> Table<F> {
    fn new(verdict: F) -> Self {
        Self { verdict, judged: Cell::new(0) }
    }
}

impl<F: Fn(&str) -> Judged> Judge for Table<F> {
    fn judge(&self, patch: &Patch, progress: JudgeProgress<'_>) -> Result<Judged, ValidateError> {
        let elapsed = Duration::ZERO;
        if progress(fixwright::validate::Event::Running { elapsed }).is_break() {
            return Err(ValidateError::Cancelled);
        }
        self.judged.set(self.judged.get() + 1);
        Ok((self.verdict)(&patch.to_string()))
    }
}

fn compiles(new_diagnostics: usize) -> Judged {
    let mut judged = Judged::unrun(Verdict::Compiles);
    judged.new_diagnostics = vec!["a.c:1: warning: w".to_owned(); new_diagnostics];
    judged
}

fn broken() -> Judged {
    let output = "a.c:3:9: error: 'b' undeclared\n".to_owned();
    Judged::unrun(Verdict::CompileError { baseline: Baseline::Compiles, output })
}

fn analysed(reported: Reported) -> Judged {
    let mut judged = compiles(0);
    judged.analysis =
        Some(Analysis::Compared { reported: Some(reported), gone: Vec::new(), new: Vec::new() });
    judged
}

/// Searches, with a callback that never breaks.
fn run(writer: &mut Canned, judge: &dyn Judge, options: &Options) -> Repair {
    run_until(writer, judge, options, &mut |_| ControlFlow::Continue(()))
}

fn run_until(
    writer: &mut dyn Writer,
    judge: &dyn Judge,
    options: &Options,
    progress: Progress<'_>,
) -> Repair {
    let mut report = BugReport::default();
    report.title = Some("division by zero".into());
    let request = Request::new(&report, "f.c", SOURCE, 3, &PromptOptions::default()).unwrap();
    search(&request, writer, judge, options, progress).unwrap()
}

fn options(candidates: usize) -> Options {
    Options::default().with_candidates(candidates)
}

fn indices(candidates: &[Candidate]) -> Vec<usize> {
    candidates.iter().map(|candidate| candidate.index).collect()
}

#[test]
fn the_first_that_passes_everything_ends_the_search() {
    let mut writer = Canned::new(&["\treturn b;", "\treturn a;", "\treturn 1;"]);
    let judge = Table::new(|patch| if patch.contains("b;") { broken() } else { compiles(0) });
    let repair = run(&mut writer, &judge, &options(3));
    assert_eq!(repair.ended, Ended::Passed);
    assert_eq!(indices(&repair.candidates), [1, 0]);
    assert!(repair.repaired().unwrap().passes());
    assert_eq!(writer.numbers(), [0, 1], "the best first, and no more than needed");
}

#[test]
fn one_that_could_be_better_does_not_end_it_and_is_kept() {
    let mut writer = Canned::new(&["\treturn b;", "\treturn a;", "\treturn c;"]);
    let judge = Table::new(|patch| if patch.contains("a;") { compiles(1) } else { broken() });
    let repair = run(&mut writer, &judge, &options(3));
    assert_eq!(repair.ended, Ended::Exhausted);
    assert_eq!(repair.repaired().unwrap().index, 1);
}

#[test]
fn the_same_text_is_judged_once() {
    let mut writer = Canned::new(&["\treturn b;", "\treturn b;", "\treturn c;", "\treturn b;"]);
    // The same text by another way: prose around it.
    writer.answers[3].text.insert_str(0, "Sure:\n");
    let judge = Table::new(|_| broken());
    let mut repeated = 0;
    let repair = run_until(&mut writer, &judge, &options(4), &mut |event| {
        repeated += usize::from(matches!(event, Event::Repeated(known) if known.index == 0));
        ControlFlow::Continue(())
    });
    assert_eq!((judge.judged.get(), repeated), (2, 2));
    let repeats: Vec<_> = repair.candidates.iter().map(|known| known.repeats).collect();
    assert_eq!((indices(&repair.candidates), repeats), (vec![0, 2], vec![2, 0]));
}

#[test]
fn the_best_comes_first() {
    let answers = [
        likely("\treturn broken;", -0.1),
        likely("\treturn loud;", -0.1),
        likely("\tint large = 1;\n\treturn large;", -0.1),
        likely("\treturn unlikely;", -2.0),
        likely("\treturn likely;", -1.0),
        likely("\treturn late;", -1.0),
        Written::new("I cannot."),
        likely("\treturn still;", -0.1),
        answer("\treturn unscored;"),
    ];
    let mut writer = Canned { answers: answers.to_vec(), asked: Vec::new() };
    let judge = Table::new(|patch| match patch {
        patch if patch.contains("broken") => broken(),
        patch if patch.contains("loud") => compiles(2),
        patch if patch.contains("still") => analysed(Reported::Still),
        _ => compiles(1),
    });
    let repair = run(&mut writer, &judge, &options(answers.len()));
    assert_eq!(indices(&repair.candidates), [4, 5, 3, 8, 2, 1, 7, 0, 6]);
    assert_eq!(repair.repaired().unwrap().index, 4);
}

#[test]
fn a_finding_that_is_still_there_is_not_repaired() {
    for (reported, is_repair, passes) in [
        (Reported::Still, false, false),
        (Reported::Gone, true, true),
        // Nothing shows that it is gone, and no other candidate could show it either.
        (Reported::Unseen, true, true),
    ] {
        let judge = Table::new(move |_| analysed(reported));
        let repair = run(&mut Canned::new(&["\treturn a;"]), &judge, &options(1));
        assert_eq!(repair.repaired().is_some(), is_repair, "{reported:?}");
        assert_eq!(repair.ended == Ended::Passed, passes, "{reported:?}");
    }
    let judge = Table::new(|_| {
        let mut judged = analysed(Reported::Gone);
        let Some(Analysis::Compared { new, .. }) = &mut judged.analysis else { unreachable!() };
        new.push(BugReport::default());
        judged
    });
    let repair = run(&mut Canned::new(&["\treturn a;"]), &judge, &options(1));
    assert!(repair.repaired().is_some() && repair.ended == Ended::Exhausted);
}

#[test]
fn what_changes_nothing_is_no_repair() {
    let (unchanged, blank) = ("\treturn a / 0;", "\treturn a / 0; /* why? */");
    let judge = Table::new(|_| compiles(0));
    let repair = run(&mut Canned::new(&[unchanged, blank]), &judge, &options(2));
    assert_eq!((repair.ended, judge.judged.get()), (Ended::Exhausted, 1));
    assert!(repair.repaired().is_none());
    let unread = repair.candidates.iter().find(|candidate| candidate.index == 0).unwrap();
    assert_eq!(unread.proposal.patch.clone().unwrap_err(), "the answer changes nothing");
    // A comment may be all that a finding asks for.
    let judge = Table::new(|_| analysed(Reported::Gone));
    let repair = run(&mut Canned::new(&[unchanged, blank]), &judge, &options(2));
    assert_eq!(repair.repaired().unwrap().index, 1);
}

#[test]
fn the_time_budget_ends_it_wherever_it_is() {
    let none = options(3).with_time_budget(Duration::ZERO);
    let mut writer = Canned::new(&[]);
    let repair = run(&mut writer, &Table::new(|_| compiles(0)), &none);
    assert_eq!((repair.ended, repair.candidates.len()), (Ended::TimeBudget, 0));

    /// Goes on until it is stopped.
    struct Endless;
    impl Judge for Endless {
        fn judge(&self, _: &Patch, progress: JudgeProgress<'_>) -> Result<Judged, ValidateError> {
            let elapsed = Duration::ZERO;
            while progress(fixwright::validate::Event::Running { elapsed }).is_continue() {}
            Err(ValidateError::Cancelled)
        }
    }
    let short = options(3).with_time_budget(Duration::from_millis(20));
    let repair = run(&mut Canned::new(&["\treturn a;"]), &Endless, &short);
    assert_eq!((repair.ended, repair.candidates.len()), (Ended::TimeBudget, 0));

    let long = options(2).with_time_budget(Duration::from_secs(3600));
    let mut writer = Canned::new(&["\treturn b;", "\treturn c;"]);
    assert_eq!(run(&mut writer, &Table::new(|_| broken()), &long).ended, Ended::Exhausted);
}

#[test]
fn the_callback_may_stop_it_anywhere_and_what_is_finished_is_kept() {
    let at_second = |stage: fn(&Event<'_>) -> bool| {
        let mut seen = 0;
        let mut writer = Canned::new(&["\treturn b;", "\treturn c;", "\treturn d;"]);
        let repair = run_until(&mut writer, &Table::new(|_| broken()), &options(3), &mut |event| {
            seen += usize::from(stage(&event));
            if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(repair.is_cancelled());
        repair.candidates.len()
    };
    assert_eq!(at_second(|event| matches!(event, Event::Asking { .. })), 1);
    assert_eq!(at_second(|event| matches!(event, Event::Text(_))), 1);
    assert_eq!(at_second(|event| matches!(event, Event::Judging)), 1);
    assert_eq!(at_second(|event| matches!(event, Event::Judged(_))), 2);
}

#[test]
fn a_second_round_is_told_what_is_wrong_with_the_best() {
    let bodies = ["\treturn b;", "\treturn c + c;\n\treturn 0;", "\treturn b;", "\treturn a;"];
    let mut writer = Canned::new(&bodies);
    let judge =
        Table::new(|patch| if patch.contains("+\treturn a;") { compiles(0) } else { broken() });
    let repair = run(&mut writer, &judge, &options(2).with_rounds(3));
    assert_eq!(repair.ended, Ended::Passed);
    let best = repair.repaired().unwrap();
    assert_eq!((best.round, best.index), (1, 1));
    assert_eq!(writer.numbers(), [0, 1, 0, 1]);
    assert_eq!(judge.judged.get(), 3, "the second round repeats an answer of the first");
    let said = |turn: usize| writer.asked[turn].1.messages[1].content.clone();
    assert_eq!((said(0), said(2)), (said(1), said(3)));
    let added = said(2).strip_prefix(&*said(0)).unwrap().to_owned();
    assert!(added.contains("-\treturn a / 0;\n+\treturn b;\n"), "the smaller one: {added}");
    assert!(added.contains("error: 'b' undeclared"), "{added}");
}

#[test]
fn there_is_no_second_round_after_a_repair_or_where_none_is_asked_for() {
    let judge = Table::new(|_| compiles(1));
    let mut writer = Canned::new(&["\treturn a;"]);
    let repair = run(&mut writer, &judge, &options(1).with_rounds(2));
    assert_eq!((repair.ended, writer.asked.len()), (Ended::Exhausted, 1));
    let mut writer = Canned::new(&["\treturn b;"]);
    run(&mut writer, &Table::new(|_| broken()), &options(1));
    assert_eq!(writer.asked.len(), 1);
}

/// With a real validator: what a test says is quoted, and passing it ends the search.
#[test]
fn a_failing_test_goes_into_the_second_prompt() {
    let tree = tempfile::tempdir().unwrap();
    std::fs::write(tree.path().join("f.c"), SOURCE).unwrap();
    let check = "grep -q 'return a;' f.c || { echo 'expected a'; exit 3; }";
    let suite = Suite::command(Task::new(["sh", "-c", check]));
    let toolchain = Toolchain::new(Task::new(["true"])).with_tests(suite);
    let mut go_on = |_| ControlFlow::Continue(());
    let (copy, isolation) = (CopyOptions::default(), Isolation::None);
    let validator = Validator::new(tree.path(), toolchain, copy, isolation, &mut go_on).unwrap();
    let mut writer = Canned::new(&["\treturn b;", "\treturn a;"]);
    let repair = run(&mut writer, &validator, &options(1).with_rounds(2));
    assert_eq!(repair.ended, Ended::Passed);
    assert_eq!(repair.repaired().unwrap().judged.verdict, Verdict::Plausible);
    let said = &writer.asked[1].1.messages[1].content;
    let failed = "A test fails: ended with exit code 3\nIts output:\n```\nexpected a\n```\n";
    assert!(said.contains(failed), "{said}");
}
