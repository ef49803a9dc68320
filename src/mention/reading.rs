//! Which of an article's candidates are mentions? Sure ones first, then those that need to know them.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;

use super::actor::ActorKind;
use super::ambiguity::{self, Verdict, verdict};
use super::gazetteer::{Candidate, Gazetteer, Sense};
use super::scene::{Scene, Spot, Style};
use super::surname::{Offices, Persons};
use super::words::Token;
use super::{Mention, MentionKind};
use crate::text::Document;
use crate::text::Part;

/// One article being read.
pub(super) struct Reading<'a> {
    gazetteer: &'a Gazetteer,
    document: &'a Document,
    tokens: Vec<Token>,
    /// What candidates may mean, each by a range of these.
    senses: Vec<u32>,
    lines: Vec<Line>,
    /// The tokens of each sentence.
    ranges: Vec<Range<usize>>,
    article_bits: OnceCell<u64>,
}

/// The names of an article, and its words.
pub(super) struct Names {
    /// The words of all sentences.
    pub(super) tokens: Vec<Token>,
    /// Those of each sentence, as a range of them.
    pub(super) lines: Vec<Range<usize>>,
    /// The names, in the order of the sentences and of the text.
    pub(super) named: Vec<Named>,
}

/// A name of an actor.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) mention: Mention,
    /// Its tokens, counted in the sentence.
    pub(super) tokens: Range<usize>,
    /// Whether it is a demonym: `Norwegian`.
    pub(super) is_demonym: bool,
}

/// How sure a lone surname is, in per cent.
const SURNAME: u8 = 95;

/// A sentence that has candidates.
struct Line {
    sentence: usize,
    tokens: Range<usize>,
    style: OnceCell<Style>,
    candidates: Vec<Judged>,
}

/// A candidate and what was found of it so far.
struct Judged {
    candidate: Candidate,
    state: State,
    /// How sure it is, in per cent.
    confidence: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Names one of its senses' actors.
    Is(u32),
    /// Names an actor if the article has it elsewhere.
    IfKnown,
    /// A lone surname.
    Surname,
    /// A capital as a town, a demonym of a thing: no mention, but it shows whom the article is about.
    Place(u32),
    /// Nobody.
    Not,
}

impl<'a> Reading<'a> {
    pub(super) fn of(gazetteer: &'a Gazetteer, document: &'a Document) -> Self {
        let mut reading = Self {
            gazetteer,
            document,
            // Sentences have about a word in six bytes.
            tokens: Vec::with_capacity(document.article.text.len() / 5 + 16),
            senses: Vec::new(),
            lines: Vec::new(),
            ranges: Vec::new(),
            article_bits: OnceCell::new(),
        };
        for sentence in 0..document.sentences.len() {
            reading.read_sentence(sentence);
        }
        reading
    }

    fn read_sentence(&mut self, index: usize) {
        let sentence = &self.document.sentences[index];
        let part = self.document.part(sentence.part);
        let first = self.tokens.len();
        self.gazetteer.cut(sentence.span.of(part), sentence.span.start(), &mut self.tokens);
        self.ranges.push(first..self.tokens.len());
        let tokens = &self.tokens[first..];
        let (end, date) = (sentence.span.end(), self.document.article.date);
        let mut found = self.gazetteer.candidates(part, tokens, end, date, &mut self.senses);
        found.retain(|one| self.gazetteer.sense(self.senses[one.senses.start]).actor.is_some());
        if found.is_empty() {
            return;
        }
        let judged =
            |candidate| Judged { candidate, state: State::Not, confidence: Mention::CERTAIN };
        let candidates = found.into_iter().map(judged);
        let (tokens, candidates) = (first..self.tokens.len(), candidates.collect());
        self.lines.push(Line { sentence: index, tokens, style: OnceCell::new(), candidates });
    }

    /// Decides every candidate and gives those that are mentions, with the article's words.
    pub(super) fn names(mut self) -> Names {
        let mut lines = std::mem::take(&mut self.lines);
        let namesakes = self.judge(&mut lines);
        self.doubt_namesakes(&mut lines, &namesakes);
        self.settle(&mut lines);
        self.link_surnames(&mut lines);
        let named = lines
            .iter()
            .flat_map(|line| line.candidates.iter().filter_map(|one| self.named(line, one)))
            .collect();
        Names { named, tokens: self.tokens, lines: self.ranges }
    }

