//! Which families of encoders are known? One file each, chosen by `model_type` in `config.json`.

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::layers::{LayerShape, Weight};

mod bert;
mod mpnet;

/// A family of encoders: how it is configured and what its tensors are called.
pub trait Architecture: Sync {
    /// The values of `model_type` that mean this family.
    fn model_types(&self) -> &'static [&'static str];

    /// Reads `config.json`.
    ///
    /// # Errors
    /// When a field is missing, has the wrong type, or asks for something that this family's code doesn't do.
    fn config(&self, config: &Value) -> anyhow::Result<EncoderConfig>;

    /// The tensors that, one under the other, are a weight of layer `layer`.
    fn layer_tensors(&self, layer: usize, weight: Weight) -> Vec<String>;
}

/// Every family.
pub const ARCHITECTURES: &[&dyn Architecture] = &[&bert::Bert, &mpnet::MpNet];

/// The family of a `config.json`.
///
/// # Errors
/// When it names none, or one that isn't known.
pub fn find(config: &Value) -> anyhow::Result<&'static dyn Architecture> {
    let name = config["model_type"].as_str().context("`config.json` names no `model_type`")?;
    let known = || ARCHITECTURES.iter().flat_map(|each| each.model_types()).copied();
    match ARCHITECTURES.iter().find(|each| each.model_types().contains(&name)) {
        Some(found) => Ok(*found),
        None => bail!(
            "model type `{name}` is not known; known are {}",
            known().collect::<Vec<_>>().join(", ")
        ),
    }
}

/// The sizes of an encoder.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderConfig {
    /// The sizes of each layer.
    pub layer: LayerShape,
    /// Layers.
    pub n_layers: usize,
    /// Rows of the word embeddings.
    pub vocab_size: usize,
    /// Rows of the position embeddings.
    pub n_positions: usize,
    /// The row of a text's first token among the position embeddings.
    pub first_position: usize,
    /// Rows of the token type embeddings; 0 where there are none.
    pub n_types: usize,
    /// Buckets of a bias by distance, and the distance from which all share the last one.
    pub relative: Option<(usize, usize)>,
}

impl EncoderConfig {
    /// Tokens in the longest text that the encoder takes, special ones included.
    pub fn max_len(&self) -> usize {
        self.n_positions - self.first_position
    }
}

/// The fields that all families share; `first_position`, `n_types` and `relative` are as in BERT with none.
fn common(config: &Value) -> anyhow::Result<EncoderConfig> {
    let size = |name: &str| -> anyhow::Result<usize> {
        let value = config[name]
            .as_u64()
            .with_context(|| format!("`config.json` has no whole number `{name}`"))?;
        ensure!(
            (1..=1 << 24).contains(&value),
            "`{name}` in `config.json` is {value}, which is absurd"
        );
        Ok(usize::try_from(value)?)
    };
    let activation = config["hidden_act"].as_str().unwrap_or("gelu");
    ensure!(activation == "gelu", "activation `{activation}` is not known, only the exact `gelu`");
    #[expect(clippy::cast_possible_truncation, reason = "a small constant, used in f32")]
    let epsilon = config["layer_norm_eps"].as_f64().unwrap_or(1e-12) as f32;
    let layer = LayerShape {
        hidden: size("hidden_size")?,
        intermediate: size("intermediate_size")?,
        n_heads: size("num_attention_heads")?,
        epsilon,
    };
    ensure!(
        layer.hidden.is_multiple_of(layer.n_heads),
        "{} heads don't divide {} numbers",
        layer.n_heads,
        layer.hidden
    );
    Ok(EncoderConfig {
        layer,
        n_layers: size("num_hidden_layers")?,
        vocab_size: size("vocab_size")?,
        n_positions: size("max_position_embeddings")?,
        first_position: 0,
        n_types: 0,
        relative: None,
    })
}
