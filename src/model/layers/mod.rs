//! What are encoders built of? Layers as pure functions over kernels, and as candle operations with gradients.

mod transformer;
mod inference;
mod operation;
mod pool;

pub use inference::{LayerMemory, PackedLayer};
pub(in crate::model) use operation::numbers;
pub use operation::{Dropout, LayerContext, layer, with_numbers};
pub(in crate::model) use pool::add_mean;
pub use pool::mean_rows;
pub use transformer::{LayerShape, LayerWeights, RelativeBias, Weight};
