//! Every instruction set against the portable one: the same bits.

use proptest::prelude::*;

use super::*;

/// A product of one tile.
struct Dot<'a> {
    tile: &'a Tile,
    rows: View<'a>,
    sums: Vec<Lane>,
}

impl Task for Dot<'_> {
    type Output = Vec<Lane>;

    fn run<I: Instructions>(mut self) -> Vec<Lane> {
        I::dot(self.tile, self.rows, &mut self.sums);
        self.sums
    }
}

/// Vectors there and back, and a fused product.
struct Vectors(Lane, Lane, f32);

impl Task for Vectors {
    type Output = Lane;

    fn run<I: Instructions>(mut self) -> Lane {
        let product = I::fma(I::load(&self.0), I::splat(self.2), I::load(&self.1));
        I::store(product, &mut self.0);
        self.0
    }
}

struct Halves([u8; 2 * LANES]);

impl Task for Halves {
    type Output = Lane;

    fn run<I: Instructions>(self) -> Lane {
        I::halves(&self.0)
    }
}

#[test]
fn every_finite_half_is_the_same_number() {
    let finite = (0..=u16::MAX).filter(|bits| bits & 0x7c00 != 0x7c00).collect::<Vec<_>>();
    for sixteen in finite.as_chunks::<LANES>().0 {
        let mut bytes = [0; 2 * LANES];
        for (bytes, half) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(sixteen) {
            *bytes = half.to_le_bytes();
        }
        let expected = sixteen.map(|bits| half::f16::from_bits(bits).to_f32().to_bits());
        for cpu in Cpu::all() {
            assert_eq!(cpu.run(Halves(bytes)).map(f32::to_bits), expected, "{cpu:?}");
        }
    }
}

/// Numbers that look random.
fn noise(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 16
    }
}

/// What formats there are: sharing and largest code.
const KINDS: [(Sharing, u8); 4] =
    [(Sharing::Block, 15), (Sharing::Block, 31), (Sharing::Block, 255), (Sharing::Half, 63)];

fn tile(kind: usize, blocks: usize, extreme: bool, next: &mut impl FnMut() -> u64) -> Tile {
    let (sharing, largest) = KINDS[kind];
    let mut tile = Tile { blocks, sharing, wide: largest > 127, ..Tile::new() };
    for code in tile.codes.as_flattened_mut() {
        let any = next();
        *code = match extreme {
            true => {
                if any.is_multiple_of(2) {
                    0
                } else {
                    largest
                }
            }
            false => (any % (u64::from(largest) + 1)) as u8,
        };
    }
    let scales = tile.scales.as_flattened_mut().iter_mut();
    for value in scales.chain(tile.offsets.as_flattened_mut()) {
        *value = (next() % 2001) as f32 / 1000.0 - 1.0;
    }
    tile
}

fn block(extreme: bool, next: &mut impl FnMut() -> u64) -> Block {
    let quants: [i8; BLOCK] = std::array::from_fn(|_| {
        let any = next();
        if extreme {
            if any.is_multiple_of(2) { 127 } else { -127 }
        } else {
            (any % 255) as u8 as i8
        }
    });
    let quants = quants.map(|quant| quant.max(-127));
    let sum = |half: &[i8]| half.iter().map(|quant| i32::from(*quant)).sum::<i32>();
    let halves = [sum(&quants[..16]), sum(&quants[16..])];
    let scale = (next() % 1000) as f32 / 777.0;
    Block { quants, scale, sum: scale * (halves[0] + halves[1]) as f32, halves }
}

fn check(kind: usize, blocks: usize, count: usize, first: usize, extreme: bool, seed: u64) {
    let mut next = noise(seed);
    let tile = tile(kind, blocks, extreme, &mut next);
    let stride = first + blocks + (seed % 3) as usize;
    let mut rows = vec![Block::ZERO; count * stride];
    rows[..count * stride].fill_with(|| block(extreme, &mut next));
    let rows = View { blocks: &rows, stride, first };
    let sums: Vec<Lane> =
        (0..count).map(|_| std::array::from_fn(|_| (next() % 100) as f32 / 9.0)).collect();
    let dot = || Dot { tile: &tile, rows, sums: sums.clone() };
    let expected = dot().run::<Portable>();
    for cpu in Cpu::all() {
        let found = cpu.run(dot());
        let same = found
            .as_flattened()
            .iter()
            .zip(expected.as_flattened())
            .all(|(a, b)| a.to_bits() == b.to_bits());
        assert!(
            same,
            "{cpu:?}, kind {kind}, {blocks} blocks, {count} rows: {found:?} is not {expected:?}"
        );
    }
}

#[test]
fn every_count_of_rows_and_blocks() {
    for kind in 0..KINDS.len() {
        for count in 1..=35 {
            check(kind, 1 + count % TILE, count, count % 4, count % 2 == 0, count as u64);
        }
    }
}

proptest! {
    #[test]
    fn random_tiles(
        kind in 0..KINDS.len(),
        blocks in 1..=TILE,
        count in 1..50_usize,
        first in 0..10_usize,
        extreme: bool,
        seed: u64,
    ) {
        check(kind, blocks, count, first, extreme, seed);
    }

    #[test]
    fn vectors(a: [f32; LANES], b: [f32; LANES], x: f32) {
        let expected = Vectors(a, b, x).run::<Portable>().map(f32::to_bits);
        for cpu in Cpu::all() {
            prop_assert_eq!(cpu.run(Vectors(a, b, x)).map(f32::to_bits), expected);
        }
    }
}
