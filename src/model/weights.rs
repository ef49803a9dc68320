//! Which numbers does a checkpoint hold? Tensors by name, from safetensors in 32, 16 or 8 bits.
//!
//! An 8-bit matrix `name` (`I8`, `[rows, columns]`) has a companion `name.scale` (`F32`, `[rows]`): each row is its
//! integers times its scale.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use anyhow::{Context, bail, ensure};
use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use super::files::Files;

/// The tensors of a checkpoint.
#[derive(Debug)]
pub struct Weights {
    shards: Vec<Cow<'static, [u8]>>,
    /// Shard of each tensor.
    index: BTreeMap<String, usize>,
    /// SHA-256 over all shards, in hexadecimal, once it was asked for.
    sha256: OnceLock<String>,
}

/// Rows of 8-bit integers, each row with its scale.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizedRows {
    /// `[rows, columns]`, each byte a signed integer; those of a checkpoint inside the program stay where they are.
    pub values: Cow<'static, [u8]>,
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
            Self { shards: Vec::new(), index: BTreeMap::new(), sha256: OnceLock::new() };
        for name in names {
            let bytes = files.read(&name)?;
            let tensors = SafeTensors::deserialize(&bytes)
                .with_context(|| format!("`{name}` of {}", files.describe()))?;
            for tensor in tensors.names() {
                weights.index.insert(tensor.to_owned(), weights.shards.len());
            }
            weights.shards.push(bytes);
        }
        if matches!(files, Files::Embedded(_)) && files.has(SUM) {
            weights.sha256 = String::from_utf8(files.read(SUM)?.into_owned())?.into();
        }
        Ok(weights)
    }

    /// SHA-256 over all shards, in hexadecimal; the first call takes a while.
    pub fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| crate::digest::sha256(&self.shards))
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
        let mut data = Vec::with_capacity(shape.iter().product());
        self.append(name, shape, &mut data)?;
        Ok(data)
    }

    /// Adds a tensor to the end of `data`, as [`Self::get`] gives it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn append(&self, name: &str, shape: &[usize], data: &mut Vec<f32>) -> anyhow::Result<()> {
        let view = self.view_of_shape(name, shape)?;
        let (bytes, start) = (view.data(), data.len());
        match view.dtype() {
            Dtype::F32 => data.extend(bytes.as_chunks().0.iter().map(|&x| f32::from_le_bytes(x))),
            Dtype::F16 => {
                data.extend(bytes.as_chunks().0.iter().map(|&x| f16::from_le_bytes(x).to_f32()));
            }
            Dtype::BF16 => {
                data.extend(bytes.as_chunks().0.iter().map(|&x| bf16::from_le_bytes(x).to_f32()));
            }
            Dtype::I8 => {
                let columns = shape.iter().skip(1).product::<usize>().max(1);
                for (row, scale) in bytes.chunks_exact(columns).zip(self.scales(name, shape)?) {
                    data.extend(row.iter().map(|&x| f32::from(x.cast_signed()) * scale));
                }
                return Ok(());
            }
            other => bail!("tensor `{name}` holds {other:?}, which is none of F32, F16, BF16, I8"),
        }
        ensure!(
            data[start..].iter().all(|x| x.is_finite()),
            "tensor `{name}` holds NaN or infinity"
        );
        Ok(())
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
        let view = self.view_of_shape(name, shape)?;
        if view.dtype() != Dtype::I8 {
            return Ok(None);
        }
        let scales = self.scales(name, shape)?;
        let values = match &self.shards[self.index[name]] {
            Cow::Borrowed(shard) => {
                Cow::Borrowed(SafeTensors::deserialize(shard)?.tensor(name)?.data())
            }
            Cow::Owned(_) => Cow::Owned(view.data().to_vec()),
        };
        Ok(Some(QuantizedRows { values, scales }))
    }

    /// The scale of each row of a matrix in 8 bits.
    fn scales(&self, name: &str, shape: &[usize]) -> anyhow::Result<Vec<f32>> {
        self.get(&format!("{name}.scale"), &shape[..1])
    }

    fn view_of_shape(&self, name: &str, shape: &[usize]) -> anyhow::Result<TensorView<'_>> {
        let view = self.view(name)?;
        ensure!(
            view.shape() == shape,
            "tensor `{name}` has shape {:?}, not {shape:?}",
            view.shape()
        );
        Ok(view)
    }

    fn view(&self, name: &str) -> anyhow::Result<TensorView<'_>> {
        let &shard = self
            .index
            .get(name)
            .with_context(|| format!("the checkpoint has no tensor `{name}`"))?;
        Ok(SafeTensors::deserialize(&self.shards[shard])?.tensor(name)?)
    }
}

/// The digest of a checkpoint inside the program, taken when that was built; in a folder, such a file says nothing.
pub(super) const SUM: &str = "model.safetensors.sha256";

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
    let (mut values, mut scales) = (Vec::with_capacity(data.len()), Vec::new());
    for row in data.chunks_exact(columns) {
        let scale = row.iter().fold(0.0f32, |largest, x| largest.max(x.abs())) / 127.0;
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "the product lies in -127..=127")]
        values.extend(row.iter().map(|x| ((x * inverse).round() as i8).cast_unsigned()));
        scales.push(scale);
    }
    QuantizedRows { values: values.into(), scales }
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
        let bytes = rows.values.to_vec();
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

    #[cfg(feature = "embedded")]
    #[test]
    fn the_digest_of_the_checkpoint_in_the_program_is_that_of_its_bytes() {
        let files = crate::model::checkpoint::find("small").unwrap();
        let bytes = files.read("model.safetensors").unwrap();
        let expected = crate::digest::sha256([&bytes]);
        assert_eq!(Weights::open(&files).unwrap().sha256(), expected);
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