    fn named(&self, line: &Line, judged: &Judged) -> Option<Named> {
        let State::Is(actor) = judged.state else { return None };
        let mut senses = self.senses_of(judged).iter().map(|&number| self.sense(number));
        let is_demonym = senses.any(|sense| sense.actor == Some(actor) && sense.flags.is_demonym());
        let mention = Mention {
            actor,
            sentence: u32::try_from(line.sentence).ok()?,
            span: judged.candidate.span,
            kind: self.kind(judged, actor),
            confidence: judged.confidence,
        };
        Some(Named { mention, tokens: judged.candidate.tokens.clone(), is_demonym })
    }

    /// By a judgement, if no plain name of the actor is spelled the same.
    fn kind(&self, judged: &Judged, actor: u32) -> MentionKind {
        let mut own = self
            .senses_of(judged)
            .iter()
            .map(|&number| self.sense(number))
            .filter(|sense| sense.actor == Some(actor));
        if own.all(|sense| sense.flags.is_epithet()) {
            MentionKind::Epithet
        } else {
            MentionKind::Name
        }
    }

    /// Asks the rules about each candidate; gives the words that were found to name somebody else.
    fn judge(&self, lines: &mut [Line]) -> Vec<u32> {
        let mut namesakes = Vec::new();
        for line in lines {
            let scene = self.scene(line.sentence, &line.tokens, &line.style);
            for judged in &mut line.candidates {
                let spot = judged.spot();
                let (sense, state) = self.first_look(self.senses_of(judged));
                let verdict = verdict(&scene, spot, sense);
                judged.state = match (verdict, state) {
                    (Verdict::No, State::Is(actor)) if sense.flags.is_of_country() => {
                        State::Place(actor)
                    }
                    (Verdict::No | Verdict::Namesake, _) => State::Not,
                    (Verdict::Yes, state) => state,
                    (Verdict::IfKnown, State::Surname) => State::Surname,
                    (Verdict::IfKnown, _) => State::IfKnown,
                };
                if verdict == Verdict::Namesake {
                    namesakes.push(scene.tokens[spot.first].word);
                }
            }
        }
        namesakes
    }

    /// The sense that rules are asked about, and what the candidate is if they agree.
    fn first_look(&self, senses: &[u32]) -> (&'a Sense, State) {
        let senses = || senses.iter().map(|&number| self.sense(number));
        let plain = senses().find(|sense| !sense.flags.is_ambiguous() && !sense.flags.is_surname());
        if let Some((sense, actor)) = plain.and_then(|sense| Some((sense, sense.actor?))) {
            return (sense, State::Is(actor));
        }
        if let Some(sense) = senses().find(|sense| sense.flags.is_surname()) {
            return (sense, State::Surname);
        }
        let first = senses().next().expect("a candidate has a sense");
        match first.actor {
            Some(actor) if senses().all(|sense| sense.actor == first.actor) => {
                (first, State::Is(actor))
            }
            _ => (first, State::IfKnown),
        }
    }

    /// A name that meant somebody else once in the article needs to be known otherwise.
    fn doubt_namesakes(&self, lines: &mut [Line], namesakes: &[u32]) {
        if namesakes.is_empty() {
            return;
        }
        for line in lines {
            for judged in &mut line.candidates {
                let word = self.tokens[line.tokens.start + judged.candidate.tokens.start].word;
                let is_lone = judged.candidate.tokens.len() == 1;
                if is_lone && matches!(judged.state, State::Is(_)) && namesakes.contains(&word) {
                    judged.state = State::IfKnown;
                }
            }
        }
    }

