//! What does a row of polarities say? Sentiment on a scale of numbers.

use super::form::{Reader, Reason, blank};
use super::row::Polarity;
use super::{GoldItem, GoldLabel};
use crate::model::Task;
use crate::text::Span;

impl Reader<'_> {
    pub(super) fn polarities(
        &self,
        sentence: String,
        targets: &[Polarity],
    ) -> Result<GoldItem, Reason> {
        let mut item = blank(sentence);
        for target in targets {
            let slot = self.add_target(&mut item, &target.stretch, None)?;
            // What else refers to the person helps to read the target; where it doesn't fit, the target is still sound.
            let text = &item.instance.text;
            let further: Vec<Span> = target
                .further_mentions
                .iter()
                .filter_map(|stretch| self.layout.offsets.places(text, stretch).ok())
                .flatten()
                .collect();
            let spans = &mut item.instance.targets[slot];
            spans.extend(further);
            spans.sort_unstable();
            spans.dedup();
            let class = polarity(target.polarity).ok_or_else(|| {
                format!("`{}` is no polarity: -1, 0, 1 or 2, 4, 6", target.polarity)
            })?;
            item.labels.push(GoldLabel { task: Task::Sentiment, slot, class });
        }
        if item.labels.is_empty() { Err("no targets".to_owned()) } else { Ok(item) }
    }
}

#[expect(clippy::float_cmp, reason = "the values are small whole numbers, exact as floats")]
fn polarity(value: f64) -> Option<usize> {
    let scales = [[-1.0, 0.0, 1.0], [2.0, 4.0, 6.0]];
    scales.iter().find_map(|scale| scale.iter().position(|&step| step == value))
}
