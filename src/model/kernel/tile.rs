//! How is one tile of a product computed? All of its sums in registers, one pass over two panels.

use super::level::Level;
use super::pack::{COLUMNS, ROWS};

/// One tile: `height` × [`COLUMNS`] sums over `n_lanes` lanes, put into (or added to) `c`.
pub(super) struct Tile<'a> {
    /// `n_lanes × height` lanes.
    pub(super) left: &'a [u32],
    /// `n_lanes × COLUMNS` lanes.
    pub(super) right: &'a [u32],
    /// Rows, at most [`ROWS`].
    pub(super) height: usize,
    /// Lanes in the inner dimension.
    pub(super) n_lanes: usize,
    /// Columns to write, at most [`COLUMNS`].
    pub(super) width: usize,
    /// Numbers between two rows of the result.
    pub(super) stride: usize,
    /// Whether to add to what is there.
    pub(super) adds: bool,
}

/// Whether lanes hold one `f32` or two `bf16`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One `f32`.
    F32,
    /// Two `bf16`.
    Bf16,
}

impl Tile<'_> {
    /// Computes the tile into `c`.
    ///
    /// # Safety
    /// `c` must be valid for reads and writes of `width` numbers in each of `height` rows `stride` apart, and the
    /// processor must have `level`.
    pub(super) unsafe fn compute(&self, level: Level, kind: Kind, c: *mut f32) {
        assert!(self.left.len() >= self.n_lanes * self.height && self.height <= ROWS);
        assert!(self.right.len() >= self.n_lanes * COLUMNS && self.width <= COLUMNS);
        #[cfg(target_arch = "x86_64")]
        {
            // SAFETY: the lengths were checked above; the rest is the caller's promise.
            unsafe {
                match (level, kind) {
                    (Level::Avx512Bf16, Kind::Bf16) => return x86::bf16(self, c),
                    (Level::Avx512 | Level::Avx512Bf16, Kind::F32) => return x86::f32(self, c),
                    (Level::Avx512, Kind::Bf16) => return x86::widened_avx512(self, c),
                    (Level::Avx2, _) => return x86::avx2(self, kind, c),
                    (Level::Portable, _) => {}
                }
            }
        }
        let _ = level;
        // SAFETY: the caller's promise about `c`.
        unsafe { portable::<false>(self, kind, c) };
    }
}

