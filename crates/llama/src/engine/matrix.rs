//! The right side of a product: weights at rest, packed for the kernels.

use super::kernel::{self, BLOCK, Cpu, Instructions, LANES, Lane, TILE, Task, Tile};
use super::low_rank::LowRank;
use super::memory::Memory;
use super::pack;
use super::rows::{Form, Rows};
use super::unpack::{self, Format};
use super::{Core, Precision};
use crate::error::Result;
use crate::tiles::{ColumnTile, RowTile, SIDE, TALL, Tiles};
use crate::weights::{Stored, Weights};

/// A weight matrix, `[channels, width]` in the words of its file.
///
/// Sixteen channels are a panel. A panel is made of pieces of up to eight blocks of 32 columns, so that a product reads
/// memory once and in order.
pub(super) struct Matrix {
    channels: usize,
    width: usize,
    store: Store,
    /// What an adapter adds.
    low_rank: Option<LowRank>,
}

enum Store {
    Blocks {
        format: Format,
        bytes: Memory,
    },
    /// By panel, then by column: sixteen channels.
    Floats(Vec<Lane>),
}

impl Matrix {
    /// Reads a tensor and packs it on all threads.
    pub(super) fn load(
        weights: &Weights,
        name: &str,
        [channels, width]: [usize; 2],
        precision: Precision,
    ) -> Result<Self> {
        let shape = [channels, width];
        let store = match precision {
            Precision::F32 => Store::Floats(pack::floats(&weights.load(name, &shape)?, shape)),
            Precision::Quantised => match weights.stored(name, &shape)? {
                Stored::Blocks(rows) => {
                    Store::Blocks { format: Format::of(rows.ty), bytes: pack::blocks(&rows, shape) }
                }
                Stored::Floats(values) => {
                    Store::Blocks { format: Format::EIGHT, bytes: pack::quantised(&values, shape) }
                }
            },
        };
        Ok(Self { channels, width, store, low_rank: None })
    }

    /// Output channels.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Output channels and columns.
    pub(super) fn shape(&self) -> [usize; 2] {
        [self.channels, self.width]
    }

    pub(super) fn panels(&self) -> usize {
        self.channels.div_ceil(LANES)
    }

    /// Blocks of a channel.
    fn blocks(&self) -> usize {
        self.width.div_ceil(BLOCK)
    }

    /// Replaces what an adapter adds.
    pub(super) fn adapt(&mut self, low_rank: Option<LowRank>) {
        self.low_rank = low_rank;
    }

    pub(super) fn low_rank(&self) -> Option<&LowRank> {
        self.low_rank.as_ref()
    }

    /// Bytes of the packed weights, an adapter's counted.
    pub(super) fn bytes(&self) -> usize {
        let own = match &self.store {
            Store::Blocks { bytes, .. } => bytes.len(),
            Store::Floats(values) => size_of_val(values.as_slice()),
        };
        own + self.low_rank().map_or(0, LowRank::bytes)
    }

    /// The product of one panel with every row, added to `sums`. The rows were [narrowed](Rows::narrow) for this matrix.
    pub(super) fn add_product(
        &self,
        cpu: Cpu,
        panel: usize,
        rows: &Rows,
        tile: &mut Tile,
        sums: &mut [Lane],
    ) {
        cpu.run(Product { matrix: self, panel, rows, tile, sums });
    }

    /// The weights of one channel: a row of the embedding. `out` has room for all columns, and for the padding of the last block.
    pub(super) fn read_channel(&self, cpu: Cpu, channel: usize, tile: &mut Tile, out: &mut [f32]) {
        let (panel, lane) = (channel / LANES, channel % LANES);
        match &self.store {
            Store::Floats(values) => {
                let columns = &values[panel * self.blocks() * BLOCK..];
                for (out, column) in out.iter_mut().zip(columns) {
                    *out = column[lane];
                }
            }
            Store::Blocks { format, .. } => {
                for (piece, out) in self.pieces(panel).zip(out.chunks_mut(TILE * BLOCK)) {
                    cpu.run(unpack::Unpack {
                        format: *format,
                        piece,
                        blocks: out.len().div_ceil(BLOCK),
                        tile,
                    });
                    unpack::channel(tile, lane, out);
                }
            }
        }
    }

