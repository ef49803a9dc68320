//! How do weights follow gradients? AdamW with a rate for each variable, in place.

use std::sync::Mutex;

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, Error, InplaceOp2, Layout, Result, Var};

use crate::model::kernel::AdamWStep;
use crate::model::kernel::adamw_step;
use crate::model::layers::with_numbers;

/// A variable and what is remembered of its gradients.
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) variable: Var,
    /// Its highest learning rate.
    rate: f32,
    /// First and second moments.
    pub(super) moments: Mutex<(Vec<f32>, Vec<f32>)>,
}

impl Slot {
    pub(super) fn new(name: String, variable: Var, rate: f32) -> Self {
        let n = variable.elem_count();
        Self { name, variable, rate, moments: Mutex::new((vec![0.0; n], vec![0.0; n])) }
    }
}

/// Decay of the moments and the constant under the fraction, as Devlin et al. 2019 chose them.
const BETAS: (f32, f32) = (0.9, 0.999);
const EPSILON: f32 = 1e-6;

/// One step for all variables: `share` of their highest rates, gradients scaled down to a norm of `clip`; gives the
/// norm before.
pub(super) fn step(
    slots: &[Slot],
    gradients: &GradStore,
    share: f32,
    decay: f32,
    clip: f32,
    n_steps_before: usize,
) -> Result<f32> {
    let mut square = 0.0;
    for slot in slots {
        if let Some(gradient) = gradients.get(&slot.variable) {
            square += with_numbers(&gradient.contiguous()?, sum_of_squares)?;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "a norm needs no more than f32")]
    let norm = square.sqrt() as f32;
    if !norm.is_finite() {
        return Err(Error::Msg(
            "the gradient is not finite; a lower learning rate may help".to_owned(),
        ));
    }
    for slot in slots {
        if let Some(gradient) = gradients.get(&slot.variable) {
            let constants = AdamWStep {
                rate: slot.rate * share,
                beta1: BETAS.0,
                beta2: BETAS.1,
                epsilon: EPSILON,
                decay,
                step: i32::try_from(n_steps_before + 1).unwrap_or(i32::MAX),
                clip: if norm > clip { clip / norm } else { 1.0 },
            };
            slot.variable.inplace_op2(
                &gradient.contiguous()?,
                &Update { constants, moments: &slot.moments },
            )?;
        }
    }
    Ok(norm)
}

/// In `f64` and 16 interleaved sums, so that the order does not matter to the digits shown.
fn sum_of_squares(x: &[f32]) -> f64 {
    let mut sums = [0.0f64; 16];
    for chunk in x.chunks(16) {
        for (sum, &x) in sums.iter_mut().zip(chunk) {
            *sum += f64::from(x) * f64::from(x);
        }
    }
    sums.iter().sum()
}

struct Update<'a> {
    constants: AdamWStep,
    moments: &'a Mutex<(Vec<f32>, Vec<f32>)>,
}

impl InplaceOp2 for Update<'_> {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn cpu_fwd(
        &self,
        s1: &mut CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<()> {
        let strided = || Error::Msg("a variable is contiguous".to_owned());
        let (CpuStorage::F32(parameter), Some((start, end))) = (s1, l1.contiguous_offsets()) else {
            return Err(strided());
        };
        let (from, to) = l2.contiguous_offsets().ok_or_else(strided)?;
        let mut moments =
            self.moments.lock().map_err(|_| Error::Msg("another step failed".to_owned()))?;
        let (first, second) = &mut *moments;
        adamw_step(
            &self.constants,
            &mut parameter[start..end],
            &s2.as_slice::<f32>()?[from..to],
            first,
            second,
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn steps_go_downhill_as_adamw_does() -> Result<()> {
        let x = Var::new(&[1.0f32, -2.0], &Device::Cpu)?;
        let slots = [Slot::new("x".to_owned(), x.clone(), 0.1)];
        let target = Tensor::new(&[3.0f32, 0.5], &Device::Cpu)?;
        let gradients = x.sub(&target)?.sqr()?.sum_all()?.backward()?;
        step(&slots, &gradients, 1.0, 0.0, 1e9, 0)?;
        // The first step of Adam has the size of the rate, whatever the gradient's.
        for (x, expected) in x.to_vec1::<f32>()?.iter().zip([1.1, -1.9]) {
            assert!((x - expected).abs() < 1e-4, "{x} {expected}");
        }
        for i in 1..300 {
            let gradients = x.sub(&target)?.sqr()?.sum_all()?.backward()?;
            step(&slots, &gradients, 1.0, 0.0, 1e9, i)?;
        }
        for (x, expected) in x.to_vec1::<f32>()?.iter().zip([3.0, 0.5]) {
            assert!((x - expected).abs() < 0.05, "{x} {expected}");
        }
        Ok(())
    }
}
