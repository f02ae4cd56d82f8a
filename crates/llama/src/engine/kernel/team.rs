//! Threads that stay awake between the products of a forward pass.
//!
//! A token takes some hundred products of tens of microseconds each, so what it costs to hand out work counts. A member spins
//! for a moment after each piece of work before it sleeps, and no one waits for a member that is late: whoever is there takes the next item.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{hint, io, mem};

/// How long a member spins before it sleeps.
const SPIN: Duration = Duration::from_micros(500);

/// Set in [`Shared::gate`] while there is work; the other bits count the members at it.
const OPEN: usize = 1 << (usize::BITS - 1);

/// A calling thread and the threads that help it.
#[derive(Debug)]
pub(in crate::engine) struct Team {
    shared: Arc<Shared>,
    members: Vec<JoinHandle<()>>,
    /// Held while there is work, so that callers take turns.
    turn: Mutex<()>,
}

struct Shared {
    /// Whether there is work, and how many members are at it.
    gate: AtomicUsize,
    /// Counts pieces of work, so that no member takes one twice.
    round: AtomicUsize,
    work: Mutex<Option<Work>>,
    sleepers: AtomicUsize,
    sleep: Mutex<()>,
    wake: Condvar,
    stop: AtomicBool,
    failed: AtomicBool,
}

/// Work of a caller, which waits until no member is at it any more.
#[derive(Clone, Copy)]
struct Work(&'static (dyn Fn() + Sync));

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Team {
    /// A team of so many threads, the caller counted.
    pub(in crate::engine) fn new(threads: usize) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            gate: AtomicUsize::new(0),
            round: AtomicUsize::new(0),
            work: Mutex::new(None),
            sleepers: AtomicUsize::new(0),
            sleep: Mutex::new(()),
            wake: Condvar::new(),
            stop: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        });
        let mut team = Self { shared, members: Vec::new(), turn: Mutex::new(()) };
        for index in 1..threads {
            let shared = Arc::clone(&team.shared);
            let member = thread::Builder::new().name(format!("llama-{index}"));
            team.members.push(member.spawn(move || shared.attend())?);
        }
        Ok(team)
    }

    /// Threads of the team.
    pub(in crate::engine) fn threads(&self) -> usize {
        1 + self.members.len()
    }

    /// Does `work` for every item on all threads, each with a state of its own.
    ///
    /// # Panics
    ///
    /// If `work` does.
    pub(in crate::engine) fn each<T: Send, S>(
        &self,
        items: impl Iterator<Item = T> + Send,
        state: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, T) + Sync,
    ) {
        let items = Mutex::new(items.fuse());
        self.run(&|| {
            let mut own = None;
            loop {
                let next = lock(&items).next();
                let Some(item) = next else { break };
                work(own.get_or_insert_with(&state), item);
            }
        });
    }

    /// Calls `work` here, and meanwhile at most once on each other thread.
    fn run(&self, work: &(dyn Fn() + Sync)) {
        if self.members.is_empty() {
            return work();
        }
        let _turn = lock(&self.turn);
        // SAFETY: this only makes the reference live longer. No member holds it when this function is left: `close` waits for
        // those at it, lets no one in afterwards, and is called on the way out of a panic too.
        let endless: &'static (dyn Fn() + Sync) = unsafe { mem::transmute(work) };
        self.shared.open(Work(endless));
        let done = catch_unwind(AssertUnwindSafe(work));
        self.shared.close();
        let failed = self.shared.failed.swap(false, SeqCst);
        if let Err(panic) = done {
            resume_unwind(panic);
        }
        assert!(!failed, "work on another thread panicked");
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.stop.store(true, SeqCst);
        self.shared.wake_all();
        for member in self.members.drain(..) {
            // A member cannot panic: what panics in its work is caught.
            drop(member.join());
        }
    }
}

impl Shared {
    fn open(&self, work: Work) {
        *lock(&self.work) = Some(work);
        self.gate.fetch_or(OPEN, SeqCst);
        // What members watch comes last: whoever sees it finds the gate open, or the work done.
        self.round.fetch_add(1, SeqCst);
        if self.sleepers.load(SeqCst) > 0 {
            self.wake_all();
        }
    }

