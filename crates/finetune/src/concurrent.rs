//! The batches of a step, several at a time.
//!
//! On a processor most operations but the matrix products run on one thread, so cores are kept busy by differentiating batches beside each other.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use burn::tensor::Device;
use fixwright_llama::model::Model;
use rayon::ThreadPoolBuilder;

use crate::backward::Pass;
use crate::batch::Batch;
use crate::example::Example;
use crate::gradients::Gradients;

/// How many batches are differentiated at a time, at most: each needs memory of its own.
const AT_ONCE: usize = 4;
/// A batch is cut as soon as a piece has so many tokens.
const PIECE: usize = 256;

type Found = (f64, Gradients);

/// A batch and the model to differentiate, whose parameters are leaves of a graph that no other batch uses.
pub(crate) struct Task {
    pub(crate) model: Model,
    pub(crate) batch: Batch,
}

/// Cuts a batch between its examples into pieces that can be differentiated beside each other. The cuts do not depend on the number of threads.
pub(crate) fn pieces<'a>(batch: &'a [Example], device: &Device) -> Vec<&'a [Example]> {
    if !is_cpu(device) {
        return vec![batch];
    }
    let mut tokens = 0;
    let ends_piece = |example: &Example| {
        tokens += example.ids.len();
        let full = tokens >= PIECE;
        tokens = if full { 0 } else { tokens };
        full
    };
    batch.split_inclusive(ends_piece).collect()
}

/// The sums of the losses and of the gradients, added in the order of the tasks.
pub(crate) fn differentiate(tasks: Vec<Task>, pass: Pass, device: &Device) -> Found {
    let threads = if is_cpu(device) { rayon::current_num_threads() } else { 1 };
    let workers = threads.min(AT_ONCE).min(tasks.len());
    if workers <= 1 {
        return sum(tasks.into_iter().map(|task| pass.run(task)));
    }
    let count = tasks.len();
    thread::scope(|scope| {
        let results: Vec<_> = deal(tasks, workers)
            .into_iter()
            .map(|hand| {
                let (sender, receiver) = sync_channel(1);
                scope.spawn(move || {
                    with_threads(threads / workers, || {
                        hand.into_iter()
                            .map(|task| pass.run(task))
                            .all(|found| sender.send(found).is_ok())
                    })
                });
                receiver
            })
            .collect();
        // A worker that sends nothing has panicked, which the scope passes on.
        let next = |index: usize| Receiver::recv(&results[index % workers]).ok();
        sum((0..count).map_while(next))
    })
}

/// The tasks of each worker: every `workers`-th.
fn deal(tasks: Vec<Task>, workers: usize) -> Vec<Vec<Task>> {
    let mut hands: Vec<Vec<Task>> = (0..workers).map(|_| Vec::new()).collect();
    for (index, task) in tasks.into_iter().enumerate() {
        hands[index % workers].push(task);
    }
    hands
}

/// Runs `work` where operations spread over so many threads; over those of the process if there can be no others.
fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    match ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn sum(found: impl Iterator<Item = Found>) -> Found {
    found.fold(Found::default(), |(loss, mut gradients), (more, added)| {
        gradients.merge(added);
        (loss + more, gradients)
    })
}

fn is_cpu(device: &Device) -> bool {
    device.clone().inner() == Device::flex()
}
