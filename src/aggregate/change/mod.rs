//! What changed, and can chance explain it? Differences, breaks, trends and events, with intervals and *p* values.

use std::collections::BTreeMap;

use super::{ArticleSums, CorrectBy, Influence, Interval, Kept, KeptReading, Key, Period};
use super::{Statistic, Sums, Tally, Weight, correct};

mod adjust;
mod breaks;
mod differences;
mod events;
mod trend;

pub use adjust::{Adjust, adjust};
pub use breaks::{BreakOptions, breaks};
pub use differences::{NoSuch, differences, reversed};
pub use events::{Event, events};
pub use trend::trends;

/// What kind of change a row tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Between two periods, actors, pairs or values of a field.
    Difference,
    /// From one stretch of a series to the next.
    Break,
    /// Per period, over a whole series.
    Trend,
    /// From before a day to after it.
    Event,
}

impl Kind {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Break => "break",
            Self::Trend => "trend",
            Self::Event => "event",
        }
    }
}

/// A change of net stance.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What kind it is of.
    pub kind: Kind,
    /// Whose stance; where two are compared, the first.
    pub key: Key,
    /// What it is counted from.
    pub first: String,
    /// What it leads to.
    pub second: String,
    /// The event, or the first period behind a break.
    pub label: Option<String>,
    /// Articles in the first.
    pub n_first: usize,
    /// Articles in the second.
    pub n_second: usize,
    /// Second minus first; of a trend, per period.
    pub change: f64,
    /// Of the change.
    pub interval: Interval,
    /// How probable a change as large would be if there were none.
    pub p: f64,
    /// The same, given how many changes of this kind were looked for.
    pub p_adjusted: f64,
    /// How interval and *p* value were made.
    pub method: String,
}

/// What a key's articles say, and those of their readings that were kept.
#[derive(Clone, Debug, Default)]
struct Slice {
    articles: Vec<ArticleSums>,
    kept: Vec<KeptReading>,
}

impl Slice {
    /// Several, added up; each article stands in one of them.
    fn pooled<'a>(slices: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut pooled = Self::default();
        for slice in slices {
            pooled.articles.extend(&slice.articles);
            pooled.kept.extend(&slice.kept);
        }
        pooled.articles.sort_unstable_by_key(|&(article, _)| article);
        pooled
    }
}

/// What changes are told from.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    slices: BTreeMap<Key, Slice>,
    correct_by: Option<&'a CorrectBy>,
    weight: Weight,
    level: f64,
}

impl<'a> Evidence<'a> {
    /// Takes over the sums, and the labelled readings where `correct_by` is a gold sample; an error matrix corrects no
    /// changes. Periods with fewer than `min_articles` articles are left out.
    pub fn new(
        tally: Tally,
        kept: &Kept,
        correct_by: Option<&'a CorrectBy>,
        options: &super::IntervalOptions,
        min_articles: usize,
    ) -> Self {
        let slices = tally.into_keys().into_iter().filter_map(|(key, articles)| {
            let kept = kept.of(&key).to_vec();
            (articles.len() >= min_articles).then_some((key, Slice { articles, kept }))
        });
        let (weight, level) = (options.weight(), options.level());
        Self { slices: slices.collect(), correct_by, weight, level }
    }

    /// Net stance; `None` where there are too few articles, or labels.
    fn net(&self, slice: &Slice) -> Option<Influence> {
        match self.correct_by {
            Some(CorrectBy::Gold(correction)) => {
                let (articles, kept) = (&slice.articles, &slice.kept);
                let corrected = correct(articles, kept, Statistic::Net, *correction, self.weight)?;
                Some(corrected.influence)
            }
            _ => Influence::of_mean(&slice.articles, self.weight, Sums::total_net),
        }
    }

    /// How intervals are made.
    fn method(&self) -> &'static str {
        match self.correct_by {
            Some(CorrectBy::Gold(correction)) => correction.name(),
            _ => "cluster-robust",
        }
    }

    /// Each subject's slices by period, those without a date left out.
    fn series(&self) -> BTreeMap<Key, BTreeMap<Period, &Slice>> {
        let mut series: BTreeMap<Key, BTreeMap<Period, &Slice>> = BTreeMap::new();
        for (key, slice) in &self.slices {
            if !matches!(key.period, Period::All | Period::Undated) {
                let timeless = Key { period: Period::All, ..key.clone() };
                series.entry(timeless).or_default().insert(key.period, slice);
            }
        }
        series
    }

    /// The change from one to another.
    fn change(&self, key: &Key, kind: Kind, first: &Slice, second: &Slice) -> Option<Change> {
        let difference = self.net(second)?.minus(&self.net(first)?);
        let p = difference.p_value();
        Some(Change {
            kind,
            key: key.clone(),
            first: String::new(),
            second: String::new(),
            label: None,
            n_first: first.articles.len(),
            n_second: second.articles.len(),
            change: difference.value(),
            interval: difference.interval(self.level, [-2.0, 2.0]),
            p,
            p_adjusted: p,
            method: self.method().to_owned(),
        })
    }
}

