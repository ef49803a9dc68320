//! How are two matrices multiplied? In blocks that fit the caches, tile by tile, rows shared by the threads.

use std::cell::RefCell;
use std::ops::Range;

use rayon::prelude::*;

use super::lanes::Lanes;
use super::level::{Level, level};
use super::matrix::{Matrix, Product};
use super::pack::{COLUMNS, LeftBlock, ROWS};
use super::packed::PackedWeights;
use super::tile::{Kind, Scales, Tile};

/// Rows of the left operand in a block.
pub const BLOCK_ROWS: usize = 4 * ROWS;
/// Right panels in a block: with a left block they stay in the second-level cache.
const BLOCK_PANELS: usize = 8;

impl Product {
    fn kind(self) -> Kind {
        match self {
            Self::F32 => Kind::F32,
            Self::Bf16 => Kind::Bf16,
            Self::Int8 => Kind::Int8,
        }
    }
}

/// `a · b` into `c`, row-major `[a.rows, b.columns]`, overwritten; then `finish` as in [`product_packed`].
pub fn product(
    a: Matrix<'_>,
    b: Matrix<'_>,
    how: Product,
    c: &mut [f32],
    finish: impl Fn(usize, &mut [f32]) + Sync,
) {
    thread_local! {
        static LANES: RefCell<Lanes> = RefCell::default();
    }
    // Taken out while in use: a thread that waits for others may be given another product to compute.
    let right = PackedWeights::in_memory(LANES.take(), b, how);
    product_packed(a, &right, c, finish);
    LANES.set(right.lanes);
}

/// `a · b` into `c`, row-major `[a.rows, b.columns]`, overwritten; then `finish(first_row, rows)` on each block of
/// whole rows while it is in the cache. Blocks are shared by the threads.
pub fn product_packed(
    a: Matrix<'_>,
    b: &PackedWeights,
    c: &mut [f32],
    finish: impl Fn(usize, &mut [f32]) + Sync,
) {
    thread_local! {
        static LEFT: RefCell<LeftBlock> = RefCell::default();
    }
    check_sizes(&a, b, c);
    c.par_chunks_mut((BLOCK_ROWS * b.columns).max(1)).enumerate().for_each(|(block, c)| {
        let first = block * BLOCK_ROWS;
        let rows = first..a.rows.min(first + BLOCK_ROWS);
        let mut left = LEFT.take();
        block_of_rows(level(), &a, b, rows, c, &mut left);
        LEFT.set(left);
        finish(first, c);
    });
}

/// [`product_packed`] on this thread alone; `left` is memory that is used again.
pub fn product_here(
    a: Matrix<'_>,
    b: &PackedWeights,
    c: &mut [f32],
    left: &mut LeftBlock,
    finish: impl FnMut(usize, &mut [f32]),
) {
    product_at(level(), a, b, c, left, finish);
}

/// [`product_here`] with the instructions of a given level.
fn product_at(
    level: Level,
    a: Matrix<'_>,
    b: &PackedWeights,
    c: &mut [f32],
    left: &mut LeftBlock,
    mut finish: impl FnMut(usize, &mut [f32]),
) {
    check_sizes(&a, b, c);
    for (block, c) in c.chunks_mut((BLOCK_ROWS * b.columns).max(1)).enumerate() {
        let first = block * BLOCK_ROWS;
        block_of_rows(level, &a, b, first..a.rows.min(first + BLOCK_ROWS), c, left);
        finish(first, c);
    }
}

fn check_sizes(a: &Matrix<'_>, b: &PackedWeights, c: &[f32]) {
    assert_eq!(a.columns, b.inner, "inner dimensions of a product");
    assert_eq!(c.len(), a.rows * b.columns, "the size of a product");
    assert!(b.inner > 0, "an inner dimension of 0");
}

/// One block of rows, all columns.
fn block_of_rows(
    level: Level,
    a: &Matrix<'_>,
    b: &PackedWeights,
    rows: Range<usize>,
    c: &mut [f32],
    left: &mut LeftBlock,
) {
    let mut start = 0;
    for (i, (inner, n_lanes)) in b.blocks().enumerate() {
        let end = start + n_lanes * COLUMNS * b.n_panels();
        left.pack(level, a, b.product, rows.clone(), inner);
        let block = Block {
            left,
            b,
            right: &b.lanes.as_slice()[start..end],
            n_lanes,
            n_rows: rows.len(),
            block: i,
        };
        block.compute(level, c);
        start = end;
    }
}

/// What a block of rows and a block of the inner dimension have to say to all columns.
#[expect(
    clippy::struct_field_names,
    reason = "the number of a block is called that everywhere here"
)]
struct Block<'a> {
    left: &'a LeftBlock,
    b: &'a PackedWeights,
    right: &'a [u32],
    n_lanes: usize,
    n_rows: usize,
    /// Which block of the inner dimension it is.
    block: usize,
}

