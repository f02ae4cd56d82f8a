//! The inner loops, once for each instruction set, and the choice between them at run time.
//!
//! Work is a [`Task`]: safe code, generic over [`Instructions`], that [`Cpu::run`] compiles once for each instruction set and calls in the
//! one that this processor has. Every set does the same arithmetic in the same order: integers exactly, floats with one fused
//! multiply-add after the other along the row. So results do not depend on the instruction set, on how many rows are computed
//! together, or on how work is split between threads.
//!
//! All unsafe code of the engine is in this folder.

mod portable;
#[expect(unsafe_code, reason = "work of a caller is lent to threads that live longer")]
mod team;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "vector instructions")]
mod x86;

pub(super) use team::Team;

use portable::Portable;

/// Channels that go through the registers together.
pub(super) const LANES: usize = 16;

/// One number for each of [`LANES`] channels.
pub(super) type Lane = [f32; LANES];

/// Values of a row that share a scale.
pub(super) const BLOCK: usize = 32;

/// Blocks of a [`Tile`].
pub(super) const TILE: usize = 8;

/// Values of a channel that are multiplied by one instruction.
pub(super) const QUAD: usize = 4;

/// Bytes of a block of [`LANES`] channels, one byte a value.
pub(super) const BLOCK_CODES: usize = LANES * BLOCK;

/// 32 values of a row as integers: value `i` is about `scale * quants[i]`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub(super) struct Block {
    pub(super) quants: [i8; BLOCK],
    pub(super) scale: f32,
    /// `scale` times the sum of all integers.
    pub(super) sum: f32,
    /// The sums of the integers of either half.
    pub(super) halves: [i32; 2],
}

impl Block {
    pub(super) const ZERO: Self = Self { quants: [0; BLOCK], scale: 0.0, sum: 0.0, halves: [0; 2] };
}

/// How many values of a channel share a scale in a [`Tile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// All 32 of a block: the weight `code` is `scale * code + offset`.
    Block,
    /// 16: a block has two scales, and the weight `code` is `scale * (code - HALVED_ZERO)`.
    Half,
}

/// The code that stands for zero where half a block shares a scale.
pub(super) const HALVED_ZERO: u8 = 32;

/// Up to eight blocks of sixteen channels, unpacked to a byte a value.
///
/// A block is eight groups of 64 bytes; a group holds four successive values of each channel, channel after channel.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Tile {
    pub(super) codes: [[u8; BLOCK_CODES]; TILE],
    /// By block, or two by block where half a block shares a scale.
    pub(super) scales: [Lane; 2 * TILE],
    /// By block, where blocks share a scale.
    pub(super) offsets: [Lane; TILE],
    /// How many blocks are in use.
    pub(super) blocks: usize,
    pub(super) sharing: Sharing,
    /// Whether there may be codes of 128 and more.
    pub(super) wide: bool,
}

impl Tile {
    /// An empty one for a thread of its own.
    pub(super) fn boxed() -> Box<Self> {
        Box::new(Self::new())
    }

    pub(super) const fn new() -> Self {
        Self {
            codes: [[0; BLOCK_CODES]; TILE],
            scales: [[0.0; LANES]; 2 * TILE],
            offsets: [[0.0; LANES]; TILE],
            blocks: 0,
            sharing: Sharing::Block,
            wide: false,
        }
    }
}

/// The blocks of several rows that meet a tile: those from `first` on, of rows that lie `stride` blocks apart.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) blocks: &'a [Block],
    pub(super) stride: usize,
    pub(super) first: usize,
}

impl<'a> View<'a> {
    /// `count` blocks of one row.
    #[inline(always)]
    pub(super) fn row(self, row: usize, count: usize) -> &'a [Block] {
        &self.blocks[row * self.stride + self.first..][..count]
    }
}

/// What differs between instruction sets.
pub(super) trait Instructions {
    /// [`LANES`] floats.
    type Vector: Copy;

    /// How many vectors fit into registers as accumulators.
    const ACCUMULATORS: usize;

    fn splat(value: f32) -> Self::Vector;
    fn load(values: &Lane) -> Self::Vector;
    fn store(vector: Self::Vector, values: &mut Lane);
    /// Sixteen numbers in half precision.
    fn halves(bytes: &[u8; 2 * LANES]) -> Lane;
    /// `a * b + c`, rounded once.
    fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// Adds to `sums[row]`, block after block, `scale * s * dot(codes, quants)` and then `offset * s * sum(quants)`, where `s` is the scale of the
    /// row's block; where half a block shares a scale, for either half `scale * s * dot(codes - HALVED_ZERO, quants)`.
    fn dot(tile: &Tile, rows: View<'_>, sums: &mut [Lane]);
}

/// Asks for memory that is read soon, while there is other work. Changes nothing, and does nothing on processors other than x86-64.
#[inline(always)]
pub(super) fn prefetch(bytes: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    x86::prefetch(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = bytes;
}

/// Work that is compiled for every instruction set. `run` has to be `#[inline(always)]`, and so has what it calls in inner loops.
pub(super) trait Task {
    type Output;
    fn run<I: Instructions>(self) -> Self::Output;
}

/// An instruction set that this processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cpu(Set);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Portable,
    #[cfg(target_arch = "x86_64")]
    X86(x86::Set),
}

impl Cpu {
    /// The best there is.
    pub(super) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(best) = x86::Set::available().next() {
            return Self(Set::X86(best));
        }
        Self(Set::Portable)
    }

    /// All there are, the best first; the portable one is always there.
    #[cfg(test)]
    pub(super) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        all.extend(x86::Set::available().map(|set| Self(Set::X86(set))));
        all.push(Self(Set::Portable));
        all
    }

    #[inline]
    pub(super) fn run<T: Task>(self, task: T) -> T::Output {
        match self.0 {
            Set::Portable => task.run::<Portable>(),
            #[cfg(target_arch = "x86_64")]
            Set::X86(set) => set.run(task),
        }
    }
}
