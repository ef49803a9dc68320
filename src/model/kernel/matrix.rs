//! What is multiplied, and how exactly?

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

    /// Whether the numbers of a row are neighbours.
    pub(super) fn has_whole_rows(&self) -> bool {
        self.column_stride == 1
    }

    #[inline(always)]
    pub(super) fn at(&self, row: usize, column: usize) -> f32 {
        self.data[row * self.row_stride + column * self.column_stride]
    }
}

/// What the factors are rounded to; sums are exact for `Int8`, else `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Not at all.
    F32,
    /// To `bf16`, as training and fast inference do.
    Bf16,
    /// To 8-bit integers: the left operand with one scale a row, the right one with one a column.
    Int8,
}

impl Product {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Int8 => "int8",
        }
    }

    /// Numbers in a lane.
    pub(super) fn depth(self) -> usize {
        match self {
            Self::F32 => 1,
            Self::Bf16 => 2,
            Self::Int8 => 4,
        }
    }
}
