//! How is an article read? Names, then sentence by sentence what refers back to them, and who speaks.

use std::collections::BTreeMap;

use super::entity::{Entity, Persons};
use super::line::Line;
use super::quotes::quotations;
use super::subject::Subject;
use crate::mention::ActorKind;
use crate::mention::ActorList;
use crate::mention::Anaphora;
use crate::mention::Found;
use crate::mention::Gazetteer;
use crate::mention::Mention;
use crate::mention::MentionKind;
use crate::mention::Utterance;
use crate::mention::lexicon::Class;
use crate::mention::reading::{Named, Names};
use crate::text::Document;
use crate::text::Part;
use crate::text::Span;

/// An article while it is read.
pub(super) struct Story<'a> {
    pub(super) document: &'a Document,
    pub(super) gazetteer: &'a Gazetteer,
    pub(super) list: &'a ActorList,
    pub(super) anaphora: Anaphora,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) entities: Vec<Entity>,
    /// The entities of each line.
    pub(super) by_line: Vec<Vec<usize>>,
    pub(super) persons: Persons,
    pub(super) mentions: Vec<Mention>,
    pub(super) utterances: Vec<Utterance>,
    /// The main subject of each line that has been read.
    pub(super) subjects: Vec<Subject>,
    /// Who says what stands in each quotation.
    pub(super) quotes: Vec<Quote>,
    /// Who wrote the statement, letter or report that is spoken of.
    pub(super) writer: Option<u32>,
    /// The line in which each noun was last used of somebody who is not linked.
    pub(super) rivals: BTreeMap<String, usize>,
    /// Whose words follow: those of a statement, or of a transcript.
    pub(super) floor: Floor,
    /// Whether the text says who speaks at the head of paragraphs.
    pub(super) is_transcript: bool,
    /// The actor whose own voice the text is.
    pub(super) issuer: Option<u32>,
}

/// Whose words a text goes on with, without quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floor {
    /// Its own.
    Author,
    /// An actor's, after `The ministry's statement said:` or `Vladimir Putin:`.
    Actor(u32),
    /// Those of somebody who is not known.
    Somebody,
}

impl Floor {
    /// The actor who has it.
    pub(super) fn actor(self) -> Option<u32> {
        if let Self::Actor(actor) = self { Some(actor) } else { None }
    }
}

/// A quotation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quote {
    /// Who says it, where known.
    pub(super) speaker: Option<u32>,
    /// Whether it has been decided.
    pub(super) is_settled: bool,
    /// Whether it is a word or two that nobody is said to have said.
    pub(super) is_scare: bool,
    /// First and last line.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Reads an article whose names have been found.
pub(in crate::mention) fn read(
    gazetteer: &Gazetteer,
    document: &Document,
    mut names: Names,
    anaphora: Anaphora,
) -> Found {
    let is_listed = |name: &Named| name.mention.confidence == Mention::CERTAIN;
    if anaphora == Anaphora::Off {
        names.named.retain(is_listed);
    }
    let mut story = Story::new(gazetteer, document, &names, anaphora);
    for name in &names.named {
        story.add_name(name);
    }
    if anaphora != Anaphora::Off {
        story.link_short_forms();
    }
    for entity in story.entities.clone() {
        if entity.kind == ActorKind::Person {
            story.introduce(entity);
        }
    }
    for line in 0..story.lines.len() {
        story.read_line(line);
    }
    story.finish()
}

impl<'a> Story<'a> {
    fn new(
        gazetteer: &'a Gazetteer,
        document: &'a Document,
        names: &'a Names,
        anaphora: Anaphora,
    ) -> Self {
        let mut quotes = Vec::new();
        let lines = lines(gazetteer, document, names, &mut quotes);
        let list = gazetteer.actors();
        let issuer = document.article.issuer.as_deref();
        Self {
            document,
            gazetteer,
            list,
            anaphora,
            entities: Vec::new(),
            by_line: vec![Vec::new(); lines.len()],
            subjects: vec![Subject::Unknown; lines.len()],
            lines,
            persons: Persons::default(),
            mentions: Vec::new(),
            utterances: Vec::new(),
            quotes,
            writer: None,
            rivals: BTreeMap::new(),
            floor: Floor::Author,
            is_transcript: false,
            issuer: issuer.and_then(|issuer| list.index_of(issuer)),
        }
    }

    fn add_name(&mut self, name: &Named) {
        let index = name.mention.sentence as usize;
        let line = &self.lines[index];
        let (first, last) = (name.tokens.start, name.tokens.end - 1);
        let next = last + 1;
        let goes_on = line.is_next(next) && !line.is_grammar(next) && !line.is_verb(next);
        let is_office = |at: usize| {
            line.is(at, Class::Role) || line.is(at, Class::Office) || line.is(at, Class::BodyNoun)
        };
        let is_adjective =
            name.is_demonym && goes_on && (!line.is_capital(next) || is_office(next));
        let is_head = !line.owns(last) && !is_adjective;
        let is_plural = name.is_demonym && line.surface(last).ends_with('s');
        self.add(name.mention, first, last, is_head, is_plural);
    }

