//! What does a run say at a glance? The actors most written about, and the sharpest pairs.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::table::row;
use super::tally::Grouped;
use super::{
    Author, Counter, Estimate, IntervalOptions, Key, LeftOut, Row, Selection, Subject, What,
};
use crate::score::DyadRow;
use crate::score::MentionRow;

/// What stands for the source `author` where people read.
pub const VOICE_OF_THE_TEXT: &str = "the texts' own voice";

/// The id of the text's own voice, as a source.
const AUTHOR: &str = "author";

/// How much a summary shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SummaryOptions {
    /// Actors, those in most articles first.
    pub n_actors: usize,
    /// Pairs, the sharpest first.
    pub n_dyads: usize,
    /// Articles that a pair must stand in to be shown; at least 2.
    pub min_articles: usize,
    /// How intervals are made.
    pub intervals: IntervalOptions,
    /// Whom the text's own voice counts for.
    pub author: Author,
}

impl Default for SummaryOptions {
    fn default() -> Self {
        Self {
            n_actors: 20,
            n_dyads: 8,
            min_articles: 3,
            intervals: IntervalOptions::default(),
            author: Author::default(),
        }
    }
}

/// An actor's line.
#[derive(Clone, Debug, PartialEq)]
pub struct ActorLine {
    /// Its id.
    pub id: String,
    /// The name to show; the id where no row named it.
    pub name: String,
    /// The stance toward it; `None` where it only speaks.
    pub received: Option<Estimate>,
    /// Its stance toward all others; `None` where it has none.
    pub expressed: Option<Estimate>,
}

/// A pair's line.
#[derive(Clone, Debug, PartialEq)]
pub struct DyadLine {
    /// Name of the source.
    pub source: String,
    /// Name of the target.
    pub target: String,
    /// The stance of the one toward the other.
    pub estimate: Estimate,
}

/// What a run says at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Those in most articles, and the text's own voice last.
    pub actors: Vec<ActorLine>,
    /// Actors that there is no line for.
    pub n_further_actors: usize,
    /// The sharpest first.
    pub dyads: Vec<DyadLine>,
    /// Pairs in enough articles to be among the sharpest.
    pub n_frequent_dyads: usize,
    /// Rows that were read but not added up.
    pub left_out: LeftOut,
    /// How it was made.
    pub options: SummaryOptions,
}

/// Makes a [`Summary`] from rows as they come; rows of one sentence must follow one another.
pub struct SummaryBuilder {
    options: SummaryOptions,
    names: BTreeMap<String, String>,
    received: Counter,
    expressed: Counter,
    dyads: Counter,
}

impl SummaryBuilder {
    /// Starts with no rows.
    pub fn new(options: SummaryOptions) -> Self {
        let counter = |what| {
            Counter::bounded(Selection { what, author: options.author, ..Selection::default() })
        };
        Self {
            options,
            names: BTreeMap::new(),
            received: counter(What::Actors),
            expressed: counter(What::Sources),
            dyads: counter(What::Dyads),
        }
    }

    /// Counts a mention row.
    pub fn mention(&mut self, row: &MentionRow) {
        if !self.names.contains_key(&row.actor) {
            self.names.insert(row.actor.clone(), row.actor_name.clone());
        }
        self.received.mention(row);
    }

    /// Counts a dyad row.
    pub fn dyad(&mut self, row: &DyadRow) {
        self.expressed.dyad(row);
        self.dyads.dyad(row);
    }

    /// Ranks, and makes intervals for what is shown.
    pub fn finish(self) -> Summary {
        let Self { options, mut names, received, expressed, dyads } = self;
        names.insert(AUTHOR.to_owned(), VOICE_OF_THE_TEXT.to_owned());
        let left_out =
            LeftOut { without_stance: received.left_out().without_stance, ..dyads.left_out() };
        let mut actors = Actors::new(received, expressed);
        let shown = actors.in_most_articles(options.n_actors);
        let n_further_actors = actors.ids.len() - shown.len();
        let author = actors.expressed.contains_key(AUTHOR).then(|| AUTHOR.to_owned());
        let lines = shown.into_iter().chain(author);
        let lines = lines.map(|id| actors.line(id, &names, &options.intervals)).collect();
        let frequent = frequent(dyads, options.min_articles.max(2), &options.intervals);
        Summary {
            actors: lines,
            n_further_actors,
            n_frequent_dyads: frequent.len(),
            dyads: sharpest(frequent, &names, &options),
            left_out,
            options,
        }
    }
}

