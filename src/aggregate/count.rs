//! Which rows count, and for whom? Rows become readings, those of one sentence are joined, and all are added up.

use jiff::civil::Date;

use super::gold::Labelled;
use super::kept::{Keep, Kept, KeptReading};
use super::{ArticleKey, Author, Key, LeftOut, Period, Repeats, RollUp, RowId, Selection};
use super::{Subject, Sums, Tally, What};
use crate::score::Distribution;
use crate::score::DyadRow;
use crate::score::MentionRow;
use crate::score::Part;
use crate::score::SourceFrom;
use crate::score::Voice;

/// A row as it counts: before the rows of its sentence are joined.
struct Reading {
    /// Empty for the stance that an actor receives.
    source: String,
    target: String,
    stance: Distribution,
    by: Vec<Option<String>>,
    /// What a person said of the row, where one was asked.
    gold: Option<Labelled>,
}

/// The sentence that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    article_id: String,
    part: Part,
    sentence: u32,
}

/// Adds up rows as they come. **Rows of one sentence must follow one another**, as they do in every run.
///
/// Rolling up, or counting the text's own voice as its issuer's, can give one actor or pair several readings in one
/// sentence. They are joined: that with the largest non-neutral probability stands for all of them.
pub struct Counter {
    selection: Selection,
    keep: Keep,
    repeats: Repeats,
    kept: Kept,
    tally: Tally,
    left_out: LeftOut,
    n_rows: u64,
    /// The run that rows are of, from 0.
    run: usize,
    place: Option<Place>,
    /// The period of the article; `None` where it is outside those asked for.
    period: Option<Period>,
    article: ArticleKey,
    is_repeated: bool,
    readings: Vec<Reading>,
}

impl Counter {
    /// Starts with nothing added up.
    pub fn new(selection: Selection) -> Self {
        Self {
            selection,
            keep: Keep::default(),
            repeats: Repeats::default(),
            kept: Kept::default(),
            tally: Tally::default(),
            left_out: LeftOut::default(),
            n_rows: 0,
            run: 0,
            place: None,
            period: None,
            article: ArticleKey::new(""),
            is_repeated: false,
            readings: Vec::new(),
        }
    }

    /// Keeps readings beside their sums, for estimates that need them.
    #[must_use]
    pub fn keeping(self, keep: Keep) -> Self {
        Self { keep, ..self }
    }

    /// Treats articles that repeat others as told.
    #[must_use]
    pub fn with_repeats(self, repeats: Repeats) -> Self {
        Self { repeats, ..self }
    }

    /// Rows that follow are of another run: their articles are others, even where their ids are the same.
    pub fn next_run(&mut self) {
        self.leave();
        self.place = None;
        self.run += 1;
    }

    /// The same, in memory that grows with the number of actors and pairs but not with that of articles. Rows of one
    /// article must follow one another.
    pub(super) fn bounded(selection: Selection) -> Self {
        Self { tally: Tally::bounded(), ..Self::new(selection) }
    }

    /// Rows that were read, those left out among them.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// Rows that were read but not added up.
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// Counts a mention row. It counts where the stance that actors receive is added up.
    pub fn mention(&mut self, row: &MentionRow) {
        if self.selection.what != What::Actors {
            return;
        }
        self.n_rows += 1;
        self.enter(&row.article_id, row.part, row.sentence, row.date, row.outlet.as_deref());
        let Some(stance) = row.stance else {
            self.left_out.without_stance += 1;
            return;
        };
        let gold = self.keep.label(|| RowId::of_mention(row));
        if !self.counts() || !self.hears(row.voice) || !self.takes(row.modality.as_deref()) {
            return;
        }
        let target = self.rolled_up(&row.actor, row.actor_state.as_deref()).to_owned();
        let by = self.selection.by.iter().map(|field| field.of_mention(row)).collect();
        self.join(Reading { source: String::new(), target, stance, by, gold });
    }

