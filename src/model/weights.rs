//! Which numbers does a checkpoint hold? Tensors by name, from safetensors in 32, 16 or 8 bits.
//!
//! An 8-bit matrix `name` (`I8`, `[rows, columns]`) has a companion `name.scale` (`F32`, `[rows]`): each row is its
//! integers times its scale.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use super::files::Files;
use crate::digest::Sha256;

/// The tensors of a checkpoint.
#[derive(Debug)]
pub struct Weights {
    shards: Vec<Cow<'static, [u8]>>,
    /// Shard of each tensor.
    index: BTreeMap<String, usize>,
    /// SHA-256 over all shards, in hexadecimal.
    sha256: String,
}

/// Rows of 8-bit integers, each row with its scale.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizedRows {
    /// `[rows, columns]`.
    pub values: Vec<i8>,
    /// `[rows]`.
    pub scales: Vec<f32>,
}

impl Weights {
    /// Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names.
    ///
    /// # Errors
    /// When a file is missing or is not valid safetensors.
    pub fn open(files: &Files) -> anyhow::Result<Self> {
        let names = shard_names(files)?;
        let mut weights =
            Self { shards: Vec::new(), index: BTreeMap::new(), sha256: String::new() };
        let mut hash = Sha256::default();
        for name in names {
            let bytes = files.read(&name)?;
            hash.update(&bytes);
            let tensors = SafeTensors::deserialize(&bytes)
                .with_context(|| format!("`{name}` of {}", files.describe()))?;
            for tensor in tensors.names() {
                weights.index.insert(tensor.to_owned(), weights.shards.len());
            }
            weights.shards.push(bytes);
        }
        weights.sha256 = hash.finish();
        Ok(weights)
    }

    /// SHA-256 over all shards, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Bytes of all shards.
    pub fn n_bytes(&self) -> usize {
        self.shards.iter().map(|shard| shard.len()).sum()
    }

    /// Whether there is a tensor of that name.
    pub fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// A tensor as `f32`, of the shape given.
    ///
    /// # Errors
    /// When it is missing, has another shape, a type that is no number here, or holds NaN or infinity.
    pub fn get(&self, name: &str, shape: &[usize]) -> anyhow::Result<Vec<f32>> {
        let view = self.view(name)?;
        ensure!(
            view.shape() == shape,
            "tensor `{name}` has shape {:?}, not {shape:?}",
            view.shape()
        );
        let bytes = view.data();
        let data: Vec<f32> = match view.dtype() {
            Dtype::F32 => {
                bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
            }
            Dtype::F16 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| f16::from_le_bytes(bytes).to_f32())
                .collect(),
            Dtype::BF16 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| bf16::from_le_bytes(bytes).to_f32())
                .collect(),
            Dtype::I8 => {
                let rows = self.quantized(name, shape)?;
                let columns = shape.iter().skip(1).product::<usize>().max(1);
                let rows = rows.values.chunks_exact(columns).zip(rows.scales);
                rows.flat_map(|(row, scale)| row.iter().map(move |&x| f32::from(x) * scale))
                    .collect()
            }
            other => bail!("tensor `{name}` holds {other:?}, which is none of F32, F16, BF16, I8"),
        };
        ensure!(data.iter().all(|x| x.is_finite()), "tensor `{name}` holds NaN or infinity");
        Ok(data)
    }

    /// A matrix in 8 bits as stored, or `None` where it is stored otherwise.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn get_quantized(
        &self,
        name: &str,
        shape: &[usize],
    ) -> anyhow::Result<Option<QuantizedRows>> {
        let view = self.view(name)?;
        if view.dtype() != Dtype::I8 {
            return Ok(None);
        }
        ensure!(
            view.shape() == shape,
            "tensor `{name}` has shape {:?}, not {shape:?}",
            view.shape()
        );
        self.quantized(name, shape).map(Some)
    }

    fn quantized(&self, name: &str, shape: &[usize]) -> anyhow::Result<QuantizedRows> {
        let scales = self.get(&format!("{name}.scale"), &shape[..1])?;
        let values = self.view(name)?.data().iter().map(|&byte| byte.cast_signed()).collect();
        Ok(QuantizedRows { values, scales })
    }

    fn view(&self, name: &str) -> anyhow::Result<TensorView<'_>> {
        let &shard = self
            .index
            .get(name)
            .with_context(|| format!("the checkpoint has no tensor `{name}`"))?;
        Ok(SafeTensors::deserialize(&self.shards[shard])?.tensor(name)?)
    }
}

/// The file that says which tensors are in which weight file, where there are several.
const INDEX: &str = "model.safetensors.index.json";

/// The weight files of a checkpoint, in order, each within its folder.
fn shard_names(files: &Files) -> anyhow::Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    if !files.has(INDEX) {
        return Ok(vec!["model.safetensors".to_owned()]);
    }
    let index: Index = files.read_json(INDEX)?;
    let mut names: Vec<String> = index.weight_map.into_values().collect();
    names.sort();
    names.dedup();
    for name in &names {
        ensure!(
            !name.contains(['/', '\\']) && name != "..",
            "shard `{name}` of {} leaves its folder",
            files.describe()
        );
    }
    Ok(names)
}

