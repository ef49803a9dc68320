//! How is arithmetic done fast on this processor? Matrix products and the element-wise steps between them.
//!
//! Everything here works on slices of row-major `f32`, knows nothing of models, and picks its instructions at run time:
//! AVX-512 (with BF16 where the processor has it), AVX2 with FMA, or portable Rust. Work is shared by the threads of
//! the rayon pool that it is called from; which thread does what never changes a result.

#![expect(
    unsafe_code,
    reason = "vector instructions behind run-time detection, and threads that write disjoint rows"
)]
#![expect(
    clippy::inline_always,
    reason = "a body must be inlined to be compiled for its caller's instruction set"
)]

mod level;
mod pack;
mod tile;
mod gemm;
mod elementwise;
mod norm;
mod attention;

pub use attention::{AttentionShape, attention, attention_backward};
pub use elementwise::{AdamWStep, adamw_step, add_assign, gelu, gelu_backward, gelu_rows, softmax};
pub use gemm::{Matrix, PackedWeights, Product, product, product_packed};
pub use level::{Level, level};
pub use norm::{NormGradients, layer_norm, layer_norm_backward, layer_norm_rows};
