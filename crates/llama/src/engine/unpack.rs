//! From packed blocks to a [`Tile`]: the codes a byte each, scales and offsets as f32.
//!
//! A piece of a panel is, for sixteen channels and up to eight blocks: what all blocks of the piece share, then for each block
//! its scales and its codes. Codes are in the order of a tile. Code `i` of a narrow format has its lower four bits in byte `i` of
//! 256, those of code `i + 256` above them; further bits follow in bytes of their own.

use super::kernel::{
    BLOCK_CODES, HALVED_ZERO, Instructions, LANES, Lane, QUAD, Sharing, TILE, Task, Tile,
};
use crate::quant::GgmlType;
use crate::tiles::{ColumnTile, pair, round};

/// How codes and scales of a matrix are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) bits: Bits,
    pub(super) scales: Scales,
}

/// Bits of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bits {
    Four,
    Five,
    Six,
    Eight,
}

/// What stands beside the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scales {
    /// A scale a block, in half precision; this code stands for zero.
    Centred(u8),
    /// A scale and an offset a block, in half precision.
    Affine,
    /// A scale and a negative offset a piece, in half precision; a block has an integer multiple of each.
    Nested,
    /// A scale a piece, in half precision; half a block has a signed multiple of it, and [`HALVED_ZERO`] stands for zero.
    Halved,
}

impl Format {
    /// 8 bits a value, as made from floats.
    pub(super) const EIGHT: Self = Self { bits: Bits::Eight, scales: Scales::Centred(128) };

    /// The format that keeps every number of a GGML block type. Floating-point types become [`EIGHT`](Self::EIGHT).
    pub(super) fn of(ty: GgmlType) -> Self {
        let (bits, scales) = match ty {
            GgmlType::Q4_0 => (Bits::Four, Scales::Centred(8)),
            GgmlType::Q4_1 => (Bits::Four, Scales::Affine),
            GgmlType::Q5_0 => (Bits::Five, Scales::Centred(16)),
            GgmlType::Q5_1 => (Bits::Five, Scales::Affine),
            GgmlType::Q4K => (Bits::Four, Scales::Nested),
            GgmlType::Q5K => (Bits::Five, Scales::Nested),
            GgmlType::Q6K => (Bits::Six, Scales::Halved),
            GgmlType::Q8_0 | GgmlType::F32 | GgmlType::F16 | GgmlType::Bf16 => return Self::EIGHT,
        };
        Self { bits, scales }
    }

    /// Bytes that the blocks of a piece share.
    pub(super) const fn shared_bytes(self) -> usize {
        match self.scales {
            Scales::Centred(_) | Scales::Affine => 0,
            Scales::Nested => 4 * LANES,
            Scales::Halved => 2 * LANES,
        }
    }

    /// Bytes of a block's own scales.
    pub(super) const fn scale_bytes(self) -> usize {
        match self.scales {
            Scales::Centred(_) | Scales::Nested | Scales::Halved => 2 * LANES,
            Scales::Affine => 4 * LANES,
        }
    }

    /// Bytes of a block's codes.
    pub(super) const fn code_bytes(self) -> usize {
        match self.bits {
            Bits::Four => BLOCK_CODES / 2,
            Bits::Five => BLOCK_CODES / 2 + BLOCK_CODES / 8,
            Bits::Six => BLOCK_CODES / 2 + BLOCK_CODES / 4,
            Bits::Eight => BLOCK_CODES,
        }
    }

    /// Bytes of a piece of so many blocks.
    pub(super) const fn piece_bytes(self, blocks: usize) -> usize {
        self.shared_bytes() + blocks * (self.scale_bytes() + self.code_bytes())
    }

    /// Bytes of a panel of so many blocks.
    pub(super) const fn panel_bytes(self, blocks: usize) -> usize {
        let rest = blocks % TILE;
        blocks / TILE * self.piece_bytes(TILE) + if rest == 0 { 0 } else { self.piece_bytes(rest) }
    }
}

/// Unpacks a piece.
pub(super) struct Unpack<'a> {
    pub(super) format: Format,
    pub(super) piece: &'a [u8],
    pub(super) blocks: usize,
    pub(super) tile: &'a mut Tile,
}

impl Task for Unpack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        let Self { format, piece, blocks, tile } = self;
        tile.blocks = blocks;
        tile.wide = format.bits == Bits::Eight;
        tile.sharing = if format.scales == Scales::Halved { Sharing::Half } else { Sharing::Block };
        let (shared, own) = piece.split_at(format.shared_bytes());
        let own = own.chunks_exact(format.scale_bytes() + format.code_bytes());
        for (index, block) in own.take(blocks).enumerate() {
            let (scales, codes) = block.split_at(format.scale_bytes());
            unpack_scales::<I>(format.scales, shared, scales, index, tile);
            unpack_codes(format.bits, codes, &mut tile.codes[index]);
        }
    }
}

