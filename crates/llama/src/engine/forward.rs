//! The forward pass: embedding, transformer blocks, final norm, output head.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::attention::Attend;
use super::cache::Cache;
use super::kernel::{BLOCK, Instructions, LANES, Lane, Task, Tile};
use super::matrix::{Panelled, Scratch, add_products, narrow};
use super::panels::Panels;
use super::rows::{Form, Norm, Rows};
use super::{Layer, Model, math};
use crate::rope;

/// The most tokens that go through the layers together: more would not fit into the caches of a processor.
const CHUNK: usize = 256;

/// The same where weights are unpacked for tile registers, which costs as much as multiplying them with many tokens.
const TILED_CHUNK: usize = 512;

/// Memory that one pass after the other uses.
#[derive(Default)]
pub(super) struct Workspace {
    /// The residual stream; after the pass, that of the rows that were asked for.
    hidden: Panels,
    rows: Rows,
    /// Queries, keys and values.
    qkv: Panels,
    /// By query head, then by token.
    mixed: Vec<f32>,
    /// Inside the feed-forward block.
    inner: Panels,
    logits: Panels,
}

/// Tokens that go through the layers together, and the cache that they are appended to.
pub(super) struct Part<'a> {
    pub(super) tokens: &'a [u32],
    pub(super) cache: &'a mut Cache,
}

/// Cosines and sines by token, `head_dim / 2` of each.
#[derive(Default)]
struct Angles {
    cos: Vec<f32>,
    sin: Vec<f32>,
}

impl Model {
    /// Appends tokens to the cache. The hidden states of the last `count` of them, normalised and ready for the head, are left in
    /// the workspace.
    pub(super) fn forward(
        &self,
        tokens: &[u32],
        count: usize,
        cache: &mut Cache,
        work: &mut Workspace,
    ) {
        work.rows.set_form(self.core.form());
        let chunks = tokens.len().div_ceil(CHUNK).max(1);
        // Chunks of equal size: a short last one would cost as much as a long one.
        let size = tokens.len().div_ceil(chunks).max(1);
        let mut last = Vec::new();
        for (index, chunk) in tokens.chunks(size).enumerate() {
            self.pass(&mut [Part { tokens: chunk, cache: &mut *cache }], work);
            let end = index * size + chunk.len();
            let wanted = count.saturating_sub(tokens.len() - end).min(chunk.len());
            self.keep(work, chunk.len() - wanted..chunk.len(), &mut last);
        }
        self.prepare(&last, count, work);
    }