/// The sums of each actor, by its id.
struct Actors {
    ids: BTreeSet<String>,
    received: BTreeMap<String, (Key, Grouped)>,
    expressed: BTreeMap<String, (Key, Grouped)>,
}

impl Actors {
    fn new(received: Counter, expressed: Counter) -> Self {
        let by_id = |counter: Counter| -> BTreeMap<String, (Key, Grouped)> {
            let keys = counter.finish().into_groups().into_iter();
            keys.filter_map(|(key, grouped)| match &key.subject {
                Subject::Received(id) | Subject::Expressed(id) => {
                    Some((id.clone(), (key, grouped)))
                }
                Subject::Dyad { .. } => None,
            })
            .collect()
        };
        let (received, expressed) = (by_id(received), by_id(expressed));
        let ids = received.keys().chain(expressed.keys().filter(|id| *id != AUTHOR));
        Self { ids: ids.cloned().collect(), received, expressed }
    }

    /// Ids of those that stand in most articles; of equals, the first in the alphabet.
    fn in_most_articles(&self, n: usize) -> Vec<String> {
        let in_map = |map: &BTreeMap<String, (Key, Grouped)>, id: &str| {
            map.get(id).map_or(0, |(_, grouped)| grouped.n_articles)
        };
        let mut ids: Vec<_> = self.ids.iter().cloned().collect();
        ids.sort_by_cached_key(|id| {
            std::cmp::Reverse(in_map(&self.received, id).max(in_map(&self.expressed, id)))
        });
        ids.truncate(n);
        ids
    }

    fn line(
        &mut self,
        id: String,
        names: &BTreeMap<String, String>,
        intervals: &IntervalOptions,
    ) -> ActorLine {
        let estimate = |(key, grouped): (Key, Grouped)| counted(key, &grouped, intervals).estimate;
        ActorLine {
            name: name(names, &id),
            received: self.received.remove(&id).map(estimate),
            expressed: self.expressed.remove(&id).map(estimate),
            id,
        }
    }
}

fn name(names: &BTreeMap<String, String>, id: &str) -> String {
    names.get(id).map_or(id, String::as_str).to_owned()
}

fn frequent(dyads: Counter, min_articles: usize, intervals: &IntervalOptions) -> Vec<Row> {
    let mut keys = dyads.finish().into_groups();
    keys.retain(|(_, grouped)| grouped.n_articles >= min_articles);
    keys.into_par_iter().map(|(key, grouped)| counted(key, &grouped, intervals)).collect()
}

/// A key's row, which counts articles and not groups of them.
fn counted(key: Key, grouped: &Grouped, intervals: &IntervalOptions) -> Row {
    let mut row = row(key, &grouped.sums, intervals);
    row.estimate.n_articles = grouped.n_articles;
    row
}

