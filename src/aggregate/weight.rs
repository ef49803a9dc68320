//! How much does a reading count for? As much as any other, as its article's share of one, or as its outlet's.

use std::collections::HashMap;

use super::{ArticleSums, Sums};

/// What is given the same weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Weight {
    /// Each reading: an article with twice as many sentences counts twice.
    #[default]
    Sentence,
    /// Each article: its readings share its weight.
    Article,
    /// Each outlet: its readings share its weight, however much it prints.
    Outlet,
}

impl Weight {
    /// The name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sentence => "sentence",
            Self::Article => "article",
            Self::Outlet => "outlet",
        }
    }

    /// The weight of one reading in each of the articles, in their order.
    pub(super) fn of_readings(self, articles: &[ArticleSums]) -> Vec<f64> {
        match self {
            Self::Sentence => vec![1.0; articles.len()],
            Self::Article => articles.iter().map(|(_, sums)| 1.0 / sums.n as f64).collect(),
            Self::Outlet => {
                let mut readings: HashMap<u32, u64> = HashMap::new();
                for (article, sums) in articles {
                    *readings.entry(article.outlet()).or_default() += sums.n;
                }
                articles
                    .iter()
                    .map(|(article, _)| 1.0 / readings[&article.outlet()] as f64)
                    .collect()
            }
        }
    }

    /// What each article adds to a weighted mean.
    pub(super) fn units(self, articles: &[ArticleSums], part: impl Fn(Sums) -> f64) -> Vec<Unit> {
        let weights = self.of_readings(articles).into_iter();
        let unit = |(weight, &(article, sums)): (f64, &ArticleSums)| Unit {
            part: weight * part(sums),
            n: weight * sums.n as f64,
            outlet: article.outlet(),
        };
        weights.zip(articles).map(unit).collect()
    }
}

/// What an article adds to a mean: the mean is the parts' sum over the weights' sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    /// Weighted sum of what is averaged.
    pub(super) part: f64,
    /// Sum of the weights.
    pub(super) n: f64,
    /// Tells outlets apart.
    pub(super) outlet: u32,
}

/// The mean of what units add up to.
pub(super) fn mean(units: &[Unit]) -> f64 {
    let (part, n) = units.iter().fold((0.0, 0.0), |(part, n), unit| (part + unit.part, n + unit.n));
    part / n
}

#[cfg(test)]
mod tests {
    use super::{Weight, mean};
    use crate::aggregate::{ArticleKey, ArticleSums, Sums};
    use crate::score::Distribution;

    fn article(id: &str, outlet: &str, nets: &[f32]) -> ArticleSums {
        let mut sums = Sums::default();
        for net in nets {
            let stance = [(-net).max(0.0), 1.0 - net.abs(), net.max(0.0)];
            sums += Sums::of(Distribution::new(stance));
        }
        (ArticleKey::new(id).in_outlet(Some(outlet)), sums)
    }

    #[test]
    fn what_is_given_the_same_weight_decides_the_mean() {
        let articles = [
            article("a1", "Fjord Post", &[-1.0, -1.0, -1.0, -1.0]),
            article("a2", "Fjord Post", &[0.0]),
            article("a3", "Skerry Echo", &[1.0]),
        ];
        for (weight, expected) in [
            (Weight::Sentence, -0.5),
            (Weight::Article, 0.0),
            (Weight::Outlet, f64::midpoint(-0.8, 1.0)),
        ] {
            let value = mean(&weight.units(&articles, Sums::total_net));
            assert!((value - expected).abs() < 1e-6, "{}: {value}", weight.name());
        }
    }
}
