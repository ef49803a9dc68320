//! How is a tile computed with AVX-512? Two registers a row, 28 in all, and one instruction for 16 lanes.

use std::arch::x86_64::*;

use super::{COLUMNS, ROWS, Tile};

/// Makes a tile function from `$zero`, the empty sum, `$dot(sum, a, b)`, and `$value(tile, row, half, sum)`, the `f32`
/// that a sum means.
macro_rules! tile_function {
    ($name:ident, $sized:ident, $features:literal, $zero:expr, $dot:expr, $value:expr) => {
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
            let mut sums = [[$zero; 2]; HEIGHT];
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
            if let (Some(bias), COLUMNS) = (tile.bias, tile.width) {
                // SAFETY: `row < height`; a bias has `COLUMNS` numbers; the rest is the caller's promise.
                unsafe {
                    let bias = [0, 16].map(|at| _mm512_loadu_ps(bias.as_ptr().add(at)));
                    for row in 0..HEIGHT {
                        for half in 0..2 {
                            let value = $value(tile, row, half, sums[row][half]);
                            let at = c.add(row * tile.stride + half * 16);
                            _mm512_storeu_ps(at, _mm512_add_ps(value, bias[half]));
                        }
                    }
                }
                return;
            }
            for (row, halves) in sums.iter().enumerate() {
                for (half, &sum) in halves.iter().enumerate() {
                    // SAFETY: `row < height`; the rest is the caller's promise.
                    unsafe { store(tile, row, half, $value(tile, row, half, sum), c) };
                }
            }
        }
    };
}

tile_function!(
    f32,
    f32_sized,
    "avx512f,avx512bw,avx512dq,avx512vl",
    _mm512_setzero_ps(),
    |sum, a, b| _mm512_fmadd_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), sum),
    |_, _, _, sum| sum
);
tile_function!(
    bf16,
    bf16_sized,
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16",
    _mm512_setzero_ps(),
    |sum, a, b| {
        _mm512_dpbf16_ps(
            sum,
            std::mem::transmute::<__m512i, __m512bh>(a),
            std::mem::transmute::<__m512i, __m512bh>(b),
        )
    },
    |_, _, _, sum| sum
);
tile_function!(
    widened,
    widened_sized,
    "avx512f,avx512bw,avx512dq,avx512vl",
    _mm512_setzero_ps(),
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
    },
    |_, _, _, sum| sum
);
tile_function!(
    int8,
    int8_sized,
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni",
    _mm512_setzero_si512(),
    |sum, a, b| _mm512_dpbusd_epi32(sum, b, a),
    |tile: &Tile<'_>, row: usize, half: usize, sum| {
        let of = &tile.scales;
        let whole = _mm512_add_epi32(sum, _mm512_set1_epi32(*of.offsets.get_unchecked(row)));
        let zeros = _mm512_mul_ps(
            _mm512_set1_ps(*of.zeros.get_unchecked(row)),
            _mm512_loadu_ps(of.sums.as_ptr().add(half * 16)),
        );
        let columns = _mm512_loadu_ps(of.columns.as_ptr().add(half * 16));
        let value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole), columns, zeros);
        _mm512_mul_ps(value, _mm512_set1_ps(*of.rows.get_unchecked(row)))
    }
);

/// Writes half a row of a tile, its bias or what is there added.
///
/// # Safety
/// As [`Tile::compute`]; `row < height` and `half < 2`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn store(tile: &Tile<'_>, row: usize, half: usize, value: __m512, c: *mut f32) {
    let n = tile.width.saturating_sub(half * 16).min(16);
    let at = c.wrapping_add(row * tile.stride + half * 16);
    let mask = ((1u32 << n) - 1) as __mmask16;
    // SAFETY: the mask keeps to `width` columns; a bias has `COLUMNS` numbers; the rest is the caller's promise.
    unsafe {
        let base = match tile.bias {
            Some(bias) => _mm512_loadu_ps(bias.as_ptr().add(half * 16)),
            None => _mm512_maskz_loadu_ps(mask, at),
        };
        let value = _mm512_add_ps(value, base);
        if n == 16 {
            _mm512_storeu_ps(at, value);
        } else {
            _mm512_mask_storeu_ps(at, mask, value);
        }
    }
}