    /// Counts a dyad row. It counts where sources or pairs are added up.
    pub fn dyad(&mut self, row: &DyadRow) {
        if self.selection.what == What::Actors {
            return;
        }
        self.n_rows += 1;
        self.enter(&row.article_id, row.part, row.sentence, row.date, row.outlet.as_deref());
        let gold = self.keep.label(|| RowId::of_dyad(row));
        if !self.counts() || !self.hears(row.voice) || !self.takes(row.modality.as_deref()) {
            return;
        }
        let source = self.source(row).to_owned();
        let target = self.rolled_up(&row.target, row.target_state.as_deref()).to_owned();
        if source == target {
            self.left_out.toward_itself += 1;
            return;
        }
        let by = self.selection.by.iter().map(|field| field.of_dyad(row)).collect();
        self.join(Reading { source, target, stance: row.stance, by, gold });
    }

    /// The sums.
    pub fn finish(self) -> Tally {
        self.finish_keeping().0
    }

    /// The sums, and the readings that were kept.
    pub fn finish_keeping(mut self) -> (Tally, Kept) {
        self.leave();
        (self.tally, self.kept)
    }

    /// Labels of gold rows that were found, those left out afterwards among them.
    pub fn n_labels_found(&self) -> usize {
        self.keep.n_found()
    }

    fn source<'a>(&self, row: &'a DyadRow) -> &'a str {
        match (&row.source_issuer, self.selection.author) {
            (Some(issuer), Author::Merged) if row.source_from == SourceFrom::Author => {
                self.rolled_up(issuer, row.source_state.as_deref())
            }
            _ if row.source_from == SourceFrom::Author => &row.source,
            _ => self.rolled_up(&row.source, row.source_state.as_deref()),
        }
    }

    fn rolled_up<'a>(&self, actor: &'a str, top: Option<&'a str>) -> &'a str {
        match self.selection.roll_up {
            RollUp::None => actor,
            RollUp::State => top.unwrap_or(actor),
        }
    }

    fn hears(&mut self, voice: Option<Voice>) -> bool {
        match (self.selection.voice, voice) {
            (Some(_), None) => self.left_out.unknown_voice += 1,
            (Some(wanted), Some(other)) if wanted != other => self.left_out.other_voice += 1,
            _ => return true,
        }
        false
    }

    /// Whether rows of the article count, given its date and what it repeats.
    fn counts(&mut self) -> bool {
        if self.period.is_none() {
            self.left_out.outside += 1;
        } else if self.is_repeated {
            self.left_out.repeated += 1;
        } else {
            return true;
        }
        false
    }

    fn takes(&mut self, modality: Option<&str>) -> bool {
        let wanted = &self.selection.modality;
        let is_wanted =
            wanted.is_empty() || wanted.iter().any(|wanted| Some(wanted.name()) == modality);
        self.left_out.other_modality += u64::from(!is_wanted);
        is_wanted
    }

    /// Moves to the row's sentence.
    fn enter(
        &mut self,
        article_id: &str,
        part: Part,
        sentence: u32,
        date: Option<Date>,
        outlet: Option<&str>,
    ) {
        let is_same_article =
            self.place.as_ref().is_some_and(|place| place.article_id == article_id);
        if let Some(place) = &self.place
            && is_same_article
            && (place.part, place.sentence) == (part, sentence)
        {
            return;
        }
        self.leave();
        self.period = self.selection.period(date);
        match &mut self.place {
            Some(place) if is_same_article => (place.part, place.sentence) = (part, sentence),
            place => {
                let article = ArticleKey::in_run(self.run, article_id);
                self.is_repeated = self.repeats.leaves_out(article);
                self.article = self.repeats.cluster(article).in_outlet(outlet);
                *place = Some(Place { article_id: article_id.to_owned(), part, sentence });
            }
        }
    }

    fn join(&mut self, reading: Reading) {
        let same = self
            .readings
            .iter_mut()
            .find(|other| other.source == reading.source && other.target == reading.target);
        match same {
            Some(other) if is_sharper(reading.stance, other.stance) => *other = reading,
            Some(_) => {}
            None => self.readings.push(reading),
        }
    }

    /// Adds up the sentence that was read.
    fn leave(&mut self) {
        let Some(period) = self.period else { return };
        for Reading { source, target, stance, by, gold } in self.readings.drain(..) {
            let subject = match self.selection.what {
                What::Actors => Subject::Received(target),
                What::Sources => Subject::Expressed(source),
                What::Dyads => Subject::Dyad { source, target },
            };
            let key = Key { subject, period, by };
            if self.keep.is_kept(gold) {
                let reading = KeptReading { article: self.article, stance, gold };
                self.kept.add(key.clone(), reading);
            }
            self.tally.add(key, self.article, Sums::of(stance));
        }
    }
}

