//! How did it change? Each subject's sums period by period, beside its estimate over all of them.

use std::collections::BTreeMap;

use super::{IntervalOptions, Key, Period, Reckoning, Row, Sums, Tally, rows_by};

/// A subject over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Over all periods.
    pub whole: Row,
    /// In each period in which it occurs, those without a date left out.
    pub points: BTreeMap<Period, Sums>,
}

/// Follows each subject that stands in at least `min_articles` articles over all; those in most articles first.
pub fn series(tally: Tally, options: &IntervalOptions, min_articles: usize) -> Vec<Series> {
    series_by(tally, Reckoning { options, min_articles, correction: None })
}

/// The same with corrections beside the estimates over all periods.
pub fn series_by(tally: Tally, reckoning: Reckoning<'_>) -> Vec<Series> {
    let timeless = |key: &Key| Key { period: Period::All, ..key.clone() };
    let kept = reckoning.correction.map(|(by, kept)| (by, kept.regroup(timeless)));
    let correction = kept.as_ref().map(|(by, kept)| (*by, kept));
    let wholes = rows_by(tally.regroup(timeless), Reckoning { correction, ..reckoning });
    let mut points: BTreeMap<Key, BTreeMap<Period, Sums>> = BTreeMap::new();
    for (key, articles) in tally.into_keys() {
        if !matches!(key.period, Period::All | Period::Undated) {
            let point = points.entry(timeless(&key)).or_default().entry(key.period).or_default();
            for (_, sums) in articles {
                *point += sums;
            }
        }
    }
    let mut series: Vec<_> = wholes
        .into_iter()
        .map(|whole| Series { points: points.remove(&whole.key).unwrap_or_default(), whole })
        .collect();
    // Stable, so that equals stay in the order of their keys.
    series.sort_by_key(|series| std::cmp::Reverse(series.whole.estimate.n_articles));
    series
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::series;
    use crate::aggregate::rows_for_tests::mention;
    use crate::aggregate::{Counter, Grain, IntervalOptions, Selection, Subject};

    #[test]
    fn a_series_has_each_period_and_the_whole() {
        let mut counter = Counter::new(Selection { grain: Grain::Year, ..Selection::default() });
        for (article, year, net) in [
            ("a1", Some(2030), -0.5),
            ("a2", Some(2030), 0.0),
            ("a3", Some(2032), 0.5),
            ("a4", None, 1.0),
        ] {
            let mut row = mention(article, 0, "NOR", net);
            row.date = year.map(|year| date(year, 3, 1));
            counter.mention(&row);
            if article == "a1" {
                counter.mention(&mention(article, 0, "ISL", net));
            }
        }
        let series = series(counter.finish(), &IntervalOptions::default(), 1);
        let subjects: Vec<_> =
            series.iter().map(|series| series.whole.key.subject.clone()).collect();
        assert_eq!(subjects, ["NOR", "ISL"].map(|id| Subject::Received(id.to_owned())));
        let points: Vec<_> = series[0]
            .points
            .iter()
            .map(|(period, sums)| (period.to_string(), sums.n, sums.net()))
            .collect();
        assert_eq!(points, [("2030".to_owned(), 2, -0.25), ("2032".to_owned(), 1, 0.5)]);
        assert_eq!(series[0].whole.estimate.n_articles, 4);
        assert!((series[0].whole.estimate.sums.net() - 0.25).abs() < 1e-9);
    }
}
