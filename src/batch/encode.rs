//! Which tokens is a text, and which of them is a target? Tokenised once, in windows where it is too long for one.

use std::ops::Range;

use anyhow::{Context, anyhow, bail};
use tokenizers::Tokenizer;

use super::{Instance, Pair};
use crate::text::Span;

/// Turns instances into tokens.
#[derive(Debug)]
pub struct TextEncoder {
    tokenizer: Tokenizer,
    /// The token before each text.
    first: u32,
    /// The token after each text.
    last: u32,
    /// Tokens of one window, the two special ones among them.
    window: usize,
}

/// An instance as tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The text's tokens, without special ones.
    pub ids: Vec<u32>,
    /// Overlapping stretches of `ids` that together cover all; one where the text fits the window.
    pub windows: Vec<Range<usize>>,
    /// Each target's tokens, as indices of `ids`; empty where the tokenizer dropped the mention.
    pub targets: Vec<Vec<u32>>,
    /// The pairs to read.
    pub pairs: Vec<Pair>,
}

impl TextEncoder {
    /// Reads a `tokenizer.json`; `window` is the most tokens that the encoder takes at once, special ones included.
    ///
    /// # Errors
    /// When it is no tokenizer, does not put one token before and one after a text, or the window is too small.
    pub fn new(json: &[u8], window: usize) -> anyhow::Result<Self> {
        let mut tokenizer = Tokenizer::from_bytes(json)
            .map_err(|error| anyhow!("`tokenizer.json` can't be read: {error}"))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| anyhow!("{error}"))?;
        let empty = tokenizer.encode("", true).map_err(|error| anyhow!("{error}"))?;
        let &[first, last] = empty.get_ids() else {
            bail!("the tokenizer puts {} special tokens around a text, not 2", empty.len());
        };
        if window < 16 {
            bail!("a window of {window} tokens is too small, at least 16 are needed");
        }
        Ok(Self { tokenizer, first, last, window })
    }

    /// The tokens before and after each text.
    pub fn special(&self) -> (u32, u32) {
        (self.first, self.last)
    }

    /// Tokenises one instance.
    ///
    /// # Errors
    /// When the tokenizer fails on the text.
    pub fn encode(&self, instance: &Instance) -> anyhow::Result<Encoded> {
        let encoding = self
            .tokenizer
            .encode(instance.text.as_str(), false)
            .map_err(|error| anyhow!("{error}"))
            .with_context(|| format!("the tokenizer fails on `{}`", instance.text))?;
        let offsets = encoding.get_offsets();
        let targets = instance.targets.iter().map(|spans| tokens_under(spans, offsets)).collect();
        Ok(Encoded {
            ids: encoding.get_ids().to_vec(),
            windows: windows(encoding.len(), self.window - 2),
            targets,
            pairs: instance.pairs.clone(),
        })
    }
}

/// The tokens that share a byte with one of the spans, in order, each once.
fn tokens_under(spans: &[Span], offsets: &[(usize, usize)]) -> Vec<u32> {
    (0u32..)
        .zip(offsets)
        .filter(|(_, (start, end))| {
            spans.iter().any(|span| *start < span.end() && span.start() < *end)
        })
        .map(|(token, _)| token)
        .collect()
}

/// Cuts `n` tokens into stretches of `size` that overlap by half; the last one ends with the text.
fn windows(n: usize, size: usize) -> Vec<Range<usize>> {
    if n <= size {
        return std::iter::once(0..n).collect();
    }
    let step = size / 2;
    let last = n - size;
    (0..last).step_by(step).chain([last]).map(|start| start..start + size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_cover_every_token_and_fit(n in 0usize..2000, size in 14usize..520) {
            let windows = windows(n, size);
            prop_assert_eq!(windows[0].start, 0);
            prop_assert_eq!(windows.last().unwrap().end, n);
            prop_assert!(windows.iter().all(|window| window.len() <= size));
            for pair in windows.windows(2) {
                prop_assert!(pair[0].start < pair[1].start && pair[1].start <= pair[0].end - size.div_ceil(2) + 1);
            }
        }
    }

    #[test]
    fn a_target_is_all_tokens_that_touch_its_mentions() {
        let text = "Kim met Kim Jong Un";
        let spans = [Span::new(text, 0..3).unwrap(), Span::new(text, 8..19).unwrap()];
        let offsets = [(0, 3), (4, 7), (8, 11), (12, 16), (17, 19)];
        assert_eq!(tokens_under(&spans, &offsets), [0, 2, 3, 4]);
    }
}
