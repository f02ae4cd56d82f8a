//! The tensor types of GGML: how each stores its values, and how they become f32.
//!
//! A tensor is a run of blocks. A block of a quantised type holds one or more scales and one small integer a value;
//! a block of a floating-point type is one value. The layouts are those of the GGML project (`ggml-quants.h` and the
//! `gguf` Python package), and so is the order of the arithmetic: every product and sum is rounded to f32 on its own,
//! never fused, so that the results agree with theirs to the last bit.

use std::fmt;

use rayon::prelude::*;

mod block;
mod codes;
mod float;
mod superblock;

pub(crate) use codes::{Codes, codes};
pub(crate) use float::half;

/// How the values of a tensor are stored.
///
/// `_0` types scale signed integers, `_1` types add an offset as well; both have blocks of 32 values. `K` types have
/// blocks of 256 values, whose parts have scales that are themselves quantised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GgmlType {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of an f32.
    Bf16,
    /// 4-bit integers with a scale: 4.5 bits a value.
    Q4_0,
    /// 4-bit integers with a scale and an offset: 5 bits a value.
    Q4_1,
    /// 5-bit integers with a scale: 5.5 bits a value.
    Q5_0,
    /// 5-bit integers with a scale and an offset: 6 bits a value.
    Q5_1,
    /// 8-bit integers with a scale: 8.5 bits a value.
    Q8_0,
    /// 4-bit integers, a scale and an offset for 32 of them: 4.5 bits a value.
    Q4K,
    /// 5-bit integers, a scale and an offset for 32 of them: 5.5 bits a value.
    Q5K,
    /// 6-bit integers, a scale for 16 of them: 6.5625 bits a value.
    Q6K,
}

/// One line of the table of types.
struct Layout {
    id: u32,
    name: &'static str,
    values: usize,
    bytes: usize,
}

impl GgmlType {
    /// Every type that can be read.
    pub const ALL: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::Bf16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q4K,
        Self::Q5K,
        Self::Q6K,
    ];

    /// The type of this number in a GGUF file, or nothing where it is not one of [`ALL`](Self::ALL).
    pub fn from_id(id: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.id() == id)
    }

    /// The number that stands for the type in a GGUF file.
    pub const fn id(self) -> u32 {
        self.layout().id
    }

    /// The type's usual name, such as `Q4_K`.
    pub const fn name(self) -> &'static str {
        self.layout().name
    }

    /// How many values a block holds. The rows of a tensor are made of whole blocks.
    pub const fn block_len(self) -> usize {
        self.layout().values
    }

    /// How many bytes a block takes.
    pub const fn block_bytes(self) -> usize {
        self.layout().bytes
    }

    const fn layout(self) -> Layout {
        let (id, name, values, bytes) = match self {
            Self::F32 => (0, "F32", 1, 4),
            Self::F16 => (1, "F16", 1, 2),
            Self::Q4_0 => (2, "Q4_0", 32, block::Q4_0),
            Self::Q4_1 => (3, "Q4_1", 32, block::Q4_1),
            Self::Q5_0 => (6, "Q5_0", 32, block::Q5_0),
            Self::Q5_1 => (7, "Q5_1", 32, block::Q5_1),
            Self::Q8_0 => (8, "Q8_0", 32, block::Q8_0),
            Self::Q4K => (12, "Q4_K", 256, superblock::Q4_K),
            Self::Q5K => (13, "Q5_K", 256, superblock::Q5_K),
            Self::Q6K => (14, "Q6_K", 256, superblock::Q6_K),
            Self::Bf16 => (30, "BF16", 1, 2),
        };
        Layout { id, name, values, bytes }
    }
}

impl fmt::Display for GgmlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an error calls a type that is not in [`GgmlType`]: its name in GGML, or its number where that is not known.
pub(crate) fn unsupported_name(id: u32) -> String {
    const OTHERS: [(u32, &str); 21] = [
        (9, "Q8_1"),
        (10, "Q2_K"),
        (11, "Q3_K"),
        (15, "Q8_K"),
        (16, "IQ2_XXS"),
        (17, "IQ2_XS"),
        (18, "IQ3_XXS"),
        (19, "IQ1_S"),
        (20, "IQ4_NL"),
        (21, "IQ3_S"),
        (22, "IQ2_S"),
        (23, "IQ4_XS"),
        (24, "I8"),
        (25, "I16"),
        (26, "I32"),
        (27, "I64"),
        (28, "F64"),
        (29, "IQ1_M"),
        (34, "TQ1_0"),
        (35, "TQ2_0"),
        (39, "MXFP4"),
    ];
    match OTHERS.into_iter().find(|(other, _)| *other == id) {
        Some((_, name)) => format!("{name} ({id})"),
        None => format!("number {id}"),
    }
}

/// How many values one task of [`dequantise`] converts: a multiple of every block length, and 128 KiB of output.
const TASK: usize = 1 << 15;

/// Converts whole blocks on all threads. `out` has room for exactly the values in `bytes`.
pub(crate) fn dequantise(ty: GgmlType, bytes: &[u8], out: &mut [f32]) {
    debug_assert_eq!(bytes.len() / ty.block_bytes() * ty.block_len(), out.len());
    let task_bytes = TASK / ty.block_len() * ty.block_bytes();
    out.par_chunks_mut(TASK)
        .zip(bytes.par_chunks(task_bytes))
        .for_each(|(out, bytes)| dequantise_task(ty, bytes, out));
}

fn dequantise_task(ty: GgmlType, bytes: &[u8], out: &mut [f32]) {
    match ty {
        GgmlType::F32 => each_block(bytes, out, float::f32),
        GgmlType::F16 => each_block(bytes, out, float::f16),
        GgmlType::Bf16 => each_block(bytes, out, float::bf16),
        GgmlType::Q4_0 => each_block(bytes, out, block::q4_0),
        GgmlType::Q4_1 => each_block(bytes, out, block::q4_1),
        GgmlType::Q5_0 => each_block(bytes, out, block::q5_0),
        GgmlType::Q5_1 => each_block(bytes, out, block::q5_1),
        GgmlType::Q8_0 => each_block(bytes, out, block::q8_0),
        GgmlType::Q4K => each_block(bytes, out, superblock::q4_k),
        GgmlType::Q5K => each_block(bytes, out, superblock::q5_k),
        GgmlType::Q6K => each_block(bytes, out, superblock::q6_k),
    }
}

/// Decodes `bytes`, blocks of `B` bytes, into `out`, blocks of `N` values. Fixed sizes leave no bounds to check inside.
#[inline]
fn each_block<const B: usize, const N: usize>(
    bytes: &[u8],
    out: &mut [f32],
    decode: impl Fn(&[u8; B]) -> [f32; N],
) {
    let (blocks, _) = bytes.as_chunks::<B>();
    let (values, _) = out.as_chunks_mut::<N>();
    for (block, values) in blocks.iter().zip(values) {
        *values = decode(block);
    }
}
