//! How do articles become rows? The one place where the stages meet.

use std::collections::HashMap;

use anyhow::ensure;
use rayon::prelude::*;

use crate::error::Skipped;
use crate::ingest::Record;
use crate::mention::Anaphora;
use crate::mention::Found;
use crate::mention::Gazetteer;
use crate::model::Classifier;
use crate::model::Dictionary;
use crate::model::Reading;
use crate::output::manifest::sha256_of_article;
use crate::score::ArticleRows;
use crate::score::SentenceActors;
use crate::score::SentenceReading;
use crate::score::rows;
use crate::score::sentences_with_actors;
use crate::text::Article;
use crate::text::Document;

/// Articles that are worked on together: enough sentences to fill batches of similar length, few enough to hold.
const CHUNK: usize = 64;

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
}

/// What comes out of the pipeline, in the order of the archive.
#[derive(Debug)]
pub enum Event {
    /// An article's rows.
    Scored(Box<ArticleRows>),
    /// A record that could not be used.
    Skipped(Skipped),
    /// Something that was left out of an article.
    Warning(Skipped),
}

impl Pipeline<'_> {
    /// Scores an archive: every record comes out as one event, in order; `take` may end the run with an error.
    ///
    /// # Errors
    /// When the archive can't be read any further, the model fails, or `take` says so.
    pub fn run(
        &self,
        records: impl Iterator<Item = anyhow::Result<Record>>,
        mut take: impl FnMut(Event) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut issuers = HashMap::new();
        let mut records =
            records.flat_map(|record| self.identify_issuer(record, &mut issuers)).peekable();
        while records.peek().is_some() {
            let (articles, others) = next_chunk(&mut records)?;
            let mut scored = self.score(articles)?.into_iter();
            for (place, other) in others {
                for rows in scored.by_ref().take(place) {
                    take(Event::Scored(Box::new(rows)))?;
                }
                take(other)?;
            }
            for rows in scored {
                take(Event::Scored(Box::new(rows)))?;
            }
        }
        Ok(())
    }

    /// Replaces an article's issuer by its id; one that is nobody's name is left out, and said the first time.
    fn identify_issuer(
        &self,
        record: anyhow::Result<Record>,
        known: &mut HashMap<String, Option<String>>,
    ) -> Vec<anyhow::Result<Record>> {
        let Ok(Record::Article(mut article)) = record else { return vec![record] };
        let Some(issuer) = article.issuer.take() else { return vec![Ok(Record::Article(article))] };
        let actors = self.gazetteer.actors();
        let mut warning = None;
        let id = known.entry(issuer).or_insert_with_key(|issuer| {
            let id = actors.resolve(issuer).map(|actor| actors.get(actor).id.clone());
            if id.is_none() {
                let reason =
                    format!("issuer `{issuer}` is no known actor: its own voice stays `author`");
                let path = article.origin.path.to_path_buf();
                warning =
                    Some(Record::Warning(Skipped { path, line: article.origin.line, reason }));
            }
            id
        });
        article.issuer.clone_from(id);
        warning.into_iter().chain([Record::Article(article)]).map(Ok).collect()
    }

    /// Scores some articles.
    ///
    /// # Errors
    /// When the model fails.
    pub fn score(&self, articles: Vec<Article>) -> anyhow::Result<Vec<ArticleRows>> {
        let documents: Vec<Document> = articles.into_par_iter().map(Document::split).collect();
        let found: Vec<Found> = documents
            .par_iter()
            .map(|document| self.gazetteer.read(document, self.anaphora))
            .collect();
        let actors: Vec<Vec<SentenceActors>> =
            found.iter().map(|found| sentences_with_actors(&found.mentions)).collect();
        let asked = documents.iter().zip(&actors);
        let instances: Vec<_> = asked
            .flat_map(|(document, actors)| actors.iter().map(|each| each.instance(document)))
            .collect();
        let readings = self.classifier.classify(&instances)?;
        let dictionary = self.dictionary.classify(&instances)?;
        ensure!(readings.len() == instances.len(), "`{}` lost a sentence", self.classifier.name());
        let mut readings = instances.into_iter().zip(readings.into_iter().zip(dictionary));
        let join = |actors: Vec<SentenceActors>| -> Vec<SentenceReading> {
            let join =
                |(actors, (instance, (reading, dictionary))): (_, (_, (Reading, Reading)))| {
                    SentenceReading { actors, instance, reading, dictionary }
                };
            actors.into_iter().zip(readings.by_ref()).map(join).collect()
        };
        let read: Vec<Vec<SentenceReading>> = actors.into_iter().map(join).collect();
        let rows = documents.par_iter().zip(found).zip(read).map(|((document, found), read)| {
            let sha256 =
                sha256_of_article(document.article.title.as_deref(), &document.article.text);
            rows(document, &read, &found.utterances, self.gazetteer.actors(), sha256)
        });
        Ok(rows.collect())
    }
}

/// Up to [`CHUNK`] articles, and every other event with the number of articles since the one before it.
type Chunk = (Vec<Article>, Vec<(usize, Event)>);

fn next_chunk(records: &mut impl Iterator<Item = anyhow::Result<Record>>) -> anyhow::Result<Chunk> {
    let (mut articles, mut others, mut since) = (Vec::new(), Vec::new(), 0);
    while articles.len() < CHUNK {
        match records.next().transpose()? {
            None => break,
            Some(Record::Article(article)) => {
                articles.push(*article);
                since += 1;
            }
            Some(Record::Skipped(skipped)) => {
                others.push((std::mem::take(&mut since), Event::Skipped(skipped)));
            }
            Some(Record::Warning(warning)) => {
                others.push((std::mem::take(&mut since), Event::Warning(warning)));
            }
        }
        if others.len() >= CHUNK {
            break;
        }
    }
    Ok((articles, others))
}
