//! Advanced Matrix Extensions: the product of sixteen rows with sixteen channels by one instruction.
//!
//! The compiler has no stable names for these instructions yet, so they are written out. A tile register has up to sixteen rows
//! of 64 bytes. Tile 0 takes the sums; 1 and 2 are 32 bytes of sixteen rows and a block of weights, 3 and 4 half of that.

use std::arch::asm;
use std::arch::x86_64::*;

use super::avx512::{load_floats, store_floats};
use crate::engine::kernel::{BLOCK_CODES, Block, LANES, Lane, ROWS, Sharing, TILE, Tile, View};

/// Rows and bytes a row of each tile register, as `ldtilecfg` reads them.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

static SHAPES: Shapes = {
    let mut shapes =
        Shapes { palette: 1, start: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
    let tiles = [(16, 64), (16, 32), (8, 64), (16, 16), (4, 64)];
    let mut i = 0;
    while i < tiles.len() {
        (shapes.rows[i], shapes.row_bytes[i]) = tiles[i];
        i += 1;
    }
    shapes
};

/// Whether the processor has tiles for bytes, and the system lets this process use them.
pub(super) fn is_available() -> bool {
    /// Bits of EDX of leaf 7: tiles, and their products of bytes.
    const TILE_AND_INT8: u32 = 1 << 24 | 1 << 25;
    __cpuid_count(7, 0).edx & TILE_AND_INT8 == TILE_AND_INT8 && permitted()
}

/// Asks Linux for the state of tiles, which is too large to be saved for every process.
#[cfg(target_os = "linux")]
fn permitted() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_ulong = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_ulong = 18;
    // SAFETY: the call takes two numbers and touches no memory of this process.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn permitted() -> bool {
    false
}

/// Gives the tile registers of this thread their shapes.
///
/// # Safety
///
/// [`is_available`] has said yes.
#[inline(always)]
pub(super) unsafe fn configure() {
    // SAFETY: the operand is the 64 bytes that the instruction reads; the caller promises that the instruction exists.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const SHAPES, options(nostack, readonly)) }
}

/// Empties the tile registers of this thread.
///
/// # Safety
///
/// [`is_available`] has said yes.
#[inline(always)]
pub(super) unsafe fn release() {
    // SAFETY: the caller promises that the instruction exists; nothing else uses tiles.
    unsafe { asm!("tilerelease", options(nostack, nomem)) }
}

/// The sums of sixteen rows and channels.
#[repr(C, align(64))]
struct Dots([[i32; LANES]; ROWS]);

/// # Safety
///
/// [`configure`] was called on this thread, and rows are padded with zeros to a multiple of [`ROWS`].
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn all_rows(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
    for (group, sums) in sums.chunks_mut(ROWS).enumerate() {
        let first = group * ROWS;
        let rows = View {
            blocks: &rows.blocks[first * rows.stride..(first + ROWS) * rows.stride],
            ..rows
        };
        // SAFETY: the caller's promise.
        unsafe {
            match <&mut [Lane; ROWS]>::try_from(&mut *sums) {
                Ok(sums) => some_rows::<ROWS>(tile, rows, sums),
                Err(_) => padded(tile, rows, sums),
            }
        }
    }
}

/// Fewer than sixteen rows.
///
/// # Safety
///
/// As [`all_rows`].
#[target_feature(enable = "avx512f")]
unsafe fn padded(tile: &Tile, rows: View<'_>, sums: &mut [Lane]) {
    let mut all = [[0.0; LANES]; ROWS];
    all[..sums.len()].copy_from_slice(sums);
    // SAFETY: the caller's promise.
    unsafe {
        match all.first_chunk_mut::<{ ROWS / 2 }>() {
            Some(half) if sums.len() <= half.len() => some_rows(tile, rows, half),
            _ => some_rows(tile, rows, &mut all),
        }
    }
    sums.copy_from_slice(&all[..sums.len()]);
}

