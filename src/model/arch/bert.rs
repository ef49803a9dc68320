//! How is a BERT laid out? (Devlin et al. 2019; MiniLM is one: Wang et al. 2020.)

use anyhow::ensure;
use serde_json::Value;

use super::{Architecture, EncoderConfig, common};
use crate::model::layers::Weight;

/// BERT, and encoders of its shape.
pub(super) struct Bert;

impl Architecture for Bert {
    fn model_types(&self) -> &'static [&'static str] {
        &["bert"]
    }

    fn config(&self, config: &Value) -> anyhow::Result<EncoderConfig> {
        let position = config["position_embedding_type"].as_str().unwrap_or("absolute");
        ensure!(
            position == "absolute",
            "position embeddings `{position}` are not known, only `absolute`"
        );
        let n_types = config["type_vocab_size"].as_u64().unwrap_or(2);
        Ok(EncoderConfig { n_types: usize::try_from(n_types)?, ..common(config)? })
    }

    fn layer_tensors(&self, layer: usize, weight: Weight) -> Vec<String> {
        let names: &[&str] = match weight {
            Weight::Qkv => &[
                "attention.self.query.weight",
                "attention.self.key.weight",
                "attention.self.value.weight",
            ],
            Weight::QkvBias => &[
                "attention.self.query.bias",
                "attention.self.key.bias",
                "attention.self.value.bias",
            ],
            Weight::Out => &["attention.output.dense.weight"],
            Weight::OutBias => &["attention.output.dense.bias"],
            Weight::AttentionScale => &["attention.output.LayerNorm.weight"],
            Weight::AttentionShift => &["attention.output.LayerNorm.bias"],
            Weight::Up => &["intermediate.dense.weight"],
            Weight::UpBias => &["intermediate.dense.bias"],
            Weight::Down => &["output.dense.weight"],
            Weight::DownBias => &["output.dense.bias"],
            Weight::OutputScale => &["output.LayerNorm.weight"],
            Weight::OutputShift => &["output.LayerNorm.bias"],
        };
        names.iter().map(|name| format!("encoder.layer.{layer}.{name}")).collect()
    }
}
