//! What would people have said of all of it? The model's means, put right by a gold sample of known probabilities.
//!
//! Every reading has the model's value ŷ; those drawn with probability π also have a person's y. The mean error among
//! the drawn ones, each standing for 1/π, is an unbiased estimate of the model's bias, however its errors depend on
//! actor, period or outlet; so it is taken off. What remains is uncertainty, which the intervals hold.

use super::{ArticleKey, ArticleSums, Influence, Interval, KeptReading, Statistic, Weight};

/// How a gold sample corrects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Correction {
    /// Design-based supervised learning (Egami, Hinck, Stewart & Wei 2023): the mean of ŷ + (y − ŷ)·drawn/π.
    Dsl,
    /// Prediction-powered inference (Angelopoulos et al. 2023) with its power tuned (PPI++): the labels' weighted mean,
    /// plus λ times by how much ŷ differs between all readings and the drawn; λ makes the variance least.
    #[default]
    Ppi,
}

impl Correction {
    /// The name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dsl => "dsl",
            Self::Ppi => "ppi++",
        }
    }
}

/// A corrected estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrected {
    /// The estimate, and what each article adds to its error.
    pub influence: Influence,
    /// Labelled readings that it rests on.
    pub n_gold: usize,
    /// The part of the variance that labels are the cause of, by how many times as many would be labelled.
    from_labels: Vec<(f64, f64)>,
    range: [f64; 2],
}

/// How many times as many labels [`Corrected::half_widths`] tells of.
const MORE: [f64; 2] = [2.0, 4.0];

impl Corrected {
    /// The estimate, within what it can be: few labels can take it out of range.
    pub fn value(&self) -> f64 {
        self.influence.value().clamp(self.range[0], self.range[1])
    }

    /// The interval of this level.
    pub fn interval(&self, level: f64) -> Interval {
        self.influence.interval(level, self.range)
    }

