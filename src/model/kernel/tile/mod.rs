//! How is one tile of a product computed? All of its sums in registers, one pass over two panels.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx2;

use super::level::{Level, multiply_add};
use super::pack::{COLUMNS, ROWS};

/// One tile: `height` × [`COLUMNS`] sums over `n_lanes` lanes, put into (or added to) the result.
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
    /// What the sums are added to: [`COLUMNS`] numbers, or what is there if `None`.
    pub(super) bias: Option<&'a [f32]>,
    /// What sums of 8-bit lanes mean; empty for other kinds.
    pub(super) scales: Scales<'a>,
}

/// What a sum of products of 8-bit numbers means: `((sum + offsets[row]) · columns[column] + zeros[row] · sums[column]) ·
/// rows[row]`.
#[derive(Clone, Copy, Default)]
pub(super) struct Scales<'a> {
    /// One a row.
    pub(super) rows: &'a [f32],
    /// One a row.
    pub(super) offsets: &'a [i32],
    /// One a row.
    pub(super) zeros: &'a [f32],
    /// [`COLUMNS`] numbers.
    pub(super) columns: &'a [f32],
    /// [`COLUMNS`] numbers.
    pub(super) sums: &'a [f32],
}

/// What a lane holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One `f32`.
    F32,
    /// Two `bf16`.
    Bf16,
    /// Four 8-bit integers: signed on the left, 128 too large and unsigned on the right.
    Int8,
}

impl Tile<'_> {
    /// Computes the tile into `c`.
    ///
    /// # Safety
    /// `c` must be valid for reads and writes of `width` numbers in each of `height` rows `stride` apart, and the
    /// processor must have `level`.
    #[inline]
    pub(super) unsafe fn compute(&self, level: Level, kind: Kind, c: *mut f32) {
        assert!(self.left.len() >= self.n_lanes * self.height && self.height <= ROWS);
        assert!(self.right.len() >= self.n_lanes * COLUMNS && self.width <= COLUMNS);
        assert!(self.bias.is_none_or(|bias| bias.len() >= COLUMNS));
        if kind == Kind::Int8 {
            let Scales { rows, offsets, zeros, columns, sums } = self.scales;
            let shortest = rows.len().min(offsets.len()).min(zeros.len());
            assert!(shortest >= self.height && columns.len().min(sums.len()) >= COLUMNS);
        }
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the lengths were checked above; the rest is the caller's promise.
        unsafe {
            match (level, kind) {
                (Level::Avx512Bf16, Kind::Bf16) => return avx512::bf16(self, c),
                (Level::Avx512Bf16 | Level::Avx512Vnni, Kind::Int8) => {
                    return avx512::int8(self, c);
                }
                (Level::Avx512Bf16 | Level::Avx512Vnni | Level::Avx512, Kind::F32) => {
                    return avx512::f32(self, c);
                }
                (Level::Avx512Vnni | Level::Avx512, Kind::Bf16) => return avx512::widened(self, c),
                (Level::Avx2Vnni, Kind::Int8) => return avx2::int8_vnni(self, c),
                (Level::Avx2 | Level::Avx2Vnni, Kind::F32) => return avx2::f32(self, c),
                (Level::Avx2 | Level::Avx2Vnni, Kind::Bf16) => return avx2::bf16(self, c),
                (Level::Avx2 | Level::Avx512, Kind::Int8) => return avx2::int8(self, c),
                (Level::Portable, _) => {}
            }
        }
        let _ = level;
        // SAFETY: the caller's promise about `c`.
        unsafe { self.portable(kind, c) };
    }

    /// The tile in plain Rust.
    ///
    /// # Safety
    /// As [`Tile::compute`].
    unsafe fn portable(&self, kind: Kind, c: *mut f32) {
        for row in 0..self.height {
            let sums = match kind {
                Kind::F32 | Kind::Bf16 => self.float_sums(row, kind),
                Kind::Int8 => self.scaled(row, &self.integer_sums(row)),
            };
            for (column, sum) in sums.iter().take(self.width).enumerate() {
                // SAFETY: `row < height`, `column < width`, and the caller's promise.
                unsafe {
                    let at = c.add(row * self.stride + column);
                    *at = sum + self.bias.map_or(*at, |bias| bias[column]);
                }
            }
        }
    }

    fn float_sums(&self, row: usize, kind: Kind) -> [f32; COLUMNS] {
        let mut sums = [0.0f32; COLUMNS];
        for lane in 0..self.n_lanes {
            let a = self.left[lane * self.height + row];
            for (sum, &b) in sums.iter_mut().zip(&self.right[lane * COLUMNS..][..COLUMNS]) {
                *sum = if kind == Kind::F32 {
                    multiply_add::<false>(f32::from_bits(a), f32::from_bits(b), *sum)
                } else {
                    let [(a0, a1), (b0, b1)] =
                        [a, b].map(|x| (f32::from_bits(x << 16), f32::from_bits(x & 0xFFFF_0000)));
                    multiply_add::<false>(a1, b1, multiply_add::<false>(a0, b0, *sum))
                };
            }
        }
        sums
    }

    fn integer_sums(&self, row: usize) -> [i32; COLUMNS] {
        let mut sums = [0i32; COLUMNS];
        for lane in 0..self.n_lanes {
            let a = self.left[lane * self.height + row].to_le_bytes();
            for (sum, &b) in sums.iter_mut().zip(&self.right[lane * COLUMNS..][..COLUMNS]) {
                for (a, b) in a.iter().zip(b.to_le_bytes()) {
                    *sum += i32::from(a.cast_signed()) * i32::from(b);
                }
            }
        }
        sums
    }

    fn scaled(&self, row: usize, sums: &[i32; COLUMNS]) -> [f32; COLUMNS] {
        let of = self.scales;
        std::array::from_fn(|i| {
            let whole = (sums[i] + of.offsets[row]) as f32;
            (whole * of.columns[i] + of.zeros[row] * of.sums[i]) * of.rows[row]
        })
    }
}
