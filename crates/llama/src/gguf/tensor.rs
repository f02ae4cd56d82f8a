//! The tensors of a GGUF file: where each lies, and a view of one.

use std::path::Path;

use super::cursor::Cursor;
use crate::error::{Error, Result};
use crate::quant::{self, GgmlType};

/// The least number of bytes that the description of a tensor takes.
pub(super) const MIN_BYTES: u64 = 8 + 4 + 4 + 8;

/// The most dimensions that GGML knows.
const MAX_DIMENSIONS: u32 = 4;

/// What the file says about a tensor, besides its name.
#[derive(Debug)]
pub(super) struct TensorInfo {
    shape: Vec<usize>,
    ty: GgmlType,
    /// Where its data starts, counted from the start of all data.
    pub(super) offset: u64,
    /// How many bytes of data it has.
    pub(super) len: usize,
    /// Where in the file `offset` stands.
    pub(super) offset_position: usize,
}

impl TensorInfo {
    pub(super) fn read(cursor: &mut Cursor<'_>, name: &str) -> Result<Self> {
        let position = cursor.position();
        let shape = read_shape(cursor)?;
        let ty = read_type(cursor, name)?;
        let len = data_len(&shape, ty)
            .map_err(|what| cursor.fault(position, format!("tensor `{name}`: {what}")))?;
        let offset_position = cursor.position();
        let offset = cursor.u64("the offset of a tensor")?;
        Ok(Self { shape, ty, offset, len, offset_position })
    }
}

fn read_shape(cursor: &mut Cursor<'_>) -> Result<Vec<usize>> {
    let position = cursor.position();
    let dimensions = cursor.u32("the number of dimensions")?;
    if dimensions > MAX_DIMENSIONS {
        let what = format!("{dimensions} dimensions, but at most {MAX_DIMENSIONS} are allowed");
        return Err(cursor.fault(position, what));
    }
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        let position = cursor.position();
        let dimension = cursor.u64("a dimension")?;
        match usize::try_from(dimension) {
            Ok(1..) => shape.push(dimension as usize),
            _ => return Err(cursor.fault(position, format!("a dimension of {dimension}"))),
        }
    }
    shape.reverse();
    Ok(shape)
}

fn read_type(cursor: &mut Cursor<'_>, tensor: &str) -> Result<GgmlType> {
    let id = cursor.u32("the type of a tensor")?;
    GgmlType::from_id(id).ok_or_else(|| Error::UnsupportedType {
        path: cursor.path().to_owned(),
        tensor: tensor.to_owned(),
        ty: quant::unsupported_name(id),
    })
}

fn data_len(shape: &[usize], ty: GgmlType) -> Result<usize, String> {
    let row = shape.last().copied().unwrap_or(1);
    let block = ty.block_len();
    if row % block != 0 {
        return Err(format!("rows of {row} values, but {ty} needs a multiple of {block}"));
    }
    let values = shape.iter().try_fold(1_usize, |product, &n| product.checked_mul(n));
    values
        .and_then(|values| (values / block).checked_mul(ty.block_bytes()))
        .ok_or_else(|| format!("shape {shape:?} is too large"))
}

/// One tensor of a file that is mapped into memory: reading it is what loads it.
#[derive(Debug, Clone, Copy)]
pub struct TensorView<'a> {
    pub(super) path: &'a Path,
    pub(super) name: &'a str,
    pub(super) info: &'a TensorInfo,
    pub(super) bytes: &'a [u8],
}

impl<'a> TensorView<'a> {
    /// The tensor's name in the file.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The file that holds the tensor.
    pub fn path(&self) -> &'a Path {
        self.path
    }

    /// The dimensions, outermost first: the reverse of the order in the file. A scalar has none.
    pub fn shape(&self) -> &'a [usize] {
        &self.info.shape
    }

    /// How the values are stored.
    pub fn ty(&self) -> GgmlType {
        self.info.ty
    }

    /// The blocks as the file has them: row after row, each of `shape.last() / ty.block_len()` blocks.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The values as f32, row-major, converted on all threads.
    pub fn dequantise(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.info.shape.iter().product()];
        quant::dequantise(self.info.ty, self.bytes, &mut out);
        out
    }

    /// As [`dequantise`](Self::dequantise), into memory that is already there.
    ///
    /// # Errors
    ///
    /// [`Error::Shape`] if `out` has another length than the tensor has values.
    pub fn dequantise_into(&self, out: &mut [f32]) -> Result<()> {
        if out.len() != self.info.shape.iter().product::<usize>() {
            return Err(Error::Shape {
                path: self.path.to_owned(),
                tensor: self.name.to_owned(),
                expected: vec![out.len()],
                found: self.shape().to_vec(),
            });
        }
        quant::dequantise(self.info.ty, self.bytes, out);
        Ok(())
    }
}