/// Whether a reading stands for another of the same sentence: the larger non-neutral probability does; of equals the
/// more hostile, so that the order of rows doesn't matter.
fn is_sharper(one: Distribution, other: Distribution) -> bool {
    let strength = |stance: Distribution| stance.hostile.max(stance.conciliatory);
    strength(one).total_cmp(&strength(other)).then(one.hostile.total_cmp(&other.hostile)).is_gt()
}

#[cfg(test)]
mod tests {
    use super::{Author, Counter, LeftOut, RollUp, Selection};
    use crate::aggregate::rows_for_tests::{dyad, mention};
    use crate::aggregate::{ArticleSums, Field, Grain, Key, Period, Subject, Sums, What};
    use crate::score::Modality;
    use crate::score::SourceFrom;
    use crate::score::Voice;

    fn written(key: &Key) -> String {
        let whom = match &key.subject {
            Subject::Received(actor) => actor.clone(),
            Subject::Expressed(actor) => format!("{actor} →"),
            Subject::Dyad { source, target } => format!("{source} → {target}"),
        };
        let by: Vec<_> = key.by.iter().map(|value| value.as_deref().unwrap_or("–")).collect();
        format!("{whom} {} {}", key.period, by.join(",")).trim_end().to_owned()
    }

    /// Key, readings, articles and net stance of each row of the table.
    fn table(counter: Counter) -> Vec<(String, u64, usize, f64)> {
        let total = |articles: &[ArticleSums]| {
            articles.iter().fold(Sums::default(), |mut total, &(_, sums)| {
                total += sums;
                total
            })
        };
        let round = |net: f64| (net * 100.0).round() / 100.0;
        let keys = counter.finish().into_keys().into_iter();
        keys.map(|(key, articles)| {
            let sums = total(&articles);
            (written(&key), sums.n, articles.len(), round(sums.net()))
        })
        .collect()
    }

    fn row(key: &str, n: u64, n_articles: usize, net: f64) -> (String, u64, usize, f64) {
        (key.to_owned(), n, n_articles, net)
    }

    #[test]
    fn mentions_are_added_up_per_actor_and_period() {
        let mut counter = Counter::new(Selection { grain: Grain::Month, ..Selection::default() });
        counter.mention(&mention("a1", 0, "NOR", -0.5));
        counter.mention(&mention("a1", 0, "ISL", 0.25));
        counter.mention(&mention("a1", 1, "NOR", 0.0));
        let mut undated = mention("a2", 0, "NOR", 0.5);
        undated.date = None;
        counter.mention(&undated);
        counter.dyad(&dyad("a1", 0, "NOR", "ISL", 0.9));
        assert_eq!(counter.n_rows(), 4);
        assert_eq!(
            table(counter),
            [
                row("ISL 2031-05", 1, 1, 0.25),
                row("NOR 2031-05", 2, 1, -0.25),
                row("NOR undated", 1, 1, 0.5),
            ]
        );
    }

