//! Advanced Matrix Extensions: the product of sixteen rows with sixteen columns by one instruction.
//!
//! The compiler has no stable names for these instructions yet, so they are written out.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::marker::PhantomData;
use std::sync::OnceLock;

use super::{Columns, Rows, SIDE, STEP};

/// The tile registers of this thread, in use as long as this lives.
pub(super) struct Tiles {
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
        (shapes.rows[tile], shapes.row_bytes[tile]) = (SIDE as u8, 64);
        tile += 1;
    }
    shapes
};

/// Bytes of a line of a tile in a [`Columns`].
const LINE: usize = SIDE * size_of::<u32>();

impl Tiles {
    /// Whether the processor has tiles for bf16, and the system lets this process use them.
    pub(super) fn are_available() -> bool {
        /// Bits of EDX of leaf 7: tiles, and their products of bf16.
        const TILE_AND_BF16: u32 = 1 << 24 | 1 << 22;
        static AVAILABLE: OnceLock<bool> = OnceLock::new();
        *AVAILABLE
            .get_or_init(|| __cpuid_count(7, 0).edx & TILE_AND_BF16 == TILE_AND_BF16 && permitted())
    }

    /// Gives the tile registers of this thread their shapes, if there are any.
    pub(super) fn configure() -> Option<Self> {
        if !Self::are_available() {
            return None;
        }
        // SAFETY: the operand is the 64 bytes that the instruction reads, and the instruction exists.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const SHAPES, options(nostack, readonly)) }
        Some(Self { _here: PhantomData })
    }

    /// Adds the product of rows, one or two times sixteen, with 32 columns to `sums`, whose rows are `stride` apart.
    ///
    /// # Panics
    ///
    /// If rows and columns are not equally deep, or `sums` are not as many rows.
    pub(super) fn add(
        &mut self,
        rows: &[&[Rows]],
        columns: &[Columns],
        sums: &mut [f32],
        stride: usize,
    ) {
        let steps = columns.len();
        assert!(steps > 0 && rows.iter().all(|rows| rows.len() == steps), "one depth");
        let room = (rows.len() * SIDE - 1) * stride + STEP;
        assert!(stride >= STEP && sums.len() >= room, "room for the sums");
        match rows {
            // SAFETY: the registers have shapes while `self` lives; sixteen rows are as deep as the columns, and there is room for their sums.
            [rows] => unsafe { add_one(rows.as_ptr(), columns, sums.as_mut_ptr(), stride) },
            [upper, lower] => {
                let rows = [upper.as_ptr(), lower.as_ptr()];
                // SAFETY: the same, twice.
                unsafe { add_two(rows, columns, sums.as_mut_ptr(), stride) }
            }
            _ => panic!("one or two times sixteen rows"),
        }
    }
}

impl Drop for Tiles {
    fn drop(&mut self) {
        // SAFETY: the instruction exists where tiles were configured; nothing else uses them.
        unsafe { asm!("tilerelease", options(nostack, nomem)) }
    }
}

/// # Safety
///
/// Tiles are configured; `rows` are as deep as `columns`; `sums` are 16 rows of 32, `stride` apart.
unsafe fn add_one(rows: *const Rows, columns: &[Columns], sums: *mut f32, stride: usize) {
    // SAFETY: sums are loaded from and stored to sixteen rows of two times 64 bytes. In each of as many turns as there are columns,
    // a tile of rows and two of columns are read, and the pointers moved behind them.
    unsafe {
        asm!(
            "tileloadd tmm0, [{sums} + {stride}]",
            "tileloadd tmm1, [{sums} + {stride} + 64]",
            "2:",
            "tileloadd tmm4, [{rows} + {line}]",
            "tileloadd tmm6, [{columns} + {line}]",
            "tileloadd tmm7, [{columns} + {line} + 1024]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "add {rows}, 1024",
            "add {columns}, 2048",
            "dec {steps}",
            "jnz 2b",
            "tilestored [{sums} + {stride}], tmm0",
            "tilestored [{sums} + {stride} + 64], tmm1",
            sums = in(reg) sums,
            stride = in(reg) stride * size_of::<f32>(),
            line = in(reg) LINE,
            rows = inout(reg) rows => _,
            columns = inout(reg) columns.as_ptr() => _,
            steps = inout(reg) columns.len() => _,
            out("tmm0") _, out("tmm1") _, out("tmm4") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
}

/// # Safety
///
/// As [`add_one`], with 32 rows.
unsafe fn add_two(rows: [*const Rows; 2], columns: &[Columns], sums: *mut f32, stride: usize) {
    // SAFETY: as in `add_one`; the sums of the second sixteen rows are sixteen strides on.
    unsafe {
        asm!(
            "tileloadd tmm0, [{sums} + {stride}]",
            "tileloadd tmm1, [{sums} + {stride} + 64]",
            "tileloadd tmm2, [{lower_sums} + {stride}]",
            "tileloadd tmm3, [{lower_sums} + {stride} + 64]",
            "2:",
            "tileloadd tmm4, [{upper} + {line}]",
            "tileloadd tmm6, [{columns} + {line}]",
            "tileloadd tmm7, [{columns} + {line} + 1024]",
            "tileloadd tmm5, [{lower} + {line}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {upper}, 1024",
            "add {lower}, 1024",
            "add {columns}, 2048",
            "dec {steps}",
            "jnz 2b",
            "tilestored [{sums} + {stride}], tmm0",
            "tilestored [{sums} + {stride} + 64], tmm1",
            "tilestored [{lower_sums} + {stride}], tmm2",
            "tilestored [{lower_sums} + {stride} + 64], tmm3",
            sums = in(reg) sums,
            lower_sums = in(reg) sums.add(SIDE * stride),
            stride = in(reg) stride * size_of::<f32>(),
            line = in(reg) LINE,
            upper = inout(reg) rows[0] => _,
            lower = inout(reg) rows[1] => _,
            columns = inout(reg) columns.as_ptr() => _,
            steps = inout(reg) columns.len() => _,
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
