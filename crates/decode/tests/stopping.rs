//! Work that is broken off, and what becomes of it.

use std::convert::Infallible;
use std::ops::ControlFlow;

use fixwright_decode::{
    Candidate, Edits, Event, Finish, NoDraft, Options, Sampling, Stats, Target, generate,
    generate_batch,
};

/// Counts, and would like to skip the 4 and, still more, the 7.
#[derive(Clone, Default)]
struct Counter(Vec<u32>);

impl Target for Counter {
    type Error = Infallible;

    fn context_length(&self) -> usize {
        usize::MAX
    }

    fn position(&self) -> usize {
        self.0.len()
    }

    fn truncate(&mut self, position: usize) {
        self.0.truncate(position);
    }

    fn logits(&mut self, tokens: &[u32], rows: usize) -> Result<Vec<f32>, Infallible> {
        self.0.extend(tokens);
        let logit = |t: u32, id: u32| match (t, id) {
            _ if id == t + 1 => 9.0,
            (3, 5) => 7.0,
            (6, 8) => 8.0,
            _ => 0.0,
        };
        let last = &tokens[tokens.len() - rows..];
        Ok(last.iter().flat_map(|t| (0..100).map(move |id| logit(*t, id))).collect())
    }
}

fn go_on() -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn reading_a_long_prompt_can_be_stopped_and_gone_on_with() {
    let prompt: Vec<u32> = (0..1200).map(|at| at % 50).collect();
    let options = Options { max_new_tokens: 3, ..Options::default() };
    let mut target = Counter::default();
    let mut left = Vec::new();
    let mut stop = |event: Event| {
        if let Event::Reading { unseen } = event {
            left.push(unseen);
        }
        ControlFlow::Break(())
    };
    let stopped = generate(&mut target, &mut NoDraft, &prompt, &options, &mut stop).unwrap();
    assert_eq!((stopped.finish, stopped.tokens.len()), (Finish::Cancelled, 0));
    assert_eq!((stopped.stats.prompt_tokens, target.position()), (512, 512));
    let mut go = |event: Event| {
        if let Event::Reading { unseen } = event {
            left.push(unseen);
        }
        go_on()
    };
    let whole = generate(&mut target, &mut NoDraft, &prompt, &options, &mut go).unwrap();
    assert_eq!((whole.tokens, whole.stats.prompt_tokens), (vec![50, 51, 52], 688));
    assert_eq!(left, [687, 175]);
}

#[test]
fn who_stops_one_of_several_while_the_prompt_is_read_has_the_others_read_it() {
    let prompt: Vec<u32> = (0..600).map(|at| at % 50).collect();
    let options = Options { max_new_tokens: 2, ..Options::default() };
    let candidate =
        || Candidate { begin: Vec::new(), sampling: Sampling::Greedy, proposer: Box::new(NoDraft) };
    let mut stop = |index: usize, event: Event| match event {
        Event::Reading { .. } if index == 0 => ControlFlow::Break(()),
        _ => go_on(),
    };
    let mut target = Counter::default();
    let candidates = vec![candidate(), candidate()];
    let both = generate_batch(&mut target, candidates, &prompt, &options, &mut stop).unwrap();
    assert_eq!((both[0].finish, both[0].tokens.len()), (Finish::Cancelled, 0));
    assert_eq!((both[1].finish, &*both[1].tokens), (Finish::Length, &[50, 51][..]));
}

/// Goes on so many times.
fn stop_after(calls: usize) -> impl FnMut() -> ControlFlow<()> {
    let mut left = calls;
    move || {
        let fewer = left.checked_sub(1);
        left = fewer.unwrap_or_default();
        if fewer.is_some() { go_on() } else { ControlFlow::Break(()) }
    }
}

#[test]
fn an_edit_that_was_broken_off_comes_again() {
    let source: Vec<u32> = (1..60).collect();
    let read = Edits::read(Counter::default(), &[0], &source, &|_, _| true, &mut go_on);
    let mut edits = read.unwrap().unwrap();
    let mut scored = edits.clone();
    let mut next = |proceed: &mut dyn FnMut() -> ControlFlow<()>| {
        edits.next(&NoDraft, &Options::default(), proceed).unwrap().unwrap()
    };
    let mut calls = 0;
    let broken = next(&mut || {
        calls += 1;
        if calls < 4 { go_on() } else { ControlFlow::Break(()) }
    });
    assert_eq!(broken.finish, Finish::Cancelled);
    let without = |token: u32| source.iter().copied().filter(|t| *t != token).collect::<Vec<_>>();
    assert_eq!(next(&mut go_on).tokens, without(7));
    assert_eq!(next(&mut go_on).tokens, without(4));

    // Broken off while it is found out how likely it is, it is not known, and nothing is counted twice.
    let options = Options { score: true, ..Options::default() };
    let next = |edits: &mut Edits<Counter>, calls: usize| {
        edits.next(&NoDraft, &options, &mut stop_after(calls)).unwrap().unwrap()
    };
    let whole = next(&mut scored.clone(), usize::MAX);
    let decoding =
        (0..100).find(|calls| next(&mut scored.clone(), *calls).stats.output_tokens == 0);
    let broken = next(&mut scored, decoding.unwrap());
    assert_eq!((broken.finish, broken.log_probability), (Finish::Cancelled, None));
    let again = next(&mut scored, usize::MAX);
    assert_eq!((&again.tokens, again.log_probability), (&whole.tokens, whole.log_probability));
    assert!(again.log_probability.unwrap() < 0.0);
    assert_eq!(again.stats.output_tokens, whole.stats.output_tokens);
}

#[test]
fn what_was_given_up_is_counted_where_there_is_no_further_edit() {
    let source: Vec<u32> = (1..60).collect();
    let read = Edits::read(Counter::default(), &[0], &source, &|_, _| true, &mut go_on);
    let mut edits = read.unwrap().unwrap();
    let options = Options { max_new_tokens: 8, ..Options::default() };
    assert!(edits.next(&NoDraft, &options, &mut go_on).unwrap().is_none(), "none is so short");
    let spent = edits.take_spent();
    assert!(spent.prompt_tokens == 1 && spent.forwards > 0, "{spent:?}");
    assert_eq!(edits.take_spent(), Stats::default());
}
