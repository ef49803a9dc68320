//! How do readings become rows? Joined with who, where and when; offsets turned into code points.

use super::{
    ArticleRow, Distribution, DyadRow, MentionRow, MentionSpan, SentenceActors, SourceFrom,
};
use crate::batch::Instance;
use crate::mention::ActorList;
use crate::mention::Mention;
use crate::model::Probabilities;
use crate::model::Reading;
use crate::text::Document;
use crate::text::Part;
use crate::text::Sentence;
use crate::text::Span;
use crate::text::language_of;

/// The source of rows that are the text's own voice.
pub const AUTHOR: &str = "author";

/// What was read in one sentence.
#[derive(Clone, Debug)]
pub struct SentenceReading {
    /// Whom the sentence mentions.
    pub actors: SentenceActors,
    /// What the model was asked.
    pub instance: Instance,
    /// What it read.
    pub reading: Reading,
    /// What the dictionary baseline read, for its stance.
    pub dictionary: Reading,
}

/// The rows of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleRows {
    /// Its row of `articles`.
    pub article: ArticleRow,
    /// Its rows of `mentions`, in the order of the text.
    pub mentions: Vec<MentionRow>,
    /// Its rows of `dyads`, in the order of the text.
    pub dyads: Vec<DyadRow>,
}

/// Makes an article's rows; `readings` are those of its sentences, in order, and `sha256` is that of its text. An
/// issuer has to be an actor's id by now.
pub fn rows(
    document: &Document,
    readings: &[SentenceReading],
    actors: &ActorList,
    sha256: String,
) -> ArticleRows {
    let context = Context::new(document, actors);
    let mentions: Vec<MentionRow> =
        readings.iter().flat_map(|reading| context.mention_rows(reading)).collect();
    let dyads = readings.iter().flat_map(|reading| context.dyad_rows(reading)).collect();
    ArticleRows { article: context.article_row(readings, mentions.len(), sha256), mentions, dyads }
}

/// What all rows of an article share.
struct Context<'a> {
    document: &'a Document,
    actors: &'a ActorList,
    issuer: Option<u32>,
    /// Code points before each sentence, from the start of its part.
    starts: Vec<u32>,
}

impl<'a> Context<'a> {
    fn new(document: &'a Document, actors: &'a ActorList) -> Self {
        let issuer = document.article.issuer.as_deref().and_then(|issuer| actors.index_of(issuer));
        Self { document, actors, issuer, starts: starts(document) }
    }

    /// Code points of a span of the sentence's part.
    fn chars(&self, sentence: u32, span: Span) -> (u32, u32) {
        let (text, at) =
            (&self.document.sentences[sentence as usize], self.starts[sentence as usize]);
        let part = self.document.part(text.part);
        let start = at + count(&part[text.span.start()..span.start()]);
        (start, start + count(span.of(part)))
    }

    fn state_of(&self, actor: u32) -> String {
        self.actors.get(self.actors.state_of(actor, self.document.article.date)).id.clone()
    }

    fn sentence(&self, reading: &SentenceReading) -> &Sentence {
        &self.document.sentences[reading.actors.sentence as usize]
    }

    fn mention_rows(&self, reading: &SentenceReading) -> Vec<MentionRow> {
        let article = &self.document.article;
        let sentence = self.sentence(reading);
        let (start, end) = self.chars(reading.actors.sentence, sentence.span);
        let row = |(slot, (actor, mentions)): (usize, &(u32, Vec<Mention>))| MentionRow {
            article_id: article.id.clone(),
            date: article.date,
            outlet: article.outlet.clone(),
            part: sentence.part,
            sentence: sentence.index,
            start,
            end,
            text: reading.instance.text.clone(),
            actor: self.actors.get(*actor).id.clone(),
            actor_name: self.actors.get(*actor).name.clone(),
            actor_state: Some(self.state_of(*actor)),
            mentions: mentions
                .iter()
                .map(|mention| self.mention_span(sentence.part, mention))
                .collect(),
            voice: None,
            speaker: None,
            modality: None,
            stance: distribution(&reading.reading.stance, slot),
            sentiment: distribution(&reading.reading.sentiment, slot),
            p_dictionary: distribution(&reading.dictionary.stance, slot).map(Distribution::net),
            is_cut: reading.reading.is_cut,
            extra: article.extra.clone(),
        };
        reading.actors.actors.iter().enumerate().map(row).collect()
    }

    fn mention_span(&self, part: Part, mention: &Mention) -> MentionSpan {
        let (start, end) = self.chars(mention.sentence, mention.span);
        let surface = mention.span.of(self.document.part(part)).to_owned();
        MentionSpan { start, end, surface, kind: mention.kind }
    }

