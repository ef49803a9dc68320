//! Which articles say the same in nearly the same words? Clusters of near-duplicates: reprints, wire copy, updates.
//!
//! Compared is what is counted: the sentences that were scored, as sets of three neighbouring words. Each article gets a
//! sketch from which the Jaccard similarity of two such sets can be told (MinHash: Broder 1997), made in one pass over
//! its words (one permutation with optimal densification: Shrivastava 2017). Articles that agree in one of 42 bands of
//! three of its numbers are compared (locality-sensitive hashing: Indyk & Motwani 1998), and joined where half of their
//! sketches agree.

use std::collections::HashMap;

use jiff::civil::Date;

use super::ArticleKey;

/// Numbers in a sketch.
const N_BINS: usize = 128;
/// Numbers in a band. Two articles whose sets agree by a half meet in one of the 42 bands with probability 0.996, by a
/// fifth with 0.29.
const BAND: usize = 3;
/// Words in a shingle: an edit changes as many shingles.
const SHINGLE: usize = 3;
/// Articles with fewer shingles are too short to tell a reprint from a formula.
const LEAST_SHINGLES: usize = 20;
/// Members of a band's bucket that each further one is compared with.
const MOST_COMPARED: usize = 32;

type Sketch = [u16; N_BINS];

/// An article that was looked at.
#[derive(Clone, Debug)]
struct Met {
    key: ArticleKey,
    date: Option<Date>,
    id: String,
}

/// Looks for near-duplicates among articles, which are added one after the other; 256 bytes each, and their ids.
#[derive(Clone, Debug)]
pub struct DuplicateFinder {
    threshold: f64,
    articles: Vec<Met>,
    sketches: Vec<Sketch>,
}

/// Near-duplicates that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// The ids of each cluster's articles: the earliest first, of one day by their ids.
    pub clusters: Vec<Vec<String>>,
    /// For each article that isn't its cluster's first, the first.
    pub first_of: HashMap<ArticleKey, ArticleKey>,
}

impl DuplicateFinder {
    /// Joins articles whose sets of shingles agree by `threshold`, 0…1: what both have over what either has.
    pub fn new(threshold: f64) -> Self {
        Self { threshold, articles: Vec::new(), sketches: Vec::new() }
    }

    /// Adds an article by the texts of its sentences; one that is too short to compare is left aside.
    pub fn add<'a>(
        &mut self,
        key: ArticleKey,
        id: &str,
        date: Option<Date>,
        sentences: impl IntoIterator<Item = &'a str>,
    ) {
        let words: Vec<u64> = sentences.into_iter().flat_map(words).map(hash_of).collect();
        if words.len() + 1 < LEAST_SHINGLES + SHINGLE {
            return;
        }
        self.articles.push(Met { key, date, id: id.to_owned() });
        self.sketches.push(sketch(&words));
    }

    /// The clusters, in the order of their first articles.
    pub fn finish(self) -> Duplicates {
        let mut groups = Groups { parents: (0..self.articles.len()).collect() };
        let mut keys: Vec<(u64, usize)> = Vec::with_capacity(self.sketches.len());
        for band in 0..N_BINS / BAND {
            keys.clear();
            let in_band = |sketch: &Sketch| {
                let numbers = &sketch[band * BAND..(band + 1) * BAND];
                numbers.iter().fold(0, |key, &number| key << 16 | u64::from(number))
            };
            keys.extend(self.sketches.iter().enumerate().map(|(i, sketch)| (in_band(sketch), i)));
            keys.sort_unstable();
            for bucket in keys.chunk_by(|a, b| a.0 == b.0) {
                self.join(bucket, &mut groups);
            }
        }
        self.clusters(&mut groups)
    }

    /// Joins those of a bucket that are alike.
    fn join(&self, bucket: &[(u64, usize)], groups: &mut Groups) {
        let mut seen: Vec<usize> = Vec::new();
        for &(_, article) in bucket {
            let is_known = |&other: &usize| {
                let is_same = groups.root(other) == groups.root(article);
                if !is_same && self.similarity(other, article) >= self.threshold {
                    groups.join(other, article);
                    return true;
                }
                is_same
            };
            if !seen.iter().any(is_known) && seen.len() < MOST_COMPARED {
                seen.push(article);
            }
        }
    }

    fn similarity(&self, a: usize, b: usize) -> f64 {
        let pairs = self.sketches[a].iter().zip(&self.sketches[b]);
        pairs.filter(|(a, b)| a == b).count() as f64 / N_BINS as f64
    }

    fn clusters(&self, groups: &mut Groups) -> Duplicates {
        let mut members: HashMap<usize, Vec<&Met>> = HashMap::new();
        for (i, met) in self.articles.iter().enumerate() {
            members.entry(groups.root(i)).or_default().push(met);
        }
        let mut duplicates = Duplicates::default();
        let mut clusters: Vec<_> =
            members.into_values().filter(|members| members.len() > 1).collect();
        for cluster in &mut clusters {
            cluster.sort_by(|a, b| order(a).cmp(&order(b)));
        }
        clusters.sort_by(|a, b| order(a[0]).cmp(&order(b[0])));
        for cluster in clusters {
            for later in &cluster[1..] {
                duplicates.first_of.insert(later.key, cluster[0].key);
            }
            duplicates.clusters.push(cluster.iter().map(|met| met.id.clone()).collect());
        }
        duplicates
    }
}