impl Block<'_> {
    fn compute(&self, level: Level, c: &mut [f32]) {
        let columns = self.b.columns;
        assert_eq!(c.len(), self.n_rows * columns);
        let n_panels = self.b.n_panels();
        for first_panel in (0..n_panels).step_by(BLOCK_PANELS) {
            for row in (0..self.n_rows).step_by(ROWS) {
                for panel in first_panel..n_panels.min(first_panel + BLOCK_PANELS) {
                    // SAFETY: the tile's rows and columns lie within `c`, whose size was checked; `level` comes from
                    // detection.
                    unsafe {
                        let c = c.as_mut_ptr().add(row * columns + panel * COLUMNS);
                        self.tile(row, panel).compute(level, self.b.product.kind(), c);
                    }
                }
            }
        }
    }

    fn tile(&self, row: usize, panel: usize) -> Tile<'_> {
        let height = ROWS.min(self.n_rows - row);
        let scales = if self.b.product == Product::Int8 {
            Scales {
                rows: &self.left.scales[row..],
                offsets: &self.left.offsets[row..],
                zeros: &self.left.zeros[row..],
                ..self.b.scales_of(self.block, panel)
            }
        } else {
            Scales::default()
        };
        Tile {
            left: &self.left.lanes[row * self.n_lanes..][..height * self.n_lanes],
            right: &self.right[panel * COLUMNS * self.n_lanes..][..COLUMNS * self.n_lanes],
            height,
            n_lanes: self.n_lanes,
            width: COLUMNS.min(self.b.columns - panel * COLUMNS),
            stride: self.b.columns,
            bias: (self.block == 0).then(|| self.b.bias_of(panel)),
            scales,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(n: usize, seed: u64) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
            })
            .collect()
    }

    fn naive(a: Matrix<'_>, b: Matrix<'_>) -> Vec<f64> {
        let at = |m: &Matrix<'_>, i: usize, j: usize| {
            f64::from(m.data[i * m.row_stride + j * m.column_stride])
        };
        (0..a.rows * b.columns)
            .map(|i| {
                (0..a.columns).map(|k| at(&a, i / b.columns, k) * at(&b, k, i % b.columns)).sum()
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn every_level_and_layout_gives_the_product(
            m in 1usize..70, k in 1usize..900, n in 1usize..80, turn_a: bool, turn_b: bool, seed: u64,
        ) {
            let (a, b) = (numbers(m * k, seed), numbers(k * n, seed ^ 1));
            let a = if turn_a { Matrix::new(&a, k, m).transposed() } else { Matrix::new(&a, m, k) };
            let b = if turn_b { Matrix::new(&b, n, k).transposed() } else { Matrix::new(&b, k, n) };
            let expected = naive(a, b);
            for level in Level::available() {
                for (how, tolerance) in [(Product::F32, 1e-6), (Product::Bf16, 8e-3), (Product::Int8, 1e-2)] {
                    let mut c = vec![f32::NAN; m * n];
                    let mut left = LeftBlock::default();
                    product_at(level, a, &PackedWeights::new(b, how), &mut c, &mut left, |_, _| {});
                    for (c, expected) in c.iter().zip(&expected) {
                        let bound = tolerance * (k as f64).sqrt() * 2.0 + 1e-6;
                        prop_assert!((f64::from(*c) - expected).abs() < bound, "{level:?} {how:?}: {c} {expected}");
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn levels_agree_on_8_bit_sums_and_bias(
            m in 1usize..40, k in 1usize..3400, n in 1usize..70, seed: u64,
        ) {
            let (a, b, bias) = (numbers(m * k, seed), numbers(k * n, seed ^ 1), numbers(n, seed ^ 2));
            let packed = PackedWeights::new(Matrix::new(&b, k, n), Product::Int8).with_bias(&bias);
            let of = |level| {
                let mut c = vec![f32::NAN; m * n];
                product_at(level, Matrix::new(&a, m, k), &packed, &mut c, &mut LeftBlock::default(), |_, _| {});
                c
            };
            let expected = of(Level::Portable);
            for level in Level::available() {
                for (c, expected) in of(level).iter().zip(&expected) {
                    prop_assert!((c - expected).abs() < 1e-4, "{level:?}: {c} {expected}");
                }
            }
        }
    }

    #[test]
    fn the_largest_8_bit_products_do_not_saturate() {
        let (a, b) = (vec![1.0; 2 * 1024], vec![1.0; 1024 * 33]);
        for sign in [1.0, -1.0] {
            let b: Vec<f32> = b.iter().map(|x| x * sign).collect();
            let packed = PackedWeights::new(Matrix::new(&b, 1024, 33), Product::Int8);
            for level in Level::available() {
                let (mut c, mut left) = (vec![0.0; 66], LeftBlock::default());
                product_at(level, Matrix::new(&a, 2, 1024), &packed, &mut c, &mut left, |_, _| {});
                assert!(c.iter().all(|c| (c - 1024.0 * sign).abs() < 1e-2), "{level:?}: {c:?}");
            }
        }
    }

    #[test]
    fn finish_sees_every_row_once() {
        let (a, b) = (numbers(130 * 3, 1), numbers(3 * 5, 2));
        let mut c = vec![0.0; 130 * 5];
        let packed = PackedWeights::new(Matrix::new(&b, 3, 5), Product::F32);
        product_packed(Matrix::new(&a, 130, 3), &packed, &mut c, |first, rows| {
            for (i, row) in rows.chunks_mut(5).enumerate() {
                row.fill((first + i) as f32);
            }
        });
        let seen: Vec<usize> = c.chunks(5).map(|row| row[4] as usize).collect();
        assert_eq!(seen, (0..130).collect::<Vec<_>>());
    }
}
