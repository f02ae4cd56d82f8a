//! Advanced Matrix Extensions.
//!
//! The compiler has no stable names for these instructions yet, so they are written out.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::marker::PhantomData;
use std::sync::OnceLock;

use super::{ColumnTile, RowTile, SIDE, TALL};

/// The tile registers of this thread, in use as long as this lives.
pub(crate) struct Tiles {
    /// Registers belong to a thread.
    _here: PhantomData<*const ()>,
}

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
    let mut tile = 0;
    while tile < 8 {
        (shapes.rows[tile], shapes.row_bytes[tile]) = (SIDE as u8, LINE as u16);
        tile += 1;
    }
    shapes
};

/// Bytes of a row of a tile, and of a line of a column tile.
const LINE: usize = 64;

impl Tiles {
    /// Whether the processor has tiles for bf16, and the system lets this process use them.
    pub(crate) fn are_available() -> bool {
        /// Bits of EDX of leaf 7: tiles, and their products of bf16.
        const TILE_AND_BF16: u32 = 1 << 24 | 1 << 22;
        static AVAILABLE: OnceLock<bool> = OnceLock::new();
        *AVAILABLE
            .get_or_init(|| __cpuid_count(7, 0).edx & TILE_AND_BF16 == TILE_AND_BF16 && permitted())
    }

    /// Gives the tile registers of this thread their shapes, if there are any.
    pub(crate) fn configure() -> Option<Self> {
        if !Self::are_available() {
            return None;
        }
        // SAFETY: the operand is the 64 bytes that the instruction reads, and the instruction exists.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const SHAPES, options(nostack, readonly)) }
        Some(Self { _here: PhantomData })
    }

    /// Adds the product of rows with sixteen columns to `sums`, whose rows are `stride` apart. Each of `rows` is sixteen of them, as deep
    /// as the columns.
    ///
    /// # Panics
    ///
    /// If rows and columns are not equally deep, or there is no room for the sums.
    #[inline]
    pub(crate) fn add(
        &mut self,
        rows: &[&[RowTile]],
        columns: &[ColumnTile],
        sums: &mut [f32],
        stride: usize,
    ) {
        let depth = columns.len();
        assert!(depth > 0 && rows.iter().all(|rows| rows.len() == depth), "one depth");
        let (four, rest) = rows.as_chunks::<TALL>();
        let mut first = 0;
        for rows in four {
            let sums = room(sums, first, TALL * SIDE, stride);
            // SAFETY: registers have shapes while `self` lives; rows are as deep as columns, and their sums have room.
            unsafe { add_four(rows.map(<[_]>::as_ptr), columns, sums, stride) };
            first += TALL * SIDE;
        }
        for rows in rest {
            let sums = room(sums, first, SIDE, stride);
            // SAFETY: as above.
            unsafe { add_one(rows.as_ptr(), columns, sums, stride) };
            first += SIDE;
        }
    }
}

/// Where `count` rows of sums from `first` on begin, of sixteen numbers each.
fn room(sums: &mut [f32], first: usize, count: usize, stride: usize) -> *mut f32 {
    let end = (first + count - 1) * stride + SIDE;
    assert!(stride >= SIDE && end <= sums.len(), "room for the sums");
    sums[first * stride..end].as_mut_ptr()
}

impl Drop for Tiles {
    fn drop(&mut self) {
        // SAFETY: the instruction exists where tiles were configured; nothing else uses them.
        unsafe { asm!("tilerelease", options(nostack, nomem)) }
    }
}

/// # Safety
///
/// Tiles are configured; `rows` are as deep as `columns`; `sums` are 16 rows of 16, `stride` apart.
unsafe fn add_one(rows: *const RowTile, columns: &[ColumnTile], sums: *mut f32, stride: usize) {
    // SAFETY: sums are loaded from and stored to sixteen rows of 64 bytes. In each of as many turns as there are columns, a tile of
    // rows and one of columns are read, and the pointers moved behind them.
    unsafe {
        asm!(
            "tileloadd tmm0, [{sums} + {stride}]",
            "2:",
            "tileloadd tmm4, [{rows} + {line}]",
            "tileloadd tmm5, [{columns} + {line}]",
            "tdpbf16ps tmm0, tmm4, tmm5",
            "add {rows}, 1024",
            "add {columns}, 1024",
            "dec {depth}",
            "jnz 2b",
            "tilestored [{sums} + {stride}], tmm0",
            sums = in(reg) sums,
            stride = in(reg) stride * size_of::<f32>(),
            line = in(reg) LINE,
            rows = inout(reg) rows => _,
            columns = inout(reg) columns.as_ptr() => _,
            depth = inout(reg) columns.len() => _,
            out("tmm0") _, out("tmm4") _, out("tmm5") _,
            options(nostack),
        );
    }
}

/// # Safety
///
/// As [`add_one`], with four times sixteen rows.
unsafe fn add_four(
    rows: [*const RowTile; TALL],
    columns: &[ColumnTile],
    sums: *mut f32,
    stride: usize,
) {
    let sums: [*mut f32; TALL] = std::array::from_fn(|i| sums.wrapping_add(i * SIDE * stride));
    // SAFETY: as in `add_one`, four times; the sums of the next sixteen rows are sixteen strides on.
    unsafe {
        asm!(
            "tileloadd tmm0, [{sums0} + {stride}]",
            "tileloadd tmm1, [{sums1} + {stride}]",
            "tileloadd tmm2, [{sums2} + {stride}]",
            "tileloadd tmm3, [{sums3} + {stride}]",
            "2:",
            "tileloadd tmm5, [{columns} + {line}]",
            "tileloadd tmm4, [{0} + {line}]",
            "tdpbf16ps tmm0, tmm4, tmm5",
            "tileloadd tmm6, [{1} + {line}]",
            "tdpbf16ps tmm1, tmm6, tmm5",
            "tileloadd tmm7, [{2} + {line}]",
            "tdpbf16ps tmm2, tmm7, tmm5",
            "tileloadd tmm4, [{3} + {line}]",
            "tdpbf16ps tmm3, tmm4, tmm5",
            "add {0}, 1024",
            "add {1}, 1024",
            "add {2}, 1024",
            "add {3}, 1024",
            "add {columns}, 1024",
            "dec {depth}",
            "jnz 2b",
            "tilestored [{sums0} + {stride}], tmm0",
            "tilestored [{sums1} + {stride}], tmm1",
            "tilestored [{sums2} + {stride}], tmm2",
            "tilestored [{sums3} + {stride}], tmm3",
            inout(reg) rows[0] => _,
            inout(reg) rows[1] => _,
            inout(reg) rows[2] => _,
            inout(reg) rows[3] => _,
            sums0 = in(reg) sums[0],
            sums1 = in(reg) sums[1],
            sums2 = in(reg) sums[2],
            sums3 = in(reg) sums[3],
            stride = in(reg) stride * size_of::<f32>(),
            line = in(reg) LINE,
            columns = inout(reg) columns.as_ptr() => _,
            depth = inout(reg) columns.len() => _,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
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
