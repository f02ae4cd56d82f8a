//! Writing a GGUF file with an adapter merged into its weights.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use half::f16;

use super::{Gguf, TensorView};
use crate::adapter::{Adapter, Factors};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::quant::GgmlType;
use crate::replace::replace;
use crate::weights::{interleaved_heads, to_gguf};

/// Values that share a scale in `Q8_0`.
const BLOCK: usize = 32;

impl Gguf {
    /// Writes the model to `path` with `adapter` added to the weights that it has factors for. Those become `Q8_0` if they were in blocks of fewer
    /// bits; all else is as it is here, the settings and the tokenizer included. The file is written under another name and then renamed.
    ///
    /// # Errors
    ///
    /// [`Error::Adapter`] if it has a module that the model has not, or of another shape; [`Error::Write`].
    pub fn write_merged(&self, adapter: &Adapter, path: &Path) -> Result<()> {
        let config = Config::from_gguf(self)?;
        let changed = adapter
            .factors
            .iter()
            .map(|(module, factors)| {
                let name = to_gguf(&format!("{module}.weight")).filter(|name| self.contains(name));
                let name =
                    name.ok_or_else(|| Error::Adapter { what: format!("it has no `{module}`") })?;
                factors.check(module, self.tensor(&name)?.shape())?;
                let heads = interleaved_heads(&config, module);
                Ok((
                    name,
                    Change { factors, scale: adapter.scale() as f32, heads, config: &config },
                ))
            })
            .collect::<Result<std::collections::HashMap<_, _>>>()?;
        replace(path, |file| {
            let mut out = BufWriter::new(File::create(file)?);
            self.write_with(&mut out, |tensor| changed.get(tensor.name()))?;
            out.flush()
        })
    }

    fn write_with<'c>(
        &self,
        out: &mut impl Write,
        change: impl Fn(&TensorView<'_>) -> Option<&'c Change<'c>>,
    ) -> std::io::Result<()> {
        let (header, bytes) = (&self.file.header, self.file.map.bytes());
        let mut tensors: Vec<_> = self.tensors().collect();
        tensors.sort_by_key(|tensor| tensor.info.offset);
        let ty = |tensor: &TensorView<'_>| {
            change(tensor).map_or(tensor.ty(), |_| merged_type(tensor.ty()))
        };
        let mut head = bytes[..header.settings_end].to_vec();
        let mut offset = 0;
        for tensor in &tensors {
            describe(&mut head, tensor, ty(tensor), offset);
            let rows = tensor.shape().iter().product::<usize>() / ty(tensor).block_len();
            offset = (offset + rows * ty(tensor).block_bytes()).next_multiple_of(header.alignment);
        }
        head.resize(head.len().next_multiple_of(header.alignment), 0);
        out.write_all(&head)?;
        for tensor in &tensors {
            let merged = change(tensor).map(|change| change.merged(tensor));
            let data = merged.as_deref().unwrap_or(tensor.bytes());
            out.write_all(data)?;
            out.write_all(&vec![0; data.len().next_multiple_of(header.alignment) - data.len()])?;
        }
        Ok(())
    }
}

/// What is added to one tensor.
struct Change<'a> {
    factors: &'a Factors,
    scale: f32,
    /// The heads whose rows the file has in another order.
    heads: Option<usize>,
    config: &'a Config,
}

impl Change<'_> {
    fn merged(&self, tensor: &TensorView<'_>) -> Vec<u8> {
        let mut weight = tensor.dequantise();
        match self.heads {
            None => self.factors.merge_into(&mut weight, self.scale),
            Some(heads) => self.interleaved(heads).merge_into(&mut weight, self.scale),
        }
        stored(&weight, merged_type(tensor.ty()))
    }

    /// The factors with the rows of `B` in the order of the file.
    fn interleaved(&self, heads: usize) -> Factors {
        let Factors { a, b, rank } = self.factors;
        let b = crate::weights::interleaved(b, heads, self.config.head_dim, *rank);
        Factors { a: a.clone(), b, rank: *rank }
    }
}

/// The type of a tensor after something was added to it.
fn merged_type(ty: GgmlType) -> GgmlType {
    match ty {
        GgmlType::F32 => GgmlType::F32,
        GgmlType::F16 | GgmlType::Bf16 => GgmlType::F16,
        _ => GgmlType::Q8_0,
    }
}

/// A tensor's entry in the header.
fn describe(head: &mut Vec<u8>, tensor: &TensorView<'_>, ty: GgmlType, offset: usize) {
    head.extend((tensor.name().len() as u64).to_le_bytes());
    head.extend(tensor.name().as_bytes());
    head.extend((tensor.shape().len() as u32).to_le_bytes());
    tensor.shape().iter().rev().for_each(|n| head.extend((*n as u64).to_le_bytes()));
    head.extend(ty.id().to_le_bytes());
    head.extend((offset as u64).to_le_bytes());
}

/// Values as a type of [`merged_type`] has them.
fn stored(values: &[f32], ty: GgmlType) -> Vec<u8> {
    match ty {
        GgmlType::F32 => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        GgmlType::F16 => values.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect(),
        _ => values.chunks_exact(BLOCK).flat_map(q8_0).collect(),
    }
}

/// A block: its scale, so that the largest value is 127, and the values by it.
fn q8_0(values: &[f32]) -> impl Iterator<Item = u8> {
    let largest = values.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let scale = largest / 127.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    let codes = values.iter().map(move |x| ((x * inverse).round() as i8).cast_unsigned());
    f16::from_f32(scale).to_le_bytes().into_iter().chain(codes)
}
