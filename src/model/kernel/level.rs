//! Which instructions does this processor have?

use std::sync::OnceLock;

/// The instruction sets that kernels are written for, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Whatever the compiler's baseline for this architecture is.
    Portable,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// AVX2 with 8-bit dot products (AVX-VNNI).
    Avx2Vnni,
    /// x86-64 with AVX-512 F, BW, DQ and VL.
    Avx512,
    /// AVX-512 with 8-bit dot products (VNNI).
    Avx512Vnni,
    /// AVX-512 with 8-bit and BF16 dot products.
    Avx512Bf16,
}

impl Level {
    /// All of them, least first.
    const ALL: [Self; 6] = [
        Self::Portable,
        Self::Avx2,
        Self::Avx2Vnni,
        Self::Avx512,
        Self::Avx512Vnni,
        Self::Avx512Bf16,
    ];

    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx2Vnni => "avx2-vnni",
            Self::Avx512 => "avx512",
            Self::Avx512Vnni => "avx512-vnni",
            Self::Avx512Bf16 => "avx512-bf16",
        }
    }

    /// The level of that name, if this processor can run it.
    pub fn named(name: &str) -> Option<Self> {
        Self::available().find(|level| level.name() == name)
    }

    /// Every level that this processor can run, least first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|level| level.is_here())
    }

    #[cfg(target_arch = "x86_64")]
    fn is_here(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Avx2Vnni => Self::Avx2.is_here() && is_x86_feature_detected!("avxvnni"),
            Self::Avx512 => {
                Self::Avx2.is_here()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            Self::Avx512Vnni => Self::Avx512.is_here() && is_x86_feature_detected!("avx512vnni"),
            Self::Avx512Bf16 => {
                Self::Avx512Vnni.is_here() && is_x86_feature_detected!("avx512bf16")
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn is_here(self) -> bool {
        self == Self::Portable
    }
}

static LEVEL: OnceLock<Level> = OnceLock::new();

/// The most that this processor can run, or what [`use_level`] said; looked up once.
pub fn level() -> Level {
    *LEVEL.get_or_init(|| Level::available().last().expect("`Portable` is always there"))
}

/// Makes all kernels use `level`, for measurements; false if it isn't available or they have begun with another.
pub fn use_level(wanted: Level) -> bool {
    wanted.is_here() && *LEVEL.get_or_init(|| wanted) == wanted
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
                $crate::model::kernel::Level::Avx2 | $crate::model::kernel::Level::Avx2Vnni => unsafe {
                    avx2($($argument),*)
                },
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
