//! Did it change with an event? Before and after a day, beside what changed at days without one.

use jiff::civil::Date;

use super::{Change, Evidence, Kind, Slice, stretch};
use crate::aggregate::Period;

/// A day on which something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The day.
    pub date: Date,
    /// What happened.
    pub label: String,
}

/// Placebo dates below which a *p* value can't be told from them.
const LEAST_PLACEBOS: usize = 19;

/// Compares the `window` periods from that of the event on with as many before it, for each subject with all of them.
///
/// The interval is that of the difference. The *p* value compares it with the same difference at every other period
/// whose windows don't reach over the event (placebo dates): the part of them where net stance changed as much. Where
/// there are fewer than 19, the *p* value is that of the difference itself, and the method says so.
pub fn events(evidence: &Evidence<'_>, events: &[Event], window: usize) -> Vec<Change> {
    let mut changes = Vec::new();
    for (key, slices) in evidence.series() {
        let periods: Vec<Period> = slices.keys().copied().collect();
        let slices: Vec<&Slice> = slices.into_values().collect();
        let around = |at: usize| -> Option<[Slice; 2]> {
            let from = at.checked_sub(window)?;
            let before = slices.get(from..at)?;
            let after = slices.get(at..at + window)?;
            Some([before, after].map(|slices| Slice::pooled(slices.iter().copied())))
        };
        for event in events {
            let ends = |period: &Period| period.days().is_none_or(|(_, last)| last < event.date);
            let at = periods.partition_point(ends);
            let Some([before, after]) = around(at) else { continue };
            let Some(change) = evidence.change(&key, Kind::Event, &before, &after) else {
                continue;
            };
            let others = (0..periods.len()).filter(|other| other.abs_diff(at) >= window);
            let placebos: Vec<f64> = others
                .filter_map(|other| {
                    let [before, after] = around(other)?;
                    Some(evidence.net(&after)?.value() - evidence.net(&before)?.value())
                })
                .collect();
            let as_far = placebos.iter().filter(|placebo| placebo.abs() >= change.change.abs());
            let n_as_far = as_far.count();
            let has_enough = placebos.len() >= LEAST_PLACEBOS;
            changes.push(Change {
                first: stretch(periods[at - window], periods[at - 1]),
                second: stretch(periods[at], periods[at + window - 1]),
                label: Some(format!("{} {}", event.date, event.label)),
                p: if has_enough {
                    (n_as_far + 1) as f64 / (placebos.len() + 1) as f64
                } else {
                    change.p
                },
                method: if has_enough {
                    format!("{}, {} placebo dates", change.method, placebos.len())
                } else {
                    format!("{}, too few placebo dates ({})", change.method, placebos.len())
                },
                ..change
            });
        }
    }
    changes
}
