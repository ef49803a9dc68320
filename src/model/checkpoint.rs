//! Which model is meant, and what does its folder hold? `config.json`, `tokenizer.json`, safetensors, and our
//! `detente.json` that says how its heads are to be used.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Task;
use super::arch::{self, Architecture, EncoderConfig};
use super::encoder::{Encoder, EncoderParts};
use super::files::Files;
use super::head::Readout;
use super::kernel::Product;
use super::weights::{Weights, WeightsWriter};
use crate::batch::TextEncoder;
use crate::error::WithHint;

/// The most bytes of one weight file: below the limits that code hosts set.
const SHARD_BYTES: usize = 95_000_000;

/// `detente.json`: what our checkpoints say of themselves beyond what the encoder's files say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The version of this file's form; 1.
    pub format: u32,
    /// The name in outputs.
    pub name: String,
    /// Numbers in the middle of each head.
    pub head_size: usize,
    /// Tokens of one window, special ones included; longer sentences are read in several.
    pub window: usize,
    /// Whether matrices are stored in 8 bits.
    pub is_quantized: bool,
    /// What each task's logits are divided by before the softmax (Guo et al. 2017).
    pub temperature: BTreeMap<Task, f32>,
    /// What it was made from and on: free text for the model card.
    pub training: Value,
}

/// A checkpoint, read and checked.
pub struct Checkpoint {
    /// The encoder's configuration as its file has it.
    pub config_json: Value,
    /// The tokenizer's file.
    pub tokenizer_json: Vec<u8>,
    /// The encoder.
    pub encoder: EncoderParts,
    /// The heads and what is said of them; `None` for a bare encoder.
    pub heads: Option<(Card, Readout)>,
    /// SHA-256 over the weight files, in hexadecimal.
    pub sha256: String,
}

/// A checkpoint whose files are open, its encoder still as it is stored.
pub(super) struct Opened {
    config_json: Value,
    tokenizer_json: Cow<'static, [u8]>,
    architecture: &'static dyn Architecture,
    config: EncoderConfig,
    weights: Weights,
    /// As in [`Checkpoint`].
    pub(super) heads: Option<(Card, Readout)>,
}

impl Checkpoint {
    /// Reads a checkpoint's files.
    ///
    /// # Errors
    /// When a file is missing, broken, or doesn't fit the others.
    pub fn load(files: &Files) -> anyhow::Result<Self> {
        Self::read(files).with_context(|| unusable(files))
    }

    fn read(files: &Files) -> anyhow::Result<Self> {
        let opened = Opened::read(files)?;
        Ok(Self {
            encoder: EncoderParts::load(opened.architecture, &opened.config, &opened.weights)?,
            sha256: opened.weights.sha256().to_owned(),
            config_json: opened.config_json,
            tokenizer_json: opened.tokenizer_json.into_owned(),
            heads: opened.heads,
        })
    }

    /// The tokenizer, for windows of at most `window` tokens.
    ///
    /// # Errors
    /// When the file is no tokenizer.
    pub fn text_encoder(&self, window: usize) -> anyhow::Result<TextEncoder> {
        TextEncoder::new(&self.tokenizer_json, window.min(self.encoder.config.max_len()))
    }
}

impl Opened {
    /// Opens a checkpoint's files.
    ///
    /// # Errors
    /// As [`Checkpoint::load`].
    pub(super) fn open(files: &Files) -> anyhow::Result<Self> {
        Self::read(files).with_context(|| unusable(files))
    }

    fn read(files: &Files) -> anyhow::Result<Self> {
        let config_json: Value = files.read_json("config.json")?;
        let architecture = arch::find(&config_json)?;
        let config = architecture.config(&config_json)?;
        let weights = Weights::open(files)?;
        let heads = if files.has("detente.json") {
            let card: Card = files.read_json("detente.json")?;
            ensure!(
                card.format == 1,
                "`detente.json` has format {}, this program knows 1",
                card.format
            );
            let readout = Readout::load(&weights, config.layer.hidden, card.head_size)?;
            Some((card, readout))
        } else {
            None
        };
        let tokenizer_json = files.read("tokenizer.json")?;
        Ok(Self { config_json, tokenizer_json, architecture, config, weights, heads })
    }

    /// Its encoder, packed for inference; its tokenizer, for windows of at most `window` tokens; and the SHA-256 over
    /// its weight files: made side by side.
    ///
    /// # Errors
    /// When they don't fit the configuration, or the tokenizer is none.
    pub(super) fn ready(
        &self,
        window: usize,
        product: Product,
    ) -> anyhow::Result<(Encoder, TextEncoder, String)> {
        let encoder = || Encoder::load(self.architecture, &self.config, &self.weights, product);
        let window = window.min(self.config.max_len());
        let others =
            || (TextEncoder::new(&self.tokenizer_json, window), self.weights.sha256().to_owned());
        let (encoder, (text_encoder, sha256)) = rayon::join(encoder, others);
        Ok((encoder?, text_encoder?, sha256))
    }
}

fn unusable(files: &Files) -> String {
    format!("{} can't be used as a model", files.describe())
}

