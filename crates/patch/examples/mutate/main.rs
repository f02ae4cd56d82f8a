//! Feeds mutated diffs to all of the crate: `mutate [COUNT [SEED]]`.
//!
//! Prints how far the inputs came, how many panicked, and which took longest. Ends with failure if
//! any panicked, broke a law, took longer than 50 ms for each 10 KB, or wrote outside the folder
//! that it was given.

#![expect(clippy::print_stdout, reason = "a program that prints what it found")]

mod check;
mod input;
mod random;
mod tree;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use check::Tally;
use input::{Input, Mutator};
use tree::Tree;

/// How long an input of up to [`UNIT`] bytes may take; longer ones accordingly longer.
const BOUND: Duration = Duration::from_millis(50);
const UNIT: usize = 10 << 10;

/// Every so many inputs, the diff is applied to a folder as well.
const TREE_EVERY: u64 = 50;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u64>().ok());
    let count = numbers.next().flatten().unwrap_or(100_000);
    let seed = numbers.next().flatten().unwrap_or(1);
    let Ok(tree) = Tree::new() else {
        println!("no temporary folder");
        return ExitCode::FAILURE;
    };
    std::panic::set_hook(Box::new(|panic| {
        println!("panic at {}", panic.location().map_or("?".into(), ToString::to_string));
    }));
    let mut mutator = Mutator::new(seed);
    let mut run = Run::default();
    for number in 0..count {
        let input = mutator.next();
        run.one(number, &input);
        if number % TREE_EVERY == 0 {
            run.in_tree(number, &input, &tree);
        }
    }
    let (each, number, size) = run.slowest;
    println!("seed {seed}: {count} inputs, {:?}", run.tally);
    println!("{} applied to a folder, {} of them written", count.div_ceil(TREE_EVERY), run.written);
    println!("slowest: input {number} of {size} bytes, {each:?} for each {UNIT} bytes");
    println!("{} panics, {} too slow, {} escapes", run.panics, run.slow, run.escapes);
    if run.panics + run.slow + run.escapes > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[derive(Default)]
struct Run {
    tally: Tally,
    panics: u64,
    slow: u64,
    escapes: u64,
    written: u64,
    /// Time for each unit, number and size.
    slowest: (Duration, u64, usize),
}

impl Run {
    fn one(&mut self, number: u64, input: &Input) {
        let size = input.diff.len() + input.old.len() + input.new.len();
        let units = u32::try_from(size.div_ceil(UNIT)).unwrap_or(u32::MAX).max(1);
        let mut each = self.timed(number, input) / units;
        // A machine that is busy with something else is not a slow input.
        for _ in 0..4 {
            if each > BOUND {
                each = each.min(self.timed(number, input) / units);
            }
        }
        if each > BOUND {
            self.slow += 1;
            println!("input {number} of {size} bytes takes {each:?} for each {UNIT} bytes");
        }
        self.slowest = self.slowest.max((each, number, size));
    }

    fn timed(&mut self, number: u64, input: &Input) -> Duration {
        let start = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(|| check::all(input, &mut self.tally)));
        let took = start.elapsed();
        if let Err(panic) = done {
            self.report(number, input, panic.as_ref());
        }
        took
    }

    fn in_tree(&mut self, number: u64, input: &Input, tree: &Tree) {
        match catch_unwind(AssertUnwindSafe(|| tree.apply(input))) {
            Ok(written) => self.written += u64::from(written),
            Err(panic) => self.report(number, input, panic.as_ref()),
        }
        if !tree.is_contained() {
            self.escapes += 1;
            println!("input {number} wrote outside: {:?}", String::from_utf8_lossy(&input.diff));
        }
    }

    fn report(&mut self, number: u64, input: &Input, panic: &dyn Any) {
        self.panics += 1;
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        println!("input {number}: {text}");
        println!("  diff {:?}", String::from_utf8_lossy(&input.diff));
        println!("  for {:?}", String::from_utf8_lossy(&input.old));
    }
}
