//! How do articles become rows? The one place where the stages meet.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use anyhow::ensure;
use rayon::prelude::*;

use crate::batch::Instance;
use crate::error::Skipped;
use crate::ingest::Record;
use crate::mention::Anaphora;
use crate::mention::Found;
use crate::mention::Gazetteer;
use crate::mention::Utterance;
use crate::model::Classifier;
use crate::model::Dictionary;
use crate::model::Reading;
use crate::output::Entry;
use crate::output::Part;
use crate::output::Parts;
use crate::output::manifest::sha256_of_article;
use crate::score::ArticleRows;
use crate::score::SentenceActors;
use crate::score::SentenceReading;
use crate::score::rows;
use crate::score::sentences_with_actors;
use crate::text::Article;
use crate::text::Document;
use crate::text::language_of;

mod cut;
mod flow;

pub use flow::Ended;

/// Everything that turns articles into rows.
pub struct Pipeline<'a> {
    /// Who is looked for.
    pub gazetteer: &'a Gazetteer,
    /// How much is linked to them beside their names.
    pub anaphora: Anaphora,
    /// What reads.
    pub classifier: &'a dyn Classifier,
    /// The baseline that is written beside it.
    pub dictionary: &'a Dictionary,
    /// Which articles are read.
    pub languages: Languages,
    /// What is done already, of a run that goes on.
    pub done: Option<&'a Parts>,
}

/// Which languages' articles are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Languages {
    /// Those that the model was made for, and those whose language isn't certain.
    OfModel,
    /// All.
    Any,
}

/// A part of the archive on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Worked {
    /// Its records' rows.
    pub part: Part,
    /// Whether it was worked on now, and not taken over from [`Parts`] as a whole.
    pub is_new: bool,
    /// Articles in it whose rows were taken over.
    pub n_taken_over: usize,
}

/// A record, as far as it can be brought without the model.
enum Prepared {
    Done(Entry),
    Waiting(Box<Waiting>),
}

/// An article whose sentences wait to be read.
struct Waiting {
    document: Document,
    actors: Vec<SentenceActors>,
    utterances: Vec<Utterance>,
    content: String,
}

