//! Activations in panels of sixteen columns, as the products make them.

use super::kernel::{LANES, Lane};

/// A matrix of f32 in panels of [`LANES`] columns, each with its rows one after the other: sixteen output channels of a product
/// are one piece of memory, which one thread can own.
#[derive(Debug, Default)]
pub(super) struct Panels {
    rows: usize,
    values: Vec<Lane>,
}

impl Panels {
    /// Makes it `rows` by `panels * LANES` zeros.
    pub(super) fn clear(&mut self, rows: usize, panels: usize) {
        self.rows = rows;
        self.values.clear();
        self.values.resize(rows * panels, [0.0; LANES]);
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// All panels, one after the other.
    pub(super) fn values_mut(&mut self) -> &mut [Lane] {
        &mut self.values
    }

    /// Copies the columns from `start` on of one row.
    #[inline]
    pub(super) fn read(&self, row: usize, start: usize, out: &mut [f32]) {
        let (first, skipped) = (start / LANES, start % LANES);
        let mut lanes = self.values[first * self.rows + row..].iter().step_by(self.rows);
        let (head, rest) = out.split_at_mut(out.len().min((LANES - skipped) % LANES));
        if let Some(lane) = (!head.is_empty()).then(|| lanes.next()).flatten() {
            head.copy_from_slice(&lane[skipped..][..head.len()]);
        }
        // Whole lanes are copied by their length, which is known, not by a call.
        let (whole, tail) = rest.as_chunks_mut::<LANES>();
        for (out, lane) in whole.iter_mut().zip(&mut lanes) {
            *out = *lane;
        }
        if let Some(lane) = lanes.next() {
            tail.copy_from_slice(&lane[..tail.len()]);
        }
    }

    /// Adds one vector to every row.
    pub(super) fn add(&mut self, vector: &[f32], start: usize) {
        for (offset, value) in vector.iter().enumerate() {
            let at = start + offset;
            for lane in &mut self.values[at / LANES * self.rows..][..self.rows] {
                lane[at % LANES] += value;
            }
        }
    }

    /// Overwrites the columns from `start` on of one row.
    pub(super) fn write(&mut self, row: usize, start: usize, values: &[f32]) {
        for (offset, value) in values.iter().enumerate() {
            let at = start + offset;
            self.values[at / LANES * self.rows + row][at % LANES] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_across_panels() {
        let mut panels = Panels::default();
        panels.clear(3, 2);
        for row in 0..3 {
            let values: Vec<f32> = (0..32).map(|i| (100 * row + i) as f32).collect();
            panels.write(row, 0, &values);
        }
        panels.add(&[1000.0], 17);
        let mut out = [0.0; 4];
        panels.read(2, 14, &mut out);
        assert_eq!(out, [214.0, 215.0, 216.0, 1217.0]);
    }
}