    /// Unpacks `count` blocks of a panel from block `first` on, which begins a piece.
    #[inline(always)]
    fn unpack<I: Instructions>(&self, panel: usize, first: usize, count: usize, tile: &mut Tile) {
        if let (Store::Blocks { format, .. }, Some(piece)) =
            (&self.store, self.pieces(panel).nth(first / TILE))
        {
            unpack::Unpack { format: *format, piece, blocks: count, tile }.run::<I>();
        }
    }

    /// The packed pieces of a panel.
    fn pieces(&self, panel: usize) -> impl Iterator<Item = &[u8]> {
        let (format, bytes) = match &self.store {
            Store::Blocks { format, bytes } => (*format, &**bytes),
            Store::Floats(_) => (Format::EIGHT, &[][..]),
        };
        let len = format.panel_bytes(self.blocks());
        bytes
            .get(panel * len..(panel + 1) * len)
            .unwrap_or_default()
            .chunks(format.piece_bytes(TILE))
    }
}

struct Product<'a> {
    matrix: &'a Matrix,
    panel: usize,
    rows: &'a Rows,
    tile: &'a mut Tile,
    sums: &'a mut [Lane],
}

impl Task for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        let Self { matrix, panel, rows, tile, sums } = self;
        match &matrix.store {
            Store::Blocks { format, .. } => {
                let mut next = matrix.pieces(panel).skip(1).chain(matrix.pieces(panel + 1).take(1));
                for (index, piece) in matrix.pieces(panel).enumerate() {
                    let first = index * TILE;
                    let blocks = TILE.min(matrix.blocks() - first);
                    kernel::prefetch(next.next().unwrap_or_default());
                    unpack::Unpack { format: *format, piece, blocks, tile: &mut *tile }.run::<I>();
                    I::dot(tile, rows.blocks(first), sums);
                }
            }
            Store::Floats(values) => {
                let width = matrix.blocks() * BLOCK;
                let columns = &values[panel * width..][..width];
                for (row, sums) in sums.iter_mut().enumerate() {
                    float_product::<I>(columns, rows.floats(row), sums);
                }
            }
        }
        if let Some(low_rank) = matrix.low_rank() {
            low_rank.add_product::<I>(panel, rows.narrowed(), sums);
        }
    }
}

/// What a thread needs for products.
pub(super) struct Scratch {
    tile: Box<Tile>,
    /// Weights of several panels, for tile registers.
    columns: Vec<ColumnTile>,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { tile: Tile::boxed(), columns: Vec::new() }
    }
}

/// Panels of matrices with one input, from panel `first` of them all on, and rows to multiply them with.
pub(super) struct Panelled<'a> {
    pub(super) matrices: &'a [&'a Matrix],
    pub(super) first: usize,
    pub(super) rows: &'a Rows,
}

impl Panelled<'_> {
    /// Adds the products of every row with as many panels as `out` has.
    pub(super) fn add_to(self, cpu: Cpu, scratch: &mut Scratch, out: &mut [Lane]) {
        if self.rows.form() == Form::Tiles {
            return cpu.run(TiledProduct { panelled: self, scratch, out });
        }
        for (panel, sums) in (self.first..).zip(out.chunks_mut(self.rows.count())) {
            if let Some((matrix, panel)) = find(self.matrices, panel) {
                matrix.add_product(cpu, panel, self.rows, &mut scratch.tile, sums);
            }
        }
    }
}

/// The same in tile registers: of each 256 columns, some rows stay in the first cache while the panels pass by.
struct TiledProduct<'a> {
    panelled: Panelled<'a>,
    scratch: &'a mut Scratch,
    out: &'a mut [Lane],
}

