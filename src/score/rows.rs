//! How do readings become rows? Joined with who, where and when; offsets turned into code points.

use super::modality;
use super::{
    ArticleRow, Distribution, DyadRow, MentionRow, MentionSpan, SentenceActors, SourceFrom,
};
use crate::batch::Instance;
use crate::batch::Pair;
use crate::mention::ActorList;
use crate::mention::Mention;
use crate::mention::Utterance;
use crate::mention::Voice;
use crate::mention::voice_at;
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

/// Makes an article's rows; `readings` are those of its sentences, in order, `utterances` what is not in its own voice,
/// and `sha256` is that of its text. An issuer has to be an actor's id by now.
pub fn rows(
    document: &Document,
    readings: &[SentenceReading],
    utterances: &[Utterance],
    actors: &ActorList,
    sha256: String,
) -> ArticleRows {
    let context = Context::new(document, utterances, actors);
    let mentions: Vec<MentionRow> =
        readings.iter().flat_map(|reading| context.mention_rows(reading)).collect();
    let dyads = readings.iter().flat_map(|reading| context.dyad_rows(reading)).collect();
    ArticleRows { article: context.article_row(readings, mentions.len(), sha256), mentions, dyads }
}

/// Who holds a stance.
struct Holder {
    /// The actor; `None` for the text's own voice.
    source: Option<u32>,
    from: SourceFrom,
    /// Whose the text's own voice is.
    issuer: Option<u32>,
}

/// What all rows of an article share.
struct Context<'a> {
    document: &'a Document,
    utterances: &'a [Utterance],
    actors: &'a ActorList,
    issuer: Option<u32>,
    /// Code points before each sentence, from the start of its part.
    starts: Vec<u32>,
}