#[inline(always)]
fn unpack_scales<I: Instructions>(
    kind: Scales,
    shared: &[u8],
    own: &[u8],
    index: usize,
    tile: &mut Tile,
) {
    match kind {
        Scales::Centred(zero) => {
            let scales = halves::<I>(own);
            tile.scales[index] = scales;
            tile.offsets[index] = scales.map(|scale| -(scale * f32::from(zero)));
        }
        Scales::Affine => {
            tile.scales[index] = halves::<I>(own);
            tile.offsets[index] = halves::<I>(&own[2 * LANES..]);
        }
        Scales::Nested => {
            let (scales, offsets) = (halves::<I>(shared), halves::<I>(&shared[2 * LANES..]));
            for lane in 0..LANES {
                tile.scales[index][lane] = scales[lane] * f32::from(own[lane]);
                tile.offsets[index][lane] = -(offsets[lane] * f32::from(own[LANES + lane]));
            }
        }
        Scales::Halved => {
            let scales = halves::<I>(shared);
            for (half, own) in own.as_chunks::<LANES>().0.iter().enumerate() {
                for lane in 0..LANES {
                    tile.scales[2 * index + half][lane] =
                        scales[lane] * f32::from(own[lane].cast_signed());
                }
            }
        }
    }
}

/// The first sixteen numbers in half precision.
#[inline(always)]
fn halves<I: Instructions>(bytes: &[u8]) -> Lane {
    I::halves(bytes.first_chunk().expect("scales are those of sixteen channels"))
}

/// Bytes that go through the registers together. Loops over this many become vector code.
const RUN: usize = 64;

#[inline(always)]
fn unpack_codes(bits: Bits, packed: &[u8], codes: &mut [u8; BLOCK_CODES]) {
    let packed = packed.as_chunks::<RUN>().0;
    let codes = codes.as_chunks_mut::<RUN>().0;
    if bits == Bits::Eight {
        codes.copy_from_slice(&packed[..codes.len()]);
        return;
    }
    let (low, high) = packed.split_at(4);
    let (first, second) = codes.split_at_mut(4);
    for ((first, second), low) in first.iter_mut().zip(second).zip(low) {
        for i in 0..RUN {
            first[i] = low[i] & 15;
        }
        for i in 0..RUN {
            second[i] = low[i] >> 4;
        }
    }
    match bits {
        Bits::Five => add_bits(high, 1, codes),
        Bits::Six => add_bits(high, 2, codes),
        Bits::Four | Bits::Eight => {}
    }
}

/// Adds the bits above the lower four, `width` a code: as many runs of codes as there are runs of bytes have theirs in the
/// lowest bits, the next ones above them.
#[inline(always)]
fn add_bits(high: &[[u8; RUN]], width: usize, codes: &mut [[u8; RUN]]) {
    let mask = (1 << width) - 1;
    for (shift, codes) in codes.chunks_exact_mut(width).enumerate() {
        for (codes, high) in codes.iter_mut().zip(high) {
            for i in 0..RUN {
                codes[i] |= (high[i] >> (shift * width) & mask) << 4;
            }
        }
    }
}

/// The reverse of unpacking codes.
pub(super) fn pack_codes(bits: Bits, codes: &[u8; BLOCK_CODES], packed: &mut [u8]) {
    if bits == Bits::Eight {
        packed.copy_from_slice(codes);
        return;
    }
    let (low, high) = packed.split_at_mut(BLOCK_CODES / 2);
    let (first, second) = codes.split_at(BLOCK_CODES / 2);
    for ((low, first), second) in low.iter_mut().zip(first).zip(second) {
        *low = first & 15 | second << 4;
    }
    let (len, width) = if bits == Bits::Five { (64, 1) } else { (128, 2) };
    for (run, codes) in codes.chunks(len).enumerate() {
        for (high, code) in high.iter_mut().zip(codes) {
            *high |= code >> 4 << (run * width);
        }
    }
}

/// The weights of one channel of a tile with unsigned codes.
pub(super) fn channel(tile: &Tile, lane: usize, out: &mut [f32]) {
    for (column, out) in out.iter_mut().enumerate() {
        let (block, column) = (column / 32, column % 32);
        let code = tile.codes[block][column / 4 * 64 + lane * 4 + column % 4];
        let code = f32::from(code);
        *out = match tile.sharing {
            Sharing::Block => code.mul_add(tile.scales[block][lane], tile.offsets[block][lane]),
            Sharing::Half => {
                (code - f32::from(HALVED_ZERO)) * tile.scales[2 * block + column / 16][lane]
            }
        };
    }
}
/// The weights of a tile as bf16, in pairs of a channel.
#[inline(always)]
pub(super) fn columns(tile: &Tile, out: &mut [ColumnTile]) {
    for (block, out) in out.iter_mut().enumerate() {
        let groups = tile.codes[block].as_chunks::<{ QUAD * LANES }>().0;
        let lines = out.0.as_chunks_mut::<{ 2 * LANES }>().0;
        for (index, (codes, lines)) in groups.iter().zip(lines).enumerate() {
            let (scales, offsets) = match tile.sharing {
                Sharing::Block => (tile.scales[block], tile.offsets[block]),
                Sharing::Half => {
                    let scales = tile.scales[2 * block + index / (groups.len() / 2)];
                    (scales, scales.map(|scale| -scale * f32::from(HALVED_ZERO)))
                }
            };
            for lane in 0..LANES {
                let codes = u32::from_le_bytes([0, 1, 2, 3].map(|i| codes[QUAD * lane + i]));
                let weight = |shift: u32| {
                    let code = (codes >> shift & 0xff).cast_signed() as f32;
                    round(code * scales[lane] + offsets[lane])
                };
                lines[lane] = pair(weight(0), weight(8));
                lines[LANES + lane] = pair(weight(16), weight(24));
            }
        }
    }
}
