//! From a tensor of a file to packed panels, on all threads.

use rayon::prelude::*;

use super::kernel::{BLOCK, BLOCK_CODES, LANES, Lane, TILE};
use super::memory::Memory;
use super::unpack::{Format, Scales, pack_codes};
use crate::quant::{Codes, GgmlType, codes};
use crate::weights::BlockRows;

/// Packs f32 weights as they are: panel after panel, in each column after column.
pub(super) fn floats(values: &[f32], [channels, width]: [usize; 2]) -> Vec<Lane> {
    let padded = width.next_multiple_of(BLOCK);
    let mut out = vec![[0.0; LANES]; channels.div_ceil(LANES) * padded];
    out.par_chunks_mut(padded).zip(values.par_chunks(LANES * width)).for_each(|(panel, rows)| {
        for (lane, row) in rows.chunks_exact(width).enumerate() {
            for (column, value) in panel.iter_mut().zip(row) {
                column[lane] = *value;
            }
        }
    });
    out
}

/// Packs the blocks of a file, every number of them kept.
pub(super) fn blocks(rows: &BlockRows<'_>, shape: [usize; 2]) -> Memory {
    let format = Format::of(rows.ty);
    let piece = TILE * BLOCK / rows.ty.block_len() * rows.ty.block_bytes();
    panels(format, shape, |channel, index| {
        let bytes = rows.row(channel);
        codes(rows.ty, &bytes[index * piece..bytes.len().min((index + 1) * piece)])
    })
}

/// Quantises f32 weights to 8 bits, as GGML's `Q8_0` has it, and packs them.
pub(super) fn quantised(values: &[f32], shape: [usize; 2]) -> Memory {
    let [_, width] = shape;
    panels(Format::EIGHT, shape, |channel, index| {
        let row = &values[channel * width..][..width];
        quantise(&row[index * TILE * BLOCK..width.min((index + 1) * TILE * BLOCK)])
    })
}

fn quantise(values: &[f32]) -> Codes {
    let mut out = Codes { values: [[128; BLOCK]; TILE], shared: [0; 2], own: [[0; 2]; TILE] };
    for ((values, codes), own) in values.chunks(BLOCK).zip(&mut out.values).zip(&mut out.own) {
        let largest = values.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scale = half::f16::from_f32(largest / 127.0);
        own[0] = scale.to_bits();
        let inverse = if scale.to_f32() > 0.0 { scale.to_f32().recip() } else { 0.0 };
        for (code, value) in codes.iter_mut().zip(values) {
            *code = (value * inverse).round_ties_even().clamp(-128.0, 127.0) as i8 as u8 ^ 128;
        }
    }
    out
}

/// Packs pieces of sixteen channels; `read` gives up to 256 values of a channel.
fn panels(
    format: Format,
    [channels, width]: [usize; 2],
    read: impl Fn(usize, usize) -> Codes + Sync,
) -> Memory {
    let blocks = width.div_ceil(BLOCK);
    let mut out = Memory::zeroed(channels.div_ceil(LANES) * format.panel_bytes(blocks));
    out.par_chunks_mut(format.panel_bytes(blocks)).enumerate().for_each(|(panel, bytes)| {
        let lanes = panel * LANES..channels.min((panel + 1) * LANES);
        for (index, piece) in bytes.chunks_mut(format.piece_bytes(TILE)).enumerate() {
            let lanes: Vec<Codes> = lanes.clone().map(|channel| read(channel, index)).collect();
            pack_piece(format, &lanes, piece);
        }
    });
    out
}

fn pack_piece(format: Format, lanes: &[Codes], piece: &mut [u8]) {
    let (shared, own) = piece.split_at_mut(format.shared_bytes());
    for (lane, codes) in lanes.iter().enumerate() {
        put_numbers(shared, lane, codes.shared);
    }
    let blocks = own.chunks_exact_mut(format.scale_bytes() + format.code_bytes());
    for (index, block) in blocks.enumerate() {
        let (scales, packed) = block.split_at_mut(format.scale_bytes());
        let mut interleaved = [0; BLOCK_CODES];
        for (lane, codes) in lanes.iter().enumerate() {
            put_scales(format.scales, scales, lane, codes.own[index]);
            interleave(&codes.values[index], lane, &mut interleaved);
        }
        pack_codes(format.bits, &interleaved, packed);
    }
}

fn put_scales(kind: Scales, scales: &mut [u8], lane: usize, numbers: [u16; 2]) {
    match kind {
        Scales::Centred(_) | Scales::Affine => put_numbers(scales, lane, numbers),
        Scales::Nested | Scales::Halved => {
            // Integers of a superblock have eight bits at most.
            scales[lane] = numbers[0] as u8;
            scales[LANES + lane] = numbers[1] as u8;
        }
    }
}

/// Puts a number for each channel, and behind them a second one if there is room for it.
fn put_numbers(bytes: &mut [u8], lane: usize, numbers: [u16; 2]) {
    for (bytes, number) in bytes.chunks_exact_mut(2 * LANES).zip(numbers) {
        bytes[2 * lane..][..2].copy_from_slice(&number.to_le_bytes());
    }
}

/// Puts the values of a channel in fours between those of the others.
fn interleave(values: &[u8; BLOCK], lane: usize, out: &mut [u8; BLOCK_CODES]) {
    for (group, values) in out.as_chunks_mut::<64>().0.iter_mut().zip(values.as_chunks::<4>().0) {
        group[4 * lane..][..4].copy_from_slice(values);
    }
}

/// The widest type is a superblock, and a piece is as wide.
const _: () = assert!(GgmlType::Q6K.block_len() == TILE * BLOCK);
