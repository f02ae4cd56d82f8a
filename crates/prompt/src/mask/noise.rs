//! Random weights that are the same wherever they are drawn.

/// Draws a weight for each place of an answer.
pub(super) struct Noise {
    state: u64,
    most: f32,
}

impl Noise {
    /// Weights from 0 to `most`, different for each seed and epoch.
    pub(super) fn new(seed: u64, epoch: u64, most: f32) -> Self {
        Self { state: mixed(seed ^ mixed(epoch)), most: most.clamp(0.0, 1.0) }
    }

    /// The weight of the word at byte `at`.
    pub(super) fn weight(&self, at: usize) -> f32 {
        // The upper 24 bits fill the mantissa of an `f32`: every value below 1 is as likely.
        let bits = mixed(self.state.wrapping_add(at as u64)) >> 40;
        self.most * (bits as f32 / (1u32 << 24) as f32)
    }
}

/// The output function of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