impl<'a> Context<'a> {
    fn new(document: &'a Document, utterances: &'a [Utterance], actors: &'a ActorList) -> Self {
        let issuer = document.article.issuer.as_deref().and_then(|issuer| actors.index_of(issuer));
        Self { document, utterances, actors, issuer, starts: starts(document) }
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
        let modalities = modality::of_targets(reading);
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
            voice: Some(self.voice_of(mentions).0),
            speaker: self.voice_of(mentions).1.map(|speaker| self.id(speaker)),
            modality: modalities[slot].map(|modality| modality.name().to_owned()),
            stance: distribution(&reading.reading.stance, slot),
            sentiment: distribution(&reading.reading.sentiment, slot),
            p_dictionary: distribution(&reading.dictionary.stance, slot).map(Distribution::net),
            is_cut: reading.reading.is_cut,
            extra: article.extra.clone(),
        };
        reading.actors.actors.iter().enumerate().map(row).collect()
    }

    fn id(&self, actor: u32) -> String {
        self.actors.get(actor).id.clone()
    }

    /// The voice of the clause with an actor's first mention, and who speaks there.
    fn voice_of(&self, mentions: &[Mention]) -> (Voice, Option<u32>) {
        mentions.first().map_or((Voice::Author, None), |first| {
            voice_at(self.utterances, first.sentence, first.span.start())
        })
    }

    fn mention_span(&self, part: Part, mention: &Mention) -> MentionSpan {
        let (start, end) = self.chars(mention.sentence, mention.span);
        let surface = mention.span.of(self.document.part(part)).to_owned();
        let confidence = f32::from(mention.confidence) / 100.0;
        MentionSpan { start, end, surface, kind: mention.kind, confidence }
    }

    fn dyad_rows(&self, reading: &SentenceReading) -> Vec<DyadRow> {
        let article = &self.document.article;
        let sentence = self.sentence(reading);
        let (start, end) = self.chars(reading.actors.sentence, sentence.span);
        let modalities = modality::of_pairs(reading);
        let target = |pair: &Pair| &reading.actors.actors[pair.target as usize];
        let pairs = reading.instance.pairs.iter().enumerate();
        let rows = pairs.filter_map(|(slot, pair)| {
            let (target, mentions) = target(pair);
            let voice = self.voice_of(mentions);
            let holder = self.holder(reading, pair, voice)?;
            Some(DyadRow {
                article_id: article.id.clone(),
                date: article.date,
                outlet: article.outlet.clone(),
                part: sentence.part,
                sentence: sentence.index,
                start,
                end,
                source: holder.source.map_or_else(|| AUTHOR.to_owned(), |source| self.id(source)),
                source_from: holder.from,
                source_issuer: holder.issuer.map(|issuer| self.id(issuer)),
                source_state: holder.source.or(holder.issuer).map(|one| self.state_of(one)),
                target: self.id(*target),
                target_state: Some(self.state_of(*target)),
                voice: Some(voice.0),
                modality: modalities[slot].map(|modality| modality.name().to_owned()),
                stance: distribution(&reading.reading.dyads, slot)?,
                extra: article.extra.clone(),
            })
        });
        rows.collect()
    }

    /// Who holds the stance that was read for a pair. For the text's own voice that is the speaker where the target is
    /// quoted or reported; `None` where the pair is none: the speaker is the target, is mentioned in the sentence (then
    /// his mention is the source), or isn't known.
    fn holder(
        &self,
        reading: &SentenceReading,
        pair: &Pair,
        (voice, speaker): (Voice, Option<u32>),
    ) -> Option<Holder> {
        let actor = |slot: u32| reading.actors.actors[slot as usize].0;
        if let Some(source) = pair.source {
            let source = Some(actor(source));
            return Some(Holder { source, from: SourceFrom::Mention, issuer: None });
        }
        if voice == Voice::Author {
            return Some(Holder { source: None, from: SourceFrom::Author, issuer: self.issuer });
        }
        let speaker = speaker?;
        let is_mentioned = reading.actors.actors.iter().any(|(actor, _)| *actor == speaker);
        (!is_mentioned).then_some(Holder {
            source: Some(speaker),
            from: SourceFrom::Speaker,
            issuer: None,
        })
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
    use crate::mention::{Anaphora, Gazetteer};
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
                        confidence: Mention::CERTAIN,
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
        let rows = rows(&document, &readings, &[], &list, String::new());
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

    /// The dyads of a text as `source>target source_from voice`, each pair read alike.
    fn dyads(text: &str, issuer: Option<&str>) -> Vec<String> {
        let mut article = article(None, text);
        article.issuer = issuer.map(str::to_owned);
        let document = Document::split(article);
        let (list, _) = ActorList::load(Base::BuiltIn, &[]).unwrap();
        let gazetteer = Gazetteer::new(list).unwrap();
        let found = gazetteer.read(&document, Anaphora::All);
        let read = |actors: SentenceActors| {
            let instance = actors.instance(&document);
            let dyads = vec![Some([0.2, 0.3, 0.5]); instance.pairs.len()];
            let reading = Reading { dyads, ..Reading::default() };
            SentenceReading { actors, instance, reading, dictionary: Reading::default() }
        };
        let readings: Vec<SentenceReading> =
            sentences_with_actors(&found.mentions).into_iter().map(read).collect();
        let list = gazetteer.actors();
        let rows = rows(&document, &readings, &found.utterances, list, String::new());
        let shown = rows.dyads.iter().map(|row| {
            let voice = row.voice.map_or("", Voice::name);
            let issuer = row.source_issuer.as_deref().map_or(String::new(), |id| format!("={id}"));
            format!("{}{issuer}>{} {} {voice}", row.source, row.target, row.source_from.name())
        });
        shown.collect()
    }

    #[test]
    fn the_texts_own_voice_is_the_authors_or_the_issuers() {
        assert_eq!(dyads("Norway lied.", None), ["author>NOR author author"]);
        assert_eq!(dyads("Norway lied.", Some("ISL")), ["author=ISL>NOR author author"]);
    }

    #[test]
    fn what_a_speaker_says_is_read_as_his_and_never_as_the_authors() {
        assert_eq!(
            dyads("Iceland said that Norway had lied.", None),
            ["author>ISL author author", "NOR>ISL mention author", "ISL>NOR mention reported"]
        );
        assert_eq!(
            dyads("“Norway lied,” Iceland said. “Norway will pay.”", None),
            [
                "ISL>NOR mention quoted",
                "author>ISL author author",
                "NOR>ISL mention author",
                "ISL>NOR speaker quoted"
            ]
        );
    }

    #[test]
    fn what_somebody_unknown_says_is_nobodys_stance() {
        assert_eq!(dyads("“Norway lied,” said a fisherman.", Some("ISL")), [""; 0]);
    }

    #[test]
    fn mutual_deeds_have_rows_in_both_directions() {
        let rows = dyads("Norway and Iceland signed a truce.", None);
        assert!(rows.contains(&"NOR>ISL mention author".to_owned()), "{rows:?}");
        assert!(rows.contains(&"ISL>NOR mention author".to_owned()), "{rows:?}");
    }
}