/// The first `R` rows of sixteen.
///
/// # Safety
///
/// As [`all_rows`].
#[target_feature(enable = "avx512f")]
unsafe fn some_rows<const R: usize>(tile: &Tile, rows: View<'_>, sums: &mut [Lane; R]) {
    let mut totals = [_mm512_setzero_ps(); R];
    for r in 0..R {
        totals[r] = load_floats(&sums[r]);
    }
    let mut dots = [const { Dots([[0; LANES]; ROWS]) }; 2];
    let factors = Factors::<R>::of(rows, tile.blocks);
    let parts = if tile.sharing == Sharing::Half { 2 } else { 1 };
    for (index, scales) in tile.scales[..tile.blocks * parts].iter().enumerate() {
        let (block, part) = (index / parts, index % parts);
        let dots = &mut dots[index % 2];
        let quants = &rows.blocks[rows.first + block..];
        // SAFETY: the caller's promise; sixteen rows are left from this block on.
        unsafe { multiply(&tile.codes[block], quants, rows.stride, (part, parts), dots) };
        let scales = load_floats(scales);
        let own = &factors.scales[block];
        for r in 0..R {
            let scales = _mm512_mul_ps(scales, _mm512_set1_ps(own[r]));
            totals[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(load(&dots.0[r])), scales, totals[r]);
        }
        if tile.affine {
            let offsets = load_floats(&tile.offsets[index]);
            let own = &factors.sums[block];
            for r in 0..R {
                totals[r] = _mm512_fmadd_ps(offsets, _mm512_set1_ps(own[r]), totals[r]);
            }
        }
    }
    for r in 0..R {
        store_floats(totals[r], &mut sums[r]);
    }
}

/// Scales and sums of the rows' blocks, by block.
struct Factors<const R: usize> {
    scales: [[f32; R]; TILE],
    sums: [[f32; R]; TILE],
}

impl<const R: usize> Factors<R> {
    #[inline(always)]
    fn of(rows: View<'_>, blocks: usize) -> Self {
        let mut factors = Self { scales: [[0.0; R]; TILE], sums: [[0.0; R]; TILE] };
        for r in 0..R {
            for (index, block) in rows.row(r, blocks).iter().take(TILE).enumerate() {
                factors.scales[index][r] = block.scale;
                factors.sums[index][r] = block.sum;
            }
        }
        factors
    }
}

/// The dot products of a block, or of one of its two parts, with sixteen rows that lie `stride` blocks apart.
///
/// # Safety
///
/// [`configure`] was called on this thread, and `rows` has `15 * stride + 1` blocks.
#[inline(always)]
unsafe fn multiply(
    codes: &[u8; BLOCK_CODES],
    rows: &[Block],
    stride: usize,
    (part, parts): (usize, usize),
    dots: &mut Dots,
) {
    debug_assert!(rows.len() > (ROWS - 1) * stride);
    let quants = rows[0].quants[part * 16..].as_ptr();
    let codes = codes[part * BLOCK_CODES / 2..].as_ptr();
    let stride = stride * size_of::<Block>();
    // SAFETY: tile 0 is stored to sixteen rows of 64 bytes; the others are loaded from sixteen rows of 32 or 16 bytes, all inside
    // the integers of their blocks, and from eight or four rows of 64 bytes of codes.
    unsafe {
        if parts == 1 {
            asm!(
                "tilezero tmm0",
                "tileloadd tmm1, [{quants} + {stride}*1]",
                "tileloadd tmm2, [{codes} + {line}*1]",
                "tdpbssd tmm0, tmm1, tmm2",
                "tilestored [{dots} + {line}*1], tmm0",
                quants = in(reg) quants, stride = in(reg) stride, codes = in(reg) codes,
                line = in(reg) 64_usize, dots = in(reg) &raw mut *dots,
                out("tmm0") _, out("tmm1") _, out("tmm2") _, options(nostack),
            );
        } else {
            asm!(
                "tilezero tmm0",
                "tileloadd tmm3, [{quants} + {stride}*1]",
                "tileloadd tmm4, [{codes} + {line}*1]",
                "tdpbssd tmm0, tmm3, tmm4",
                "tilestored [{dots} + {line}*1], tmm0",
                quants = in(reg) quants, stride = in(reg) stride, codes = in(reg) codes,
                line = in(reg) 64_usize, dots = in(reg) &raw mut *dots,
                out("tmm0") _, out("tmm3") _, out("tmm4") _, options(nostack),
            );
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(dots: &[i32; LANES]) -> __m512i {
    // SAFETY: the reference is to 64 bytes.
    unsafe { _mm512_loadu_si512(dots.as_ptr().cast()) }
}
