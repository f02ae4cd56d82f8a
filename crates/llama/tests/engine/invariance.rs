//! No bit of a row depends on the rows beside it, on the number of threads, or on a fork.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

use fixwright_llama::engine::{Append, Model, Options, Session};
use fixwright_llama::weights::Weights;

use super::convert::folder;
use super::factors::{ALL, adapter};
use super::golden::variable;

/// With an adapter of this rank; 0 is none.
fn session(path: &Path, threads: usize, rank: usize) -> Session {
    let options = Options { threads: NonZero::new(threads), ..Options::default() };
    let mut model = Model::load(&Weights::open(path).unwrap(), &options).unwrap();
    if rank > 0 {
        let adapter = adapter(model.config(), rank, ALL);
        model = model.with_adapter(&adapter).unwrap();
    }
    Session::new(Arc::new(model))
}

fn bits(logits: &[f32]) -> Vec<u32> {
    logits.iter().map(|x| x.to_bits()).collect()
}

/// A batch of each size must give what single tokens give.
fn every_batch_size_gives_the_same_bits(path: &Path, prefix: usize, rank: usize) {
    let mut one = session(path, 1, rank);
    let mut two = session(path, 2, rank);
    let vocabulary = one.model().config().vocab_size;
    let tokens: Vec<u32> =
        (0..prefix + 128).map(|i| ((i * i + 7 * i) % vocabulary) as u32).collect();
    one.greedy(&tokens[..prefix], 0).unwrap();
    two.greedy(&tokens[..prefix], 0).unwrap();
    let rest = &tokens[prefix..];
    let single: Vec<Vec<u32>> =
        rest.iter().map(|id| bits(&one.logits(&[*id], 1).unwrap())).collect();
    for size in 1..=128 {
        let session = if size % 2 == 0 { &mut one } else { &mut two };
        session.truncate(prefix);
        let logits = bits(&session.logits(&rest[..size], size).unwrap());
        for (row, (found, expected)) in logits.chunks(vocabulary).zip(&single).enumerate() {
            assert!(found == expected, "row {row} of a batch of {size}");
        }
        session.truncate(prefix);
        let greedy = session.greedy(&rest[..size], size).unwrap();
        for (token, expected) in greedy.iter().zip(&single) {
            let best = f32::from_bits(expected[*token as usize]);
            assert!(expected.iter().all(|x| f32::from_bits(*x) <= best));
        }
    }
}

#[test]
fn batches_of_tiny_models() {
    for name in ["llama2", "llama3", "head-dim", "qwen2"] {
        every_batch_size_gives_the_same_bits(&folder(name), 21, 0);
    }
}

#[test]
fn batches_of_tiny_models_with_an_adapter() {
    for (name, rank) in [("llama2", 8), ("llama3", 16), ("head-dim", 1), ("qwen2", 5)] {
        every_batch_size_gives_the_same_bits(&folder(name), 21, rank);
    }
}

/// Sessions that go on together, from different places with different numbers of tokens, as each does alone.
fn sessions_together(path: &Path, rank: usize) {
    let mut fork = session(path, 2, rank);
    let vocabulary = fork.model().config().vocab_size;
    let token = |i: usize| ((i * i + 5 * i) % vocabulary) as u32;
    let prefix: Vec<u32> = (0..90).map(token).collect();
    fork.read(&prefix[..60]).unwrap();
    fork.greedy(&prefix[60..], 0).unwrap();
    let cases = [(90, 5, 5), (63, 1, 1), (64, 17, 3), (70, 2, 0), (61, 70, 70)];
    let fresh = || -> Vec<(Session, Vec<u32>)> {
        let session = |(at, count, _): (usize, usize, usize)| {
            let mut session = fork.clone();
            session.truncate(at);
            (session, (at..at + count).map(|i| token(i * 3)).collect())
        };
        cases.into_iter().map(session).collect()
    };
    let mut alone = Vec::new();
    for ((mut session, tokens), (_, _, rows)) in fresh().into_iter().zip(cases) {
        let logits = bits(&session.logits(&tokens, rows).unwrap());
        alone.push((logits, bits(&session.logits(&[7], 1).unwrap())));
    }
    let (mut together, mut chosen) = (fresh(), fresh());
    let logits = Session::logits_batch(&mut appends(&mut together, cases)).unwrap();
    let greedy = Session::greedy_batch(&mut appends(&mut chosen, cases)).unwrap();
    for (index, (now, next)) in alone.iter().enumerate() {
        assert!(bits(&logits[index]) == *now, "part {index}");
        assert!(bits(&together[index].0.logits(&[7], 1).unwrap()) == *next, "after part {index}");
        assert!(bits(&chosen[index].0.logits(&[7], 1).unwrap()) == *next, "after part {index}");
        assert_eq!(greedy[index].len(), cases[index].2);
        for (token, row) in greedy[index].iter().zip(now.chunks(vocabulary)) {
            let best = f32::from_bits(row[*token as usize]);
            assert!(row.iter().all(|x| f32::from_bits(*x) <= best));
        }
    }
}

