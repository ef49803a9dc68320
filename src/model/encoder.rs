//! How does a batch become hidden states? Embeddings, then layer after layer.

use std::cell::RefCell;
use std::sync::Arc;

use anyhow::ensure;
use candle_core::{Device, Tensor, Var};
use rayon::prelude::*;

use super::arch::{Architecture, EncoderConfig};
use super::embeddings::Embeddings;
use super::kernel::Product;
use super::layers::{
    Dropout, LayerContext, LayerMemory, LayerWeights, PackedLayer, RelativeBias, Weight, layer,
};
use super::weights::{Weights, WeightsWriter, quantize_rows};
use crate::batch::PackedBatch;

/// An encoder as it is stored: embeddings, and one flat vector of weights a layer.
pub struct EncoderParts {
    /// Its family.
    pub architecture: &'static dyn Architecture,
    /// Its sizes.
    pub config: EncoderConfig,
    /// Its embeddings.
    pub embeddings: Embeddings,
    /// Each layer's weights, as [`LayerShape`](super::layers::LayerShape) lays them out.
    pub layers: Vec<Vec<f32>>,
}

impl EncoderParts {
    /// Reads an encoder, whatever prefix its tensors have.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape than the configuration says.
    pub fn load(
        architecture: &'static dyn Architecture,
        config: &EncoderConfig,
        weights: &Weights,
    ) -> anyhow::Result<Self> {
        let layers = (0..config.n_layers).map(|i| {
            let mut flat = Vec::with_capacity(config.layer.n_weights());
            for weight in Weight::ALL {
                append_weight(architecture, config, weights, (i, weight), &mut flat)?;
            }
            Ok(flat)
        });
        Ok(Self {
            architecture,
            config: config.clone(),
            embeddings: Embeddings::load(config, weights, prefix_of(weights))?,
            layers: layers.collect::<anyhow::Result<_>>()?,
        })
    }

    /// Keeps the layers with these numbers, in this order.
    ///
    /// # Errors
    /// When there is no such layer.
    pub fn keep_layers(&mut self, keep: &[usize]) -> anyhow::Result<()> {
        let n = self.layers.len();
        ensure!(
            keep.iter().all(|&i| i < n) && !keep.is_empty(),
            "the encoder has layers 0 to {}",
            n - 1
        );
        self.layers = keep.iter().map(|&i| self.layers[i].clone()).collect();
        self.config.n_layers = keep.len();
        Ok(())
    }
}

/// Adds the weights of one layer to a file.
fn save_layer(
    architecture: &dyn Architecture,
    config: &EncoderConfig,
    writer: &mut WeightsWriter,
    is_quantized: bool,
    i: usize,
    flat: &[f32],
) {
    for weight in Weight::ALL {
        let (rows, columns) = config.layer.size_of(weight);
        let data = &flat[config.layer.range(weight)];
        let names = architecture.layer_tensors(i, weight);
        let n = data.len() / names.len();
        for (name, data) in names.iter().zip(data.chunks_exact(n)) {
            if rows == 1 {
                writer.put(name, &[n], data);
            } else if is_quantized {
                writer.put_quantized(name, &[n / columns, columns], &quantize_rows(data, columns));
            } else {
                writer.put(name, &[n / columns, columns], data);
            }
        }
    }
}

/// What a checkpoint's tensor names begin with.
fn prefix_of(weights: &Weights) -> &'static str {
    const PREFIXES: [&str; 4] = ["", "bert.", "mpnet.", "model."];
    let probe = |prefix: &&&str| weights.has(&format!("{prefix}embeddings.word_embeddings.weight"));
    PREFIXES.iter().find(probe).unwrap_or(&"")
}

/// Adds one weight of a layer to the end of `numbers`.
fn append_weight(
    architecture: &dyn Architecture,
    config: &EncoderConfig,
    weights: &Weights,
    (i, weight): (usize, Weight),
    numbers: &mut Vec<f32>,
) -> anyhow::Result<()> {
    let prefix = prefix_of(weights);
    let (rows, columns) = config.layer.size_of(weight);
    let names = architecture.layer_tensors(i, weight);
    let shape =
        if rows == 1 { vec![columns / names.len()] } else { vec![rows / names.len(), columns] };
    names.iter().try_for_each(|name| weights.append(&format!("{prefix}{name}"), &shape, numbers))
}

/// An encoder for inference, its weights packed.
#[derive(Debug)]
pub struct Encoder {
    config: EncoderConfig,
    embeddings: Embeddings,
    layers: Vec<PackedLayer>,
    bias: Option<RelativeBias>,
}

impl Encoder {
    /// Packs an encoder; products round to what `product` says.
    pub fn new(parts: EncoderParts, product: Product) -> Self {
        let shape = parts.config.layer;
        let pack = |flat: Vec<f32>| PackedLayer::new(&LayerWeights { shape, flat: &flat, product });
        Self {
            bias: parts.embeddings.relative_bias(),
            layers: parts.layers.into_iter().map(pack).collect(),
            embeddings: parts.embeddings,
            config: parts.config,
        }
    }

