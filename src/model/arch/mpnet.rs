//! How is an MPNet laid out? BERT without token types, with a bias by distance (Song et al. 2020).

use serde_json::Value;

use super::{Architecture, EncoderConfig, common};
use crate::model::layers::Weight;

/// MPNet.
pub(super) struct MpNet;

impl Architecture for MpNet {
    fn model_types(&self) -> &'static [&'static str] {
        &["mpnet"]
    }

    fn config(&self, config: &Value) -> anyhow::Result<EncoderConfig> {
        let buckets =
            usize::try_from(config["relative_attention_num_buckets"].as_u64().unwrap_or(32))?;
        let padding = usize::try_from(config["pad_token_id"].as_u64().unwrap_or(1))?;
        Ok(EncoderConfig {
            first_position: padding + 1,
            relative: Some((buckets, 128)),
            ..common(config)?
        })
    }

    fn layer_tensors(&self, layer: usize, weight: Weight) -> Vec<String> {
        let names: &[&str] = match weight {
            Weight::Qkv => {
                &["attention.attn.q.weight", "attention.attn.k.weight", "attention.attn.v.weight"]
            }
            Weight::QkvBias => {
                &["attention.attn.q.bias", "attention.attn.k.bias", "attention.attn.v.bias"]
            }
            Weight::Out => &["attention.attn.o.weight"],
            Weight::OutBias => &["attention.attn.o.bias"],
            Weight::AttentionScale => &["attention.LayerNorm.weight"],
            Weight::AttentionShift => &["attention.LayerNorm.bias"],
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