/// From the first to the last of some periods.
fn stretch(first: Period, last: Period) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{BreakOptions, Event, Evidence, breaks, differences, events, reversed, trends};
    use crate::aggregate::rows_for_tests::{dyad, mention};
    use crate::aggregate::{Counter, Field, Grain, IntervalOptions, Kept, Selection, What};

    fn evidence(counter: Counter) -> Evidence<'static> {
        Evidence::new(counter.finish(), &Kept::default(), None, &IntervalOptions::default(), 1)
    }

    /// Norway's net stance by month of four years, four articles a month around it; Iceland's is half as far.
    fn monthly(net: impl Fn(i16) -> f32) -> Evidence<'static> {
        let by = vec![Field::Outlet];
        let mut counter =
            Counter::new(Selection { grain: Grain::Month, by, ..Selection::default() });
        for month in 0_i16..48 {
            for i in 0_u8..4 {
                let net = net(month) + (f32::from(i) - 1.5) / 16.0;
                for (actor, net) in [("NOR", net), ("ISL", net / 2.0)] {
                    let mut row = mention(&format!("a{month}-{i}"), 0, actor, net);
                    let number = i8::try_from(month % 12 + 1).unwrap();
                    row.date = Some(date(2030 + month / 12, number, 9));
                    row.outlet = Some(["Fjord Post", "Skerry Echo"][usize::from(i % 2)].to_owned());
                    counter.mention(&row);
                }
            }
        }
        evidence(counter)
    }

    fn step(month: i16) -> f32 {
        (if month < 30 { 0.25 } else { -0.5 }) + f32::from(month * 7 % 5 - 2) / 40.0
    }

    #[test]
    fn periods_actors_and_outlets_can_be_compared() {
        let evidence = monthly(step);
        let periods = differences(&evidence, "2030-01", "2033-01").unwrap();
        // Two actors in two outlets.
        assert_eq!(periods.len(), 4);
        let of = |actor: &str| {
            let is = |change: &&super::Change| format!("{:?}", change.key.subject).contains(actor);
            periods.iter().find(is).unwrap().change
        };
        assert!(of("NOR") < -0.5 && (of("ISL") - of("NOR") / 2.0).abs() < 1e-6);
        assert_eq!(differences(&evidence, "NOR", "ISL").unwrap().len(), 96);
        let outlets = differences(&evidence, "Fjord Post", "Skerry Echo").unwrap();
        assert!((outlets.last().unwrap().change - 1.0 / 16.0).abs() < 1e-6);
        let error = differences(&evidence, "NOR", "Fjord Post").unwrap_err();
        assert!(error.to_string().contains("`NOR` and `Fjord Post`"), "{error}");
    }

    #[test]
    fn both_directions_of_a_pair_are_compared_article_by_article() {
        let mut counter = Counter::new(Selection { what: What::Dyads, ..Selection::default() });
        for i in 0_u8..6 {
            let net = f32::from(i) / 8.0 - 0.5;
            counter.dyad(&dyad(&format!("a{i}"), 0, "ISL", "NOR", net));
            counter.dyad(&dyad(&format!("a{i}"), 0, "NOR", "ISL", net + 0.25));
        }
        let changes = reversed(&evidence(counter));
        assert_eq!((changes.len(), changes[0].first.as_str()), (1, "ISL>NOR"));
        // Every article has the same difference, so nothing is left to chance.
        let interval = changes[0].interval;
        assert!((interval.low - 0.25).abs() < 1e-6 && (interval.high - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_planted_step_is_a_break_and_not_before_it() {
        let changes =
            breaks(&monthly(step), BreakOptions { permutations: 99, ..BreakOptions::default() });
        assert_eq!(changes.len(), 4);
        for change in changes {
            assert_eq!(change.label.as_deref(), Some("2032-07"));
            assert_eq!(change.first, "2030-01 to 2032-06");
            assert!(change.p <= 0.02 && change.interval.high < 0.0, "{change:?}");
        }
    }

    #[test]
    fn a_steady_rise_is_a_trend_and_its_slope_is_per_month() {
        for change in trends(&monthly(|month| f32::from(month) / 96.0 - 0.25)) {
            assert!((0.005..0.011).contains(&change.change), "{change:?}");
            assert!(change.p < 1e-6, "{change:?}");
        }
    }

    #[test]
    fn an_event_stands_out_among_placebo_dates_only_where_something_changed() {
        let at = |year, month| Event { date: date(year, month, 20), label: "talks".to_owned() };
        let changes = events(&monthly(step), &[at(2032, 7), at(2031, 3), at(2033, 12)], 3);
        // The last has too few months behind it; four series each of the others.
        assert_eq!(changes.len(), 8);
        for change in changes {
            let is_real = change.label.as_deref() == Some("2032-07-20 talks");
            assert_eq!(change.p < 0.05, is_real, "{change:?}");
            assert!(change.method.ends_with("placebo dates"), "{}", change.method);
        }
    }
}
