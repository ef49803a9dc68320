//! Which instructions does this processor have?

use std::sync::OnceLock;

/// The instruction sets that kernels are written for, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Whatever the compiler's baseline for this architecture is.
    Portable,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 F, BW, DQ and VL.
    Avx512,
    /// AVX-512 with BF16 dot products.
    Avx512Bf16,
}

impl Level {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Avx512Bf16 => "avx512-bf16",
        }
    }

    /// Every level that this processor can run, least first.
    pub fn available() -> impl Iterator<Item = Self> {
        [Self::Portable, Self::Avx2, Self::Avx512, Self::Avx512Bf16]
            .into_iter()
            .filter(|&each| each <= level())
    }
}

/// The most that this processor can run; looked up once.
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(detect)
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
        return Level::Portable;
    }
    let has_avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    match (has_avx512, is_x86_feature_detected!("avx512bf16")) {
        (true, true) => Level::Avx512Bf16,
        (true, false) => Level::Avx512,
        _ => Level::Avx2,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Portable
}

/// Multiplies and adds, in one rounding where `FUSED`: fast only where the processor has the instruction.
#[inline(always)]
pub(super) fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// Compiles one body for every [`Level`] and calls the one for the level given.
///
/// The body is a generic function `body::<FUSED>` whose loops the compiler turns into vector instructions.
macro_rules! for_each_level {
    ($level:expr, $body:ident($($argument:ident: $kind:ty),* $(,)?)) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
            fn avx512($($argument: $kind),*) { $body::<true>($($argument),*) }
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($argument: $kind),*) { $body::<true>($($argument),*) }
            match $level {
                $crate::model::kernel::Level::Portable => $body::<false>($($argument),*),
                // SAFETY: `level()` found these instruction sets on this processor.
                $crate::model::kernel::Level::Avx2 => unsafe { avx2($($argument),*) },
                // SAFETY: as above.
                _ => unsafe { avx512($($argument),*) },
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = $level;
            $body::<false>($($argument),*)
        }
    }};
}
pub(super) use for_each_level;
