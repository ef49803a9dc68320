//! Of which modality is what was read? Of a pair by the stance that it leans to, of a target by its sharpest pair.

use super::{CuedSentence, Modality, Stance};
use crate::model::Probabilities;
use crate::score::SentenceReading;

/// The modality of each pair that was read. A neutral one has it too, by the other stance that it leans to, so that
/// plain statements can be told from announcements whatever their stance.
pub(in crate::score) fn of_pairs(reading: &SentenceReading) -> Vec<Option<Modality>> {
    let instance = &reading.instance;
    let sentence = CuedSentence::new(&instance.text, &instance.targets);
    let of_pair = |(slot, pair): (usize, &crate::batch::Pair)| {
        let read = reading.reading.dyads.get(slot).copied().flatten()?;
        let source = pair.source.map(|source| source as usize);
        Some(sentence.of_pair(source, pair.target as usize, lean(read)))
    };
    instance.pairs.iter().enumerate().map(of_pair).collect()
}

/// The modality of what is read toward each target, whoever holds it: that of the pair with the least neutral stance
/// toward it.
pub(in crate::score) fn of_targets(reading: &SentenceReading) -> Vec<Option<Modality>> {
    let of_pairs = of_pairs(reading);
    let sharpest = |target: usize| {
        let toward = reading.instance.pairs.iter().zip(&reading.reading.dyads).zip(&of_pairs);
        let own = toward.filter(|((pair, _), _)| pair.target as usize == target);
        let read = own.filter_map(|((_, read), modality)| Some((neutral((*read)?), (*modality)?)));
        // Of equals the first.
        let least = read.reduce(|one, other| if other.0 < one.0 { other } else { one });
        least.map(|(_, modality)| modality)
    };
    (0..reading.instance.targets.len()).map(sharpest).collect()
}

fn neutral([_, neutral, _]: Probabilities) -> f32 {
    neutral
}

fn lean([hostile, _, conciliatory]: Probabilities) -> Stance {
    if conciliatory > hostile { Stance::Conciliatory } else { Stance::Hostile }
}