/// By date, those without one last: they may well be later.
fn order(met: &Met) -> (bool, Option<Date>, &str) {
    (met.date.is_none(), met.date, &met.id)
}

/// Which articles belong together: a forest in which each points toward its cluster's root.
struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    fn root(&mut self, mut article: usize) -> usize {
        while self.parents[article] != article {
            self.parents[article] = self.parents[self.parents[article]];
            article = self.parents[article];
        }
        article
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }
}

/// Words in lower case, without what stands between them.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// FNV-1a, mixed.
#[expect(clippy::needless_pass_by_value, reason = "the end of a chain of iterators")]
fn hash_of(word: String) -> u64 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mixed(hash)
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014).
fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

/// The smallest hash in each bin; an empty bin takes that of another one, chosen by a hash of its own number.
fn sketch(words: &[u64]) -> Sketch {
    let mut least = [u64::MAX; N_BINS];
    for shingle in words.windows(SHINGLE) {
        let hash = mixed(shingle.iter().fold(0, |hash: u64, word| {
            hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(*word)
        }));
        let bin = (hash >> 57) as usize;
        least[bin] = least[bin].min(hash << 7);
    }
    std::array::from_fn(|bin| {
        let mut from = bin;
        let mut attempt = 0_u64;
        while least[from] == u64::MAX {
            attempt += 1;
            from = (mixed(bin as u64 * 0x1_0000 + attempt) >> 57) as usize;
        }
        // The smallest hash's own bits are mostly 0 at its top.
        (mixed(least[from]) >> 48) as u16
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::{DuplicateFinder, Duplicates};
    use crate::aggregate::ArticleKey;

    /// Words of an invented article, by Zipf's law.
    fn article(random: &mut ChaCha8Rng, n_words: usize) -> Vec<String> {
        let word = |random: &mut ChaCha8Rng| {
            let uniform = f64::from(random.next_u32()) / f64::from(u32::MAX);
            format!("w{:.0}", 5000_f64.powf(uniform))
        };
        (0..n_words).map(|_| word(random)).collect()
    }

    /// The same with a part of its words replaced.
    fn rewritten(random: &mut ChaCha8Rng, words: &[String], part: f64) -> Vec<String> {
        let mut words = words.to_vec();
        for word in &mut words {
            if f64::from(random.next_u32()) / f64::from(u32::MAX) < part {
                *word = format!("x{}", random.next_u32() % 500);
            }
        }
        words
    }

    fn found(articles: &[(String, Vec<String>)]) -> Duplicates {
        let mut finder = DuplicateFinder::new(0.5);
        for (id, words) in articles {
            finder.add(ArticleKey::new(id), id, None, [words.join(" ").as_str()]);
        }
        finder.finish()
    }

    #[test]
    fn light_rewrites_are_found_and_unrelated_articles_are_not() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut articles = Vec::new();
        for i in 0..300 {
            let words = article(&mut random, 150);
            if i % 3 == 0 {
                articles.push((format!("{i}-copy"), rewritten(&mut random, &words, 0.05)));
            }
            articles.push((format!("{i}"), words));
        }
        let duplicates = found(&articles);
        let is_right = |cluster: &Vec<String>| {
            cluster.len() == 2 && cluster[1] == format!("{}-copy", cluster[0])
        };
        let n_right = duplicates.clusters.iter().filter(|cluster| is_right(cluster)).count();
        assert!(n_right >= 97, "{n_right} of 100 copies found");
        assert_eq!(n_right, duplicates.clusters.len(), "nothing else is joined");
    }

    #[test]
    fn articles_rewritten_from_scratch_are_kept_apart() {
        let mut random = ChaCha8Rng::seed_from_u64(8);
        let words = article(&mut random, 150);
        let other = rewritten(&mut random, &words, 0.4);
        let duplicates = found(&[("a".to_owned(), words), ("b".to_owned(), other)]);
        assert_eq!(duplicates, Duplicates::default());
    }

    #[test]
    fn the_earliest_of_a_cluster_is_its_first() {
        let mut random = ChaCha8Rng::seed_from_u64(9);
        let text = article(&mut random, 60).join(" ");
        let mut finder = DuplicateFinder::new(0.5);
        for (id, day) in [("a", None), ("b", Some(9)), ("c", Some(3)), ("d", Some(3))] {
            let day = day.map(|day| date(2031, 5, day));
            finder.add(ArticleKey::new(id), id, day, [text.as_str()]);
        }
        let duplicates = finder.finish();
        assert_eq!(duplicates.clusters, [["c", "d", "b", "a"]]);
        let first = |id| duplicates.first_of.get(&ArticleKey::new(id)).copied();
        assert_eq!(first("a"), Some(ArticleKey::new("c")));
        assert_eq!(first("c"), None);
    }

    #[test]
    fn short_formulas_are_no_reprints() {
        let text = "Norway thanked Iceland for the rescue of its crew";
        let words: Vec<_> = text.split(' ').map(str::to_owned).collect();
        let duplicates = found(&[("a".to_owned(), words.clone()), ("b".to_owned(), words)]);
        assert!(duplicates.clusters.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_a_duplicate_of_itself_or_too_short(text in "\\PC{0,400}", n in 2_usize..4) {
            let mut finder = DuplicateFinder::new(0.5);
            for i in 0..n {
                let id = i.to_string();
                finder.add(ArticleKey::new(&id), &id, None, [text.as_str()]);
            }
            let clusters = finder.finish().clusters;
            prop_assert!(clusters.is_empty() || clusters[0].len() == n);
        }
    }
}
