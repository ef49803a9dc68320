//! Does it rise or fall all along? The slope of a series, with errors that are not independent of one another.

use super::{Change, Evidence, Kind};
use crate::aggregate::quantile;
use crate::aggregate::{Interval, Period};

/// Periods that a trend is told from at least.
const LEAST_PERIODS: usize = 5;

/// The trend of each subject's series: net stance per period, by least squares, each period counting the same.
///
/// Its variance is robust to autocorrelation (Newey & West 1987; Bartlett weights up to a lag of ⌊4·(n/100)^(2/9)⌋, with
/// n / (n − 2)), and compared with Student's *t* of n − 2 degrees of freedom.
pub fn trends(evidence: &Evidence<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (key, slices) in evidence.series() {
        let points = slices.iter().filter_map(|(&period, &slice)| {
            let net = match &slice.articles[..] {
                [(_, sums)] if evidence.correct_by.is_none() => Some(sums.net()),
                _ => evidence.net(slice).map(|net| net.value()),
            };
            Some((period, net?, slice.articles.len()))
        });
        let points: Vec<_> = points.collect();
        let ([(first, _, n_first), ..], [.., (last, _, n_last)]) = (&points[..], &points[..])
        else {
            continue;
        };
        let times = times(&points.iter().map(|&(period, ..)| period).collect::<Vec<_>>());
        let series: Vec<_> = times.iter().zip(&points).map(|(&t, &(_, net, _))| (t, net)).collect();
        let Some((slope, error)) = slope(&series) else { continue };
        let df = series.len() - 2;
        let reach = quantile::t_two_sided(evidence.level, df) * error;
        let t = if error > 0.0 { slope / error } else { 0.0 };
        let p = quantile::t_p_value(t, df);
        changes.push(Change {
            kind: Kind::Trend,
            key,
            first: first.to_string(),
            second: last.to_string(),
            label: None,
            n_first: *n_first,
            n_second: *n_last,
            change: slope,
            interval: Interval { low: slope - reach, high: slope + reach },
            p,
            p_adjusted: p,
            method: "least squares per period, newey-west".to_owned(),
        });
    }
    changes
}

/// The number of each period, counted from the first; periods in between count though nothing is in them.
fn times(periods: &[Period]) -> Vec<f64> {
    let mut times = Vec::with_capacity(periods.len());
    let mut time = 0.0;
    for (i, &period) in periods.iter().enumerate() {
        if let Some(&before) = i.checked_sub(1).and_then(|before| periods.get(before)) {
            let mut next = before.next();
            time += 1.0;
            while next.is_some_and(|next| next < period) {
                next = next.and_then(Period::next);
                time += 1.0;
            }
        }
        times.push(time);
    }
    times
}

/// The slope and its standard error; `None` for too few points.
fn slope(series: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = series.len();
    if n < LEAST_PERIODS {
        return None;
    }
    let mean = |of: fn(&(f64, f64)) -> f64| series.iter().map(of).sum::<f64>() / n as f64;
    let (time, net) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = series.iter().map(|point| (point.0 - time).powi(2)).sum();
    let shared: f64 = series.iter().map(|point| (point.0 - time) * (point.1 - net)).sum();
    let slope = shared / spread;
    let scores: Vec<_> =
        series.iter().map(|&(t, y)| (t - time) * (y - net - slope * (t - time))).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few")]
    let lags = (4.0 * (n as f64 / 100.0).powf(2.0 / 9.0)) as usize;
    let at_lag =
        |lag: usize| -> f64 { scores.iter().zip(&scores[lag..]).map(|(a, b)| a * b).sum() };
    let mut middle = at_lag(0);
    for lag in 1..=lags.min(n - 1) {
        middle += 2.0 * (1.0 - lag as f64 / (lags + 1) as f64) * at_lag(lag);
    }
    let variance = middle.max(0.0) / spread.powi(2) * n as f64 / (n - 2) as f64;
    Some((slope, variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::{slope, times};

    #[test]
    fn a_straight_line_has_its_slope_and_no_error() {
        let series: Vec<_> =
            (0_u8..10).map(|t| (f64::from(t), 0.05 * f64::from(t) - 0.2)).collect();
        let (slope, error) = slope(&series).unwrap();
        assert!((slope - 0.05).abs() < 1e-12 && error < 1e-9, "{slope} {error}");
    }

    #[test]
    fn errors_that_hang_together_make_a_slope_less_sure() {
        let alternating = |length: u8| -> Vec<_> {
            (0_u8..40)
                .map(|t| (f64::from(t), if (t / length).is_multiple_of(2) { 0.1 } else { -0.1 }))
                .collect()
        };
        let (_, apart) = slope(&alternating(1)).unwrap();
        let (_, together) = slope(&alternating(5)).unwrap();
        assert!(together > 2.0 * apart, "{together} {apart}");
    }

    #[test]
    fn empty_periods_count() {
        let periods = ["2031-11", "2031-12", "2032-03"].map(|text| text.parse().unwrap());
        let numbers: Vec<_> = times(&periods).iter().map(|time| format!("{time}")).collect();
        assert_eq!(numbers, ["0", "1", "4"]);
    }

    #[test]
    fn a_few_periods_have_no_trend() {
        assert_eq!(slope(&[(0.0, 0.1), (1.0, 0.2)]), None);
    }
}
