//! The `Repairer` with a real, small model that was not made for this: what is tested is that whatever it writes is judged truly.
//!
//! Needs `FIXWRIGHT_SMOLLM2_GGUF`; says so where it is not set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use fixwright::Repairer;
use fixwright::decode::Forced;
use fixwright::llama::weights::Weights;
use fixwright::prompt::{Options as PromptOptions, Request, Target, render};
use fixwright::repair::{
    Asker, Candidate, Event, LoadOptions, Options, Screen, Writer as _, Written,
};
use fixwright::report::BugReport;
use fixwright::source::SourceFile;
use fixwright::validate::{CopyOptions, Executable, Isolation, Task, Validator, Verdict};

static MODEL: LazyLock<Option<Repairer>> = LazyLock::new(load);

#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn load() -> Option<Repairer> {
    let Some(path) = std::env::var_os("FIXWRIGHT_SMOLLM2_GGUF") else {
        println!("skipped: FIXWRIGHT_SMOLLM2_GGUF is not set");
        return None;
    };
    Some(Repairer::load(&PathBuf::from(path), &LoadOptions::default()).unwrap())
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/labels")
}

fn case() -> (BugReport, SourceFile, Validator) {
    let text = std::fs::read_to_string(example().join("bug.txt")).unwrap();
    let report = fixwright::report::parse(&text).unwrap().reports.remove(0);
    let file = SourceFile::find(&example(), report.location.path.as_deref().unwrap()).unwrap();
    let go_on = &mut |_| ControlFlow::Continue(());
    let validator = Validator::new(
        &example(),
        Task::new(["make"]),
        CopyOptions::default(),
        Isolation::None,
        go_on,
    )
    .unwrap();
    (report, file, validator)
}

fn request<'a>(report: &'a BugReport, file: &'a SourceFile) -> Request<'a> {
    Request::new(report, &file.path, &file.text, 21, &PromptOptions::default()).unwrap()
}

fn options(candidates: usize) -> Options {
    Options::default().with_candidates(candidates).with_max_new_tokens(80)
}

#[test]
fn every_candidate_is_judged_and_the_best_comes_first() {
    let Some(model) = &*MODEL else { return };
    let (report, file, validator) = case();
    for target in [Target::Window, Target::Diff] {
        let prompt = PromptOptions::default().with_target(target);
        let request = Request::new(&report, &file.path, &file.text, 21, &prompt).unwrap();
        let run = || {
            let mut text = String::new();
            let repair = model.repair(&request, &validator, &options(2), &mut |event| {
                if let Event::Text(new) = event {
                    text.push_str(new);
                }
                ControlFlow::Continue(())
            });
            (repair.unwrap(), text)
        };
        let (repair, text) = run();
        assert!((1..=2).contains(&repair.candidates.len()));
        let grade = |candidate: &Candidate| candidate.judged.verdict.grade();
        assert!(repair.candidates.is_sorted_by(|a, b| grade(a) >= grade(b)));
        let again = repair.candidates.iter().filter(|candidate| candidate.index > 0);
        let read: Vec<_> = again.map(|it| it.proposal.written.stats.prompt_tokens).collect();
        assert!(read.iter().all(|tokens| *tokens <= 1), "the prompt is read once: {read:?}");
        for candidate in &repair.candidates {
            let written = &candidate.proposal.written;
            let whole = target == Target::Diff || candidate.index == 0 && written.passed_over == 0;
            assert!(!whole || text.contains(written.text.trim_end_matches('\u{fffd}')));
            let judged = match &candidate.proposal.patch {
                Ok(patch) => {
                    validator.judge(patch, &mut |_| ControlFlow::Continue(())).unwrap().verdict
                }
                Err(reason) => Verdict::NotApplied { reason: reason.clone() },
            };
            let same_kind = std::mem::discriminant(&judged)
                == std::mem::discriminant(&candidate.judged.verdict);
            assert!(same_kind, "{judged:?} is not {:?}", candidate.judged.verdict);
        }
        assert_eq!(run().1, text, "the same seed gave other answers");
    }
}

