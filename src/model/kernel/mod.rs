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
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "masks, bytes and bit patterns, whose ranges stand beside them"
)]
#![expect(
    clippy::inline_always,
    reason = "a body must be inlined to be compiled for its caller's instruction set"
)]

mod level;
mod matrix;
mod lanes;
mod turn;
mod quantize;
mod pack;
mod packed;
mod tile;
mod gemm;
mod elementwise;
mod norm;
mod attend;
mod attention;

pub use attend::AttentionMemory;
pub use attention::{AttentionShape, attention, attention_backward, attention_here};
pub use elementwise::{
    AdamWStep, adamw_step, add_assign, gelu, gelu_backward, gelu_rows, rough_gelu_rows, softmax,
};
pub use gemm::{BLOCK_ROWS, product, product_here, product_packed};
pub use level::{Level, level, use_level};
pub use matrix::{Matrix, Product};
pub use norm::{NormGradients, add_norm_rows, layer_norm, layer_norm_backward, layer_norm_rows};
pub use pack::LeftBlock;
pub use packed::PackedWeights;
