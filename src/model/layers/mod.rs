//! What are encoders built of? Layers as pure functions over kernels, and as candle operations with gradients.

mod transformer;
mod operation;
mod pool;

pub use operation::{Dropout, LayerContext, layer, with_numbers};
pub use pool::mean_rows;
pub use transformer::{
    LayerShape, LayerWeights, PackedLayer, RelativeBias, Weight, Weights, infer,
};
