//! How does a layer take part in candle's graph? As one operation on the tokens and the layer's flat weights.
//!
//! One operation for a whole layer, rather than one for each step, because candle's backward pass makes a zeroed tensor
//! and a sum for every gradient of every operation: between products of this size that costs as much as the products.

use std::sync::{Arc, Mutex};

use candle_core::{CpuStorage, CustomOp2, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::transformer::{
    Activations, LayerShape, LayerWeights, RelativeBias, Weight, attention_shape, forward_kept,
};
use crate::model::kernel::Matrix;
use crate::model::kernel::Product;
use crate::model::kernel::add_assign;
use crate::model::kernel::attention_backward;
use crate::model::kernel::gelu_backward;
use crate::model::kernel::layer_norm_backward;
use crate::model::kernel::product;

/// Which numbers are put to 0 in training (Srivastava et al. 2014): decided by a hash of seed and place, so that the
/// backward pass finds the same ones without their having been kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The share of numbers put to 0; the others grow by 1 / (1 − rate).
    pub rate: f32,
    /// Other seeds, other numbers.
    pub seed: u64,
}

impl Dropout {
    /// Puts some of `values` to 0; `start` is the place of the first among all.
    pub fn apply(&self, start: usize, values: &mut [f32]) {
        if self.rate <= 0.0 {
            return;
        }
        let keep = 1.0 / (1.0 - self.rate);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate below 1 as a share of 2^32"
        )]
        let threshold = (f64::from(self.rate) * 4_294_967_296.0) as u32;
        #[expect(clippy::cast_possible_truncation, reason = "the hash wants 32 bits of each")]
        let (seed, start) = ((self.seed ^ (self.seed >> 32)) as u32, start as u32);
        for (place, value) in (0u32..).zip(values) {
            *value *= if hash(start.wrapping_add(place), seed) < threshold { 0.0 } else { keep };
        }
    }

    /// Another dropout with the same rate.
    #[must_use]
    pub fn with_salt(self, salt: u64) -> Self {
        Self { seed: self.seed.wrapping_add(salt).wrapping_mul(0x9E37_79B9_7F4A_7C15), ..self }
    }
}

/// A 32-bit mix after the finaliser of `MurmurHash3` (Appleby), salted.
fn hash(place: u32, seed: u32) -> u32 {
    let mut x = place.wrapping_mul(0x9E37_79B1) ^ seed;
    x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
    x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
    x ^ (x >> 16)
}

/// What a layer has to know beside tokens and weights.
#[derive(Clone, Debug)]
pub struct LayerContext {
    /// The sizes.
    pub shape: LayerShape,
    /// Where each text begins among the tokens: `[n_texts + 1]`.
    pub starts: Arc<[u32]>,
    /// A bias by distance, taken as fixed.
    pub bias: Option<Arc<RelativeBias>>,
    /// What products round to.
    pub product: Product,
    /// Dropout on the outputs of attention and of the feed-forward step.
    pub dropout: Dropout,
}

/// Applies a layer to `x`, `[n_tokens, hidden]`, with `weights`, `[n_weights]`; differentiable in both.
///
/// # Errors
/// When a tensor is not contiguous `f32` on the CPU, or has another size.
pub fn layer(x: &Tensor, weights: &Tensor, context: LayerContext) -> Result<Tensor> {
    x.apply_op2(weights, LayerOperation { context, kept: Mutex::default() })
}

struct LayerOperation {
    context: LayerContext,
    kept: Mutex<Option<Activations>>,
}

impl CustomOp2 for LayerOperation {
    fn name(&self) -> &'static str {
        "post-norm-layer"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, flat) = (numbers(s1, l1)?, numbers(s2, l2)?);
        let LayerContext { shape, ref starts, ref bias, product, dropout } = self.context;
        if flat.len() != shape.n_weights() || x.len() % shape.hidden != 0 {
            return Err(Error::Msg(format!("a layer of {shape:?} given {} weights", flat.len())));
        }
        let weights = LayerWeights { shape, flat, product };
        let (out, kept) = forward_kept(
            &weights,
            x,
            starts,
            bias.as_deref(),
            &|start, rows| dropout.with_salt(1).apply(start, rows),
            &|start, rows| dropout.with_salt(2).apply(start, rows),
        );
        *self.kept.lock().map_err(|_| poisoned())? = Some(kept);
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        flat: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let kept = self.kept.lock().map_err(|_| poisoned())?.take();
        let kept = kept.ok_or_else(|| Error::Msg("a layer goes backward once".to_owned()))?;
        let (x_shape, device) = (x.shape().clone(), x.device().clone());
        let gradient = gradient.contiguous()?;
        let (dx, dw) = with_numbers(x, |x| {
            with_numbers(flat, |flat| {
                with_numbers(&gradient, |gradient| self.backward(x, flat, gradient, &kept))
            })
        })???;
        let n = dw.len();
        Ok((Some(Tensor::from_vec(dx, x_shape, &device)?), Some(Tensor::from_vec(dw, n, &device)?)))
    }
}

