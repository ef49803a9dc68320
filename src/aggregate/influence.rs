//! How much does each article move an estimate? Its variance follows from that, and that of any difference.

use super::{ArticleKey, ArticleSums, Interval, Sums, Weight, quantile};

/// An estimate and, for each article, what it adds to the estimate's error (its linearised influence).
///
/// The sum of squares is the variance, with articles as clusters (Cochran 1977, §2.11; Liang & Zeger 1986). Those of
/// two estimates from overlapping articles subtract, so a difference needs no assumption that they are independent.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    value: f64,
    /// One entry an article, in the order of their keys; scaled by √(m / (m − 1)) for m articles.
    articles: Vec<(ArticleKey, f64)>,
    /// Variance that doesn't come from the articles.
    further: f64,
    df: f64,
}

impl Influence {
    /// An estimate with what each article adds to its error; an article may come several times.
    ///
    /// `df` is the degrees of freedom that the variance has: mostly one fewer than there are articles.
    pub fn new(value: f64, articles: Vec<(ArticleKey, f64)>, df: usize) -> Self {
        let mut influence = Self { value, articles, further: 0.0, df: df as f64 };
        influence.join();
        let scale = ((df + 1) as f64 / df.max(1) as f64).sqrt();
        influence.articles.iter_mut().for_each(|(_, error)| *error *= scale);
        influence
    }

    /// The weighted mean of a part of the sums over all readings; `None` for fewer than two articles.
    pub fn of_mean(
        articles: &[ArticleSums],
        weight: Weight,
        part: impl Fn(Sums) -> f64,
    ) -> Option<Self> {
        if articles.len() < 2 {
            return None;
        }
        let units = weight.units(articles, part);
        let value = super::weight::mean(&units);
        let n: f64 = units.iter().map(|unit| unit.n).sum();
        let errors = units.iter().zip(articles);
        let errors =
            errors.map(|(unit, &(article, _))| (article, (unit.part - value * unit.n) / n));
        Some(Self::new(value, errors.collect(), articles.len() - 1))
    }

    /// The estimate.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The variance of the estimate.
    pub fn variance(&self) -> f64 {
        self.articles.iter().map(|(_, error)| error * error).sum::<f64>() + self.further
    }

    /// The same with more variance, from something else than the articles.
    #[must_use]
    pub fn with_variance(self, further: f64) -> Self {
        Self { further: self.further + further, ..self }
    }

    /// The standard error of the estimate.
    pub fn standard_error(&self) -> f64 {
        self.variance().sqrt()
    }

    /// The difference to another estimate. Its degrees of freedom are Satterthwaite's (1946).
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let (v, w) = (self.variance(), other.variance());
        let df = (v + w).powi(2) / (v * v / self.df.max(1.0) + w * w / other.df.max(1.0));
        let df = if df.is_finite() { df } else { self.df.min(other.df) };
        Self { df, ..self.plus(other, -1.0, self.value - other.value) }
    }

    /// `self + factor · other`, both with the same degrees of freedom, as the error of another value.
    pub(super) fn plus(&self, other: &Self, factor: f64, value: f64) -> Self {
        let scaled = other.articles.iter().map(|&(article, error)| (article, factor * error));
        let mut sum = self.clone();
        sum.articles.extend(scaled);
        sum.join();
        Self { value, further: self.further + factor * factor * other.further, ..sum }
    }

    /// One entry an article, in the order of their keys.
    fn join(&mut self) {
        self.articles.sort_by_key(|&(article, _)| article);
        self.articles.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            if is_same {
                first.1 += later.1;
            }
            is_same
        });
    }

    /// The interval of this level by Student's *t*, cut to what there can be.
    pub fn interval(&self, level: f64, range: [f64; 2]) -> Interval {
        let reach = quantile::t_two_sided(level, self.whole_df()) * self.standard_error();
        Interval::around(self.value, reach, range)
    }

    /// How probable a value as far from 0 would be if it were 0.
    pub fn p_value(&self) -> f64 {
        let error = self.standard_error();
        if error > 0.0 {
            quantile::t_p_value(self.value / error, self.whole_df())
        } else {
            f64::from(u8::from(self.value.abs() < f64::EPSILON))
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 1")]
    fn whole_df(&self) -> usize {
        self.df.max(1.0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Influence;
    use crate::aggregate::ArticleKey;

    fn articles(from: usize, errors: &[f64]) -> Vec<(ArticleKey, f64)> {
        let key = |i: usize| ArticleKey::new(&(from + i).to_string());
        errors.iter().enumerate().map(|(i, &error)| (key(i), error)).collect()
    }

    #[test]
    fn an_estimate_minus_itself_is_surely_nothing() {
        let one = Influence::new(0.5, articles(0, &[0.1, -0.2, 0.1]), 2);
        let nothing = one.minus(&one);
        assert!(nothing.value().abs() < 1e-12 && nothing.standard_error() < 1e-12);
        assert!((nothing.p_value() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn variances_of_estimates_from_other_articles_add_up() {
        let one = Influence::new(0.5, articles(0, &[0.1, -0.1]), 1);
        let other = Influence::new(0.25, articles(9, &[0.2, -0.2]), 1);
        let difference = one.minus(&other);
        assert!((difference.variance() - one.variance() - other.variance()).abs() < 1e-12);
        assert!((difference.value() - 0.25).abs() < 1e-12);
    }

    #[test]
    fn an_article_that_comes_twice_is_one_cluster() {
        let twice: Vec<_> = [articles(0, &[0.1, -0.1]), articles(0, &[0.1, -0.1])].concat();
        let (twice, once) =
            (Influence::new(0.0, twice, 1), Influence::new(0.0, articles(0, &[0.2, -0.2]), 1));
        assert!((twice.variance() - once.variance()).abs() < 1e-12);
    }
}
