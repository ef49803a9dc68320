//! How does a right operand wait for its products? In panels, packed once.

use std::ops::Range;

use rayon::prelude::*;

use super::lanes::Lanes;
use super::matrix::{Matrix, Product};
use super::pack::{COLUMNS, pack_right_panel};
use super::quantize::{column_scales, column_sums};
use super::tile::Scales;

/// Numbers of the inner dimension in a block: a left panel of them stays in the first-level cache. For 8-bit lanes,
/// each block of a row has a scale of its own, so that one large number costs the others less.
fn block_size(product: Product) -> usize {
    match product {
        Product::F32 => 384,
        Product::Bf16 | Product::Int8 => 768,
    }
}

/// A right operand in its packed form, ready to be multiplied with many left ones.
#[derive(Debug)]
pub struct PackedWeights {
    pub(super) lanes: Lanes,
    pub(super) inner: usize,
    pub(super) columns: usize,
    pub(super) product: Product,
    /// Filled up to whole panels; empty for none.
    bias: Vec<f32>,
    /// Of each column, filled up to whole panels, for 8-bit lanes.
    scales: Vec<f32>,
    /// Of each column's numbers, as rounded, in each block of the inner dimension, filled up likewise.
    sums: Vec<f32>,
}

impl PackedWeights {
    /// Packs `b`, `[inner, columns]`.
    pub fn new(b: Matrix<'_>, product: Product) -> Self {
        Self::in_memory(Lanes::default(), b, product)
    }

    /// Packs `b` into memory that is used again.
    pub(super) fn in_memory(lanes: Lanes, b: Matrix<'_>, product: Product) -> Self {
        let scales = if product == Product::Int8 { column_scales(&b) } else { Vec::new() };
        let mut packed = Self {
            lanes,
            inner: b.rows,
            columns: b.columns,
            product,
            bias: Vec::new(),
            scales,
            sums: Vec::new(),
        };
        packed.fill(&b);
        packed
    }

    /// Numbers of the inner dimension: a left operand's columns.
    pub fn inner(&self) -> usize {
        self.inner
    }

    /// Adds `bias`, one number a column, to every product.
    #[must_use]
    pub fn with_bias(mut self, bias: &[f32]) -> Self {
        assert_eq!(bias.len(), self.columns, "a bias has one number a column");
        bias.clone_into(&mut self.bias);
        self.bias.resize(self.columns.next_multiple_of(COLUMNS), 0.0);
        self
    }

    fn fill(&mut self, b: &Matrix<'_>) {
        let (product, scales) = (self.product, &self.scales);
        let n_panels = self.n_panels();
        let n_lanes: usize = self.blocks().map(|(_, n_lanes)| n_lanes).sum();
        let blocks: Vec<_> = self.blocks().collect();
        self.lanes.grow(n_lanes * n_panels * COLUMNS);
        let mut rest = self.lanes.as_mut_slice();
        for (block, n_lanes) in blocks {
            let n = n_lanes * COLUMNS;
            let (here, after) = rest.split_at_mut(n * n_panels);
            rest = after;
            here.par_chunks_exact_mut(n).enumerate().for_each(|(panel, out)| {
                let first = panel * COLUMNS;
                let scales = scales.get(first..first + COLUMNS).unwrap_or(&[]);
                pack_right_panel(b, product, first, block.clone(), scales, out);
            });
            if product == Product::Int8 {
                for (panel, scales) in here.chunks_exact(n).zip(scales.chunks_exact(COLUMNS)) {
                    self.sums.extend(column_sums(panel, n_lanes * 4, scales));
                }
            }
        }
    }

    /// Panels of [`COLUMNS`] columns.
    pub(super) fn n_panels(&self) -> usize {
        self.columns.div_ceil(COLUMNS)
    }

    /// The inner dimension in blocks, each with its lanes.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (Range<usize>, usize)> + use<> {
        let (inner, depth, step) = (self.inner, self.product.depth(), block_size(self.product));
        (0..inner).step_by(step).map(move |start| {
            let block = start..inner.min(start + step);
            (block.clone(), block.len().div_ceil(depth))
        })
    }

    /// What is added to the columns of a panel.
    pub(super) fn bias_of(&self, panel: usize) -> &[f32] {
        const NONE: &[f32] = &[0.0; COLUMNS];
        self.bias.get(panel * COLUMNS..(panel + 1) * COLUMNS).unwrap_or(NONE)
    }

    /// What 8-bit sums of a panel in a block of the inner dimension mean, the left operand's part left out.
    pub(super) fn scales_of(&self, block: usize, panel: usize) -> Scales<'_> {
        let sums = (block * self.n_panels() + panel) * COLUMNS;
        Scales {
            columns: &self.scales[panel * COLUMNS..][..COLUMNS],
            sums: &self.sums[sums..][..COLUMNS],
            ..Scales::default()
        }
    }
}