    #[test]
    fn rolling_up_joins_the_rows_of_one_sentence_by_the_sharpest() {
        let selection = Selection { roll_up: RollUp::State, ..Selection::default() };
        let mut counter = Counter::new(selection);
        for (sentence, actor, net) in
            [(0, "NOR", 0.25), (0, "storting", -0.75), (1, "storting", 0.5), (1, "UNO", -0.125)]
        {
            let mut row = mention("a1", sentence, actor, net);
            row.actor_state = (actor != "UNO").then(|| "NOR".to_owned());
            counter.mention(&row);
        }
        assert_eq!(table(counter), [row("NOR all", 2, 1, -0.13), row("UNO all", 1, 1, -0.13)]);
    }

    #[test]
    fn rolling_up_drops_pairs_within_one_parent() {
        let selection =
            Selection { what: What::Dyads, roll_up: RollUp::State, ..Selection::default() };
        let mut counter = Counter::new(selection);
        for (source, target, net) in
            [("storting", "NOR", -1.0), ("storting", "ISL", 0.5), ("NOR", "ISL", 0.25)]
        {
            let mut row = dyad("a1", 0, source, target, net);
            row.source_state = Some("NOR".to_owned());
            row.target_state = Some(target.to_owned());
            counter.dyad(&row);
        }
        assert_eq!(counter.left_out(), LeftOut { toward_itself: 1, ..LeftOut::default() });
        assert_eq!(table(counter), [row("NOR → ISL all", 1, 1, 0.5)]);
    }

    fn from_issuer(target: &str, net: f32) -> crate::score::DyadRow {
        let mut row = dyad("a1", 0, "author", target, net);
        row.source_issuer = Some("NOR".to_owned());
        row
    }

    #[test]
    fn the_voice_of_an_issuers_text_counts_as_the_issuers() {
        let mut counter = Counter::new(Selection { what: What::Dyads, ..Selection::default() });
        counter.dyad(&from_issuer("ISL", -0.5));
        counter.dyad(&dyad("a1", 0, "NOR", "ISL", -0.75));
        counter.dyad(&from_issuer("NOR", 1.0));
        counter.dyad(&dyad("a2", 0, "author", "ISL", 0.5));
        assert_eq!(counter.left_out().toward_itself, 1);
        assert_eq!(
            table(counter),
            [row("NOR → ISL all", 1, 1, -0.75), row("author → ISL all", 1, 1, 0.5)]
        );
    }

    #[test]
    fn the_voice_of_an_issuers_text_can_be_kept_apart() {
        let selection =
            Selection { what: What::Sources, author: Author::Apart, ..Selection::default() };
        let mut counter = Counter::new(selection);
        counter.dyad(&from_issuer("ISL", -0.5));
        counter.dyad(&dyad("a1", 0, "NOR", "ISL", -0.75));
        counter.dyad(&dyad("a1", 0, "NOR", "SWE", 0.25));
        assert_eq!(
            table(counter),
            [row("NOR → all", 2, 1, -0.25), row("author → all", 1, 1, -0.5)]
        );
    }

    #[test]
    fn the_authors_voice_never_rolls_up_to_a_state_of_its_own() {
        let selection = Selection {
            what: What::Sources,
            author: Author::Apart,
            roll_up: RollUp::State,
            ..Selection::default()
        };
        let mut counter = Counter::new(selection);
        let mut row_ = from_issuer("ISL", -0.5);
        row_.source_state = Some("NOR".to_owned());
        assert_eq!(row_.source_from, SourceFrom::Author);
        counter.dyad(&row_);
        assert_eq!(table(counter), [row("author → all", 1, 1, -0.5)]);
    }