/// The tile in plain Rust.
///
/// # Safety
/// As [`Tile::compute`].
#[inline(always)]
unsafe fn portable<const FUSED: bool>(tile: &Tile<'_>, kind: Kind, c: *mut f32) {
    for row in 0..tile.height {
        let mut sums = [0.0f32; COLUMNS];
        for lane in 0..tile.n_lanes {
            let a = tile.left[lane * tile.height + row];
            let b = &tile.right[lane * COLUMNS..][..COLUMNS];
            match kind {
                Kind::F32 => {
                    let a = f32::from_bits(a);
                    for (sum, &b) in sums.iter_mut().zip(b) {
                        *sum = super::level::multiply_add::<FUSED>(a, f32::from_bits(b), *sum);
                    }
                }
                Kind::Bf16 => {
                    let (a0, a1) = (f32::from_bits(a << 16), f32::from_bits(a & 0xFFFF_0000));
                    for (sum, &b) in sums.iter_mut().zip(b) {
                        let low =
                            super::level::multiply_add::<FUSED>(a0, f32::from_bits(b << 16), *sum);
                        *sum = super::level::multiply_add::<FUSED>(
                            a1,
                            f32::from_bits(b & 0xFFFF_0000),
                            low,
                        );
                    }
                }
            }
        }
        for (column, sum) in sums.iter().take(tile.width).enumerate() {
            // SAFETY: `row < height`, `column < width`, and the caller's promise.
            unsafe {
                let at = c.add(row * tile.stride + column);
                *at = if tile.adds { *at + sum } else { *sum };
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{COLUMNS, Kind, ROWS, Tile, portable};

    /// Makes a tile function from one dot instruction: `$dot(sum, a, b)` on 16 lanes at a time.
    macro_rules! tile_function {
        ($name:ident, $sized:ident, $features:literal, $dot:expr) => {
            /// # Safety
            /// As [`Tile::compute`].
            #[target_feature(enable = $features)]
            pub(super) unsafe fn $name(tile: &Tile<'_>, c: *mut f32) {
                // SAFETY: the caller's promise; `height` is the constant's value.
                unsafe {
                    match tile.height {
                        1 => $sized::<1>(tile, c),
                        2 => $sized::<2>(tile, c),
                        3 => $sized::<3>(tile, c),
                        4 => $sized::<4>(tile, c),
                        5 => $sized::<5>(tile, c),
                        6 => $sized::<6>(tile, c),
                        7 => $sized::<7>(tile, c),
                        8 => $sized::<8>(tile, c),
                        9 => $sized::<9>(tile, c),
                        10 => $sized::<10>(tile, c),
                        11 => $sized::<11>(tile, c),
                        12 => $sized::<12>(tile, c),
                        13 => $sized::<13>(tile, c),
                        ROWS => $sized::<ROWS>(tile, c),
                        _ => unreachable!("a panel has 1 to {ROWS} rows"),
                    }
                }
            }

            /// # Safety
            /// As [`Tile::compute`], with `HEIGHT` the tile's height.
            #[target_feature(enable = $features)]
            unsafe fn $sized<const HEIGHT: usize>(tile: &Tile<'_>, c: *mut f32) {
                let mut sums = [[_mm512_setzero_ps(); 2]; HEIGHT];
                let (mut a, mut b) = (tile.left.as_ptr(), tile.right.as_ptr());
                for _ in 0..tile.n_lanes {
                    // SAFETY: `Tile::compute` checked that `left` holds `n_lanes × height` lanes and `right`
                    // `n_lanes × COLUMNS`.
                    unsafe {
                        let b0 = _mm512_loadu_si512(b.cast());
                        let b1 = _mm512_loadu_si512(b.add(16).cast());
                        for row in 0..HEIGHT {
                            let a = _mm512_set1_epi32((*a.add(row)).cast_signed());
                            sums[row][0] = $dot(sums[row][0], a, b0);
                            sums[row][1] = $dot(sums[row][1], a, b1);
                        }
                        a = a.add(HEIGHT);
                        b = b.add(COLUMNS);
                    }
                }
                // SAFETY: the caller's promise about `c`.
                unsafe { store(tile, &sums, c) };
            }
        };
    }

    tile_function!(f32, f32_sized, "avx512f,avx512bw,avx512dq,avx512vl", |sum, a, b| {
        _mm512_fmadd_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), sum)
    });
    tile_function!(
        bf16,
        bf16_sized,
        "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16",
        |sum, a, b| {
            _mm512_dpbf16_ps(
                sum,
                std::mem::transmute::<__m512i, __m512bh>(a),
                std::mem::transmute::<__m512i, __m512bh>(b),
            )
        }
    );
    tile_function!(
        widened_avx512,
        widened_sized,
        "avx512f,avx512bw,avx512dq,avx512vl",
        |sum, a, b| {
            let high = _mm512_set1_epi32(-65_536);
            let low = _mm512_fmadd_ps(
                _mm512_castsi512_ps(_mm512_slli_epi32::<16>(a)),
                _mm512_castsi512_ps(_mm512_slli_epi32::<16>(b)),
                sum,
            );
            _mm512_fmadd_ps(
                _mm512_castsi512_ps(_mm512_and_si512(a, high)),
                _mm512_castsi512_ps(_mm512_and_si512(b, high)),
                low,
            )
        }
    );

    /// Writes a tile's sums, or adds them to what is there.
    ///
    /// # Safety
    /// As [`Tile::compute`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn store<const HEIGHT: usize>(
        tile: &Tile<'_>,
        sums: &[[__m512; 2]; HEIGHT],
        c: *mut f32,
    ) {
        for (row, halves) in sums.iter().enumerate() {
            for (half, &sum) in halves.iter().enumerate() {
                let n = tile.width.saturating_sub(half * 16).min(16);
                let mask = ((1u32 << n) - 1) as __mmask16;
                // SAFETY: the mask keeps to `width` columns; the rest is the caller's promise.
                unsafe {
                    let at = c.wrapping_add(row * tile.stride + half * 16);
                    let sum = if tile.adds {
                        _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, at))
                    } else {
                        sum
                    };
                    _mm512_mask_storeu_ps(at, mask, sum);
                }
            }
        }
    }

    /// # Safety
    /// As [`Tile::compute`].
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn avx2(tile: &Tile<'_>, kind: Kind, c: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { portable::<true>(tile, kind, c) };
    }
}