    /// As [`forward`](Self::forward) for each part, the weights being read once for all. The hidden states of `counts` tokens of each are left,
    /// one part after the other.
    pub(super) fn forward_all(
        &self,
        parts: &mut [Part<'_>],
        counts: &[usize],
        work: &mut Workspace,
    ) {
        work.rows.set_form(self.core.form());
        self.pass(parts, work);
        let (mut last, mut end) = (Vec::new(), 0);
        for (part, count) in parts.iter().zip(counts) {
            end += part.tokens.len();
            self.keep(work, end - count..end, &mut last);
        }
        self.prepare(&last, counts.iter().sum(), work);
    }

    /// Appends tokens to the cache and returns nothing of them: what reads a prompt, in tile registers where there are some.
    pub(super) fn read(&self, tokens: &[u32], cache: &mut Cache, work: &mut Workspace) {
        let form = self.core.reading_form();
        work.rows.set_form(form);
        let most = if form == Form::Tiles { TILED_CHUNK } else { CHUNK };
        let chunks = tokens.len().div_ceil(most).max(1);
        for chunk in tokens.chunks(tokens.len().div_ceil(chunks).max(1)) {
            self.pass(&mut [Part { tokens: chunk, cache: &mut *cache }], work);
        }
    }

    /// All parts through all layers.
    fn pass(&self, parts: &mut [Part<'_>], work: &mut Workspace) {
        let mut angles = Angles::default();
        for part in &*parts {
            let (cos, sin) = rope::angles(&self.frequencies, part.cache.len(), part.tokens.len());
            angles.cos.extend(cos);
            angles.sin.extend(sin);
        }
        let tokens: Vec<u32> = parts.iter().flat_map(|part| part.tokens).copied().collect();
        self.embed(&tokens, &mut work.hidden);
        for (index, layer) in self.layers.iter().enumerate() {
            self.attention(index, layer, &angles, parts, work);
            self.feed_forward(layer, work);
        }
        for Part { tokens, cache } in parts {
            cache.set_len(cache.len() + tokens.len());
        }
    }

    fn embed(&self, tokens: &[u32], hidden: &mut Panels) {
        let width = self.config.hidden_size;
        hidden.clear(tokens.len(), width.div_ceil(LANES));
        let mut row = vec![0.0; width.next_multiple_of(BLOCK)];
        let mut tile = Tile::new();
        for (index, token) in tokens.iter().enumerate() {
            self.embedding.read_channel(self.core.cpu, *token as usize, &mut tile, &mut row);
            hidden.write(index, 0, &row[..width]);
        }
    }

    fn attention(
        &self,
        index: usize,
        layer: &Layer,
        angles: &Angles,
        parts: &mut [Part<'_>],
        work: &mut Workspace,
    ) {
        self.fill_rows(work, &layer.attention_norm);
        let Workspace { hidden, rows, qkv, mixed, .. } = work;
        let [q, k, v] = layer.qkv.each_ref();
        qkv.clear(rows.count(), q.panels() + k.panels() + v.panels());
        let starts = [0, q.panels() * LANES, (q.panels() + k.panels()) * LANES];
        for (bias, start) in layer.qkv_bias.iter().zip(starts) {
            qkv.add(bias, start);
        }
        add_products(&self.core, &[q, k, v], rows, qkv.values_mut());
        self.remember(index, qkv, [starts[1], starts[2]], angles, parts);
        self.attend(index, qkv, angles, parts, mixed);
        let (dim, count) = (self.config.head_dim, rows.count());
        rows.fill(&self.core, (count, self.config.num_heads * dim), None, |row, out| {
            for (head, out) in out.chunks_exact_mut(dim).enumerate() {
                out.copy_from_slice(&mixed[(head * count + row) * dim..][..dim]);
            }
        });
        hidden.add(&layer.output_bias, 0);
        add_products(&self.core, &[&layer.output], rows, hidden.values_mut());
    }

    /// Puts the new keys and values into the caches.
    fn remember(
        &self,
        layer: usize,
        qkv: &Panels,
        starts: [usize; 2],
        angles: &Angles,
        parts: &mut [Part<'_>],
    ) {
        let dim = self.config.head_dim;
        let [mut key, mut value] = [vec![0.0; dim], vec![0.0; dim]];
        let mut rows = 0..qkv.rows();
        for Part { tokens, cache } in parts {
            let start = cache.len();
            for (position, row) in (start..start + tokens.len()).zip(&mut rows) {
                for head in 0..self.config.num_kv_heads {
                    qkv.read(row, starts[0] + head * dim, &mut key);
                    qkv.read(row, starts[1] + head * dim, &mut value);
                    angles.rotate(row, &mut key);
                    cache.put(layer, head, position, &key, &value);
                }
            }
        }
    }

    /// Mixes the values of its cache for every query head of every new token.
    fn attend(
        &self,
        layer: usize,
        qkv: &Panels,
        angles: &Angles,
        parts: &[Part<'_>],
        mixed: &mut Vec<f32>,
    ) {
        let config = &self.config;
        let (dim, rows) = (config.head_dim, qkv.rows());
        let group = config.num_heads / config.num_kv_heads;
        let seen: Vec<Vec<usize>> = parts.iter().map(Part::seen).collect();
        let scale = 1.0 / (dim as f32).sqrt();
        mixed.resize(config.num_heads * rows * dim, 0.0);
        let heads = mixed.chunks_mut(rows * dim).enumerate();
        self.core.team.each(
            heads,
            <(Vec<f32>, Vec<Lane>)>::default,
            |(queries, scratch), (head, out)| {
                queries.resize(rows * dim, 0.0);
                for (row, query) in queries.chunks_exact_mut(dim).enumerate() {
                    qkv.read(row, head * dim, query);
                    angles.rotate(row, query);
                    query.iter_mut().for_each(|x| *x *= scale);
                }
                let (mut queries, mut out) = (&**queries, out);
                for (part, seen) in parts.iter().zip(&seen) {
                    let (own, other) = queries.split_at(seen.len() * dim);
                    let (mixed, rest) = out.split_at_mut(seen.len() * dim);
                    (queries, out) = (other, rest);
                    self.core.cpu.run(Attend {
                        pages: part.cache.pages(layer),
                        head: head / group,
                        head_dim: dim,
                        queries: own,
                        seen,
                        out: mixed,
                        scratch,
                    });
                }
            },
        );
    }

    fn feed_forward(&self, layer: &Layer, work: &mut Workspace) {
        self.fill_rows(work, &layer.feed_forward_norm);
        let Workspace { hidden, rows, inner, .. } = work;
        narrow(&self.core, &[&layer.gate, &layer.up], rows);
        self.gated(layer, rows, inner);
        let size = (rows.count(), self.config.intermediate_size);
        rows.fill(&self.core, size, None, |row, out| inner.read(row, 0, out));
        add_products(&self.core, &[&layer.down], rows, hidden.values_mut());
    }

    /// Writes `silu(gate) * up` of every row to `inner`.
    fn gated(&self, layer: &Layer, rows: &Rows, inner: &mut Panels) {
        let count = rows.count();
        inner.clear(count, layer.gate.panels());
        let grain = rows.grain(&self.core, layer.gate.panels());
        let pieces = inner.values_mut().chunks_mut(grain * count).enumerate();
        let state = || (Scratch::new(), vec![[0.0; LANES]; grain * count]);
        self.core.team.each(pieces, state, |(scratch, up), (piece, gate)| {
            let up = &mut up[..gate.len()];
            up.fill([0.0; LANES]);
            for (matrix, out) in [(&layer.gate, &mut *gate), (&layer.up, &mut *up)] {
                let panelled = Panelled { matrices: &[matrix], first: piece * grain, rows };
                panelled.add_to(self.core.cpu, scratch, out);
            }
            self.core.cpu.run(Gate { gate, up });
        });
    }

    /// Normalises the residual stream into the left side of a product.
    fn fill_rows(&self, work: &mut Workspace, gains: &[f32]) {
        let Workspace { hidden, rows, .. } = work;
        let norm = Norm { gains, epsilon: self.config.rms_norm_eps as f32 };
        let size = (hidden.rows(), self.config.hidden_size);
        rows.fill(&self.core, size, Some(norm), |row, out| hidden.read(row, 0, out));
    }

    /// Appends the hidden states of some rows to `kept`.
    fn keep(&self, work: &Workspace, rows: Range<usize>, kept: &mut Vec<f32>) {
        let width = self.config.hidden_size;
        for row in rows {
            let end = kept.len();
            kept.resize(end + width, 0.0);
            work.hidden.read(row, 0, &mut kept[end..]);
        }
    }

    /// Normalises hidden states for the head.
    fn prepare(&self, hidden: &[f32], count: usize, work: &mut Workspace) {
        let width = self.config.hidden_size;
        let norm = Norm { gains: &self.norm, epsilon: self.config.rms_norm_eps as f32 };
        work.rows.fill(&self.core, (count, width), Some(norm), |row, out| {
            out.copy_from_slice(&hidden[row * width..][..width]);
        });
    }

    /// The logits of the rows that [`forward`](Self::forward) left.
    pub(super) fn logits(&self, work: &mut Workspace) -> Vec<f32> {
        let Workspace { rows, logits, .. } = work;
        let mut out = vec![0.0; rows.count() * self.config.vocab_size];
        if rows.count() == 0 {
            return out;
        }
        logits.clear(rows.count(), self.head.panels());
        add_products(&self.core, &[&self.head], rows, logits.values_mut());
        let out_rows = out.chunks_mut(self.config.vocab_size).enumerate();
        self.core.team.each(out_rows, || (), |(), (row, out)| logits.read(row, 0, out));
        out
    }

    /// The most likely token after each of the rows that [`forward`](Self::forward) left.
    pub(super) fn greedy(&self, work: &mut Workspace) -> Vec<u32> {
        let rows = &work.rows;
        if rows.count() == 0 {
            return Vec::new();
        }
        let none = vec![(0, f32::NEG_INFINITY); rows.count()];
        let best = Mutex::new(none.clone());
        let panels = self.head.panels();
        let pieces = (0..panels).step_by(self.core.grain(panels));
        let state = || (Tile::boxed(), vec![[0.0; LANES]; rows.count()], none.clone());
        self.core.team.each(pieces, state, |(tile, sums, own), start| {
            own.clone_from(&none);
            for panel in start..panels.min(start + self.core.grain(panels)) {
                sums.fill([0.0; LANES]);
                self.head.add_product(self.core.cpu, panel, rows, tile, sums);
                let lanes = LANES.min(self.head.channels() - panel * LANES);
                for (best, sums) in own.iter_mut().zip(&*sums) {
                    raise(best, panel * LANES, &sums[..lanes]);
                }
            }
            merge(&mut best.lock().unwrap_or_else(PoisonError::into_inner), own);
        });
        let best = best.into_inner().unwrap_or_else(PoisonError::into_inner);
        best.into_iter().map(|(index, _)| index as u32).collect()
    }
}

impl Part<'_> {
    /// How many positions each of the tokens sees.
    fn seen(&self) -> Vec<usize> {
        (1..=self.tokens.len()).map(|row| self.cache.len() + row).collect()
    }
}

/// Takes the first of the largest logits, if it is larger than the best so far.
fn raise(best: &mut (usize, f32), start: usize, logits: &[f32]) {
    for (lane, logit) in logits.iter().enumerate() {
        if *logit > best.1 {
            *best = (start + lane, *logit);
        }
    }
}

/// Row by row keeps the better of two, the first where they are equal.
fn merge(best: &mut [(usize, f32)], other: &[(usize, f32)]) {
    for (best, other) in best.iter_mut().zip(other) {
        if other.1 > best.1 || (other.1 == best.1 && other.0 < best.0) {
            *best = *other;
        }
    }
}

/// `silu(gate) * up`, in place of the gate.
struct Gate<'a> {
    gate: &'a mut [Lane],
    up: &'a [Lane],
}

impl Task for Gate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        for (gate, up) in self.gate.as_flattened_mut().iter_mut().zip(self.up.as_flattened()) {
            *gate = math::silu(*gate) * up;
        }
    }
}

impl Angles {
    /// Turns each pair `(x[i], x[i + D / 2])` of a head by the angle of its position.
    fn rotate(&self, row: usize, head: &mut [f32]) {
        let half = head.len() / 2;
        let (cos, sin) = (&self.cos[row * half..][..half], &self.sin[row * half..][..half]);
        let (first, second) = head.split_at_mut(half);
        for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
            (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
        }
    }
}
