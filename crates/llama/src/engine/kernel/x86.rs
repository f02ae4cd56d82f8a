//! The instruction sets of x86-64.

mod avx2;
mod avx512;

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use avx2::{Avx2, AvxVnni};
use avx512::Avx512;

use super::Task;

/// An instruction set. Only made by [`Set::available`], so that whoever has one may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Avx512,
    AvxVnni,
    Avx2,
}

impl Set {
    /// The sets of this processor, the best first.
    pub(super) fn available() -> impl Iterator<Item = Self> {
        let sets = [Self::Avx512, Self::AvxVnni, Self::Avx2];
        sets.into_iter().filter(|set| set.is_available())
    }

    fn is_available(self) -> bool {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c");
        match self {
            Self::Avx2 => avx2,
            Self::AvxVnni => avx2 && is_x86_feature_detected!("avxvnni"),
            Self::Avx512 => {
                avx2 && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512vnni")
            }
        }
    }

    #[inline]
    pub(super) fn run<T: Task>(self, task: T) -> T::Output {
        // SAFETY: a set is only made after its features, which are those of the function, were detected.
        unsafe {
            match self {
                Self::Avx512 => avx512(task),
                Self::AvxVnni => avx_vnni(task),
                Self::Avx2 => avx2(task),
            }
        }
    }
}

/// Asks for the lines of the cache that have these bytes, but for the last one perhaps.
#[inline(always)]
pub(super) fn prefetch(bytes: &[u8]) {
    const LINE: usize = 64;
    for line in bytes.chunks(LINE) {
        // SAFETY: every processor of this family has it, and it reads nothing that the program could see.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) }
    }
}

#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn avx512<T: Task>(task: T) -> T::Output {
    task.run::<Avx512>()
}

#[target_feature(enable = "avx2,fma,f16c,avxvnni")]
fn avx_vnni<T: Task>(task: T) -> T::Output {
    task.run::<AvxVnni>()
}

#[target_feature(enable = "avx2,fma,f16c")]
fn avx2<T: Task>(task: T) -> T::Output {
    task.run::<Avx2>()
}