impl LayerOperation {
    fn backward(
        &self,
        x: &[f32],
        flat: &[f32],
        gradient: &[f32],
        kept: &Activations,
    ) -> (Vec<f32>, Vec<f32>) {
        let LayerContext { shape, ref starts, ref bias, product, dropout } = self.context;
        let weights = LayerWeights { shape, flat, product };
        let n = x.len() / shape.hidden;
        let mut out = Gradients { weights: &weights, n, flat: vec![0.0; flat.len()] };

        let scale = weights.vector(Weight::OutputScale);
        let norm = layer_norm_backward(&kept.output_sum, scale, gradient, shape.epsilon);
        out.put(Weight::OutputScale, &norm.scale);
        out.put(Weight::OutputShift, &norm.shift);
        let mut middle = norm.input;
        let mut dropped = middle.clone();
        drop_rows(&dropout.with_salt(2), shape.hidden, &mut dropped);
        let mut up = out.linear(Weight::Down, Weight::DownBias, &kept.activated, &dropped);
        gelu_backward(&kept.up, &mut up);
        add_assign(&mut middle, &out.linear(Weight::Up, Weight::UpBias, &kept.middle, &up));
        drop(up);

        let scale = weights.vector(Weight::AttentionScale);
        let norm = layer_norm_backward(&kept.attention_sum, scale, &middle, shape.epsilon);
        out.put(Weight::AttentionScale, &norm.scale);
        out.put(Weight::AttentionShift, &norm.shift);
        let mut input = norm.input;
        dropped.copy_from_slice(&input);
        drop_rows(&dropout.with_salt(1), shape.hidden, &mut dropped);
        let context = out.linear(Weight::Out, Weight::OutBias, &kept.context, &dropped);
        let qkv = attention_backward(
            &kept.qkv,
            &attention_shape(&shape, starts, bias.as_deref()),
            &context,
        );
        add_assign(&mut input, &out.linear(Weight::Qkv, Weight::QkvBias, x, &qkv));
        (input, out.flat)
    }
}

/// Drops the same numbers as the forward pass did, rows shared by the threads.
fn drop_rows(dropout: &Dropout, hidden: usize, rows: &mut [f32]) {
    let step = 64 * hidden;
    rows.par_chunks_mut(step).enumerate().for_each(|(i, rows)| dropout.apply(i * step, rows));
}

/// The gradients of a layer's weights as they come together.
struct Gradients<'a> {
    weights: &'a LayerWeights<'a>,
    n: usize,
    flat: Vec<f32>,
}

impl Gradients<'_> {
    fn put(&mut self, weight: Weight, values: &[f32]) {
        self.flat[self.weights.shape.range(weight)].copy_from_slice(values);
    }

    /// Backward through `y = x · wᵀ + b`: notes the gradients of `w` and `b`, gives that of `x`.
    fn linear(&mut self, weight: Weight, bias: Weight, x: &[f32], gradient: &[f32]) -> Vec<f32> {
        let shape = &self.weights.shape;
        let (rows, columns) = shape.size_of(weight);
        let (x, y) = (Matrix::new(x, self.n, columns), Matrix::new(gradient, self.n, rows));
        let how = self.weights.product;
        product(y.transposed(), x, how, &mut self.flat[shape.range(weight)], |_, _| {});
        let sums = &mut self.flat[shape.range(bias)];
        for row in gradient.chunks_exact(rows) {
            sums.iter_mut().zip(row).for_each(|(sum, g)| *sum += g);
        }
        let mut out = vec![0.0; self.n * columns];
        product(y, self.weights.matrix(weight), how, &mut out, |_, _| {});
        out
    }
}

fn poisoned() -> Error {
    Error::Msg("another thread failed in this layer".to_owned())
}

/// The numbers of a contiguous `f32` storage.
pub(in crate::model) fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let (start, end) = layout
        .contiguous_offsets()
        .ok_or_else(|| Error::Msg("a layer wants contiguous tensors".to_owned()))?;
    Ok(&storage.as_slice::<f32>()?[start..end])
}