    /// Remembers that an actor is spoken of at a place.
    pub(super) fn add(
        &mut self,
        mention: Mention,
        first: usize,
        last: usize,
        is_head: bool,
        is_plural: bool,
    ) {
        let line = mention.sentence as usize;
        let kind = self.list.get(mention.actor).kind;
        let is_plural =
            is_plural || kind == ActorKind::Group && self.lines[line].surface(last).ends_with('s');
        let number = self.entities.len();
        let actor = mention.actor;
        self.entities.push(Entity { actor, kind, line, first, last, is_head, is_plural });
        self.lines[line].cover[first..=last].fill(Some(number));
        self.by_line[line].push(number);
        self.mentions.push(mention);
    }

    /// Links tokens to an actor.
    pub(super) fn link(&mut self, place: Place, actor: u32, confidence: u8, kind: MentionKind) {
        let Place { line, first, last } = place;
        let tokens = &self.lines[line].tokens;
        let bytes = tokens[first].start..tokens[last].end;
        let sentence = u32::try_from(line).expect("an article has fewer than 2^32 sentences");
        let Some(span) = Span::new(self.lines[line].text, bytes) else { return };
        let mention = Mention { actor, sentence, span, kind, confidence };
        let is_own = self.lines[line].reads(last, &["his", "its", "their", "our"]);
        let is_head = !self.lines[line].owns(last) && !is_own;
        self.add(mention, first, last, is_head, false);
    }

    fn read_line(&mut self, line: usize) {
        let starts = line == 0 || self.lines[line - 1].part != self.lines[line].part;
        if starts {
            self.writer = None;
        }
        if self.anaphora == Anaphora::All {
            self.refer(line, |quote| quote.is_none());
        }
        self.subjects[line] = self.main_subject(line);
        self.hear(line);
        if self.anaphora == Anaphora::All {
            self.refer(line, |quote| quote.is_some());
        }
        self.note_rivals(line);
    }

    /// Links the descriptions and pronouns of a line, within quotations or outside.
    fn refer(&mut self, line: usize, is_asked: impl Fn(Option<usize>) -> bool) {
        let mut at = 0;
        while at < self.lines[line].len() {
            if self.lines[line].cover[at].is_none() && is_asked(self.lines[line].quotes[at]) {
                at = self.describe(line, at).unwrap_or(at);
                if self.lines[line].cover[at].is_none() {
                    self.pronoun(line, at);
                }
            }
            at += 1;
        }
    }

    fn finish(mut self) -> Found {
        self.utter_quotes();
        if self.anaphora == Anaphora::All {
            for line in 0..self.lines.len() {
                self.refer_to_speakers(line);
            }
        }
        self.mentions.sort_by_key(|mention| (mention.sentence, mention.span.start()));
        self.utterances
            .sort_by_key(|one| (one.sentence, one.span.start(), std::cmp::Reverse(one.span.end())));
        Found { mentions: self.mentions, utterances: self.utterances }
    }

    /// The entities of a line that end before a token, in the order of the text, all in the same quotation or outside.
    pub(super) fn before(&self, line: usize, at: usize, quote: Option<usize>) -> Vec<Entity> {
        let here =
            |entity: &&Entity| entity.last < at && self.lines[line].quotes[entity.first] == quote;
        let entities = self.by_line[line].iter().map(|&number| &self.entities[number]);
        let mut found: Vec<Entity> = entities.filter(here).copied().collect();
        found.sort_by_key(|entity| entity.first);
        found
    }

    /// Whether an actor is a state, or belongs to it on the day.
    pub(super) fn is_of(&self, actor: u32, owner: u32) -> bool {
        let date = self.document.article.date;
        let mut above = Some(actor);
        for _ in 0..8 {
            if above == Some(owner) {
                return true;
            }
            above = above.and_then(|actor| self.list.parent_of(actor, date));
        }
        false
    }
}

/// Tokens of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

fn lines<'a>(
    gazetteer: &'a Gazetteer,
    document: &'a Document,
    names: &'a Names,
    quotes: &mut Vec<Quote>,
) -> Vec<Line<'a>> {
    let ranges = [Part::Title, Part::Text].map(|part| (part, quotations(document.part(part))));
    let n_titles = ranges[0].1.len();
    quotes.resize(n_titles + ranges[1].1.len(), Quote { first: usize::MAX, ..Quote::default() });
    let line = |(index, sentence): (usize, &crate::text::Sentence)| {
        let tokens = &names.tokens[names.lines[index].clone()];
        let (of_part, offset) = match sentence.part {
            Part::Title => (&ranges[0].1, 0),
            Part::Text => (&ranges[1].1, n_titles),
        };
        let quote_of = |at: usize| {
            let number = of_part.partition_point(|range| range.end <= at);
            of_part.get(number).filter(|range| range.start <= at).map(|_| number + offset)
        };
        let quoted: Vec<Option<usize>> = tokens.iter().map(|token| quote_of(token.start)).collect();
        for quote in quoted.iter().flatten() {
            let quote = &mut quotes[*quote];
            quote.first = quote.first.min(index);
            quote.last = index;
        }
        Line {
            part: sentence.part,
            text: document.part(sentence.part),
            bytes: sentence.span.range(),
            tokens,
            lexicon: gazetteer.lexicon(),
            quotes: quoted,
            cover: vec![None; tokens.len()],
        }
    };
    document.sentences.iter().enumerate().map(line).collect()
}

/// Whether a word's own class makes it somebody who speaks for an actor.
pub(super) fn speaks_for(line: &Line<'_>, at: usize) -> bool {
    line.is(at, Class::SpeaksFor)
}
