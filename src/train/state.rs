//! Where does a run go on after it was ended? From the weights, moments and counts of its last whole epoch.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::optimizer::Slot;
use crate::model::Files;
use crate::model::Weights;
use crate::model::WeightsWriter;

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    /// What makes two runs the same: configuration, base and files.
    pub(super) fingerprint: String,
    /// Epochs done.
    pub(super) epoch: usize,
    /// Steps done.
    pub(super) step: usize,
    /// The best dev score so far, and the epoch after which it was reached.
    pub(super) best: Option<(f64, usize)>,
}

const FOLDER: &str = "unfinished";

fn folder(out: &Path) -> PathBuf {
    out.join(FOLDER)
}

/// Keeps a run's place; the one kept before stays until the new one is whole.
pub(super) fn save(out: &Path, place: &Place, slots: &[Slot]) -> anyhow::Result<()> {
    let mut writer = WeightsWriter::default();
    for slot in slots {
        let shape = slot.variable.dims();
        writer.put(&slot.name, shape, &slot.variable.flatten_all()?.to_vec1::<f32>()?);
        let moments = slot.moments.lock().ok().context("a step failed before")?;
        writer.put(&format!("{}.first", slot.name), shape, &moments.0);
        writer.put(&format!("{}.second", slot.name), shape, &moments.1);
    }
    let (kept, fresh) = (folder(out), out.join("unfinished.new"));
    remove(&fresh)?;
    fs_err::create_dir_all(&fresh)?;
    writer.write(&fresh, usize::MAX)?;
    fs_err::write(fresh.join("place.json"), serde_json::to_vec_pretty(place)?)?;
    remove(&kept)?;
    fs_err::rename(fresh, kept)?;
    Ok(())
}

/// Takes up the place of an earlier run of the same kind, if there is one.
pub(super) fn load(out: &Path, fingerprint: &str, slots: &[Slot]) -> anyhow::Result<Option<Place>> {
    let kept = folder(out);
    if !kept.join("place.json").is_file() {
        return Ok(None);
    }
    let files = Files::in_folder(&kept);
    let place: Place = files.read_json("place.json")?;
    ensure!(
        place.fingerprint == fingerprint,
        "`{}` holds an unfinished run with another configuration, base or data; remove it or choose another `-o`",
        kept.display()
    );
    let weights = Weights::open(&files)?;
    for slot in slots {
        let shape = slot.variable.dims();
        let values = weights.get(&slot.name, shape)?;
        slot.variable.set(&candle_core::Tensor::from_vec(
            values,
            shape,
            slot.variable.device(),
        )?)?;
        let mut moments = slot.moments.lock().ok().context("a step failed before")?;
        moments.0 = weights.get(&format!("{}.first", slot.name), shape)?;
        moments.1 = weights.get(&format!("{}.second", slot.name), shape)?;
    }
    Ok(Some(place))
}

/// Forgets the place of a run that is done.
pub(super) fn clear(out: &Path) -> anyhow::Result<()> {
    remove(&folder(out))
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs_err::remove_dir_all(folder)?;
    }
    Ok(())
}
