//! Did it change with an event? Before and after a day, beside what changed at days without one.

use jiff::civil::Date;

use super::{Change, Evidence, Kind, Slice, stretch};
use crate::aggregate::{Key, Period};

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
        let line = Line {
            key,
            periods: slices.keys().copied().collect(),
            slices: slices.into_values().collect(),
            window,
        };
        changes.extend(events.iter().filter_map(|event| line.change(evidence, event)));
    }
    changes
}

/// One subject's series, and how many of its periods are compared.
struct Line<'a> {
    key: Key,
    periods: Vec<Period>,
    slices: Vec<&'a Slice>,
    window: usize,
}

impl Line<'_> {
    /// What is before a place and from there on; `None` where there are too few periods.
    fn around(&self, at: usize) -> Option<[Slice; 2]> {
        let before = self.slices.get(at.checked_sub(self.window)?..at)?;
        let after = self.slices.get(at..at + self.window)?;
        Some([before, after].map(|slices| Slice::pooled(slices.iter().copied())))
    }

    fn change(&self, evidence: &Evidence<'_>, event: &Event) -> Option<Change> {
        let ends = |period: &Period| period.days().is_none_or(|(_, last)| last < event.date);
        let at = self.periods.partition_point(ends);
        let [before, after] = self.around(at)?;
        let change = evidence.change(&self.key, Kind::Event, &before, &after)?;
        let placebos = self.placebos(evidence, at);
        let as_far = placebos.iter().filter(|placebo| placebo.abs() >= change.change.abs());
        let (n_as_far, n) = (as_far.count(), placebos.len());
        let (p, dates) = if n >= LEAST_PLACEBOS {
            ((n_as_far + 1) as f64 / (n + 1) as f64, format!("{n} placebo dates"))
        } else {
            (change.p, format!("too few placebo dates ({n})"))
        };
        Some(Change {
            first: stretch(self.periods[at - self.window], self.periods[at - 1]),
            second: stretch(self.periods[at], self.periods[at + self.window - 1]),
            label: Some(format!("{} {}", event.date, event.label)),
            p,
            method: format!("{}, {dates}", change.method),
            ..change
        })
    }

    /// The same difference wherever its windows don't reach over the event.
    fn placebos(&self, evidence: &Evidence<'_>, at: usize) -> Vec<f64> {
        let others = (0..self.periods.len()).filter(|other| other.abs_diff(at) >= self.window);
        let difference = |other| {
            let [before, after] = self.around(other)?;
            Some(evidence.net(&after)?.value() - evidence.net(&before)?.value())
        };
        others.filter_map(difference).collect()
    }
}