/// Rounds each row to 8 bits: integers in −127…127 times the row's largest magnitude over 127.
pub(super) fn quantize_rows(data: &[f32], columns: usize) -> QuantizedRows {
    let mut rows = QuantizedRows { values: Vec::with_capacity(data.len()), scales: Vec::new() };
    for row in data.chunks_exact(columns) {
        let scale = row.iter().fold(0.0f32, |largest, x| largest.max(x.abs())) / 127.0;
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "the product lies in -127..=127")]
        rows.values.extend(row.iter().map(|x| (x * inverse).round() as i8));
        rows.scales.push(scale);
    }
    rows
}

/// Tensors on their way into a file.
#[derive(Debug, Default)]
pub struct WeightsWriter {
    tensors: BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>,
}

impl WeightsWriter {
    /// Adds a tensor in 32 bits.
    pub fn put(&mut self, name: &str, shape: &[usize], data: &[f32]) {
        let bytes = data.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.tensors.insert(name.to_owned(), (Dtype::F32, shape.to_vec(), bytes));
    }

    /// Adds a matrix in 8 bits with its scales.
    pub fn put_quantized(&mut self, name: &str, shape: &[usize], rows: &QuantizedRows) {
        let bytes = rows.values.iter().map(|x| x.cast_unsigned()).collect();
        self.tensors.insert(name.to_owned(), (Dtype::I8, shape.to_vec(), bytes));
        self.put(&format!("{name}.scale"), &shape[..1], &rows.scales);
    }

    /// Writes one file, or several of at most `limit` bytes with their index.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn write(&self, folder: &std::path::Path, limit: usize) -> anyhow::Result<()> {
        let mut shards: Vec<Vec<&String>> = vec![Vec::new()];
        let mut filled = 0;
        for (name, (_, _, bytes)) in &self.tensors {
            if filled > 0 && filled + bytes.len() > limit {
                shards.push(Vec::new());
                filled = 0;
            }
            filled += bytes.len();
            shards.last_mut().expect("there is one").push(name);
        }
        if let [names] = shards.as_slice() {
            // One that an earlier checkpoint left here would be read instead.
            let index = folder.join(INDEX);
            if index.exists() {
                fs_err::remove_file(index)?;
            }
            return self.write_shard(&folder.join("model.safetensors"), names);
        }
        let mut map = serde_json::Map::new();
        for (i, names) in shards.iter().enumerate() {
            let file = format!("model-{:05}-of-{:05}.safetensors", i + 1, shards.len());
            self.write_shard(&folder.join(&file), names)?;
            map.extend(names.iter().map(|name| ((*name).clone(), file.clone().into())));
        }
        let index = serde_json::json!({ "metadata": {}, "weight_map": map });
        fs_err::write(folder.join(INDEX), serde_json::to_vec_pretty(&index)?)?;
        Ok(())
    }

    fn write_shard(&self, path: &std::path::Path, names: &[&String]) -> anyhow::Result<()> {
        let views = names.iter().map(|name| {
            let (dtype, shape, bytes) = &self.tensors[*name];
            TensorView::new(*dtype, shape.clone(), bytes).map(|view| ((*name).clone(), view))
        });
        let views: Vec<_> = views.collect::<Result<_, _>>()?;
        fs_err::write(path, serialize(views, None)?)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_sharded_or_not() {
        let data: Vec<f32> = (0..60).map(|i| (i as f32 - 30.0) / 7.0).collect();
        let mut writer = WeightsWriter::default();
        writer.put("a", &[6, 10], &data);
        writer.put_quantized("b", &[6, 10], &quantize_rows(&data, 10));
        for limit in [100, 1 << 20] {
            let folder = tempfile::tempdir().unwrap();
            writer.write(folder.path(), limit).unwrap();
            let weights = Weights::open(&Files::in_folder(folder.path())).unwrap();
            assert_eq!(weights.get("a", &[6, 10]).unwrap(), data);
            for (x, exact) in weights.get("b", &[6, 10]).unwrap().iter().zip(&data) {
                assert!((x - exact).abs() <= 4.3 / 254.0 + 1e-6, "{x} {exact}");
            }
            assert!(weights.get("a", &[10, 6]).is_err());
            assert!(weights.get("c", &[1]).is_err());
        }
    }

    #[test]
    fn a_small_checkpoint_replaces_a_large_one_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        for (limit, value) in [(4, 1.0), (1 << 20, 2.0), (4, 3.0)] {
            let mut writer = WeightsWriter::default();
            writer.put("a", &[1], &[value]);
            writer.put("b", &[1], &[value]);
            writer.write(folder.path(), limit).unwrap();
            let weights = Weights::open(&Files::in_folder(folder.path())).unwrap();
            assert_eq!(weights.get("b", &[1]).unwrap(), [value]);
        }
    }

    #[test]
    fn a_shard_cannot_leave_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let index = r#"{"weight_map": {"a": "../secret.safetensors"}}"#;
        fs_err::write(folder.path().join("model.safetensors.index.json"), index).unwrap();
        let error = Weights::open(&Files::in_folder(folder.path())).unwrap_err().to_string();
        assert!(error.contains("leaves its folder"), "{error}");
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = WeightsWriter::default();
        writer.put("a", &[2], &[1.0, f32::NAN]);
        writer.write(folder.path(), 1 << 20).unwrap();
        let weights = Weights::open(&Files::in_folder(folder.path())).unwrap();
        assert!(weights.get("a", &[2]).unwrap_err().to_string().contains("NaN"));
    }
}
