//! Which example comes when.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

/// How many batches of examples are sorted by length at a time.
const SORTED_BATCHES: usize = 50;

/// The endless sequence of examples: every epoch has each of them once, in an order of its own. It depends on nothing but these
/// numbers, so that a run can go on from any step.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    lengths: Vec<usize>,
    seed: u64,
    /// How many examples of similar length are to stand together; 1 for no such thing.
    grouped: usize,
    epoch: Option<(u64, Vec<usize>)>,
}

impl Order {
    pub(crate) fn new(lengths: Vec<usize>, seed: u64, grouped: usize) -> Self {
        Self { lengths, seed, grouped, epoch: None }
    }

    /// The example at `position` of the sequence, and its epoch.
    pub(crate) fn at(&mut self, position: u64) -> (usize, u64) {
        let count = self.lengths.len() as u64;
        let (epoch, place) = (position / count, (position % count) as usize);
        if self.epoch.as_ref().is_none_or(|(known, _)| *known != epoch) {
            self.epoch = Some((epoch, self.shuffled(epoch)));
        }
        let (_, order) = self.epoch.as_ref().expect("it was just set");
        (order[place], epoch)
    }

    fn shuffled(&self, epoch: u64) -> Vec<usize> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.seed ^ epoch.rotate_left(32));
        let mut order: Vec<usize> = (0..self.lengths.len()).collect();
        order.shuffle(&mut rng);
        if self.grouped > 1 {
            for part in order.chunks_mut(self.grouped * SORTED_BATCHES) {
                part.sort_by_key(|index| std::cmp::Reverse(self.lengths[*index]));
                let mut batches: Vec<Vec<usize>> =
                    part.chunks(self.grouped).map(<[usize]>::to_vec).collect();
                batches.shuffle(&mut rng);
                part.iter_mut().zip(batches.concat()).for_each(|(slot, index)| *slot = index);
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(order: &mut Order, epoch: u64, count: u64) -> Vec<usize> {
        (epoch * count..(epoch + 1) * count).map(|at| order.at(at).0).collect()
    }

    #[test]
    fn every_epoch_has_each_example_once_in_an_order_of_its_own() {
        for grouped in [1, 4] {
            let mut order = Order::new((0..103).collect(), 7, grouped);
            let [first, second] = [0, 1].map(|e| epoch(&mut order, e, 103));
            assert_ne!(first, second);
            assert_eq!(first, epoch(&mut order.clone(), 0, 103));
            for mut seen in [first, second] {
                seen.sort_unstable();
                assert_eq!(seen, (0..103).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn grouped_examples_are_alike() {
        let lengths: Vec<usize> = (0..400).map(|i| (i * 7919) % 400).collect();
        let spread = |grouped: usize| -> usize {
            let mut order = Order::new(lengths.clone(), 1, grouped);
            let all = epoch(&mut order, 0, 400);
            let range = |part: &[usize]| {
                let of = || part.iter().map(|index| lengths[*index]);
                of().max().unwrap() - of().min().unwrap()
            };
            all.chunks(8).map(range).sum()
        };
        assert!(spread(8) * 5 < spread(1), "{} {}", spread(8), spread(1));
    }
}