fn appends(
    sessions: &mut [(Session, Vec<u32>)],
    cases: [(usize, usize, usize); 5],
) -> Vec<Append<'_>> {
    let mut appends = Vec::new();
    for ((session, tokens), (_, _, rows)) in sessions.iter_mut().zip(cases) {
        appends.push(Append { session, tokens, rows });
    }
    appends
}

#[test]
fn sessions_of_tiny_models_together() {
    for (name, rank) in [("llama2", 0), ("llama3", 8), ("head-dim", 0), ("qwen2", 5)] {
        sessions_together(&folder(name), rank);
    }
}

#[test]
fn a_batch_with_a_wrong_token_changes_no_session() {
    let mut one = session(&folder("qwen2"), 1, 0);
    one.greedy(&[1, 2, 3], 0).unwrap();
    let mut other = one.clone();
    let mut batch = [
        Append { session: &mut one, tokens: &[4], rows: 1 },
        Append { session: &mut other, tokens: &[u32::MAX], rows: 1 },
    ];
    assert!(Session::greedy_batch(&mut batch).is_err());
    assert_eq!((one.len(), other.len()), (3, 3));
    assert!(Session::greedy_batch(&mut []).unwrap().is_empty());
    let mut nothing = [Append { session: &mut one, tokens: &[], rows: 0 }];
    assert_eq!(Session::greedy_batch(&mut nothing).unwrap(), [Vec::<u32>::new()]);
}

/// Minutes in a debug build.
#[test]
#[ignore = "for release builds: cargo test --release -p fixwright-llama --test engine -- --ignored"]
fn batches_of_a_real_model() {
    if let Some(path) = variable("FIXWRIGHT_SMOLLM2_GGUF") {
        every_batch_size_gives_the_same_bits(&path, 100, 0);
        every_batch_size_gives_the_same_bits(&path, 100, 8);
    }
}

/// What follows a prompt that was read, in one piece or several, on one thread or two, is the same bits.
fn what_follows_a_prompt(path: &Path, rank: usize) {
    let prompt: Vec<u32> = (0..150).map(|i| i * 7 % 40).collect();
    let mut whole = session(path, 1, rank);
    whole.read(&prompt).unwrap();
    let expected = bits(&whole.logits(&[5, 6, 7], 3).unwrap());
    for (size, threads) in [(1, 2), (7, 1), (16, 2), (64, 1), (149, 2)] {
        let mut pieces = session(path, threads, rank);
        for piece in prompt.chunks(size) {
            pieces.read(piece).unwrap();
        }
        let mut singly = Vec::new();
        for token in [5, 6, 7] {
            singly.extend(bits(&pieces.logits(&[token], 1).unwrap()));
        }
        assert!(singly == expected, "pieces of {size}");
    }
}

#[test]
fn what_follows_a_prompt_of_tiny_models() {
    for (name, rank) in [("llama2", 0), ("llama3", 3), ("head-dim", 0), ("qwen2", 8)] {
        what_follows_a_prompt(&folder(name), rank);
    }
}

#[test]
fn a_prompt_is_read_the_same_everywhere_if_asked_to() {
    let options = Options { portable: true, ..Options::default() };
    let model = Model::load(&Weights::open(&folder("qwen2")).unwrap(), &options).unwrap();
    let mut read = Session::new(Arc::new(model));
    let prompt: Vec<u32> = (0..70).map(|i| i * 7 % 40).collect();
    read.read(&prompt).unwrap();
    let mut seen = session(&folder("qwen2"), 1, 0);
    seen.greedy(&prompt, 0).unwrap();
    assert_eq!(bits(&read.logits(&[3], 1).unwrap()), bits(&seen.logits(&[3], 1).unwrap()));
}

#[test]
fn forks_and_cuts_change_nothing() {
    let mut whole = session(&folder("qwen2"), 2, 3);
    let ids: Vec<u32> = (0..100).map(|i| i * 7 % 40).collect();
    let expected = bits(&whole.logits(&ids, 1).unwrap());
    let mut pieces = session(&folder("qwen2"), 2, 3);
    for piece in ids[..99].chunks(7) {
        pieces.logits(piece, 1).unwrap();
    }
    let fork = pieces.clone();
    pieces.logits(&[5, 6, 7], 3).unwrap();
    pieces.truncate(99);
    pieces.truncate(1000);
    for mut session in [pieces, fork] {
        assert_eq!(session.len(), 99);
        assert_eq!(bits(&session.logits(&ids[99..], 1).unwrap()), expected);
    }
}