impl Pipeline<'_> {
    /// Scores an archive, part by part: every record comes out as an [`Entry`], in order. Reading, working on a few
    /// parts at once and `take` overlap; what is under way is bounded. `stop` ends the run behind the parts in hand.
    ///
    /// # Errors
    /// When the archive can't be read any further, the model fails, or `take` says so.
    pub fn run(
        &self,
        records: impl Iterator<Item = anyhow::Result<Record>> + Send + 'static,
        stop: &AtomicBool,
        take: impl FnMut(Worked) -> anyhow::Result<()>,
    ) -> anyhow::Result<Ended> {
        let mut issuers = HashMap::new();
        let steps = flow::Steps {
            admit: |part: Vec<Record>| {
                part.into_iter()
                    .flat_map(|record| self.identify_issuer(record, &mut issuers))
                    .collect()
            },
            work: |part: Vec<Record>| self.work(part),
            take,
        };
        // The threads share the batches of each part, so a few parts keep many threads busy.
        let ahead = 3 + rayon::current_num_threads().div_ceil(8);
        flow::in_order(cut::Cut::new(records), steps, ahead, stop)
    }

    /// Replaces an article's issuer by its id; one that is nobody's name is left out, and said the first time.
    fn identify_issuer(
        &self,
        record: Record,
        known: &mut HashMap<String, Option<String>>,
    ) -> Vec<Record> {
        let Record::Article(mut article) = record else { return vec![record] };
        let Some(issuer) = article.issuer.take() else { return vec![Record::Article(article)] };
        let actors = self.gazetteer.actors();
        let mut warning = None;
        let id = known.entry(issuer).or_insert_with_key(|issuer| {
            let id = actors.resolve(issuer).map(|actor| actors.get(actor).id.clone());
            if id.is_none() {
                let reason =
                    format!("issuer `{issuer}` is no known actor: its own voice stays `author`");
                warning = Some(Record::Warning(at(&article, reason)));
            }
            id
        });
        article.issuer.clone_from(id);
        warning.into_iter().chain([Record::Article(article)]).collect()
    }

    /// What becomes of a part: as it was done before, or worked on now.
    fn work(&self, records: Vec<Record>) -> anyhow::Result<Worked> {
        let digest = cut::digest_of(&records);
        if let Some(part) = self.done.and_then(|parts| parts.done(&digest)) {
            let n_taken_over = part.n_articles();
            return Ok(Worked { part, is_new: false, n_taken_over });
        }
        let prepared: Vec<Prepared> =
            records.into_par_iter().map(|record| self.prepare(record)).collect();
        let is_taken_over = |each: &&Prepared| matches!(each, Prepared::Done(Entry::Scored { .. }));
        let n_taken_over = prepared.iter().filter(is_taken_over).count();
        let entries = self.score(prepared)?;
        Ok(Worked { part: Part { digest, entries }, is_new: true, n_taken_over })
    }

    /// Scores the articles of a part that wait for the model. The result depends on its records alone.
    fn score(&self, prepared: Vec<Prepared>) -> anyhow::Result<Vec<Entry>> {
        let waiting = prepared.iter().filter_map(|prepared| match prepared {
            Prepared::Waiting(waiting) => Some(waiting),
            Prepared::Done(_) => None,
        });
        let instances: Vec<Instance> = waiting
            .flat_map(|waiting| waiting.actors.iter().map(|each| each.instance(&waiting.document)))
            .collect();
        let mut readings = self.read(instances)?.into_iter();
        let with_readings: Vec<_> = prepared
            .into_iter()
            .map(|prepared| {
                let n = if let Prepared::Waiting(waiting) = &prepared {
                    waiting.actors.len()
                } else {
                    0
                };
                (prepared, readings.by_ref().take(n).collect())
            })
            .collect();
        let finish = |(prepared, readings)| match prepared {
            Prepared::Done(entry) => entry,
            Prepared::Waiting(waiting) => self.finish(*waiting, readings),
        };
        Ok(with_readings.into_par_iter().map(finish).collect())
    }

    /// Brings a record as far as it can be without the model: its language told, its sentences and the actors in them
    /// found; all of it taken over where it was scored before.
    fn prepare(&self, record: Record) -> Prepared {
        let article = match record {
            Record::Article(article) => *article,
            Record::Skipped(skipped) => return Prepared::Done(Entry::Skipped(skipped)),
            Record::Warning(warning) => return Prepared::Done(Entry::Warning(warning)),
        };
        let content = cut::content_of(&article);
        if let Some(mut rows) = self.done.and_then(|parts| parts.rows_of(&content)) {
            rows.article.source_path = article.origin.path.display().to_string();
            rows.article.record = article.origin.record;
            return Prepared::Done(Entry::Scored { rows: Box::new(rows), content });
        }
        if let Some(reason) = self.foreign(&article) {
            return Prepared::Done(Entry::Skipped(at(&article, reason)));
        }
        let document = Document::split(article);
        let Found { mentions, utterances } = self.gazetteer.read(&document, self.anaphora);
        let actors = sentences_with_actors(&mentions);
        Prepared::Waiting(Box::new(Waiting { document, actors, utterances, content }))
    }

    /// Why an article's language keeps it from being scored, if it does.
    fn foreign(&self, article: &Article) -> Option<String> {
        if self.languages == Languages::Any {
            return None;
        }
        let language = language_of(article).filter(|language| language.is_certain)?;
        let is_read = self.classifier.languages().contains(&language.code);
        (!is_read).then(|| {
            format!(
                "it is in {} (`{}`), which `{}` wasn't made for; `--any-language` scores it all the same",
                language.name,
                language.code,
                self.classifier.name()
            )
        })
    }

    /// Reads each instance, equal ones once: the model's reading and the dictionary's.
    fn read(&self, instances: Vec<Instance>) -> anyhow::Result<Vec<(Instance, Reading, Reading)>> {
        let mut places: HashMap<&Instance, usize> = HashMap::new();
        let mut distinct: Vec<&Instance> = Vec::new();
        let mut place_of = Vec::new();
        for instance in &instances {
            let place = *places.entry(instance).or_insert(distinct.len());
            if place == distinct.len() {
                distinct.push(instance);
            }
            place_of.push(place);
        }
        let distinct: Vec<Instance> = distinct.into_iter().cloned().collect();
        let readings = self.classifier.classify(&distinct)?;
        let baseline = self.dictionary.classify(&distinct)?;
        ensure!(readings.len() == distinct.len(), "`{}` lost a sentence", self.classifier.name());
        let join = |(instance, place): (Instance, usize)| {
            (instance, readings[place].clone(), baseline[place].clone())
        };
        Ok(instances.into_iter().zip(place_of).map(join).collect())
    }

    /// Makes an article's rows.
    fn finish(&self, waiting: Waiting, readings: Vec<(Instance, Reading, Reading)>) -> Entry {
        let Waiting { document, actors, utterances, content } = waiting;
        let join = |(actors, (instance, reading, dictionary))| SentenceReading {
            actors,
            instance,
            reading,
            dictionary,
        };
        let readings: Vec<SentenceReading> = actors.into_iter().zip(readings).map(join).collect();
        let sha256 = sha256_of_article(document.article.title.as_deref(), &document.article.text);
        let rows: ArticleRows =
            rows(&document, &readings, &utterances, self.gazetteer.actors(), sha256);
        Entry::Scored { rows: Box::new(rows), content }
    }
}

/// Something said of an article.
fn at(article: &Article, reason: String) -> Skipped {
    let origin = &article.origin;
    Skipped { path: origin.path.to_path_buf(), line: origin.line, reason }
}

#[cfg(test)]
mod tests;
