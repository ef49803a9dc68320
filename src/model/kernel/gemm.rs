//! How are two matrices multiplied? In blocks that fit the caches, tile by tile, rows shared by the threads.

use std::cell::RefCell;
use std::ops::Range;

use rayon::prelude::*;

use super::level::{Level, for_each_level, level};
use super::pack::{Bf16, COLUMNS, F32, Lane, ROWS, pack_left, pack_right};
use super::tile::{Kind, Tile};

/// Lanes of the inner dimension in a block: a left panel of them stays in the first-level cache.
const INNER_LANES: usize = 384;
/// Rows of the left operand in a block.
const BLOCK_ROWS: usize = 4 * ROWS;
/// Right panels in a block: with a left block they stay in the second-level cache.
const BLOCK_PANELS: usize = 8;

/// A view of `f32` numbers as a matrix; strides in numbers, one of them 1.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    pub(super) data: &'a [f32],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `rows × columns` numbers, row after row.
    pub fn new(data: &'a [f32], rows: usize, columns: usize) -> Self {
        assert_eq!(data.len(), rows * columns, "a matrix of {rows} × {columns}");
        Self { data, rows, columns, row_stride: columns, column_stride: 1 }
    }

    /// The same numbers with rows and columns exchanged.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// What the factors are rounded to; sums are always `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Not at all.
    F32,
    /// To `bf16`, as training and fast inference do.
    Bf16,
}

impl Product {
    fn kind(self) -> Kind {
        match self {
            Self::F32 => Kind::F32,
            Self::Bf16 => Kind::Bf16,
        }
    }

    fn depth(self) -> usize {
        match self {
            Self::F32 => F32::DEPTH,
            Self::Bf16 => Bf16::DEPTH,
        }
    }
}

/// A right operand in its packed form, ready to be multiplied with many left ones.
#[derive(Debug)]
pub struct PackedWeights {
    lanes: Vec<u32>,
    inner: usize,
    columns: usize,
    product: Product,
}

impl PackedWeights {
    /// Packs `b`, `[inner, columns]`.
    pub fn new(b: Matrix<'_>, product: Product) -> Self {
        let mut packed = Self { lanes: Vec::new(), inner: 0, columns: 0, product };
        packed.refill(b, product);
        packed
    }

    /// Packs another matrix into the same memory.
    fn refill(&mut self, b: Matrix<'_>, product: Product) {
        (self.inner, self.columns, self.product) = (b.rows, b.columns, product);
        let n_panels = b.columns.div_ceil(COLUMNS);
        let n_lanes = b.rows.div_ceil(product.depth());
        self.lanes.resize(n_lanes * n_panels * COLUMNS, 0);
        let mut rest = self.lanes.as_mut_slice();
        for block in inner_blocks(b.rows, product.depth()) {
            let n = block.len().div_ceil(product.depth()) * COLUMNS;
            let (here, after) = rest.split_at_mut(n * n_panels);
            rest = after;
            here.par_chunks_exact_mut(n).enumerate().for_each(|(panel, out)| {
                pack_right_panel(&b, product, panel * COLUMNS, block.clone(), out);
            });
        }
    }
}

/// The inner dimension in blocks of [`INNER_LANES`] lanes.
fn inner_blocks(inner: usize, depth: usize) -> impl Iterator<Item = Range<usize>> {
    let step = INNER_LANES * depth;
    (0..inner).step_by(step).map(move |start| start..inner.min(start + step))
}