    fn close(&self) {
        self.gate.fetch_and(!OPEN, SeqCst);
        let start = Instant::now();
        while self.gate.load(SeqCst) != 0 {
            pause(start);
        }
        *lock(&self.work) = None;
    }

    fn wake_all(&self) {
        drop(lock(&self.sleep));
        self.wake.notify_all();
    }

    /// The life of a member.
    fn attend(&self) {
        let mut seen = 0;
        while self.wait(seen) {
            seen = self.round.load(SeqCst);
            let entered = self
                .gate
                .fetch_update(SeqCst, SeqCst, |gate| (gate & OPEN != 0).then_some(gate + 1));
            if entered.is_err() {
                continue;
            }
            // The work may be of a later round than the one seen: then it is taken once more, and finds no items.
            let work = *lock(&self.work);
            if let Some(Work(work)) = work
                && catch_unwind(AssertUnwindSafe(work)).is_err()
            {
                self.failed.store(true, SeqCst);
            }
            self.gate.fetch_sub(1, SeqCst);
        }
    }

    /// Waits for a round after `seen`; false where the team ends.
    fn wait(&self, seen: usize) -> bool {
        let start = Instant::now();
        while self.round.load(SeqCst) == seen {
            if self.stop.load(SeqCst) {
                return false;
            }
            if start.elapsed() < SPIN {
                (0..32).for_each(|_| hint::spin_loop());
                continue;
            }
            self.sleepers.fetch_add(1, SeqCst);
            let mut guard = lock(&self.sleep);
            while self.round.load(SeqCst) == seen && !self.stop.load(SeqCst) {
                guard = self.wake.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
            drop(guard);
            self.sleepers.fetch_sub(1, SeqCst);
        }
        !self.stop.load(SeqCst)
    }
}

/// A short wait; one that gives way to other programs once the other side must have been interrupted.
fn pause(start: Instant) {
    if start.elapsed() < SPIN {
        hint::spin_loop();
    } else {
        thread::yield_now();
    }
}

/// A lock that a panic elsewhere does not spoil: what these guard is whole at any time.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_done_once() {
        for threads in [1, 2, 5] {
            let team = Team::new(threads).unwrap();
            let mut counts = vec![0_u32; 1000];
            for round in 0..200 {
                let some = &mut counts[..round * 5];
                team.each(
                    some.chunks_mut(3),
                    || 0,
                    |_, chunk| chunk.iter_mut().for_each(|x| *x += 1),
                );
            }
            for (index, count) in counts.into_iter().enumerate() {
                assert_eq!(count as usize, 199 - index / 5, "{threads} threads, item {index}");
            }
        }
    }

    #[test]
    fn members_that_sleep_are_woken() {
        let team = Team::new(3).unwrap();
        for _ in 0..3 {
            thread::sleep(3 * SPIN);
            let seen = Mutex::new(Vec::new());
            let wait = |_: &mut (), _: u32| {
                thread::sleep(Duration::from_millis(20));
                seen.lock().unwrap().push(thread::current().id());
            };
            team.each(0..6, || (), wait);
            let mut ids = seen.into_inner().unwrap();
            ids.sort_by_key(|id| format!("{id:?}"));
            ids.dedup();
            assert!(ids.len() > 1, "only the caller worked");
        }
    }

    #[test]
    fn callers_take_turns_and_panics_come_through() {
        let team = Team::new(2).unwrap();
        let total = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        team.each(
                            0..10,
                            || (),
                            |(), i| {
                                _ = total.fetch_add(i, SeqCst);
                            },
                        );
                    }
                });
            }
        });
        assert_eq!(total.load(SeqCst), 4 * 100 * 45);
        let panics = || team.each(0..10, || (), |(), i| assert!(i != 7, "seven"));
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        team.each(
            0..10,
            || (),
            |(), i| {
                _ = total.fetch_add(i, SeqCst);
            },
        );
        assert_eq!(total.load(SeqCst), 4 * 100 * 45 + 45);
    }
}