/// Pairs whose interval keeps farthest from 0, each discounted by `n / (n + min_articles)` of its `n` articles: an
/// interval from a handful of articles is too narrow, and three that happen to agree should not beat thirty that do.
fn sharpest(
    mut rows: Vec<Row>,
    names: &BTreeMap<String, String>,
    options: &SummaryOptions,
) -> Vec<DyadLine> {
    let sharpness = |row: &Row| {
        let n = row.estimate.n_articles as f64;
        let least = row.estimate.interval.map_or(0.0, super::Interval::least_distance_from_zero);
        least * n / (n + options.min_articles as f64)
    };
    rows.retain(|row| sharpness(row) > 0.0);
    // Stable, so that equals stay in the order of their keys.
    rows.sort_by(|a, b| sharpness(b).total_cmp(&sharpness(a)));
    rows.truncate(options.n_dyads);
    let line = |row: Row| match row.key.subject {
        Subject::Dyad { source, target } => Some(DyadLine {
            source: name(names, &source),
            target: name(names, &target),
            estimate: row.estimate,
        }),
        Subject::Received(_) | Subject::Expressed(_) => None,
    };
    rows.into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{Summary, SummaryBuilder, SummaryOptions, VOICE_OF_THE_TEXT};
    use crate::aggregate::rows_for_tests::{dyad, mention};

    /// Each `(source, target, net in each article)`, and mentions of all targets.
    fn summary(options: SummaryOptions, pairs: &[(&str, &str, &[f32])]) -> Summary {
        let mut builder = SummaryBuilder::new(options);
        for (source, target, nets) in pairs {
            for (i, &net) in nets.iter().enumerate() {
                let article = format!("{source}{target}{i}");
                builder.mention(&mention(&article, 0, target, net));
                builder.dyad(&dyad(&article, 0, source, target, net));
            }
        }
        builder.finish()
    }

    fn pairs(summary: &Summary) -> Vec<String> {
        summary.dyads.iter().map(|line| format!("{} → {}", line.source, line.target)).collect()
    }

    #[test]
    fn actors_in_most_articles_stand_first_and_the_rest_are_counted() {
        let options = SummaryOptions { n_actors: 2, ..SummaryOptions::default() };
        let summary = summary(
            options,
            &[
                ("NOR", "ISL", &[0.1, 0.2]),
                ("ISL", "NOR", &[0.1, 0.2, 0.3]),
                ("ISL", "SWE", &[0.1]),
                ("ISL", "DNK", &[0.1]),
            ],
        );
        let ids: Vec<_> = summary.actors.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids, ["ISL", "NOR"]);
        assert_eq!(summary.actors[1].name, "Name of NOR");
        assert_eq!(summary.n_further_actors, 2);
    }

    #[test]
    fn who_only_speaks_has_a_line_without_received_stance() {
        let summary = summary(SummaryOptions::default(), &[("NOR", "ISL", &[-0.5, -0.25])]);
        let nor = summary.actors.iter().find(|line| line.id == "NOR").unwrap();
        assert_eq!(nor.received, None);
        assert_eq!(nor.name, "NOR");
        assert!((nor.expressed.unwrap().sums.net() - -0.375).abs() < 1e-9);
    }

    #[test]
    fn the_texts_own_voice_stands_last_and_takes_no_actors_place() {
        let options = SummaryOptions { n_actors: 1, ..SummaryOptions::default() };
        let summary = summary(options, &[("author", "ISL", &[-0.5; 4]), ("author", "NOR", &[0.5])]);
        let names: Vec<_> = summary.actors.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["Name of ISL", VOICE_OF_THE_TEXT]);
        assert_eq!(summary.n_further_actors, 1);
        assert_eq!(pairs(&summary), [format!("{VOICE_OF_THE_TEXT} → Name of ISL")]);
    }

    #[test]
    fn one_sharp_sentence_is_not_the_sharpest_pair() {
        let summary = summary(
            SummaryOptions::default(),
            &[
                ("A", "B", &[-1.0]),
                ("A", "C", &[-1.0, -1.0]),
                ("A", "D", &[-0.9, 0.1, 0.0]),
                ("A", "E", &[-0.5, -0.6, -0.4, -0.5]),
            ],
        );
        assert_eq!(pairs(&summary), ["A → Name of E"]);
        assert_eq!(summary.n_frequent_dyads, 2);
    }

    #[test]
    fn many_articles_weigh_more_than_three_that_happen_to_agree() {
        let summary = summary(
            SummaryOptions::default(),
            &[("A", "B", &[0.7; 3]), ("C", "D", &[-0.6; 30]), ("E", "F", &[-0.1; 30])],
        );
        let expected = ["C → Name of D", "A → Name of B", "E → Name of F"];
        assert_eq!(pairs(&summary), expected);
    }

    #[test]
    fn no_rows_make_an_empty_summary() {
        let summary = summary(SummaryOptions::default(), &[]);
        assert!(summary.actors.is_empty() && summary.dyads.is_empty());
        assert_eq!((summary.n_further_actors, summary.n_frequent_dyads), (0, 0));
    }
}
