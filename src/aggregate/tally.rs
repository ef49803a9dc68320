//! How much of it was there? Sums per key × article, which add up in any order to the same bits.

use std::collections::HashMap;
use std::ops::AddAssign;

use sha2::{Digest, Sha256};

use super::Key;
use crate::score::Distribution;
use crate::score::Stance;

/// An article's place among the clusters: the first 64 bits of the SHA-256 of its id, and 32 of its outlet's.
///
/// Hashing keeps tallies small and lets those of several threads or files be merged without a common list of
/// articles. Two of ten million articles share a place with probability 3 in a million; they would be resampled
/// together, and no sum would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArticleKey {
    article: u64,
    outlet: u32,
}

impl ArticleKey {
    /// The place of the article with this id, published by nobody known.
    pub fn new(article_id: &str) -> Self {
        let digest = Sha256::digest(article_id.as_bytes());
        let article = digest.iter().take(8).fold(0, |place, &byte| place << 8 | u64::from(byte));
        Self { article, outlet: 0 }
    }

    /// The place of an article of one of several runs, counted from 0: ids of different runs may be the same.
    pub fn in_run(run: usize, article_id: &str) -> Self {
        if run == 0 { Self::new(article_id) } else { Self::new(&format!("{run}\0{article_id}")) }
    }

    /// The same article, published by this outlet.
    #[must_use]
    pub fn in_outlet(self, outlet: Option<&str>) -> Self {
        let outlet = outlet.map_or(0, |name| {
            let digest = Sha256::digest(name.as_bytes());
            digest.iter().take(4).fold(0, |place, &byte| place << 8 | u32::from(byte))
        });
        Self { outlet, ..self }
    }

    /// Tells outlets apart; articles whose outlet isn't known share one.
    pub fn outlet(self) -> u32 {
        self.outlet
    }
}

/// An article's sums, and whose they are.
pub type ArticleSums = (ArticleKey, Sums);

/// What is added up: readings, those labelled as one side or the other, and their net stance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Sums {
    /// Readings: one a sentence for an actor, one a sentence for a pair.
    pub n: u64,
    /// Readings whose label is hostile.
    pub n_hostile: u64,
    /// Readings whose label is conciliatory.
    pub n_conciliatory: u64,
    /// Sum of p(conciliatory) − p(hostile), in units of 2⁻³².
    ///
    /// A whole number, because whole numbers add up to the same total in any order, and so the same rows give the
    /// same bytes whatever the number of threads. The unit is 1/256 of an `f32`'s last place next to 1.
    net: i64,
}

/// Units of [`Sums::net`] in 1.
const UNITS: f64 = 4_294_967_296.0;

impl Sums {
    /// One reading.
    pub fn of(stance: Distribution) -> Self {
        let label = stance.label();
        let net = f64::from(stance.conciliatory) - f64::from(stance.hostile);
        #[expect(clippy::cast_possible_truncation, reason = "within ±2³² by the clamp")]
        let net = (net.clamp(-1.0, 1.0) * UNITS).round() as i64;
        Self {
            n: 1,
            n_hostile: u64::from(label == Stance::Hostile),
            n_conciliatory: u64::from(label == Stance::Conciliatory),
            net,
        }
    }

    /// Sum of p(conciliatory) − p(hostile).
    pub fn total_net(self) -> f64 {
        self.net as f64 / UNITS
    }

    /// Mean of p(conciliatory) − p(hostile), in −1…+1; 0 where there is nothing.
    pub fn net(self) -> f64 {
        self.per_reading(self.total_net())
    }

    /// The part of readings that are hostile, 0…1; 0 where there is nothing.
    pub fn hostile_share(self) -> f64 {
        self.per_reading(self.n_hostile as f64)
    }

    /// The part of readings that are conciliatory, 0…1; 0 where there is nothing.
    pub fn conciliatory_share(self) -> f64 {
        self.per_reading(self.n_conciliatory as f64)
    }

    fn per_reading(self, total: f64) -> f64 {
        if self.n == 0 { 0.0 } else { total / self.n as f64 }
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.n += other.n;
        self.n_hostile += other.n_hostile;
        self.n_conciliatory += other.n_conciliatory;
        self.net += other.net;
    }
}

/// One key's sums, by article.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// Unordered, and an article may stand in it several times, until [`Clusters::compact`].
    rows: Vec<(ArticleKey, Sums)>,
    /// The length at which compacting is due, so that articles read in pieces don't take memory by the row.
    compact_at: usize,
    /// Set where articles may be put together.
    groups: Option<Groups>,
}

/// Articles that are put together once there are many, so that memory doesn't grow with their number.
///
/// They fall into [`Groups::MOST`] groups by their keys, which are as good as random. The sums of random groups of
/// independent articles vary as those of the articles do, so intervals that resample groups are as wide, and their
/// width is off by about 4% for chance, 1 / √(2 · 256) (Wolter 2007, §2.2: the random group method).
#[derive(Clone, Copy, Debug, Default)]
struct Groups {
    /// How many articles there are, once they are in groups.
    n_articles: usize,
    /// The article that was added last.
    last: Option<ArticleKey>,
}

