//! Memory for weights. Every pass reads all of it, so it lies in large pages where the system gives them: fewer addresses to look up.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Bytes that are zero at first.
pub(super) enum Memory {
    Mapped(MmapMut),
    /// Where the system maps no memory.
    Allocated(Vec<u8>),
}

impl Memory {
    pub(super) fn zeroed(len: usize) -> Self {
        match MmapMut::map_anon(len) {
            Ok(map) => {
                // Advice: without it all is as well, but slower.
                #[cfg(target_os = "linux")]
                let _ = map.advise(memmap2::Advice::HugePage);
                Self::Mapped(map)
            }
            Err(_) => Self::Allocated(vec![0; len]),
        }
    }
}

impl Deref for Memory {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Allocated(bytes) => bytes,
        }
    }
}

impl DerefMut for Memory {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Allocated(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_zero_at_first_and_keeps_what_is_written() {
        for len in [0, 1, (4 << 20) + 1] {
            let mut memory = Memory::zeroed(len);
            assert_eq!(memory.len(), len);
            assert!(memory.iter().all(|byte| *byte == 0));
            memory.fill(7);
            assert!(memory.iter().all(|byte| *byte == 7));
        }
    }
}