impl Task for TiledProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        let Self { panelled: Panelled { matrices, first, rows }, scratch, out } = self;
        let count = rows.count();
        let panels = first..first + out.len() / count;
        let panels: Vec<_> = panels.filter_map(|panel| find(matrices, panel)).collect();
        let (Some(mut tiles), Some((matrix, _))) = (Tiles::configure(), panels.first()) else {
            return;
        };
        scratch.columns.resize(panels.len() * TILE, ColumnTile::ZERO);
        for start in (0..matrix.blocks()).step_by(TILE) {
            let deep = TILE.min(matrix.blocks() - start);
            for ((matrix, panel), columns) in panels.iter().zip(scratch.columns.chunks_mut(TILE)) {
                matrix.unpack::<I>(*panel, start, deep, &mut scratch.tile);
                unpack::columns(&scratch.tile, &mut columns[..deep]);
            }
            let groups: Vec<_> = rows.tiles(start, deep).collect();
            for (index, groups) in groups.chunks(TALL).enumerate() {
                let some = index * TALL * SIDE..count.min((index + 1) * TALL * SIDE);
                for (sums, columns) in out.chunks_mut(count).zip(scratch.columns.chunks(TILE)) {
                    add_tiles(&mut tiles, groups, &columns[..deep], &mut sums[some.clone()]);
                }
            }
        }
        for ((matrix, panel), sums) in panels.iter().zip(out.chunks_mut(count)) {
            if let Some(low_rank) = matrix.low_rank() {
                low_rank.add_product::<I>(*panel, rows.narrowed(), sums);
            }
        }
    }
}

/// Adds the product of groups of sixteen rows, the last of which may have fewer, with sixteen channels.
fn add_tiles(tiles: &mut Tiles, groups: &[&[RowTile]], columns: &[ColumnTile], sums: &mut [Lane]) {
    let (whole, rest) = sums.as_chunks_mut::<SIDE>();
    let (groups, last) = groups.split_at(whole.len());
    tiles.add(groups, columns, whole.as_flattened_mut().as_flattened_mut(), LANES);
    if !rest.is_empty() {
        let mut padded = [[0.0; LANES]; SIDE];
        padded[..rest.len()].copy_from_slice(rest);
        tiles.add(last, columns, padded.as_flattened_mut(), LANES);
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}

/// Adds the product of one row with a panel of f32 weights.
#[inline(always)]
fn float_product<I: Instructions>(columns: &[Lane], row: &[f32], sums: &mut Lane) {
    let mut totals = I::load(sums);
    for (column, value) in columns.iter().zip(row) {
        totals = I::fma(I::load(column), I::splat(*value), totals);
    }
    I::store(totals, sums);
}

/// Adds the products of `rows` with each matrix to `out`, whose panels are those of the matrices, one after the other.
pub(super) fn add_products(core: &Core, matrices: &[&Matrix], rows: &mut Rows, out: &mut [Lane]) {
    narrow(core, matrices, rows);
    let rows = &*rows;
    let panels = out.len() / rows.count();
    let grain = rows.grain(core, panels);
    let pieces = out.chunks_mut(grain * rows.count()).enumerate();
    core.team.each(pieces, Scratch::new, |scratch, (piece, out)| {
        Panelled { matrices, first: piece * grain, rows }.add_to(core.cpu, scratch, out);
    });
}

/// Prepares rows for the adapters of the matrices that they are multiplied with.
pub(super) fn narrow(core: &Core, matrices: &[&Matrix], rows: &mut Rows) {
    rows.narrow(core, matrices.iter().filter_map(|matrix| matrix.low_rank()));
}

/// The matrix that has a panel, and which of its panels that is.
fn find<'a>(matrices: &[&'a Matrix], mut panel: usize) -> Option<(&'a Matrix, usize)> {
    for matrix in matrices {
        if panel < matrix.panels() {
            return Some((matrix, panel));
        }
        panel -= matrix.panels();
    }
    None
}
