//! What are the rows of the table? Every key of a tally, with its estimate.

use rayon::prelude::*;

use super::Tally;
use super::{ArticleSums, CorrectBy, CorrectedEstimate, Estimate, IntervalOptions, Kept, Key};

/// A row of `actor × period`, or of its like for sources and pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Whom, when and split by what.
    pub key: Key,
    /// What the rows of that key say together.
    pub estimate: Estimate,
    /// What they say after correction, where one was asked for and can be made.
    pub corrected: Option<CorrectedEstimate>,
}

/// How rows are reckoned from a tally.
#[derive(Clone, Copy, Debug)]
pub struct Reckoning<'a> {
    /// How intervals are made, and what readings weigh.
    pub options: &'a IntervalOptions,
    /// Articles that a key must stand in.
    pub min_articles: usize,
    /// What estimates are put right by, and the readings that it needs.
    pub correction: Option<(&'a CorrectBy, &'a Kept)>,
}

/// Estimates each key that stands in at least `min_articles` articles, on all threads; in the order of the keys.
pub fn rows(tally: Tally, options: &IntervalOptions, min_articles: usize) -> Vec<Row> {
    rows_by(tally, Reckoning { options, min_articles, correction: None })
}

/// The same with corrections beside the estimates.
pub fn rows_by(tally: Tally, reckoning: Reckoning<'_>) -> Vec<Row> {
    let mut keys = tally.into_keys();
    keys.retain(|(_, articles)| articles.len() >= reckoning.min_articles);
    let reckon = |(key, articles): (Key, Vec<ArticleSums>)| {
        let corrected = reckoning.correction.and_then(|(by, kept)| {
            CorrectedEstimate::new(by, &articles, kept.of(&key), reckoning.options)
        });
        Row { corrected, ..row(key, &articles, reckoning.options) }
    };
    keys.into_par_iter().map(reckon).collect()
}

pub(super) fn row(key: Key, articles: &[ArticleSums], options: &IntervalOptions) -> Row {
    let stream = key.stream(options.seed());
    Row { key, estimate: Estimate::new(articles, options, stream), corrected: None }
}

#[cfg(test)]
mod tests {
    use super::{Row, rows};
    use crate::aggregate::rows_for_tests::mention;
    use crate::aggregate::{Counter, IntervalOptions, Selection, Subject, Tally};

    /// NOR in four articles, ISL in two, and as many further actors as asked for.
    fn tally(n_further: usize) -> Tally {
        let mut counter = Counter::new(Selection::default());
        for (article, net) in [("a1", -0.5), ("a2", -0.25), ("a3", 0.125), ("a4", -1.0)] {
            counter.mention(&mention(article, 0, "NOR", net));
            if article < "a3" {
                counter.mention(&mention(article, 0, "ISL", -net));
            }
            for i in 0..n_further {
                counter.mention(&mention(article, 0, &format!("X{i}"), net / 2.0));
            }
        }
        counter.finish()
    }

    fn of(rows: &[Row], actor: &str) -> Row {
        let subject = Subject::Received(actor.to_owned());
        rows.iter().find(|row| row.key.subject == subject).unwrap().clone()
    }

    #[test]
    fn a_further_actor_changes_nobody_elses_interval() {
        let options = IntervalOptions::default();
        let (alone, among) = (rows(tally(0), &options, 1), rows(tally(5), &options, 1));
        assert_eq!(of(&alone, "NOR"), of(&among, "NOR"));
        assert_eq!(among.len(), 7);
    }

    #[test]
    fn keys_in_too_few_articles_have_no_row() {
        let rows = rows(tally(0), &IntervalOptions::default(), 3);
        assert_eq!(rows.len(), 1);
        assert_eq!(of(&rows, "NOR").estimate.n_articles, 4);
    }

    #[test]
    fn rows_don_t_depend_on_the_number_of_threads() {
        let on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| rows(tally(20), &IntervalOptions::default(), 1))
        };
        assert_eq!(on(1), on(3));
    }
}