    /// Decides what depends on who else is mentioned.
    fn settle(&self, lines: &mut [Line]) {
        let date = self.document.article.date;
        let list = self.gazetteer.actors();
        let all = || lines.iter().flat_map(|line| &line.candidates);
        if all().all(|judged| judged.state != State::IfKnown) {
            return;
        }
        let sure: BTreeSet<u32> = all().filter_map(|judged| judged.state.shows()).collect();
        let tops = sure.iter().map(|&actor| list.state_of(actor, date));
        let known: BTreeSet<u32> = sure.iter().copied().chain(tops).collect();
        let is_known =
            |actor: &u32| known.contains(actor) || known.contains(&list.state_of(*actor, date));
        for line in lines {
            for judged in line.candidates.iter_mut().filter(|judged| judged.state == State::IfKnown)
            {
                let mut actors: Vec<u32> = self.actors(judged).collect();
                actors.dedup();
                let known: Vec<u32> = actors.iter().copied().filter(is_known).collect();
                judged.state = match (known.as_slice(), actors.as_slice()) {
                    ([actor], _) => State::Is(*actor),
                    _ => self.usual(judged, &actors).map_or(State::Not, State::Is),
                };
            }
        }
    }

    /// The actor that newspapers usually mean by a name of several.
    fn usual(&self, judged: &Judged, actors: &[u32]) -> Option<u32> {
        let usual = ambiguity::usual(&self.sense(self.senses_of(judged)[0]).text)?;
        self.gazetteer.actors().index_of(usual).filter(|actor| actors.contains(actor))
    }

    /// Gives lone surnames to the persons that the article names in full.
    fn link_surnames(&self, lines: &mut [Line]) {
        let mut persons = Persons::default();
        // A headline may use a surname that only the text explains.
        let is_title = |line: &Line| self.document.sentences[line.sentence].part == Part::Title;
        let (titles, texts): (Vec<&mut Line>, Vec<&mut Line>) =
            lines.iter_mut().partition(|line| is_title(line));
        for line in texts {
            self.link_line(line, &mut persons);
        }
        for line in titles {
            self.link_line(line, &mut persons);
        }
    }

    fn link_line(&self, line: &mut Line, persons: &mut Persons) {
        let scene = self.scene(line.sentence, &line.tokens, &line.style);
        let offices = Offices { list: self.gazetteer.actors(), date: self.document.article.date };
        for judged in &mut line.candidates {
            if judged.state == State::Surname {
                let options: Vec<u32> = self.actors(judged).collect();
                let mut senses = self.senses_of(judged).iter();
                let is_ambiguous = senses.any(|&number| self.sense(number).flags.is_ambiguous());
                let meant = persons.meant(&options, is_ambiguous, &scene, judged.spot(), &offices);
                judged.state = meant.map_or(State::Not, State::Is);
                judged.confidence = SURNAME;
            }
            if let State::Is(actor) = judged.state
                && self.gazetteer.actors().get(actor).kind == ActorKind::Person
            {
                persons.name(actor, &scene, judged.spot());
            }
        }
    }

    fn scene<'s>(
        &'s self,
        sentence: usize,
        tokens: &Range<usize>,
        style: &'s OnceCell<Style>,
    ) -> Scene<'s> {
        let sentence = &self.document.sentences[sentence];
        Scene {
            text: self.document.part(sentence.part),
            end: sentence.span.end(),
            tokens: &self.tokens[tokens.clone()],
            article: &self.tokens,
            lexicon: self.gazetteer.lexicon(),
            style,
            article_bits: &self.article_bits,
        }
    }

    fn sense(&self, number: u32) -> &'a Sense {
        self.gazetteer.sense(number)
    }

    fn senses_of(&self, judged: &Judged) -> &[u32] {
        &self.senses[judged.candidate.senses.clone()]
    }

    /// The actors that a candidate may mean.
    fn actors(&self, judged: &Judged) -> impl Iterator<Item = u32> {
        self.senses_of(judged).iter().filter_map(|&number| self.sense(number).actor)
    }
}

impl State {
    /// The actor that the article is about, if this says so for sure.
    fn shows(self) -> Option<u32> {
        match self {
            Self::Is(actor) | Self::Place(actor) => Some(actor),
            Self::IfKnown | Self::Surname | Self::Not => None,
        }
    }
}

impl Judged {
    fn spot(&self) -> Spot {
        Spot { first: self.candidate.tokens.start, last: self.candidate.tokens.end - 1 }
    }
}