/// Writes a checkpoint's folder; `put_encoder` adds the encoder's tensors.
///
/// # Errors
/// When a file can't be written.
pub fn save(
    folder: &Path,
    config_json: &Value,
    tokenizer_json: &[u8],
    card: &Card,
    readout: &Readout,
    put_encoder: impl FnOnce(&mut WeightsWriter) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    fs_err::create_dir_all(folder)?;
    let mut writer = WeightsWriter::default();
    put_encoder(&mut writer)?;
    readout.save(&mut writer, card.is_quantized)?;
    writer.write(folder, SHARD_BYTES)?;
    fs_err::write(folder.join("config.json"), serde_json::to_vec_pretty(config_json)?)?;
    fs_err::write(folder.join("tokenizer.json"), tokenizer_json)?;
    fs_err::write(folder.join("detente.json"), serde_json::to_vec_pretty(card)?)?;
    Ok(())
}

/// The configuration of an encoder with as many layers as it now has.
pub fn config_with_layers(config_json: &Value, config: &EncoderConfig) -> Value {
    let mut config_json = config_json.clone();
    config_json["num_hidden_layers"] = config.n_layers.into();
    config_json
}

/// The files of the model that `name` means: a folder, or a checkpoint of ours by name.
///
/// # Errors
/// When there is no such model.
pub fn find(name: &str) -> anyhow::Result<Files> {
    let folder = Path::new(name);
    if folder.join("config.json").is_file() {
        return Ok(Files::in_folder(folder));
    }
    if let Some(files) = embedded(name) {
        return Ok(files);
    }
    let is_plain =
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if is_plain
        && let Some(folder) = places()
            .into_iter()
            .map(|place| place.join(name))
            .find(|f| f.join("config.json").is_file())
    {
        return Ok(Files::in_folder(&folder));
    }
    let missing = || -> anyhow::Result<Files> {
        bail!("no model named `{name}`, and no folder with a `config.json` there")
    };
    missing().hint(|| "`detente models list` shows the models that are known".to_owned())
}

/// Folders that may hold our checkpoints by name: `models` here, beside the program, and above it in a build tree.
fn places() -> Vec<PathBuf> {
    let here = std::iter::once(PathBuf::from("models"));
    let program = std::env::current_exe().ok();
    let above = program.iter().flat_map(|path| path.ancestors().skip(1).take(4));
    here.chain(above.map(|folder| folder.join("models"))).collect()
}

/// The checkpoint inside the program, if it has that name.
fn embedded(name: &str) -> Option<Files> {
    EMBEDDED.iter().find(|(each, _)| *each == name).map(|(_, files)| Files::Embedded(files))
}

/// Name and bytes of each file of a checkpoint.
type EmbeddedFiles = &'static [(&'static str, &'static [u8])];

/// The checkpoints inside the program: name, and name and bytes of each file.
#[cfg(feature = "embedded")]
const EMBEDDED: &[(&str, EmbeddedFiles)] = &[(
    "small",
    &[
        ("config.json", include_bytes!("../../models/small/config.json")),
        ("detente.json", include_bytes!("../../models/small/detente.json")),
        ("tokenizer.json", include_bytes!("../../models/small/tokenizer.json")),
        ("model.safetensors", include_bytes!("../../models/small/model.safetensors")),
        (super::weights::SUM, env!("DETENTE_SMALL_SHA256").as_bytes()),
    ],
)];

/// This build carries none.
#[cfg(not(feature = "embedded"))]
const EMBEDDED: &[(&str, EmbeddedFiles)] = &[];

/// A checkpoint of ours that can be named.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Where it lies, for people.
    pub place: String,
    /// Its files.
    pub files: Files,
}

/// The checkpoints in the program and in the folders of [`find`], by name; of equal names the one that [`find`] takes.
///
/// # Errors
/// When a folder can't be listed.
pub fn known() -> anyhow::Result<Vec<Known>> {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    for (name, files) in EMBEDDED {
        let (name, files) = ((*name).to_owned(), Files::Embedded(files));
        known.insert(name.clone(), Known { name, place: "inside the program".to_owned(), files });
    }
    for place in places().iter().filter(|place| place.is_dir()) {
        for entry in fs_err::read_dir(place)? {
            let folder = entry?.path();
            let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { continue };
            if folder.join("config.json").is_file() && !known.contains_key(name) {
                let place = folder.display().to_string();
                known.insert(
                    name.to_owned(),
                    Known { name: name.to_owned(), place, files: Files::in_folder(&folder) },
                );
            }
        }
    }
    Ok(known.into_values().collect())
}

/// How large an encoder is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EncoderSize {
    /// The model type.
    pub architecture: String,
    /// Layers.
    pub n_layers: usize,
    /// Numbers a token.
    pub hidden: usize,
    /// Bytes of its weight files.
    pub n_bytes: usize,
}

/// How large a checkpoint is.
///
/// # Errors
/// When a file can't be read.
pub fn size(files: &Files) -> anyhow::Result<EncoderSize> {
    let config_json: Value = files.read_json("config.json")?;
    let config = arch::find(&config_json)?.config(&config_json)?;
    Ok(EncoderSize {
        architecture: config_json["model_type"].as_str().unwrap_or_default().to_owned(),
        n_layers: config.n_layers,
        hidden: config.layer.hidden,
        n_bytes: Weights::open(files)?.n_bytes(),
    })
}

/// What a checkpoint says of itself; `None` for a bare encoder.
///
/// # Errors
/// When its `detente.json` can't be read.
pub fn card(files: &Files) -> anyhow::Result<Option<Card>> {
    if files.has("detente.json") { files.read_json("detente.json").map(Some) } else { Ok(None) }
}