impl Groups {
    const MOST: usize = 256;

    /// Articles from which on there are groups: enough that each has some.
    const FROM: usize = 1024;

    fn of(article: ArticleKey) -> ArticleKey {
        ArticleKey { article: article.article % Self::MOST as u64, outlet: 0 }
    }
}

impl Clusters {
    /// Adds to an article's sums. Cheapest where an article's rows follow one another.
    pub fn add(&mut self, mut article: ArticleKey, sums: Sums) {
        if let Some(groups) = self.groups.as_mut().filter(|groups| groups.n_articles > 0) {
            if groups.last.replace(article) != Some(article) {
                groups.n_articles += 1;
            }
            article = Groups::of(article);
        }
        match self.rows.last_mut() {
            Some((last, total)) if *last == article => *total += sums,
            _ => self.push(article, sums),
        }
    }

    fn push(&mut self, article: ArticleKey, sums: Sums) {
        self.rows.push((article, sums));
        if self.rows.len() > self.compact_at.max(64) {
            // The article of the last row may go on, and is counted already.
            let last = self.rows.last().map(|&(article, _)| article);
            self.compact();
            self.group(last);
        }
    }

    /// One entry an article, in the order of their keys.
    fn compact(&mut self) {
        self.rows.sort_unstable_by_key(|&(article, _)| article);
        self.rows.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            if is_same {
                first.1 += later.1;
            }
            is_same
        });
        self.compact_at = 2 * self.rows.len();
    }

    /// Puts articles into groups where there are too many; `last` is the one that was added last. Rows of one article
    /// must follow one another from here on.
    fn group(&mut self, last: Option<ArticleKey>) {
        let Some(groups) = &mut self.groups else { return };
        if groups.n_articles == 0 && self.rows.len() > Groups::FROM {
            (groups.n_articles, groups.last) = (self.rows.len(), last);
            for (article, _) in &mut self.rows {
                *article = Groups::of(*article);
            }
            self.compact();
            self.rows.shrink_to(2 * Groups::MOST);
        }
    }

    /// How many articles there are.
    fn n_articles(&self) -> usize {
        self.groups.map_or(0, |groups| groups.n_articles).max(self.rows.len())
    }

    /// The sums of each article, in an order that depends on nothing but their ids.
    pub fn into_articles(mut self) -> Vec<ArticleSums> {
        self.compact();
        self.rows
    }
}

impl AddAssign for Clusters {
    fn add_assign(&mut self, other: Self) {
        for (article, sums) in other.rows {
            self.add(article, sums);
        }
    }
}

/// Sums for each key × article. Its memory grows with those, not with the rows that were added.
///
/// Tallies merge (`+=`) associatively and in any order: [`Tally::into_keys`] then gives the same.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    clusters: HashMap<Key, Clusters>,
    is_bounded: bool,
}

/// A key's sums in a bounded [`Tally`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grouped {
    /// How many articles it stands in.
    pub(super) n_articles: usize,
    /// The sums of each article, or of each group of articles where there are many.
    pub(super) sums: Vec<ArticleSums>,
}

impl Tally {
    /// An empty tally whose memory grows with the number of keys alone: the articles of a key are put into random
    /// groups where there are many. Rows of one article must follow one another.
    pub(super) fn bounded() -> Self {
        Self { is_bounded: true, ..Self::default() }
    }

    /// Adds to the sums of a key in an article.
    pub fn add(&mut self, key: Key, article: ArticleKey, sums: Sums) {
        let groups = self.is_bounded.then(Groups::default);
        let new = || Clusters { groups, ..Clusters::default() };
        self.clusters.entry(key).or_insert_with(new).add(article, sums);
    }

    /// Every key and its sums by article or group of articles, in the order of the keys.
    pub(super) fn into_groups(self) -> Vec<(Key, Grouped)> {
        let mut keys: Vec<_> = self.clusters.into_iter().collect();
        keys.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let grouped = |(key, mut clusters): (Key, Clusters)| {
            clusters.compact();
            let n_articles = clusters.n_articles();
            (key, Grouped { n_articles, sums: clusters.rows })
        };
        keys.into_iter().map(grouped).collect()
    }

    /// Every key and its sums by article, in the order of the keys.
    pub fn into_keys(self) -> Vec<(Key, Vec<ArticleSums>)> {
        self.into_groups().into_iter().map(|(key, grouped)| (key, grouped.sums)).collect()
    }

