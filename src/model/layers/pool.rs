//! What stands for several tokens? The mean of their hidden states.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::operation::numbers;

/// Means of rows of `x`, `[n_rows, hidden]`, over groups of row numbers: `[n_groups, hidden]`; an empty group gives 0.
///
/// # Errors
/// When `x` is not a contiguous `f32` matrix on the CPU.
pub fn mean_rows(x: &Tensor, groups: Arc<[Vec<u32>]>) -> Result<Tensor> {
    x.apply_op1(MeanRows { groups })
}

struct MeanRows {
    groups: Arc<[Vec<u32>]>,
}

impl CustomOp1 for MeanRows {
    fn name(&self) -> &'static str {
        "mean-rows"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, hidden) = layout.shape().dims2()?;
        let x = numbers(storage, layout)?;
        let mut out = vec![0.0; self.groups.len() * hidden];
        for (group, out) in self.groups.iter().zip(out.chunks_exact_mut(hidden)) {
            add_mean(x, group, out);
        }
        Ok((CpuStorage::F32(out), (self.groups.len(), hidden).into()))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (_, hidden) = x.dims2()?;
        let gradient = gradient.flatten_all()?.to_vec1::<f32>()?;
        let mut out = vec![0.0; x.elem_count()];
        for (group, gradient) in self.groups.iter().zip(gradient.chunks_exact(hidden)) {
            for &row in group {
                add_scaled(
                    &mut out[row as usize * hidden..][..hidden],
                    gradient,
                    1.0 / group.len() as f32,
                );
            }
        }
        Ok(Some(Tensor::from_vec(out, x.shape(), x.device())?))
    }
}

/// Adds the mean of some rows of `x` to `sum`, which is one row.
pub(in crate::model) fn add_mean(x: &[f32], rows: &[u32], sum: &mut [f32]) {
    let hidden = sum.len();
    for &row in rows {
        add_scaled(sum, &x[row as usize * hidden..][..hidden], 1.0 / rows.len() as f32);
    }
}

fn add_scaled(sum: &mut [f32], x: &[f32], scale: f32) {
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum += x * scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    #[test]
    fn means_and_their_gradients() -> Result<()> {
        let x = Var::new(&[[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]], &Device::Cpu)?;
        let pooled = mean_rows(&x, vec![vec![0, 2], vec![], vec![1]].into())?;
        assert_eq!(pooled.to_vec2::<f32>()?, [[3.0, 4.0], [0.0, 0.0], [3.0, 4.0]]);
        let weight = Tensor::new(&[[1.0f32, 10.0], [7.0, 7.0], [2.0, 3.0]], &Device::Cpu)?;
        let gradients = pooled.mul(&weight)?.sum_all()?.backward()?;
        let gradient = gradients.get(&x).unwrap().to_vec2::<f32>()?;
        assert_eq!(gradient, [[0.5, 5.0], [2.0, 3.0], [0.5, 5.0]]);
        Ok(())
    }
}