    #[test]
    fn rows_of_another_or_an_unknown_modality_are_left_out_and_counted() {
        let modality = vec![Modality::Threatened, Modality::Conditional];
        let mut counter = Counter::new(Selection { modality, ..Selection::default() });
        let found = [Some("threatened"), Some("asserted"), None, Some("conditional")];
        for (sentence, modality) in (0..).zip(found) {
            let mut row = mention("a1", sentence, "NOR", -0.5);
            row.modality = modality.map(str::to_owned);
            counter.mention(&row);
        }
        let left_out = LeftOut { other_modality: 2, ..LeftOut::default() };
        assert_eq!(counter.left_out(), left_out);
        assert_eq!(table(counter), [row("NOR all", 2, 1, -0.5)]);
    }

    #[test]
    fn rows_in_another_or_an_unknown_voice_are_left_out_and_counted() {
        let selection = Selection { voice: Some(Voice::Quoted), ..Selection::default() };
        let mut counter = Counter::new(selection);
        for (sentence, voice) in [(0, Some(Voice::Quoted)), (1, Some(Voice::Author)), (2, None)] {
            let mut row = mention("a1", sentence, "NOR", -0.5);
            row.voice = voice;
            counter.mention(&row);
        }
        let left_out = LeftOut { other_voice: 1, unknown_voice: 1, ..LeftOut::default() };
        assert_eq!(counter.left_out(), left_out);
        assert_eq!(table(counter), [row("NOR all", 1, 1, -0.5)]);
    }

    #[test]
    fn rows_without_a_stance_are_left_out_and_counted() {
        let mut counter = Counter::new(Selection::default());
        let mut row = mention("a1", 0, "NOR", 0.0);
        row.stance = None;
        counter.mention(&row);
        assert_eq!(counter.left_out().without_stance, 1);
        assert!(table(counter).is_empty());
    }

    #[test]
    fn a_table_is_split_by_the_fields_asked_for() {
        let by = vec![Field::Outlet, Field::Voice];
        let mut counter = Counter::new(Selection { by, ..Selection::default() });
        let mut other = mention("a2", 0, "NOR", 0.5);
        other.outlet = None;
        other.voice = Some(Voice::Reported);
        counter.mention(&mention("a1", 0, "NOR", -0.5));
        counter.mention(&other);
        assert_eq!(
            table(counter),
            [row("NOR all –,reported", 1, 1, 0.5), row("NOR all Fjord Post,–", 1, 1, -0.5)]
        );
    }

    #[test]
    fn rows_outside_the_periods_asked_for_are_left_out_and_counted() {
        let periods = vec!["2031-05..2031-06".parse().unwrap()];
        let mut counter = Counter::new(Selection { periods, ..Selection::default() });
        for (article, day) in [("a1", Some((5, 1))), ("a2", Some((7, 1))), ("a3", None)] {
            let mut row = mention(article, 0, "NOR", -0.5);
            row.date = day.map(|(month, day)| jiff::civil::date(2031, month, day));
            counter.mention(&row);
        }
        assert_eq!(counter.left_out().outside, 2);
        assert_eq!(table(counter), [row("NOR 2031-05-01..2031-06-30", 1, 1, -0.5)]);
    }

    #[test]
    fn articles_of_two_runs_are_others_even_where_their_ids_are_the_same() {
        let mut counter = Counter::new(Selection::default());
        counter.mention(&mention("a1", 0, "NOR", -0.5));
        counter.next_run();
        counter.mention(&mention("a1", 0, "NOR", 0.5));
        assert_eq!(table(counter), [row("NOR all", 2, 2, 0.0)]);
    }

    #[test]
    fn the_same_sentence_number_in_title_and_text_is_two_sentences() {
        let mut counter = Counter::new(Selection::default());
        let mut title = mention("a1", 0, "NOR", -0.5);
        title.part = crate::score::Part::Title;
        counter.mention(&title);
        counter.mention(&mention("a1", 0, "NOR", 0.5));
        assert_eq!(table(counter), [row("NOR all", 2, 1, 0.0)]);
        assert_eq!(Grain::All.period(None), Period::All);
    }
}
