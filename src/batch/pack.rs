//! How do several texts lie in one batch? End to end, with the places of everybody who is to be read.

use super::{Encoded, Pair, TextEncoder};

/// Texts laid end to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedBatch {
    /// All tokens, special ones included: `[n_tokens]`.
    pub ids: Vec<u32>,
    /// Where each window begins, and where the last one ends: `[n_windows + 1]`.
    pub starts: Vec<u32>,
    /// Where to read each instance.
    pub slots: Vec<Slots>,
}

/// The places of one instance in a batch, as indices of its tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    /// The first token of each of its windows.
    pub first: Vec<u32>,
    /// Every token of the text, each in the window where it has most context.
    pub body: Vec<u32>,
    /// Each target's tokens; empty where none is left.
    pub targets: Vec<Vec<u32>>,
    /// The pairs to read.
    pub pairs: Vec<Pair>,
}

impl PackedBatch {
    /// Lays encoded instances end to end, in order.
    pub fn new<'a>(
        encoder: &TextEncoder,
        instances: impl IntoIterator<Item = &'a Encoded>,
    ) -> Self {
        let mut batch = Self { starts: vec![0], ..Self::default() };
        for encoded in instances {
            batch.push(encoded, encoder.special());
        }
        batch
    }

    /// Tokens in the batch.
    pub fn n_tokens(&self) -> usize {
        self.ids.len()
    }

    fn push(&mut self, encoded: &Encoded, (first, last): (u32, u32)) {
        let mut slots = Slots { pairs: encoded.pairs.clone(), ..Slots::default() };
        let mut places = vec![(0u32, 0usize); encoded.ids.len()];
        for window in &encoded.windows {
            slots.first.push(self.next());
            self.ids.push(first);
            for token in window.clone() {
                // How far the token is from the nearer end of this window.
                let context = (token - window.start).min(window.end - 1 - token) + 1;
                if context > places[token].1 {
                    places[token] = (self.next(), context);
                }
                self.ids.push(encoded.ids[token]);
            }
            self.ids.push(last);
            self.starts.push(self.next());
        }
        slots.body = places.iter().map(|&(place, _)| place).collect();
        let place = |&token: &u32| slots.body[token as usize];
        slots.targets =
            encoded.targets.iter().map(|tokens| tokens.iter().map(place).collect()).collect();
        self.slots.push(slots);
    }

    fn next(&self) -> u32 {
        u32::try_from(self.ids.len()).expect("a batch is far below 2^32 tokens")
    }
}

impl Encoded {
    /// Tokens that it takes in a batch, special ones included.
    pub fn n_packed(&self) -> usize {
        self.windows.iter().map(|window| window.len() + 2).sum()
    }

    /// Whether the text is longer than one window.
    pub fn is_cut(&self) -> bool {
        self.windows.len() > 1
    }
}

/// Groups texts of these lengths (tokens) into batches of at most `budget` tokens, or of one text; similar lengths
/// together, each index once.
pub fn by_budget(lengths: &[usize], budget: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&i| lengths[i]);
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut filled = usize::MAX;
    for i in order {
        filled = filled.saturating_add(lengths[i]);
        if filled > budget {
            batches.push(Vec::new());
            filled = lengths[i];
        }
        batches.last_mut().expect("the first text opens a batch").push(i);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn batches_hold_every_text_once_within_the_budget(
            lengths in prop::collection::vec(1usize..300, 0..200), budget in 1usize..2000,
        ) {
            let batches = by_budget(&lengths, budget);
            let mut seen: Vec<usize> = batches.concat();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            for batch in &batches {
                prop_assert!(batch.len() == 1 || batch.iter().map(|&i| lengths[i]).sum::<usize>() <= budget);
            }
        }

        #[test]
        fn every_place_holds_its_token(
            texts in prop::collection::vec((prop::collection::vec(10u32..99, 0..60), 1usize..12), 1..8),
        ) {
            let mut batch = PackedBatch { starts: vec![0], ..PackedBatch::default() };
            for (ids, size) in &texts {
                let n = ids.len();
                let windows = (0..n.max(1)).step_by(*size).map(|start| start..n.min(start + size + 3)).collect();
                let targets = vec![(0..u32::try_from(n).unwrap()).step_by(3).collect(), vec![]];
                batch.push(&Encoded { ids: ids.clone(), windows, targets, pairs: vec![] }, (1, 2));
            }
            for ((ids, _), slots) in texts.iter().zip(&batch.slots) {
                let at = |places: &[u32]| places.iter().map(|&place| batch.ids[place as usize]).collect::<Vec<_>>();
                prop_assert_eq!(&at(&slots.body), ids);
                prop_assert_eq!(at(&slots.targets[0]), ids.iter().copied().step_by(3).collect::<Vec<_>>());
                prop_assert!(at(&slots.first).iter().all(|&id| id == 1));
            }
            prop_assert_eq!(*batch.starts.last().unwrap() as usize, batch.n_tokens());
            prop_assert!(batch.starts.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
