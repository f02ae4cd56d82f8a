//! Drafted decoding gives what plain decoding gives, on toy models whose logits depend on every token before them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::ControlFlow;

use fixwright_decode::{
    Candidate, Context, CostCurve, Edits, FastFixer, Finish, Generation, LineEnds, NoDraft,
    Options, PromptLookup, Proposer, Random, Sampling, SourceDraft, StopStrings, Target, generate,
    generate_batch, resume,
};
use proptest::prelude::*;
use toy::{CONTEXT, Toy, VOCABULARY};

mod toy;

/// Drafts the true continuation with errors put in: long acceptances and rejections at any place.
struct Noisy {
    truth: Vec<u32>,
    errors: Vec<usize>,
}

impl Proposer for Noisy {
    fn propose(&mut self, context: Context<'_>, _: usize) -> Vec<u32> {
        let start = context.output.len().min(self.truth.len());
        let wrong = |index: usize, token: u32| {
            if self.errors.contains(&index) { (token + 1) % VOCABULARY } else { token }
        };
        self.truth
            .iter()
            .enumerate()
            .skip(start)
            .map(|(index, token)| wrong(index, *token))
            .collect()
    }
}

/// What a test decodes.
#[derive(Debug, Clone)]
struct Setting {
    /// Has seen nothing.
    toy: Toy,
    prompt: Vec<u32>,
    options: Options,
    /// The callback breaks after so many tokens.
    cancel: usize,
    /// The callback breaks when the tokens, a letter each, spell this.
    stop: String,
}

