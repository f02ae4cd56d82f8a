//! Rows of q and k in GGUF files of the `llama` family.
//!
//! llama.cpp rotates interleaved pairs `(2 i, 2 i + 1)`, so its converter reorders the rows of each head. Hugging Face weights,
//! and this crate, rotate `(i, i + head_dim / 2)`.

/// Puts the rows of every head back into half-split order. `data` is `[heads * head_dim, width]`, row-major.
pub(super) fn half_split(data: &[f32], heads: usize, head_dim: usize, width: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(data.len());
    for row in 0..heads * head_dim {
        out.extend_from_slice(&data[source_row(row, head_dim) * width..][..width]);
    }
    out
}

/// Puts rows in half-split order into the order of the file: undoes [`half_split`].
pub(crate) fn interleaved(data: &[f32], heads: usize, head_dim: usize, width: usize) -> Vec<f32> {
    let mut out = vec![0.0; data.len()];
    for (row, values) in data.chunks_exact(width).take(heads * head_dim).enumerate() {
        out[source_row(row, head_dim) * width..][..width].copy_from_slice(values);
    }
    out
}

/// Where the row of half-split order lies in the file.
pub(super) fn source_row(row: usize, head_dim: usize) -> usize {
    let half = head_dim / 2;
    let (head, row) = (row / head_dim, row % head_dim);
    let (part, pair) = (row / half, row % half);
    head * head_dim + 2 * pair + part
}

#[cfg(test)]
mod tests {
    use super::{half_split, interleaved};

    #[test]
    fn interleaved_rows_are_split() {
        // Two heads of four rows, one column: GGUF order within a head is 0, 2, 1, 3 of the original.
        let gguf = [0.0, 2.0, 1.0, 3.0, 10.0, 12.0, 11.0, 13.0];
        assert_eq!(half_split(&gguf, 2, 4, 1), [0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 13.0]);
        assert_eq!(half_split(&[0.0, 0.5, 2.0, 2.5], 1, 2, 2), [0.0, 0.5, 2.0, 2.5]);
        assert_eq!(interleaved(&half_split(&gguf, 2, 4, 1), 2, 4, 1), gguf);
    }
}