    /// Half the width that the interval probably had with twice and four times as many labels, and with all labelled.
    pub fn half_widths(&self, level: f64) -> [(usize, f64); 2] {
        let whole = self.interval(level);
        let reach = (whole.high - whole.low) / 2.0;
        let variance = self.influence.variance();
        let now = self.from_labels[0].1;
        let mut widths = [(0, 0.0); 2];
        for (width, &(times, later)) in widths.iter_mut().zip(&self.from_labels[1..]) {
            let left = (variance - now + later).max(0.0);
            let scale = if variance > 0.0 { (left / variance).sqrt() } else { 0.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            let n = (self.n_gold as f64 * times) as usize;
            *width = (n, reach * scale);
        }
        widths
    }
}

/// A labelled reading as it counts.
struct Drawn {
    article: ArticleKey,
    /// The reading's weight over its probability.
    weight: f64,
    probability: f64,
    model: f64,
    person: f64,
}

/// Corrects the mean of a statistic. `articles` are all sums of a key, `labelled` its readings that have a label.
///
/// `None` where labels come from fewer than two articles: how much they differ can't be seen from one.
pub fn correct(
    articles: &[ArticleSums],
    labelled: &[KeptReading],
    statistic: Statistic,
    correction: Correction,
    weight: Weight,
) -> Option<Corrected> {
    let drawn = drawn(articles, labelled, statistic, weight);
    let df = n_articles(&drawn).checked_sub(1).filter(|&df| df > 0)?;
    let units = weight.units(articles, |sums| statistic.of_sums(sums));
    let n: f64 = units.iter().map(|unit| unit.n).sum();
    let model = super::weight::mean(&units);
    let errors = articles.iter().zip(&units);
    let errors: Vec<_> =
        errors.map(|(&(article, _), unit)| (article, (unit.part - model * unit.n) / n)).collect();
    let (influence, scale, lambda) = match correction {
        Correction::Dsl => (dsl(&drawn, model, &units, articles, df), n, 1.0),
        Correction::Ppi => {
            let (influence, lambda) = ppi(&drawn, model, errors, df);
            (influence, drawn.iter().map(|drawn| drawn.weight).sum(), lambda)
        }
    };
    let centre = match correction {
        Correction::Dsl => 0.0,
        Correction::Ppi => weighted_mean(&drawn, |drawn| drawn.person - lambda * drawn.model),
    };
    let from_labels = |times: f64| {
        let part = |drawn: &Drawn| {
            let error = drawn.weight * (drawn.person - lambda * drawn.model - centre) / scale;
            error * error * (1.0 - times * drawn.probability).max(0.0) / times
        };
        (times, drawn.iter().map(part).sum())
    };
    let from_labels = std::iter::once(1.0).chain(MORE).map(from_labels).collect();
    Some(Corrected { influence, n_gold: drawn.len(), from_labels, range: statistic.range() })
}

fn n_articles(drawn: &[Drawn]) -> usize {
    let mut keys: Vec<_> = drawn.iter().map(|drawn| drawn.article).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

fn drawn(
    articles: &[ArticleSums],
    labelled: &[KeptReading],
    statistic: Statistic,
    weight: Weight,
) -> Vec<Drawn> {
    let weights = weight.of_readings(articles);
    let drawn = labelled.iter().filter_map(|reading| {
        let gold = reading.gold?;
        let place =
            articles.binary_search_by_key(&reading.article, |&(article, _)| article).ok()?;
        Some(Drawn {
            article: reading.article,
            weight: weights[place] / gold.probability,
            probability: gold.probability,
            model: statistic.of_reading(reading.stance),
            person: statistic.of_label(gold.stance),
        })
    });
    drawn.collect()
}

fn dsl(
    drawn: &[Drawn],
    model: f64,
    units: &[super::weight::Unit],
    articles: &[ArticleSums],
    df: usize,
) -> Influence {
    let n: f64 = units.iter().map(|unit| unit.n).sum();
    let taken_off = |drawn: &Drawn| drawn.weight * (drawn.person - drawn.model);
    let value = model + drawn.iter().map(taken_off).sum::<f64>() / n;
    let all = articles.iter().zip(units);
    let all = all.map(|(&(article, _), unit)| (article, (unit.part - value * unit.n) / n));
    let labelled = drawn.iter().map(|drawn| (drawn.article, taken_off(drawn) / n));
    Influence::new(value, all.chain(labelled).collect(), df)
}

/// The estimate and its λ, 0…1. Both parts of each article's error are linear in λ, so the best is a regression's.
fn ppi(drawn: &[Drawn], model: f64, errors: Vec<(ArticleKey, f64)>, df: usize) -> (Influence, f64) {
    let total: f64 = drawn.iter().map(|drawn| drawn.weight).sum();
    let person = weighted_mean(drawn, |drawn| drawn.person);
    let model_drawn = weighted_mean(drawn, |drawn| drawn.model);
    let labels = drawn.iter();
    let labels = labels.map(|d| (d.article, d.weight * (d.person - person) / total)).collect();
    let models = drawn.iter();
    let models = models.map(|d| (d.article, -d.weight * (d.model - model_drawn) / total));
    let slopes = Influence::new(0.0, errors.into_iter().chain(models).collect(), df);
    let labels = Influence::new(0.0, labels, df);
    let steepness = slopes.variance();
    // Σ ab = (Σ a² + Σ b² − Σ (a − b)²) / 2, by which no articles need matching here.
    let crossed = (steepness + labels.variance() - slopes.minus(&labels).variance()) / 2.0;
    let lambda = if steepness > 0.0 { (-crossed / steepness).clamp(0.0, 1.0) } else { 0.0 };
    let value = person + lambda * (model - model_drawn);
    (labels.plus(&slopes, lambda, value), lambda)
}

fn weighted_mean(drawn: &[Drawn], value: impl Fn(&Drawn) -> f64) -> f64 {
    let total: f64 = drawn.iter().map(|drawn| drawn.weight).sum();
    drawn.iter().map(|drawn| drawn.weight * value(drawn)).sum::<f64>() / total
}

#[cfg(test)]
mod tests {
    use super::{Correction, correct};
    use crate::aggregate::{ArticleKey, ArticleSums, Influence, KeptReading, Labelled};
    use crate::aggregate::{Statistic, Sums, Weight};
    use crate::score::Distribution;
    use crate::score::Stance;

    /// Articles of two readings that the model all calls neutral, every third of which is hostile.
    fn archive() -> (Vec<ArticleSums>, Vec<KeptReading>) {
        let stance = Distribution::new([0.0, 1.0, 0.0]);
        let mut readings = Vec::new();
        let mut articles = Vec::new();
        for i in 0..60 {
            let article = ArticleKey::new(&i.to_string());
            let mut sums = Sums::of(stance);
            sums += Sums::of(stance);
            articles.push((article, sums));
            for j in 0..2 {
                let person = if (2 * i + j) % 3 == 0 { Stance::Hostile } else { Stance::Neutral };
                let gold = Some(Labelled { stance: person, probability: 0.5 });
                readings.push(KeptReading { article, stance, gold });
            }
        }
        articles.sort_by_key(|&(article, _)| article);
        (articles, readings)
    }

    #[test]
    fn a_bias_that_the_sample_shows_is_taken_off() {
        let (articles, readings) = archive();
        // Every second reading, so that each stands for two.
        let half: Vec<_> = readings.iter().step_by(2).copied().collect();
        for correction in [Correction::Dsl, Correction::Ppi] {
            let corrected =
                correct(&articles, &half, Statistic::Net, correction, Weight::Sentence).unwrap();
            let value = corrected.influence.value();
            assert!((value - -1.0 / 3.0).abs() < 1e-9, "{correction:?}: {value}");
            assert_eq!(corrected.n_gold, 60);
            let interval = corrected.interval(0.95);
            assert!(interval.low < -0.4 && -0.27 < interval.high, "{interval:?}");
        }
    }

    #[test]
    fn more_labels_would_make_intervals_narrower_but_not_vanish() {
        let (articles, readings) = archive();
        let half: Vec<_> = readings.iter().step_by(2).copied().collect();
        let corrected =
            correct(&articles, &half, Statistic::Net, Correction::Dsl, Weight::Sentence).unwrap();
        let interval = corrected.interval(0.95);
        let now = (interval.high - interval.low) / 2.0;
        let [(twice, narrower), (fourfold, narrowest)] = corrected.half_widths(0.95);
        assert_eq!((twice, fourfold), (120, 240));
        assert!(narrowest <= narrower && narrower < now && 0.0 < narrowest);
    }

    #[test]
    fn a_model_without_errors_is_left_as_it_is() {
        let (articles, mut readings) = archive();
        for reading in &mut readings {
            reading.gold = Some(Labelled { stance: Stance::Neutral, probability: 0.5 });
        }
        for statistic in Statistic::ALL {
            let raw = Influence::of_mean(&articles, Weight::Sentence, |s| statistic.of_sums(s));
            let corrected =
                correct(&articles, &readings, statistic, Correction::Dsl, Weight::Sentence);
            assert!((corrected.unwrap().influence.value() - raw.unwrap().value()).abs() < 1e-12);
        }
    }

    #[test]
    fn labels_from_one_article_correct_nothing() {
        let (articles, readings) = archive();
        let one = &readings[..2];
        assert!(
            correct(&articles, one, Statistic::Net, Correction::Ppi, Weight::Sentence).is_none()
        );
    }
}