fn pack_right_panel(
    b: &Matrix<'_>,
    product: Product,
    first: usize,
    inner: Range<usize>,
    out: &mut [u32],
) {
    #[inline(always)]
    fn body<const FUSED: bool>(
        b: &Matrix<'_>,
        product: Product,
        first: usize,
        inner: Range<usize>,
        out: &mut [u32],
    ) {
        match product {
            Product::F32 => pack_right::<F32>(b, first, inner, out),
            Product::Bf16 => pack_right::<Bf16>(b, first, inner, out),
        }
    }
    for_each_level!(
        level(),
        body(b: &Matrix<'_>, product: Product, first: usize, inner: Range<usize>, out: &mut [u32])
    );
}

fn pack_left_block(
    a: &Matrix<'_>,
    product: Product,
    rows: Range<usize>,
    inner: Range<usize>,
    out: &mut [u32],
) {
    #[inline(always)]
    fn body<const FUSED: bool>(
        a: &Matrix<'_>,
        product: Product,
        rows: Range<usize>,
        inner: Range<usize>,
        out: &mut [u32],
    ) {
        match product {
            Product::F32 => pack_left::<F32>(a, rows, inner, out),
            Product::Bf16 => pack_left::<Bf16>(a, rows, inner, out),
        }
    }
    for_each_level!(
        level(),
        body(a: &Matrix<'_>, product: Product, rows: Range<usize>, inner: Range<usize>, out: &mut [u32])
    );
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
        static LANES: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    }
    // Taken out while in use: a thread that waits for others may be given another product to compute.
    let lanes = LANES.take();
    let mut right = PackedWeights { lanes, inner: 0, columns: 0, product: how };
    right.refill(b, how);
    product_packed(a, &right, c, finish);
    LANES.set(right.lanes);
}

/// `a · b` into `c`, row-major `[a.rows, b.columns]`, overwritten; then `finish(first_row, rows)` on each block of
/// whole rows while it is in the cache.
pub fn product_packed(
    a: Matrix<'_>,
    b: &PackedWeights,
    c: &mut [f32],
    finish: impl Fn(usize, &mut [f32]) + Sync,
) {
    product_packed_at(level(), a, b, c, finish);
}

/// [`product_packed`] with the instructions of a given level.
fn product_packed_at(
    level: Level,
    a: Matrix<'_>,
    b: &PackedWeights,
    c: &mut [f32],
    finish: impl Fn(usize, &mut [f32]) + Sync,
) {
    assert_eq!(a.columns, b.inner, "inner dimensions of a product");
    assert_eq!(c.len(), a.rows * b.columns, "the size of a product");
    if c.is_empty() {
        return;
    }
    if b.inner == 0 {
        c.fill(0.0);
    }
    c.par_chunks_mut(BLOCK_ROWS * b.columns).enumerate().for_each(|(block, c)| {
        let first = block * BLOCK_ROWS;
        let rows = first..a.rows.min(first + BLOCK_ROWS);
        block_of_rows(level, &a, b, rows, c);
        finish(first, c);
    });
}

/// One block of rows, all columns.
fn block_of_rows(
    level: Level,
    a: &Matrix<'_>,
    b: &PackedWeights,
    rows: Range<usize>,
    c: &mut [f32],
) {
    thread_local! {
        static LEFT: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    }
    LEFT.with_borrow_mut(|left| {
        left.resize(BLOCK_ROWS * INNER_LANES, 0);
        let depth = b.product.depth();
        let n_panels = b.columns.div_ceil(COLUMNS);
        let mut right = b.lanes.as_slice();
        for inner in inner_blocks(b.inner, depth) {
            let n_lanes = inner.len().div_ceil(depth);
            let (here, after) = right.split_at(n_lanes * COLUMNS * n_panels);
            right = after;
            let adds = inner.start > 0;
            pack_left_block(a, b.product, rows.clone(), inner, left);
            let block =
                Block { left, right: here, n_lanes, n_rows: rows.len(), columns: b.columns, adds };
            block.compute(level, b.product.kind(), c);
        }
    });
}

/// What a block of rows and a block of the inner dimension have to say to all columns.
struct Block<'a> {
    left: &'a [u32],
    right: &'a [u32],
    n_lanes: usize,
    n_rows: usize,
    columns: usize,
    adds: bool,
}

impl Block<'_> {
    fn compute(&self, level: Level, kind: Kind, c: &mut [f32]) {
        assert_eq!(c.len(), self.n_rows * self.columns);
        let n_panels = self.columns.div_ceil(COLUMNS);
        for first_panel in (0..n_panels).step_by(BLOCK_PANELS) {
            for row in (0..self.n_rows).step_by(ROWS) {
                let height = ROWS.min(self.n_rows - row);
                let left = &self.left[row * self.n_lanes..][..height * self.n_lanes];
                for panel in first_panel..n_panels.min(first_panel + BLOCK_PANELS) {
                    let column = panel * COLUMNS;
                    let tile = Tile {
                        left,
                        right: &self.right[panel * COLUMNS * self.n_lanes..]
                            [..COLUMNS * self.n_lanes],
                        height,
                        n_lanes: self.n_lanes,
                        width: COLUMNS.min(self.columns - column),
                        stride: self.columns,
                        adds: self.adds,
                    };
                    // SAFETY: the tile's rows and columns lie within `c`, whose size was checked; `level` comes from
                    // detection.
                    unsafe {
                        tile.compute(level, kind, c.as_mut_ptr().add(row * self.columns + column))
                    };
                }
            }
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
                for (how, tolerance) in [(Product::F32, 1e-6), (Product::Bf16, 8e-3)] {
                    let mut c = vec![f32::NAN; m * n];
                    product_packed_at(level, a, &PackedWeights::new(b, how), &mut c, |_, _| {});
                    for (c, expected) in c.iter().zip(&expected) {
                        let bound = tolerance * (k as f64).sqrt() * 2.0 + 1e-6;
                        prop_assert!((f64::from(*c) - expected).abs() < bound, "{level:?} {how:?}: {c} {expected}");
                    }
                }
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
