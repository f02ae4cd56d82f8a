//! Drafted decoding gives what plain decoding gives, on a toy model whose logits depend on every token before them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::ops::ControlFlow;

use fixwright_decode::{
    Context, CopyDraft, Event, Finish, Generation, NoDraft, Options, Proposer, Sampling, Target,
    generate,
};
use proptest::prelude::*;

const VOCABULARY: u32 = 7;
const CONTEXT: usize = 96;

/// Logits are a hash of the whole prefix, so one wrong or missing token in its memory changes what follows.
#[derive(Clone, Default)]
struct Toy {
    seen: Vec<u32>,
}

impl Toy {
    fn row(&self) -> impl Iterator<Item = f32> {
        let hash = |start: u64, token: u64| {
            (start ^ token).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
        };
        let prefix = self.seen.iter().fold(17, |state, token| hash(state, u64::from(*token)));
        (0..VOCABULARY).map(move |id| (hash(prefix, u64::from(id)) >> 40) as f32 / 4e6)
    }
}

impl Target for Toy {
    type Error = Infallible;

    fn context_length(&self) -> usize {
        CONTEXT
    }

    fn position(&self) -> usize {
        self.seen.len()
    }

    fn truncate(&mut self, position: usize) {
        self.seen.truncate(position);
    }

    fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Infallible> {
        let mut logits = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            self.seen.push(*token);
            if index + rows >= tokens.len() {
                logits.extend(self.row());
            }
        }
        assert!(self.seen.len() <= CONTEXT, "the context was overrun");
        Ok(logits)
    }
}

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

fn run(
    target: &mut Toy,
    proposer: &mut dyn Proposer,
    prompt: &[u32],
    options: &Options,
) -> (Generation, Vec<u32>) {
    let mut streamed = Vec::new();
    let generation = generate(target, proposer, prompt, options, &mut |event| {
        if let Event::Tokens(tokens) = event {
            streamed.extend(tokens);
        }
        ControlFlow::Continue(())
    });
    (generation.unwrap(), streamed)
}

fn options() -> impl Strategy<Value = Options> {
    let random = (0.2f32..3.0, 0.1f32..=1.0, any::<u64>())
        .prop_map(|(temperature, top_p, seed)| Sampling::Random { temperature, top_p, seed });
    let sampling = prop_oneof![Just(Sampling::Greedy), random];
    let stop = prop::collection::vec(0..VOCABULARY, 0..2);
    (0usize..120, stop, sampling, 0usize..40).prop_map(
        |(max_new_tokens, stop_tokens, sampling, max_draft)| Options {
            max_new_tokens,
            stop_tokens,
            sampling,
            max_draft,
        },
    )
}

proptest! {
    #[test]
    fn every_draft_gives_the_plain_output(
        prompt in prop::collection::vec(0..VOCABULARY, 1..CONTEXT),
        source in prop::collection::vec(0..VOCABULARY, 0..80),
        errors in prop::collection::vec(0usize..100, 0..12),
        options in options(),
        head_start in 0usize..100,
    ) {
        let (plain, streamed) = run(&mut Toy::default(), &mut NoDraft, &prompt, &options);
        prop_assert_eq!(&streamed, &plain.tokens);
        prop_assert!(plain.tokens.len() <= options.max_new_tokens.min(CONTEXT + 1 - prompt.len()));

        let noisy = Noisy { truth: plain.tokens.clone(), errors };
        let proposers: [Box<dyn Proposer>; 2] = [Box::new(CopyDraft::new(source)), Box::new(noisy)];
        for mut proposer in proposers {
            let mut target = Toy { seen: prompt[..head_start.min(prompt.len())].to_vec() };
            let (drafted, streamed) = run(&mut target, &mut *proposer, &prompt, &options);
            prop_assert_eq!(&drafted.tokens, &plain.tokens);
            prop_assert_eq!(&streamed, &plain.tokens);
            prop_assert_eq!(drafted.finish, plain.finish);
            prop_assert!(drafted.stats.forwards <= plain.stats.forwards);
            prop_assert!(drafted.stats.accepted <= drafted.stats.proposed);
            let whole: Vec<u32> = prompt.iter().chain(&plain.tokens).copied().collect();
            prop_assert!(whole.starts_with(&target.seen));
        }
    }
}

#[test]
fn a_true_draft_saves_forwards() {
    let options = Options { max_new_tokens: 64, max_draft: 15, ..Options::default() };
    let (plain, _) = run(&mut Toy::default(), &mut NoDraft, &[1, 2], &options);
    assert_eq!((plain.stats.forwards, plain.finish), (64, Finish::Length));
    let mut copy = CopyDraft::new(plain.tokens.clone());
    let (drafted, _) = run(&mut Toy::default(), &mut copy, &[1, 2], &options);
    assert_eq!(drafted.tokens, plain.tokens);
    assert_eq!((drafted.stats.forwards, drafted.stats.accepted), (4, 60));
    assert!((drafted.stats.tokens_per_forward() - 16.0).abs() < 1e-9);
}

#[test]
fn cancelling_keeps_what_was_there() {
    let mut count = 0;
    let generation =
        generate(&mut Toy::default(), &mut NoDraft, &[3], &Options::default(), &mut |_| {
            count += 1;
            if count == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!((generation.tokens.len(), generation.finish), (5, Finish::Cancelled));
}

#[test]
fn a_prompt_must_be_there_and_fit() {
    let mut ignore = |_: Event<'_>| ControlFlow::Continue(());
    let mut run = |prompt: &[u32]| {
        generate(&mut Toy::default(), &mut NoDraft, prompt, &Options::default(), &mut ignore)
    };
    assert_eq!(
        run(&[]).unwrap_err().to_string(),
        "the prompt is empty: at least one token is needed to continue from"
    );
    let long = run(&[1; CONTEXT]).unwrap_err().to_string();
    assert_eq!(long, "the prompt of 96 tokens fills the context of 96: shorten it");
    assert_eq!(run(&[1; CONTEXT - 1]).unwrap().tokens.len(), 2);
}