    /// Reads an encoder and packs it weight by weight, so that it is never held unpacked.
    ///
    /// # Errors
    /// As [`EncoderParts::load`].
    pub fn load(
        architecture: &'static dyn Architecture,
        config: &EncoderConfig,
        weights: &Weights,
        product: Product,
    ) -> anyhow::Result<Self> {
        let embeddings = Embeddings::load(config, weights, prefix_of(weights))?;
        let layer = |i: usize| {
            PackedLayer::load(config.layer, product, |weight, numbers| {
                numbers.clear();
                append_weight(architecture, config, weights, (i, weight), numbers)
            })
        };
        let layers = (0..config.n_layers).into_par_iter().map(layer);
        Ok(Self {
            bias: embeddings.relative_bias(),
            layers: layers.collect::<anyhow::Result<_>>()?,
            embeddings,
            config: config.clone(),
        })
    }

    /// Its sizes.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }
}

/// Anything that turns a batch into hidden states.
pub trait HiddenStates: Send + Sync {
    /// The last hidden states of a batch: `[n_tokens, hidden]`. Computed on the calling thread: batches are what threads
    /// share.
    ///
    /// # Errors
    /// When a token lies outside the vocabulary, or a text is longer than the encoder takes.
    fn hidden_states(&self, batch: &PackedBatch) -> anyhow::Result<Tensor>;
}

impl HiddenStates for Encoder {
    fn hidden_states(&self, batch: &PackedBatch) -> anyhow::Result<Tensor> {
        thread_local! {
            static MEMORY: RefCell<LayerMemory> = RefCell::default();
        }
        let mut x = self.embeddings.forward(batch)?;
        // Taken out while in use, though nothing below waits for another thread.
        let mut memory = MEMORY.take();
        for layer in &self.layers {
            layer.run(&mut x, &batch.starts, self.bias.as_ref(), &mut memory);
        }
        MEMORY.set(memory);
        Ok(Tensor::from_vec(x, (batch.n_tokens(), self.config.layer.hidden), &Device::Cpu)?)
    }
}

/// An encoder for training, each layer's weights one variable.
pub struct TrainableEncoder {
    parts: EncoderParts,
    variables: Vec<Var>,
    /// How many of the lowest layers get no gradient.
    n_frozen: usize,
    bias: Option<Arc<RelativeBias>>,
}

impl TrainableEncoder {
    /// Makes variables of the layers' weights; the lowest `n_frozen` layers get no gradient.
    ///
    /// # Errors
    /// When candle can't.
    pub fn new(mut parts: EncoderParts, n_frozen: usize) -> anyhow::Result<Self> {
        let n_layers = parts.layers.len();
        ensure!(n_frozen <= n_layers, "{n_frozen} layers can't be frozen of {n_layers}");
        let variable = |flat: Vec<f32>| Var::from_vec(flat.clone(), flat.len(), &Device::Cpu);
        let variables = std::mem::take(&mut parts.layers)
            .into_iter()
            .map(variable)
            .collect::<Result<_, _>>()?;
        let bias = parts.embeddings.relative_bias().map(Arc::new);
        Ok(Self { parts, variables, n_frozen, bias })
    }

    /// Its sizes.
    pub fn config(&self) -> &EncoderConfig {
        &self.parts.config
    }

    /// Each layer's weights.
    pub fn variables(&self) -> &[Var] {
        &self.variables
    }

    /// The last hidden states of a batch, `[n_tokens, hidden]`, in candle's graph.
    ///
    /// # Errors
    /// As [`HiddenStates::hidden_states`].
    pub fn forward(
        &self,
        batch: &PackedBatch,
        product: Product,
        dropout: Dropout,
    ) -> anyhow::Result<Tensor> {
        let shape = (batch.n_tokens(), self.parts.config.layer.hidden);
        let mut x = Tensor::from_vec(self.parts.embeddings.forward(batch)?, shape, &Device::Cpu)?;
        let starts: Arc<[u32]> = batch.starts.as_slice().into();
        for (i, (salt, weights)) in (16u64..).zip(&self.variables).enumerate() {
            let context = LayerContext {
                shape: self.parts.config.layer,
                starts: Arc::clone(&starts),
                bias: self.bias.clone(),
                product,
                dropout: dropout.with_salt(salt),
            };
            x = if i < self.n_frozen {
                layer(&x, &weights.as_tensor().detach(), context)?
            } else {
                layer(&x, weights.as_tensor(), context)?
            };
        }
        Ok(x)
    }

    /// Adds the encoder as it is now to a file.
    ///
    /// # Errors
    /// When candle can't give its numbers.
    pub fn save(&self, writer: &mut WeightsWriter, is_quantized: bool) -> anyhow::Result<()> {
        self.parts.embeddings.save(writer, is_quantized);
        for (i, variable) in self.variables.iter().enumerate() {
            let flat = variable.to_vec1()?;
            save_layer(self.parts.architecture, &self.parts.config, writer, is_quantized, i, &flat);
        }
        Ok(())
    }
}
