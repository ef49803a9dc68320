//! What does a matrix of a head make of its rows? Each row its product, the same to the bit whatever rows stand beside
//! it: candle's own products sum in another order for another number of rows.

use candle_core::{CpuStorage, CustomOp2, Error, Layout, Result, Shape, Tensor};

use crate::model::kernel::Matrix;
use crate::model::kernel::Product;
use crate::model::kernel::product;
use crate::model::layers::numbers;

/// `x · weightᵀ` for `x`, `[n, in]`, and `weight`, `[out, in]`; differentiable in both.
///
/// # Errors
/// When one is not a contiguous `f32` matrix on the CPU, or they don't fit.
pub(super) fn linear(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    x.apply_op2(weight, Linear)
}

struct Linear;

impl CustomOp2 for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let ((n, n_in), (n_out, n_weight)) = (l1.shape().dims2()?, l2.shape().dims2()?);
        if n_in != n_weight {
            return Err(Error::Msg(format!("rows of {n_in} numbers for {n_weight} weights")));
        }
        let x = Matrix::new(numbers(s1, l1)?, n, n_in);
        let weight = Matrix::new(numbers(s2, l2)?, n_out, n_in);
        let mut out = vec![0.0; n * n_out];
        product(x, weight.transposed(), Product::F32, &mut out, |_, _| ());
        Ok((CpuStorage::F32(out), (n, n_out).into()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((Some(gradient.matmul(weight)?), Some(gradient.t()?.matmul(x)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    fn matrix(rows: usize, columns: usize, scale: f32) -> Result<Var> {
        let number = |i: usize| ((i * 7919 % 1013) as f32 / 506.5 - 1.0) * scale;
        let numbers: Vec<f32> = (0..rows * columns).map(number).collect();
        Var::from_vec(numbers, (rows, columns), &Device::Cpu)
    }

    #[test]
    fn products_and_gradients_are_those_of_candle() -> Result<()> {
        let (x, weight, slope) = (matrix(9, 21, 1.0)?, matrix(5, 21, 0.3)?, matrix(9, 5, 2.0)?);
        let ours = linear(&x, &weight)?;
        let theirs = x.matmul(&weight.t()?)?;
        let difference = |a: &Tensor, b: &Tensor| -> Result<f32> {
            a.sub(b)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()
        };
        assert!(difference(&ours, &theirs)? < 1e-5);
        let ours = ours.mul(&slope)?.sum_all()?.backward()?;
        let theirs = theirs.mul(&slope)?.sum_all()?.backward()?;
        for each in [&x, &weight] {
            let (ours, theirs) = (ours.get(each).unwrap(), theirs.get(each).unwrap());
            assert!(difference(ours, theirs)? < 1e-5);
        }
        Ok(())
    }

    #[test]
    fn a_row_gives_the_same_bits_among_any_number_of_rows() -> Result<()> {
        let (x, weight) = (matrix(70, 130, 1.0)?, matrix(33, 130, 0.3)?);
        let all = linear(&x, &weight)?.to_vec2::<f32>()?;
        for n in [1, 2, 3, 17, 56, 57] {
            let some = linear(&x.narrow(0, 0, n)?.contiguous()?, &weight)?.to_vec2::<f32>()?;
            assert_eq!(some, all[..n]);
        }
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_an_error() -> Result<()> {
        assert!(linear(matrix(2, 3, 1.0)?.as_tensor(), matrix(2, 4, 1.0)?.as_tensor()).is_err());
        Ok(())
    }
}