impl Setting {
    fn run(&self, target: &mut Toy, proposer: &mut dyn Proposer) -> (Generation, Vec<u32>) {
        let mut streamed = Vec::new();
        let mut stop = StopStrings::new([self.stop.as_str()]);
        let generation = generate(target, proposer, &self.prompt, &self.options, &mut |event| {
            let fixwright_decode::Event::Token(token) = event else {
                return ControlFlow::Continue(());
            };
            streamed.push(token);
            let stopped = stop.push(&[b'a' + token as u8]).is_break();
            if stopped || streamed.len() == self.cancel {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        (generation.unwrap(), streamed)
    }

    fn plain(&self) -> Generation {
        self.run(&mut self.toy.clone(), &mut NoDraft).0
    }

    /// Every proposer, drafting from `source`, in several tempers.
    fn proposers(&self, source: &[u32], errors: &[usize], truth: &[u32]) -> Vec<Box<dyn Proposer>> {
        let ends = || LineEnds::from_iter([0]);
        let source_draft = || SourceDraft::new(source, ends());
        vec![
            Box::new(NoDraft),
            Box::new(Noisy { truth: truth.to_vec(), errors: errors.to_vec() }),
            Box::new(PromptLookup::default()),
            Box::new(PromptLookup { max_ngram: 3, min_ngram: 2, tokens: 48 }),
            Box::new(FastFixer::new(source.to_vec(), ends())),
            Box::new(source_draft()),
            Box::new(source_draft().with_cost(CostCurve::flat())),
            Box::new(source_draft().with_cost(CostCurve::linear(1.0)).with_reported_line(1)),
        ]
    }
}

fn sampling() -> impl Strategy<Value = Sampling> {
    let random =
        (0.2f32..3.0, prop::option::of(1usize..8), 0.1f32..=1.0, 0.0f32..0.5, any::<u64>());
    let random = random.prop_map(|(temperature, top_k, top_p, min_p, seed)| {
        let top_k = top_k.and_then(std::num::NonZeroUsize::new);
        Sampling::Random(Random { temperature, top_k, top_p, min_p, seed })
    });
    prop_oneof![Just(Sampling::Greedy), random]
}

/// One that looks back a few tokens only soon repeats itself, and so comes back to a source that it has left.
fn toy() -> impl Strategy<Value = Toy> {
    let memory = prop_oneof![2 => Just(usize::MAX), 1 => 1usize..4];
    (any::<u64>(), memory).prop_map(|(model, memory)| Toy::new(model).looking_back(memory))
}

fn setting() -> impl Strategy<Value = Setting> {
    let prompt = prop::collection::vec(0..VOCABULARY, 1..CONTEXT);
    let stop_tokens = prop::collection::vec(0..VOCABULARY, 0..2);
    let limits = (
        0usize..120,
        prop_oneof![0usize..40, Just(usize::MAX)],
        prop_oneof![Just(usize::MAX), 1usize..40],
    );
    (toy(), prompt, stop_tokens, sampling(), limits, "[a-g]{2,4}|").prop_map(
        |(toy, prompt, stop_tokens, sampling, (max_new_tokens, max_draft, cancel), stop)| {
            let options = Options { max_new_tokens, stop_tokens, sampling, max_draft, score: true };
            Setting { toy, prompt, options, cancel, stop }
        },
    )
}

/// The plain output with tokens replaced, taken out and put in: what a source that gets fixed is to its fix.
fn edited(truth: &[u32], edits: &[(usize, u32)]) -> Vec<u32> {
    let mut source = truth.to_vec();
    for (place, token) in edits.iter().filter(|_| !truth.is_empty()) {
        let at = place % source.len().max(1);
        match place % 3 {
            0 if !source.is_empty() => source[at] = *token,
            1 if !source.is_empty() => drop(source.remove(at)),
            _ => source.insert(at, *token),
        }
    }
    source
}

proptest! {
    #[test]
    fn every_draft_gives_the_plain_output(
        setting in setting(),
        errors in prop::collection::vec(0usize..100, 0..12),
        edits in prop::collection::vec((0usize..200, 0..VOCABULARY), 0..6),
        head_start in 0usize..100,
    ) {
        let plain = setting.plain();
        prop_assert!(plain.tokens.len() <= setting.options.max_new_tokens.min(CONTEXT + 1 - setting.prompt.len()));
        let whole: Vec<u32> = setting.prompt.iter().chain(&plain.tokens).copied().collect();
        for mut proposer in setting.proposers(&edited(&plain.tokens, &edits), &errors, &plain.tokens) {
            let mut target = setting.toy.clone();
            target.seen = setting.prompt[..head_start.min(setting.prompt.len())].to_vec();
            let (drafted, streamed) = setting.run(&mut target, &mut *proposer);
            prop_assert_eq!(&drafted.tokens, &plain.tokens);
            prop_assert_eq!(&streamed, &plain.tokens);
            prop_assert_eq!(drafted.finish, plain.finish);
            prop_assert_eq!(drafted.log_probability, plain.log_probability);
            prop_assert!(drafted.stats.forwards <= plain.stats.forwards);
            prop_assert!(drafted.stats.accepted <= drafted.stats.proposed);
            let by_position = drafted.stats.positions.iter().map(|position| (position.proposed, position.accepted));
            let sums = by_position.fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
            prop_assert_eq!(sums, (drafted.stats.proposed, drafted.stats.accepted));
            prop_assert!(whole.starts_with(&target.seen));
        }
    }

    #[test]
    fn candidates_of_a_batch_are_those_of_a_run_each(
        setting in setting(),
        samplings in prop::collection::vec(sampling(), 1..4),
        edits in prop::collection::vec((0usize..200, 0..VOCABULARY), 0..6),
    ) {
        let source = edited(&setting.plain().tokens, &edits);
        let draft = || SourceDraft::new(&source, LineEnds::from_iter([0]));
        let candidates = samplings.iter().map(|sampling| Candidate { begin: Vec::new(), sampling: *sampling, proposer: Box::new(draft()) });
        let mut streamed = vec![Vec::new(); samplings.len()];
        let mut target = setting.toy.clone();
        let together = generate_batch(&mut target, candidates.collect(), &setting.prompt, &setting.options, &mut |index, event| {
            let fixwright_decode::Event::Token(token) = event else { return ControlFlow::Continue(()) };
            streamed[index].push(token);
            if streamed[index].len() == setting.cancel { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }).unwrap();
        for ((sampling, generation), streamed) in samplings.into_iter().zip(together).zip(streamed) {
            let options = Options { sampling, ..setting.options.clone() };
            let alone = Setting { options, stop: String::new(), ..setting.clone() }.plain();
            prop_assert_eq!((&generation.tokens, generation.finish), (&alone.tokens, alone.finish));
            prop_assert_eq!(generation.log_probability, alone.log_probability);
            prop_assert_eq!(streamed, alone.tokens);
        }
    }

    #[test]
    fn an_answer_goes_on_from_any_beginning_of_it(setting in setting(), cut in 0usize..100, seen in 0usize..200) {
        let setting = Setting { cancel: usize::MAX, stop: String::new(), ..setting };
        let plain = setting.plain();
        let begin = &plain.tokens[..cut.min(plain.tokens.len())];
        let mut target = setting.toy.clone();
        target.seen = setting.prompt.iter().chain(&plain.tokens).copied().take(seen).collect();
        let go = &mut |_| ControlFlow::Continue(());
        let rest = resume(&mut target, &mut NoDraft, &setting.prompt, begin, &setting.options, go).unwrap();
        prop_assert_eq!(&rest.tokens, &plain.tokens);
        prop_assert_eq!(rest.finish, plain.finish);
        prop_assert_eq!(rest.stats.output_tokens, plain.tokens.len() - begin.len());
    }

    #[test]
    fn an_edit_is_greedy_between_two_parts_of_the_source(
        setting in setting(),
        edits in prop::collection::vec((0usize..200, 0..VOCABULARY), 0..6),
        seen in 0usize..200,
    ) {
        let options = Options { sampling: Sampling::Greedy, max_new_tokens: 120, ..setting.options.clone() };
        let options = Options { score: true, ..options };
        let setting = Setting { options, cancel: usize::MAX, stop: String::new(), ..setting };
        let mut source = edited(&setting.plain().tokens, &edits);
        source.truncate(CONTEXT - setting.prompt.len());
        let mut target = setting.toy.clone();
        target.seen = setting.prompt.iter().chain(&source).copied().take(seen).collect();
        let read = Edits::read(target, &setting.prompt, &source, &|_, _| true, &mut || ControlFlow::Continue(()));
        let mut found = read.unwrap().unwrap();
        let mut answers = Vec::<Vec<u32>>::new();
        let mut least = 0.0;
        for _ in 0..8 {
            let draft = SourceDraft::new(&source, LineEnds::from_iter([0]));
            let edit = found.next(&draft, &setting.options, &mut || ControlFlow::Continue(())).unwrap();
            let Some(edit) = edit else { break };
            prop_assert_eq!(edit.log_probability.is_some(), setting.prompt.len() + edit.tokens.len() <= CONTEXT + 1);
            if let Some(found) = edit.log_probability {
                let whole = likelihood(&setting.toy, &setting.prompt, &edit.tokens);
                prop_assert!((found - whole).abs() < 1e-6 * edit.tokens.len() as f64, "{} is not {}", found, whole);
            }
            let before = edit.tokens.iter().zip(&source).take_while(|(new, old)| new == old).count();
            let (begin, end) = edit.tokens.split_at(before + 1);
            prop_assert_ne!(source.get(before), begin.last());
            let is_back = |end: &usize| source[before..].windows(8).any(|it| it == &edit.tokens[end - 8..*end]);
            let back = (before + 9..=edit.tokens.len()).find(is_back);
            let own = &edit.tokens[before..back.unwrap_or(edit.tokens.len())];
            let likely = likelihood(&setting.toy, &[&setting.prompt, &begin[..before]].concat(), own);
            prop_assert!(likely <= least + 0.5 + 1e-6 * own.len() as f64, "{} after {}", likely, least);
            least = f64::min(least, likely);
            prop_assert!(!setting.options.stop_tokens.contains(begin.last().unwrap()));
            let prompt: Vec<u32> = setting.prompt.iter().chain(begin).copied().collect();
            if prompt.len() < CONTEXT {
                let max_new_tokens = setting.options.max_new_tokens - begin.len();
                let options = Options { max_new_tokens, ..setting.options.clone() };
                let greedy = Setting { prompt, options, ..setting.clone() }.plain();
                let written = greedy.tokens.iter().zip(end).take_while(|(own, edit)| own == edit).count();
                if edit.finish == Finish::Copied {
                    prop_assert!(written >= 8 && source.ends_with(&end[written..]));
                } else {
                    prop_assert_eq!((&*greedy.tokens, greedy.finish), (end, edit.finish));
                }
            }
            prop_assert!(!answers.contains(&edit.tokens));
            answers.push(edit.tokens);
        }
    }
}

fn greedy(prompt: &[u32], max_new_tokens: usize) -> Setting {
    let options = Options { max_new_tokens, max_draft: 15, ..Options::default() };
    Setting {
        toy: Toy::new(17),
        prompt: prompt.to_vec(),
        options,
        cancel: usize::MAX,
        stop: String::new(),
    }
}

/// The log-probability of tokens behind a prompt, asked for one by one.
fn likelihood(toy: &Toy, prompt: &[u32], tokens: &[u32]) -> f64 {
    let mut toy = toy.clone();
    let (last, before) = prompt.split_last().unwrap();
    toy.logits(before, 0).unwrap();
    let mut last = *last;
    let mut sum = 0.0;
    for token in tokens {
        let row: Vec<f64> = toy.logits(&[last], 1).unwrap().into_iter().map(f64::from).collect();
        sum += row[*token as usize] - row.iter().map(|logit| logit.exp()).sum::<f64>().ln();
        last = *token;
    }
    sum
}

#[test]
fn an_answer_is_as_likely_as_its_tokens() {
    let mut setting = greedy(&[1, 2], 20);
    let greedy = setting.plain();
    assert_eq!(greedy.log_probability, None);
    setting.options.score = true;
    let scored = setting.plain();
    assert_eq!(scored.tokens, greedy.tokens);
    let sum = likelihood(&setting.toy, &setting.prompt, &scored.tokens);
    let found = scored.log_probability.unwrap();
    assert!((found - sum).abs() < 1e-8, "{found} is not {sum}");
}

#[test]
fn a_true_draft_saves_forwards() {
    let setting = greedy(&[1, 2], 64);
    let plain = setting.plain();
    assert_eq!((plain.stats.forwards, plain.finish), (64, Finish::Length));
    let mut source =
        SourceDraft::new(&plain.tokens, LineEnds::default()).with_cost(CostCurve::flat());
    let (drafted, _) = setting.run(&mut Toy::new(17), &mut source);
    assert_eq!(drafted.tokens, plain.tokens);
    assert_eq!((drafted.stats.forwards, drafted.stats.accepted), (4, 60));
    assert!((drafted.stats.tokens_per_forward() - 16.0).abs() < 1e-9);
}

#[test]
fn cancelling_keeps_what_was_there_even_within_a_draft() {
    let mut setting = greedy(&[3], 64);
    let truth = setting.plain().tokens;
    setting.cancel = 5;
    let mut noisy = Noisy { truth: truth.clone(), errors: Vec::new() };
    let mut target = Toy::new(17);
    let (cancelled, _) = setting.run(&mut target, &mut noisy);
    assert_eq!((&*cancelled.tokens, cancelled.finish), (&truth[..5], Finish::Cancelled));
    assert_eq!(
        (cancelled.stats.forwards, target.seen.len()),
        (1, 5),
        "the last token is left to be seen"
    );
}

/// Chi-square of the second of two tokens, each run with a seed of its own; the bound is the 99.99 % quantile for six degrees of freedom.
#[test]
fn a_drafted_sample_has_the_plain_distribution() {
    let draw = |proposer: &mut dyn Proposer, seed: u64| {
        let mut setting = greedy(&[4, 2], 2);
        setting.options.sampling =
            Sampling::Random(Random { temperature: 1.5, seed, ..Random::default() });
        setting.run(&mut Toy::new(5), proposer).0.tokens
    };
    const RUNS: u64 = 20_000;
    let mut counts = [[0f64; VOCABULARY as usize]; 2];
    for seed in 0..RUNS {
        let mut noisy = Noisy { truth: vec![(seed % 7) as u32, 3], errors: Vec::new() };
        for (count, tokens) in
            counts.iter_mut().zip([draw(&mut NoDraft, seed + RUNS), draw(&mut noisy, seed)])
        {
            count[tokens[1] as usize] += 1.0;
        }
    }
    let chi_square: f64 =
        counts[0].iter().zip(counts[1]).map(|(a, b)| (a - b).powi(2) / (a + b).max(1.0)).sum();
    assert!(chi_square < 27.9, "{counts:?}");
    assert!(
        counts.iter().flatten().all(|count| *count > 100.0),
        "a distribution with one outcome shows nothing: {counts:?}"
    );
}

#[test]
fn a_prompt_must_be_there_and_fit() {
    let run = |prompt: &[u32]| {
        let mut ignore = |_: fixwright_decode::Event| ControlFlow::Continue(());
        generate(&mut Toy::new(1), &mut NoDraft, prompt, &Options::default(), &mut ignore)
    };
    assert_eq!(
        run(&[]).unwrap_err().to_string(),
        "the prompt is empty: at least one token is needed to continue from"
    );
    let long = run(&[1; CONTEXT]).unwrap_err().to_string();
    assert_eq!(long, "the prompt of 96 tokens fills the context of 96: shorten it");
    assert_eq!(run(&[1; CONTEXT - 1]).unwrap().tokens.len(), 2);
}
