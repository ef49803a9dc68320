//! How do rows become columns? Sixteen by sixteen in registers where the processor has AVX-512.

use super::level::Level;

/// Rows or columns that are turned at a time.
const SIDE: usize = 16;

/// A matrix that is to be turned: rows of 4-byte numbers, `stride` apart.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a, T> {
    pub(super) from: &'a [T],
    pub(super) stride: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// Numbers of 4 bytes that may be moved as such.
pub(super) trait FourBytes: Copy + Sized {}
impl FourBytes for f32 {}
impl FourBytes for u32 {}

impl<T: FourBytes> Turn<'_, T> {
    /// Makes `to[column · to_stride + row]` this matrix's number at row and column.
    pub(super) fn into(self, level: Level, to: &mut [T], to_stride: usize) {
        if self.rows == 0 || self.columns == 0 {
            return;
        }
        assert!(self.rows <= to_stride, "turned rows overlap");
        assert!(self.from.len() >= (self.rows - 1) * self.stride + self.columns);
        assert!(to.len() >= (self.columns - 1) * to_stride + self.rows);
        #[cfg(target_arch = "x86_64")]
        if level >= Level::Avx512 {
            for row in (0..self.rows).step_by(SIDE) {
                let rows = SIDE.min(self.rows - row);
                for column in (0..self.columns).step_by(SIDE) {
                    let columns = SIDE.min(self.columns - column);
                    // SAFETY: `rows × columns` numbers at these places lie within both slices, as was checked; the
                    // level comes from detection.
                    unsafe {
                        let from = self.from.as_ptr().add(row * self.stride + column).cast();
                        let to = to.as_mut_ptr().add(column * to_stride + row).cast();
                        x86::turn((from, self.stride), (to, to_stride), rows, columns);
                    }
                }
            }
            return;
        }
        let _ = level;
        for row in 0..self.rows {
            let line = &self.from[row * self.stride..][..self.columns];
            for (column, &x) in line.iter().enumerate() {
                to[column * to_stride + row] = x;
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    /// Turns up to 16 × 16 numbers.
    ///
    /// # Safety
    /// `rows` and `columns` are 1 to 16; that many numbers at these strides are valid at `from` for reads and, turned,
    /// at `to` for writes.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    pub(super) unsafe fn turn(
        (from, from_stride): (*const i32, usize),
        (to, to_stride): (*mut i32, usize),
        rows: usize,
        columns: usize,
    ) {
        let mask = |n: usize| ((1u32 << n) - 1) as __mmask16;
        let mut lines = [_mm512_setzero_si512(); 16];
        for (row, line) in lines.iter_mut().enumerate() {
            if row < rows {
                // SAFETY: the caller's promise; the mask keeps to `columns` numbers.
                *line =
                    unsafe { _mm512_maskz_loadu_epi32(mask(columns), from.add(row * from_stride)) };
            }
        }
        let turned = turn_registers(lines);
        for (column, &line) in turned.iter().enumerate() {
            if column < columns {
                // SAFETY: the caller's promise; the mask keeps to `rows` numbers.
                unsafe {
                    _mm512_mask_storeu_epi32(to.add(column * to_stride), mask(rows), line);
                }
            }
        }
    }

    /// A 16 × 16 transpose: pairs of 32 bits, pairs of 64 bits, then quarters twice.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[expect(clippy::large_types_passed_by_value, reason = "it is inlined, and they are registers")]
    fn turn_registers(r: [__m512i; 16]) -> [__m512i; 16] {
        let mut t = r;
        for i in (0..16).step_by(2) {
            t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
            t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
        }
        let mut u = t;
        for i in (0..16).step_by(4) {
            u[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
            u[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
            u[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
            u[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
        }
        // `u[4b + c]` holds, in its quarter q, column 4q + c of rows 4b to 4b + 3.
        let mut out = u;
        for c in 0..4 {
            let low01 = _mm512_shuffle_i32x4::<0b10_00_10_00>(u[c], u[4 + c]);
            let high01 = _mm512_shuffle_i32x4::<0b11_01_11_01>(u[c], u[4 + c]);
            let low23 = _mm512_shuffle_i32x4::<0b10_00_10_00>(u[8 + c], u[12 + c]);
            let high23 = _mm512_shuffle_i32x4::<0b11_01_11_01>(u[8 + c], u[12 + c]);
            out[c] = _mm512_shuffle_i32x4::<0b10_00_10_00>(low01, low23);
            out[8 + c] = _mm512_shuffle_i32x4::<0b11_01_11_01>(low01, low23);
            out[4 + c] = _mm512_shuffle_i32x4::<0b10_00_10_00>(high01, high23);
            out[12 + c] = _mm512_shuffle_i32x4::<0b11_01_11_01>(high01, high23);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_become_columns_and_nothing_else_is_touched(
            rows in 1usize..40, columns in 1usize..40, more in 0usize..5, apart in 0usize..5,
        ) {
            let from: Vec<u32> = (0..(rows * (columns + more)) as u32).collect();
            for level in Level::available() {
                let mut to = vec![u32::MAX; columns * (rows + apart)];
                Turn { from: &from, stride: columns + more, rows, columns }.into(level, &mut to, rows + apart);
                for (place, &x) in to.iter().enumerate() {
                    let (column, row) = (place / (rows + apart), place % (rows + apart));
                    let expected = if row < rows { from[row * (columns + more) + column] } else { u32::MAX };
                    prop_assert_eq!(x, expected, "{:?}", level);
                }
            }
        }
    }
}
