//! What does the first layer see? Word, position and type embeddings, added and normalised.

use super::arch::EncoderConfig;
use super::kernel::layer_norm_rows;
use super::layers::RelativeBias;
use super::weights::{QuantizedRows, Weights, WeightsWriter, quantize_rows};
use crate::batch::PackedBatch;

/// The embeddings of an encoder, and its bias by distance; never trained further.
#[derive(Debug)]
pub struct Embeddings {
    config: EncoderConfig,
    words: Words,
    /// `[n_positions, hidden]`, the embedding of token type 0 added.
    positions: Vec<f32>,
    scale: Vec<f32>,
    shift: Vec<f32>,
    /// `[buckets, n_heads]`.
    relative: Option<Vec<f32>>,
}

/// `[vocab_size, hidden]`, as stored.
#[derive(Debug)]
enum Words {
    Full(Vec<f32>),
    Quantized(QuantizedRows),
}

const WORDS: &str = "embeddings.word_embeddings.weight";
const POSITIONS: &str = "embeddings.position_embeddings.weight";
const TYPES: &str = "embeddings.token_type_embeddings.weight";
const SCALE: &str = "embeddings.LayerNorm.weight";
const SHIFT: &str = "embeddings.LayerNorm.bias";
const RELATIVE: &str = "encoder.relative_attention_bias.weight";

impl Embeddings {
    /// Reads them; every tensor name begins with `prefix`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape than the configuration says.
    pub fn load(config: &EncoderConfig, weights: &Weights, prefix: &str) -> anyhow::Result<Self> {
        let hidden = config.layer.hidden;
        let name = |name: &str| format!("{prefix}{name}");
        let words = match weights.get_quantized(&name(WORDS), &[config.vocab_size, hidden])? {
            Some(rows) => Words::Quantized(rows),
            None => Words::Full(weights.get(&name(WORDS), &[config.vocab_size, hidden])?),
        };
        let mut positions = weights.get(&name(POSITIONS), &[config.n_positions, hidden])?;
        if config.n_types > 0 {
            let types = weights.get(&name(TYPES), &[config.n_types, hidden])?;
            for row in positions.chunks_exact_mut(hidden) {
                row.iter_mut().zip(&types).for_each(|(x, t)| *x += t);
            }
        }
        let relative = match config.relative {
            Some((buckets, _)) => {
                Some(weights.get(&name(RELATIVE), &[buckets, config.layer.n_heads])?)
            }
            None => None,
        };
        let vector = |each: &str| weights.get(&name(each), &[hidden]);
        Ok(Self {
            config: config.clone(),
            words,
            positions,
            scale: vector(SCALE)?,
            shift: vector(SHIFT)?,
            relative,
        })
    }

    /// Adds them to a file, words and positions in 8 bits where `is_quantized`.
    pub fn save(&self, writer: &mut WeightsWriter, is_quantized: bool) {
        let config = &self.config;
        let hidden = config.layer.hidden;
        let mut matrix = |name: &str, n_rows: usize, data: &[f32]| {
            if is_quantized {
                writer.put_quantized(name, &[n_rows, hidden], &quantize_rows(data, hidden));
            } else {
                writer.put(name, &[n_rows, hidden], data);
            }
        };
        matrix(POSITIONS, config.n_positions, &self.positions);
        match &self.words {
            Words::Full(words) => matrix(WORDS, config.vocab_size, words),
            Words::Quantized(rows) => {
                writer.put_quantized(WORDS, &[config.vocab_size, hidden], rows);
            }
        }
        if config.n_types > 0 {
            writer.put(TYPES, &[config.n_types, hidden], &vec![0.0; config.n_types * hidden]);
        }
        writer.put(SCALE, &[hidden], &self.scale);
        writer.put(SHIFT, &[hidden], &self.shift);
        if let (Some(table), Some((buckets, _))) = (&self.relative, config.relative) {
            writer.put(RELATIVE, &[buckets, config.layer.n_heads], table);
        }
    }

    /// The first hidden states of a batch: `[n_tokens, hidden]`.
    ///
    /// # Errors
    /// When a token lies outside the vocabulary, or a text is longer than the encoder takes.
    pub fn forward(&self, batch: &PackedBatch) -> anyhow::Result<Vec<f32>> {
        let hidden = self.config.layer.hidden;
        let mut out = vec![0.0; batch.n_tokens() * hidden];
        for ends in batch.starts.windows(2) {
            let tokens = ends[0] as usize..ends[1] as usize;
            anyhow::ensure!(
                tokens.len() <= self.config.max_len(),
                "a text of {} tokens is too long",
                tokens.len()
            );
            for (place, token) in tokens.enumerate() {
                let id = batch.ids[token] as usize;
                anyhow::ensure!(
                    id < self.config.vocab_size,
                    "token {id} is outside the vocabulary"
                );
                let position =
                    &self.positions[(self.config.first_position + place) * hidden..][..hidden];
                self.put_word(id, position, &mut out[token * hidden..][..hidden]);
            }
        }
        layer_norm_rows(&mut out, &self.scale, &self.shift, self.config.layer.epsilon);
        Ok(out)
    }

    fn put_word(&self, id: usize, position: &[f32], out: &mut [f32]) {
        let row = id * out.len()..(id + 1) * out.len();
        match &self.words {
            Words::Full(words) => {
                for ((out, w), p) in out.iter_mut().zip(&words[row]).zip(position) {
                    *out = w + p;
                }
            }
            Words::Quantized(rows) => {
                let scale = rows.scales[id];
                for ((out, &w), p) in out.iter_mut().zip(&rows.values[row]).zip(position) {
                    *out = f32::from(w.cast_signed()) * scale + p;
                }
            }
        }
    }

    /// The bias by distance, spread out to the longest text that the encoder takes.
    pub fn relative_bias(&self) -> Option<RelativeBias> {
        let (buckets, far) = self.config.relative?;
        let (table, n_heads) = (self.relative.as_ref()?, self.config.layer.n_heads);
        let reach = self.config.max_len();
        let mut by_distance = Vec::with_capacity(n_heads * (2 * reach + 1));
        for head in 0..n_heads {
            let places = -reach.cast_signed()..=reach.cast_signed();
            by_distance.extend(
                places.map(|distance| table[bucket(distance, buckets, far) * n_heads + head]),
            );
        }
        Some(RelativeBias { by_distance, reach })
    }
}

/// The bucket of a distance key − query: one for each near distance, then ever wider ones up to `far`, the second half
/// of them for keys after the query (Raffel et al. 2020, §2.1).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a logarithm's whole part, not negative"
)]
fn bucket(distance: isize, buckets: usize, far: usize) -> usize {
    let half = buckets / 2;
    let (offset, exact) = (if distance > 0 { half } else { 0 }, half / 2);
    let distance = distance.unsigned_abs();
    if distance < exact {
        return offset + distance;
    }
    let share = (distance as f32 / exact as f32).ln() / (far as f32 / exact as f32).ln();
    offset + (exact + (share * (half - exact) as f32) as usize).min(half - 1)
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn near_distances_have_a_bucket_each_and_far_ones_share() {
        let of = |distance| bucket(distance, 32, 128);
        assert_eq!([of(0), of(-1), of(-7), of(1), of(7)], [0, 1, 7, 17, 23]);
        assert_eq!([of(-8), of(-11), of(-12), of(-64), of(-127), of(-500)], [8, 8, 9, 14, 15, 15]);
        assert_eq!([of(8), of(300)], [24, 31]);
    }
}