/// Gives the numbers of a contiguous `f32` tensor on the CPU to `use_them`, without a copy.
///
/// # Errors
/// When it is no such tensor.
pub fn with_numbers<T>(tensor: &Tensor, use_them: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => Ok(use_them(numbers(storage, layout)?)),
        _ => Err(Error::Msg("a layer is computed on the CPU".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    fn numbers(n: usize, scale: f32) -> Vec<f32> {
        (0..n).map(|i| ((i * 7919 % 1013) as f32 / 506.5 - 1.0) * scale).collect()
    }

    #[test]
    fn gradients_are_slopes() -> Result<()> {
        let shape = LayerShape { hidden: 16, intermediate: 40, n_heads: 2, epsilon: 1e-5 };
        let context = |rate| LayerContext {
            shape,
            starts: [0, 3, 10].into(),
            bias: None,
            product: Product::F32,
            dropout: Dropout { rate, seed: 7 },
        };
        let device = Device::Cpu;
        let target = Tensor::from_vec(numbers(160, 1.0), (10, 16), &device)?;
        for rate in [0.0, 0.25] {
            let x = Var::from_vec(numbers(160, 1.5), (10, 16), &device)?;
            let w = Var::from_vec(numbers(shape.n_weights(), 0.4), shape.n_weights(), &device)?;
            let loss = |x: &Tensor, w: &Tensor| layer(x, w, context(rate))?.mul(&target)?.sum_all();
            let gradients = loss(&x, &w)?.backward()?;
            for (var, step) in [(&x, 7), (&w, 61)] {
                let gradient = gradients.get(var).unwrap().flatten_all()?.to_vec1::<f32>()?;
                let values = var.flatten_all()?.to_vec1::<f32>()?;
                for i in (0..values.len()).step_by(step) {
                    let nudged = |by: f32| -> Result<f64> {
                        let mut values = values.clone();
                        values[i] += by;
                        let nudged = Tensor::from_vec(values, var.shape(), &device)?;
                        let is_x = var.dims().len() == 2;
                        let loss = if is_x { loss(&nudged, &w)? } else { loss(&x, &nudged)? };
                        Ok(f64::from(loss.to_scalar::<f32>()?))
                    };
                    let slope = (nudged(4e-3)? - nudged(-4e-3)?) / 8e-3;
                    let bound = 0.01 + 0.02 * slope.abs();
                    assert!(
                        (f64::from(gradient[i]) - slope).abs() < bound,
                        "{i}: {} {slope}",
                        gradient[i]
                    );
                }
            }
        }
        Ok(())
    }

    #[test]
    fn inference_gives_what_training_without_dropout_gives() -> Result<()> {
        use super::super::inference::{LayerMemory, PackedLayer};
        let shape = LayerShape { hidden: 32, intermediate: 64, n_heads: 4, epsilon: 1e-12 };
        let (x, flat) = (numbers(32 * 9, 1.0), numbers(shape.n_weights(), 0.3));
        let context = LayerContext {
            shape,
            starts: [0, 4, 9].into(),
            bias: None,
            product: Product::F32,
            dropout: Dropout { rate: 0.0, seed: 0 },
        };
        let out = layer(
            &Tensor::from_slice(&x, (9, 32), &Device::Cpu)?,
            &Tensor::from_slice(&flat, flat.len(), &Device::Cpu)?,
            context,
        )?;
        let packed = PackedLayer::new(&LayerWeights { shape, flat: &flat, product: Product::F32 });
        let mut expected = x.clone();
        packed.run(&mut expected, &[0, 4, 9], None, &mut LayerMemory::default());
        for (out, expected) in out.flatten_all()?.to_vec1::<f32>()?.iter().zip(expected) {
            assert!((out - expected).abs() < 1e-5, "{out} {expected}");
        }
        Ok(())
    }

    #[test]
    fn dropout_drops_its_share_and_keeps_the_mean() {
        let mut values = vec![1.0; 100_000];
        Dropout { rate: 0.1, seed: 3 }.apply(0, &mut values);
        let dropped = values.iter().filter(|&&x| x == 0.0).count();
        assert!((9_000..11_000).contains(&dropped), "{dropped}");
        let mut later = vec![1.0; 100];
        Dropout { rate: 0.1, seed: 3 }.apply(500, &mut later);
        assert_eq!(later, values[500..600]);
    }
}