fn write<T: fixwright::decode::Target + Clone>(
    model: &Repairer<T>,
    request: &Request<'_>,
    numbers: &[usize],
) -> Vec<Written> {
    let (prompt, options) = (render(request), Options::default());
    let mut writer = model.writer(&options, None);
    let write = |number: &usize| {
        writer.write(&prompt, *number, &mut |_| ControlFlow::Continue(())).unwrap().unwrap()
    };
    numbers.iter().map(write).collect()
}

#[test]
fn edits_differ_and_do_not_depend_on_who_asked_for_those_before() {
    let Some(model) = &*MODEL else { return };
    let (report, file, _) = case();
    let request = request(&report, &file);
    let texts: Vec<String> =
        write(model, &request, &[0, 1, 2, 3]).into_iter().map(|it| it.text).collect();
    let source = render(&request).draft;
    let distinct: std::collections::BTreeSet<_> = texts.iter().chain([&source]).collect();
    assert_eq!(distinct.len(), 5);
    assert_eq!(write(model, &request, &[3])[0].text, texts[3]);
}

#[test]
fn what_two_prompts_begin_with_is_read_once() {
    let (Some(model), Some(fresh)) = (load(), load()) else { return };
    let (report, file, _) = case();
    let changed = SourceFile { text: file.text.replacen("return", "return  ", 1), ..file.clone() };
    write(&model, &request(&report, &file), &[0]);
    let [after, alone] =
        [&model, &fresh].map(|model| write(model, &request(&report, &changed), &[0, 1]));
    assert_eq!([0, 1].map(|it| &after[it].text), [0, 1].map(|it| &alone[it].text));
    let [after, alone] = [after, alone].map(|written| written[0].stats.prompt_tokens);
    assert!(after < alone / 2, "{after} of {alone} tokens were read");
}

/// The model is made to answer with the source, which is the answer of none.
#[test]
fn an_edit_takes_the_place_of_an_answer_that_changes_nothing() {
    let Some(model) = &*MODEL else { return };
    let (report, file, _) = case();
    let request = request(&report, &file);
    let path = PathBuf::from(std::env::var_os("FIXWRIGHT_SMOLLM2_GGUF").unwrap());
    let asker = Asker::open(&path, &Weights::open(&path).unwrap()).unwrap();
    let asked = asker.ask(&request).unwrap();
    let answer = [&*asked.draft, &asker.tokenizer().end_of_turn()[..1]].concat();
    let copying = Forced::new(model.session(), asked.prompt.len(), answer);
    let copying = Repairer::new(copying, asker).unwrap();
    let written = &write(&copying, &request, &[0])[0];
    assert!(written.passed_over >= 1);
    assert_ne!(written.text.trim_end(), render(&request).draft.trim_end());
}

#[test]
fn answers_that_make_the_same_program_are_passed_over() {
    let Some(model) = &*MODEL else { return };
    let (report, file, _) = case();
    let request = request(&report, &file);
    let all = write(model, &request, &[0, 1, 2, 3]);
    // The source and the first two answers make one program, all others make another.
    let executable = |answer: Option<&Written>| {
        let is_other = answer.is_some_and(|it| all[..2].iter().all(|one| one.text != it.text));
        Executable::Hash(u64::from(is_other))
    };
    let (prompt, options) = (render(&request), Options::default());
    let screen = Screen::new(|answer, _| Ok(executable(answer)));
    let mut writer = model.writer(&options, Some(screen));
    let mut next = |number| {
        writer.write(&prompt, number, &mut |_| ControlFlow::Continue(())).unwrap().unwrap()
    };
    let first = next(0);
    assert_eq!(first.text, all[2].text);
    assert_eq!(first.passed_over, 2 + all[..3].iter().map(|it| it.passed_over).sum::<usize>());
    assert_eq!(next(1).passed_over, 4, "and no more are than that");
}

#[test]
fn it_stops_when_told_to() {
    let Some(model) = &*MODEL else { return };
    let (report, file, validator) = case();
    let request = request(&report, &file);
    let stop_at_text = &mut |event: Event<'_>| match event {
        Event::Text(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let repair = model.repair(&request, &validator, &options(3), stop_at_text).unwrap();
    assert!(repair.is_cancelled());
    assert!(repair.candidates.is_empty());
    assert!(repair.repaired().is_none());
}