    fn dyad_rows(&self, reading: &SentenceReading) -> Vec<DyadRow> {
        let article = &self.document.article;
        let sentence = self.sentence(reading);
        let (start, end) = self.chars(reading.actors.sentence, sentence.span);
        let actor = |slot: u32| reading.actors.actors[slot as usize].0;
        let id = |actor: u32| self.actors.get(actor).id.clone();
        let pairs = reading.instance.pairs.iter().enumerate();
        let rows = pairs.filter_map(|(slot, pair)| {
            let source = pair.source.map(actor);
            let issuer = if source.is_none() { self.issuer } else { None };
            Some(DyadRow {
                article_id: article.id.clone(),
                date: article.date,
                outlet: article.outlet.clone(),
                part: sentence.part,
                sentence: sentence.index,
                start,
                end,
                source: source.map_or_else(|| AUTHOR.to_owned(), id),
                source_from: if source.is_some() {
                    SourceFrom::Mention
                } else {
                    SourceFrom::Author
                },
                source_issuer: issuer.map(id),
                source_state: source.or(issuer).map(|source| self.state_of(source)),
                target: id(actor(pair.target)),
                target_state: Some(self.state_of(actor(pair.target))),
                voice: None,
                modality: None,
                stance: distribution(&reading.reading.dyads, slot)?,
                extra: article.extra.clone(),
            })
        });
        rows.collect()
    }

    fn article_row(
        &self,
        readings: &[SentenceReading],
        n_mentions: usize,
        sha256: String,
    ) -> ArticleRow {
        let article = &self.document.article;
        let small = |n: usize| u32::try_from(n).expect("an article has fewer than 2^32 sentences");
        ArticleRow {
            article_id: article.id.clone(),
            date: article.date,
            outlet: article.outlet.clone(),
            issuer: self.issuer.map(|issuer| self.actors.get(issuer).id.clone()),
            title: article.title.clone(),
            source_path: article.origin.path.display().to_string(),
            record: article.origin.record,
            sha256,
            n_sentences: small(self.document.sentences.len()),
            n_scored: small(readings.len()),
            n_mentions: small(n_mentions),
            n_cut: small(readings.iter().filter(|reading| reading.reading.is_cut).count()),
            language: language_of(article).map(|language| language.code.to_owned()),
            extra: article.extra.clone(),
        }
    }
}

fn distribution(readings: &[Option<Probabilities>], slot: usize) -> Option<Distribution> {
    readings.get(slot).copied().flatten().map(Distribution::new)
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).expect("an article has fewer than 2^32 code points")
}

/// Code points before each sentence, from the start of its part: each part is gone through once.
fn starts(document: &Document) -> Vec<u32> {
    let (mut part, mut byte, mut chars) = (Part::Title, 0, 0);
    let start = |sentence: &Sentence| {
        if sentence.part != part {
            (part, byte, chars) = (sentence.part, 0, 0);
        }
        chars += count(&document.part(part)[byte..sentence.span.start()]);
        byte = sentence.span.start();
        chars
    };
    document.sentences.iter().map(start).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::{Base, MentionKind};
    use crate::score::{sentences_with_actors, tests::article};

    #[test]
    fn offsets_count_code_points_from_the_start_of_the_part() {
        let document = Document::split(article(
            Some("Ürümqi: Norway protests"),
            "Žižek left. “Norway” é Norway.",
        ));
        let (list, _) = ActorList::load(Base::BuiltIn, &[]).unwrap();
        let norway = list.index_of("NOR").unwrap();
        let mut mentions = Vec::new();
        for (number, sentence) in (0..).zip(&document.sentences) {
            let part = document.part(sentence.part);
            for (at, name) in part.match_indices("Norway") {
                if sentence.span.range().contains(&at) {
                    let span = Span::new(part, at..at + name.len()).unwrap();
                    mentions.push(Mention {
                        actor: norway,
                        sentence: number,
                        span,
                        kind: MentionKind::Name,
                    });
                }
            }
        }
        let readings: Vec<SentenceReading> = sentences_with_actors(&mentions)
            .into_iter()
            .map(|actors| {
                let instance = actors.instance(&document);
                let reading = Reading { dyads: vec![Some([0.2, 0.3, 0.5])], ..Reading::default() };
                SentenceReading { actors, instance, reading, dictionary: Reading::default() }
            })
            .collect();
        let rows = rows(&document, &readings, &list, String::new());
        assert_eq!(rows.mentions.len(), 2);
        assert_eq!(rows.mentions[1].mentions.len(), 2);
        for row in &rows.mentions {
            let part: Vec<char> = document.part(row.part).chars().collect();
            let under = |start: u32, end: u32| {
                part[start as usize..end as usize].iter().collect::<String>()
            };
            assert_eq!(under(row.start, row.end), row.text);
            for mention in &row.mentions {
                assert_eq!(under(mention.start, mention.end), mention.surface);
            }
        }
        assert_eq!(rows.dyads.len(), 2);
        assert_eq!(
            (rows.dyads[0].source.as_str(), rows.dyads[0].target.as_str()),
            ("author", "NOR")
        );
        assert_eq!(rows.article.n_scored, 2);
    }
}