    /// The same sums under other keys: those that become equal are added up.
    #[must_use]
    pub fn regroup(&self, rename: impl Fn(&Key) -> Key) -> Self {
        let mut regrouped = Self::default();
        for (key, clusters) in &self.clusters {
            *regrouped.clusters.entry(rename(key)).or_default() += clusters.clone();
        }
        regrouped
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        for (key, clusters) in other.clusters {
            *self.clusters.entry(key).or_default() += clusters;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ArticleKey, Grouped, Sums, Tally};
    use crate::aggregate::{Estimate, Grain, IntervalOptions, Key, Subject};
    use crate::score::Distribution;

    type Reading = (usize, usize, [f32; 3]);

    fn readings() -> impl Strategy<Value = Vec<Reading>> {
        let stance = (0.0_f32..1.0, 0.0_f32..1.0).prop_map(|(a, b)| {
            let (low, high) = (a.min(b), a.max(b));
            [low, high - low, 1.0 - high]
        });
        prop::collection::vec((0_usize..3, 0_usize..40, stance), 0..300)
    }

    fn tally(readings: &[Reading]) -> Tally {
        let mut tally = Tally::default();
        for &(actor, article, stance) in readings {
            let subject = Subject::Received(["A", "B", "C"][actor].to_owned());
            let key = Key { subject, period: Grain::All.period(None), by: Vec::new() };
            let sums = Sums::of(Distribution::new(stance));
            tally.add(key, ArticleKey::new(&article.to_string()), sums);
        }
        tally
    }

    #[test]
    fn an_article_read_in_pieces_is_one_cluster() {
        let neutral = [0.0, 1.0, 0.0];
        let pieces = [(0, 1, neutral), (0, 2, neutral), (0, 1, neutral)];
        let (_, articles) = tally(&pieces).into_keys().remove(0);
        let mut counts: Vec<_> = articles.iter().map(|(_, sums)| sums.n).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2]);
    }

    #[test]
    fn a_reading_counts_for_its_most_probable_class() {
        let mut sums = Sums::of(Distribution::new([0.7, 0.2, 0.1]));
        sums += Sums::of(Distribution::new([0.1, 0.2, 0.7]));
        sums += Sums::of(Distribution::new([0.5, 0.25, 0.25]));
        assert_eq!((sums.n, sums.n_hostile, sums.n_conciliatory), (3, 2, 1));
        assert!((sums.net() - -0.25 / 3.0).abs() < 1e-7, "{}", sums.net());
    }

    #[test]
    fn nothing_is_neutral() {
        assert!(Sums::default().net().abs() < f64::EPSILON);
        assert!(Sums::default().hostile_share().abs() < f64::EPSILON);
    }

    fn key() -> Key {
        let subject = Subject::Received("NOR".to_owned());
        Key { period: Grain::All.period(None), subject, by: vec![] }
    }

    #[test]
    fn a_bounded_tally_counts_every_article_and_holds_few_groups() {
        let (mut bounded, mut whole) = (Tally::bounded(), Tally::default());
        for article in 0..5000 {
            for sentence in 0..=article % 3 {
                let hostile = ((article * 7 + sentence) % 11) as f32 / 11.0;
                let sums = Sums::of(Distribution::new([hostile, 1.0 - hostile, 0.0]));
                for tally in [&mut bounded, &mut whole] {
                    tally.add(key(), ArticleKey::new(&format!("a{article}")), sums);
                }
            }
        }
        let (bounded, whole) = (bounded.into_groups(), whole.into_groups());
        let (few, all) = (&bounded[0].1, &whole[0].1);
        assert_eq!((few.n_articles, all.n_articles, all.sums.len()), (5000, 5000, 5000));
        assert_eq!(few.sums.len(), 256);
        let total = |grouped: &Grouped| {
            let mut total = Sums::default();
            grouped.sums.iter().for_each(|&(_, sums)| total += sums);
            total
        };
        assert_eq!(total(few), total(all));
        let width = |grouped: &Grouped| {
            let options = IntervalOptions::default();
            let interval = Estimate::new(&grouped.sums, &options, [1; 32]).interval.unwrap();
            interval.high - interval.low
        };
        let ratio = width(few) / width(all);
        assert!((0.8..1.25).contains(&ratio), "{ratio}");
    }

    proptest! {
        #[test]
        fn merging_is_associative(a in readings(), b in readings(), c in readings()) {
            let mut left = tally(&a);
            left += tally(&b);
            left += tally(&c);
            let mut inner = tally(&b);
            inner += tally(&c);
            let mut right = tally(&a);
            right += inner;
            prop_assert_eq!(left.into_keys(), right.into_keys());
        }

        #[test]
        fn the_order_of_rows_changes_nothing(rows in readings(), seed in any::<u64>()) {
            let mut shuffled = rows.clone();
            shuffled.sort_by_key(|&(actor, article, _)| {
                (actor as u64 * 41 + article as u64).wrapping_mul(seed | 1)
            });
            prop_assert_eq!(tally(&rows).into_keys(), tally(&shuffled).into_keys());
        }

        #[test]
        fn nothing_is_lost_or_counted_twice(rows in readings()) {
            let keys = tally(&rows).into_keys();
            let n: u64 = keys.iter().flat_map(|(_, articles)| articles).map(|(_, sums)| sums.n).sum();
            prop_assert_eq!(n, rows.len() as u64);
        }
    }
}
