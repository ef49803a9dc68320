//! How is a tile computed with AVX2? In pieces of up to 5 rows and 16 columns, so that sums stay in 16 registers.

use std::arch::x86_64::*;

use super::{COLUMNS, Tile};

/// Rows of a piece.
const PIECE: usize = 5;

/// Makes a tile function from `$zero`, the empty sum, `$split(b)`, what a register of right lanes becomes once for all
/// rows, `$dot(sum, a, b)`, and `$value(tile, row, column, sum)`, the `f32` that a sum means.
macro_rules! tile_function {
    ($name:ident, $piece:ident, $features:literal, $zero:expr, $split:expr, $dot:expr, $value:expr) => {
        /// # Safety
        /// As [`Tile::compute`].
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $name(tile: &Tile<'_>, c: *mut f32) {
            for half in 0..2 {
                for first in (0..tile.height).step_by(PIECE) {
                    // SAFETY: the caller's promise; the rows are those of the tile.
                    unsafe {
                        match tile.height - first {
                            1 => $piece::<1>(tile, first, half, c),
                            2 => $piece::<2>(tile, first, half, c),
                            3 => $piece::<3>(tile, first, half, c),
                            4 => $piece::<4>(tile, first, half, c),
                            _ => $piece::<PIECE>(tile, first, half, c),
                        }
                    }
                }
            }
        }

        /// # Safety
        /// As [`Tile::compute`], with `first + HEIGHT` at most the tile's height and `half < 2`.
        #[target_feature(enable = $features)]
        unsafe fn $piece<const HEIGHT: usize>(
            tile: &Tile<'_>,
            first: usize,
            half: usize,
            c: *mut f32,
        ) {
            let mut sums = [[$zero; 2]; HEIGHT];
            let a = tile.left.as_ptr();
            let b = tile.right.as_ptr();
            for lane in 0..tile.n_lanes {
                // SAFETY: `Tile::compute` checked that `left` holds `n_lanes × height` lanes and `right`
                // `n_lanes × COLUMNS`.
                unsafe {
                    let a = a.add(lane * tile.height + first);
                    let b = b.add(lane * COLUMNS + half * 16);
                    let b0 = $split(_mm256_loadu_si256(b.cast()));
                    let b1 = $split(_mm256_loadu_si256(b.add(8).cast()));
                    for row in 0..HEIGHT {
                        let a = _mm256_set1_epi32((*a.add(row)).cast_signed());
                        sums[row][0] = $dot(sums[row][0], a, b0);
                        sums[row][1] = $dot(sums[row][1], a, b1);
                    }
                }
            }
            for (row, parts) in sums.iter().enumerate() {
                for (part, &sum) in parts.iter().enumerate() {
                    let column = half * 16 + part * 8;
                    // SAFETY: the caller's promise.
                    unsafe {
                        let value = $value(tile, first + row, column, sum);
                        store(tile, first + row, column, value, c);
                    }
                }
            }
        }
    };
}

tile_function!(
    f32,
    f32_piece,
    "avx2,fma",
    _mm256_setzero_ps(),
    |b| _mm256_castsi256_ps(b),
    |sum, a, b| _mm256_fmadd_ps(_mm256_castsi256_ps(a), b, sum),
    |_, _, _, sum| sum
);
tile_function!(
    bf16,
    bf16_piece,
    "avx2,fma",
    _mm256_setzero_ps(),
    |b| widen(b),
    |sum, a, b: [__m256; 2]| {
        let a = widen(a);
        _mm256_fmadd_ps(a[1], b[1], _mm256_fmadd_ps(a[0], b[0], sum))
    },
    |_, _, _, sum| sum
);
tile_function!(
    int8_vnni,
    int8_vnni_piece,
    "avx2,fma,avxvnni",
    _mm256_setzero_si256(),
    |b| b,
    |sum, a, b| _mm256_dpbusd_avx_epi32(sum, b, a),
    |tile, row, column, sum| scaled(tile, row, column, sum)
);
// Products of 8-bit numbers in 16 bits could overflow when two are added (`vpmaddubsw` saturates), so both sides are
// widened to 16 bits first, even and odd bytes apart.
tile_function!(
    int8,
    int8_piece,
    "avx2,fma",
    _mm256_setzero_si256(),
    |b| [_mm256_and_si256(b, _mm256_set1_epi16(0xFF)), _mm256_srli_epi16::<8>(b)],
    |sum, a, b: [__m256i; 2]| {
        let even = _mm256_madd_epi16(_mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(a)), b[0]);
        let odd = _mm256_madd_epi16(_mm256_srai_epi16::<8>(a), b[1]);
        _mm256_add_epi32(sum, _mm256_add_epi32(even, odd))
    },
    |tile, row, column, sum| scaled(tile, row, column, sum)
);

/// The first and the second `bf16` of each lane as `f32`.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn widen(lanes: __m256i) -> [__m256; 2] {
    [
        _mm256_castsi256_ps(_mm256_slli_epi32::<16>(lanes)),
        _mm256_castsi256_ps(_mm256_and_si256(lanes, _mm256_set1_epi32(-65_536))),
    ]
}

/// What eight sums of 8-bit products mean.
///
/// # Safety
/// `row < height` and `column + 8 <= COLUMNS` of a tile whose scales were checked.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn scaled(tile: &Tile<'_>, row: usize, column: usize, sum: __m256i) -> __m256 {
    let of = &tile.scales;
    // SAFETY: the caller's promise.
    unsafe {
        let whole = _mm256_add_epi32(sum, _mm256_set1_epi32(*of.offsets.get_unchecked(row)));
        let zeros = _mm256_mul_ps(
            _mm256_set1_ps(*of.zeros.get_unchecked(row)),
            _mm256_loadu_ps(of.sums.as_ptr().add(column)),
        );
        let columns = _mm256_loadu_ps(of.columns.as_ptr().add(column));
        let value = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), columns, zeros);
        _mm256_mul_ps(value, _mm256_set1_ps(*of.rows.get_unchecked(row)))
    }
}

/// Writes eight numbers of a row of a tile, their bias or what is there added.
///
/// # Safety
/// As [`Tile::compute`]; `row < height` and `column + 8 <= COLUMNS`.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn store(tile: &Tile<'_>, row: usize, column: usize, value: __m256, c: *mut f32) {
    let n = tile.width.saturating_sub(column).min(8);
    let at = c.wrapping_add(row * tile.stride + column);
    let mut values = [0.0f32; 8];
    // SAFETY: only the first `n` numbers at `at` are touched, which lie within `width` columns; a bias has `COLUMNS`
    // numbers; the rest is the caller's promise.
    unsafe {
        if n == 8 {
            let base = tile.bias.map_or(at.cast_const(), |bias| bias.as_ptr().add(column));
            _mm256_storeu_ps(at, _mm256_add_ps(value, _mm256_loadu_ps(base)));
            return;
        }
        _mm256_storeu_ps(values.as_mut_ptr(), value);
        for (i, value) in values.iter().enumerate().take(n) {
            *at.add(i) = value + tile.bias.map_or(*at.add(i), |bias| bias[column + i]);
        }
    }
}
