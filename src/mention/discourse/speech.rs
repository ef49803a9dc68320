//! Who says what in a sentence? Verbs of saying with their subjects, and the stretches that they govern.

use super::content::Content;
use super::line::{Line, Mark};
use super::story::{Floor, Story};
use super::subject::Subject;
use crate::mention::ActorKind;
use crate::mention::Utterance;
use crate::mention::Voice;
use crate::mention::lexicon::Class;
use crate::text::Part;
use crate::text::Span;

/// A verb of saying, or `according to`, and who says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribution {
    /// The verb.
    pub(super) verb: usize,
    /// The first token of the clause that only says who speaks.
    pub(super) start: usize,
    /// The token after its last.
    pub(super) end: usize,
    /// Whether the subject stands behind the verb: `said Putin`.
    pub(super) is_inverted: bool,
    /// Whether its subject is somebody, or something, that can speak.
    pub(super) can_speak: bool,
    pub(super) speaker: Option<u32>,
}

impl Story<'_> {
    /// Finds who says what in a line.
    pub(super) fn hear(&mut self, index: usize) {
        let attributions = self.attributions(index);
        self.note_writer(index, &attributions);
        let spoken = self.begin_transcript(index);
        if self.floor != Floor::Author && self.lines[index].part == Part::Text {
            let all = Content { first: spoken, end: self.lines[index].len() };
            self.utter(index, all, self.floor.actor());
        } else {
            for (content, speaker) in self.contents(index, &attributions) {
                self.utter(index, content, speaker);
            }
        }
        self.attribute_quotes(index, &attributions);
        self.begin_recital(index, &attributions);
    }

    /// The attributions of a line, in the order of the text.
    fn attributions(&self, index: usize) -> Vec<Attribution> {
        let line = &self.lines[index];
        let is_asked = |at: usize| {
            line.quotes[at].is_none()
                && line.cover[at].is_none()
                && [Class::Saying, Class::Telling, Class::Quoting]
                    .iter()
                    .any(|&class| line.is(at, class))
                && line.is_verb(at)
        };
        let verbs =
            (0..line.len()).filter(|&at| is_asked(at)).map(|verb| self.attribution(index, verb));
        let mut found: Vec<Attribution> = verbs.collect();
        let is_according = |at: &usize| {
            line.quotes[*at].is_none()
                && line.reads(*at, &["according"])
                && at + 1 < line.len()
                && line.reads(at + 1, &["to"])
        };
        found.extend((0..line.len()).filter(is_according).map(|at| self.according(index, at)));
        found.sort_by_key(|attribution| attribution.verb);
        found
    }

    fn attribution(&self, index: usize, verb: usize) -> Attribution {
        let line = &self.lines[index];
        let after_content =
            verb > 0 && (line.mark(verb) != Mark::None || line.quotes[verb - 1].is_some());
        let may_stand_behind = (after_content || verb == 0) && !line.is(verb, Class::Telling);
        let inverted =
            if may_stand_behind { self.inverted_subject(index, verb) } else { Subject::Unknown };
        let is_inverted = inverted != Subject::Unknown;
        let subject = if is_inverted { inverted } else { self.subject_of(index, verb) };
        let start = if is_inverted { verb } else { self.clause_start(index, verb, subject) };
        let end = self.attribution_end(index, verb);
        let is_plain =
            line.is(verb, Class::BareSaying) || line.reads(verb, &["reported", "announced"]);
        let can_speak = match subject {
            Subject::Unknown => is_inverted,
            Subject::Thing => is_inverted || is_plain,
            _ => true,
        };
        Attribution { verb, start, end, is_inverted, can_speak, speaker: self.speaker(subject) }
    }

    /// Who stands behind a verb: `said President Tomas Ilves`, `said a spokesman for the union`.
    pub(super) fn inverted_subject(&self, index: usize, verb: usize) -> Subject {
        let line = &self.lines[index];
        let next = verb + 1;
        if !line.is_next(next)
            || line.quotes[next] != line.quotes[verb]
            || line.reads(
                next,
                &["that", "he", "she", "it", "they", "in", "on", "at", "to", "reporters"],
            )
        {
            return Subject::Unknown;
        }
        let end = (next + 1..line.len())
            .find(|&at| line.mark(at) != Mark::None || line.quotes[at] != line.quotes[verb])
            .unwrap_or(line.len());
        if (next..end).any(|at| line.is_verb(at) && line.cover[at].is_none())
            && !line.is_capital(next)
        {
            return Subject::Unknown;
        }
        let is_phrase = line.is_capital(next)
            || line.is_determiner(next)
            || line.reads(next, &["one"])
            || line.cover[next].is_some();
        if !is_phrase {
            return Subject::Unknown;
        }
        // The first whole name, unless it belongs to another noun.
        let entity =
            (next..end).find_map(|at| line.cover[at]).map(|number| (number, self.entities[number]));
        match entity {
            Some((number, entity))
                if entity.is_head && self.phrase_start(index, entity.first) <= next =>
            {
                Subject::Actor(number)
            }
            Some((number, _)) if (next..end).any(|at| line.is(at, Class::SpeaksFor)) => {
                Subject::For(number)
            }
            _ => self.phrase_ending(index, self.head_end(index, next, end) - 1),
        }
    }

    /// The end of the first noun phrase of a stretch.
    fn head_end(&self, index: usize, first: usize, end: usize) -> usize {
        let line = &self.lines[index];
        (first + 1..end)
            .find(|&at| line.is(at, Class::Preposition) || line.reads(at, &["who", "which"]))
            .unwrap_or(end)
    }

    /// Where the clause of a verb begins that says who speaks.
    fn clause_start(&self, index: usize, verb: usize, subject: Subject) -> usize {
        let line = &self.lines[index];
        let named = match subject {
            Subject::Actor(number) | Subject::For(number) | Subject::GovernmentOf(number) => {
                Some(self.entities[number].first).filter(|&first| first < verb)
            }
            _ => None,
        };
        let from = named.map_or(verb, |first| self.phrase_start(index, first));
        let is_start = |&at: &usize| {
            line.mark(at) != Mark::None || at == 0 || line.quotes[at - 1] != line.quotes[at]
        };
        (0..=from).rev().find(is_start).unwrap_or(0)
    }

    /// Where it ends: at the next comma or other mark, quotation or clause.
    fn attribution_end(&self, index: usize, verb: usize) -> usize {
        let line = &self.lines[index];
        let is_end = |&at: &usize| line.mark(at) != Mark::None || line.quotes[at].is_some();
        (verb + 1..line.len()).find(is_end).unwrap_or(line.len())
    }

    fn according(&self, index: usize, at: usize) -> Attribution {
        let line = &self.lines[index];
        let end = (at + 2..line.len())
            .find(|&next| line.mark(next) != Mark::None || line.quotes[next].is_some());
        let end = end.unwrap_or(line.len());
        let subject =
            if end > at + 2 { self.phrase_ending(index, end - 1) } else { Subject::Unknown };
        let can_speak = !matches!(subject, Subject::Unknown | Subject::Thing);
        let speaker = self.speaker(subject);
        Attribution { verb: at, start: at, end, is_inverted: true, can_speak, speaker }
    }

    /// The actor who speaks where a subject does.
    pub(super) fn speaker(&self, subject: Subject) -> Option<u32> {
        match subject {
            Subject::Actor(number) | Subject::For(number) | Subject::GovernmentOf(number) => {
                Some(self.entities[number].actor)
            }
            Subject::Paper => self.writer.or(self.issuer),
            _ => None,
        }
    }

    /// Remembers whose a statement, letter or report is that a line speaks of.
    fn note_writer(&mut self, index: usize, attributions: &[Attribution]) {
        let line = &self.lines[index];
        let has_paper =
            (0..line.len()).any(|at| line.quotes[at].is_none() && line.is(at, Class::Paper));
        if !has_paper {
            return;
        }
        let said = attributions.iter().find_map(|attribution| attribution.speaker);
        let subject = self.subjects[index];
        let writer =
            said.or_else(|| if subject == Subject::Paper { None } else { self.speaker(subject) });
        if writer.is_some() {
            self.writer = writer;
        }
    }

    /// Writes a reported stretch down.
    fn utter(&mut self, index: usize, content: Content, speaker: Option<u32>) {
        let line = &self.lines[index];
        if content.first >= content.end {
            return;
        }
        let bytes = line.tokens[content.first].start..line.tokens[content.end - 1].end;
        let sentence = u32::try_from(index).expect("an article has fewer than 2^32 sentences");
        if let Some(span) = Span::new(line.text, bytes) {
            self.utterances.push(Utterance { sentence, span, voice: Voice::Reported, speaker });
        }
    }

    /// `Vladimir Putin: Good afternoon.` at the start of a paragraph: a transcript; gives the first word spoken.
    fn begin_transcript(&mut self, index: usize) -> usize {
        let line = &self.lines[index];
        let colon = (1..line.len().min(9)).find(|&at| line.between(at).starts_with(": "));
        let Some(colon) = colon.filter(|_| line.part == Part::Text && line.quotes[0].is_none())
        else {
            return 0;
        };
        let named = line.cover[colon - 1].map(|number| self.entities[number]);
        let is_name = |at: usize| {
            line.is_capital(at)
                || line.is(at, Class::Preposition)
                || line.reads(at, &["the", "and"])
        };
        if !(0..colon).all(is_name) || line.quotes[colon].is_some() {
            return 0;
        }
        match named.filter(|entity| entity.kind == ActorKind::Person) {
            Some(entity) => self.floor = Floor::Actor(entity.actor),
            // Somebody else takes the floor.
            None if self.is_transcript => self.floor = Floor::Somebody,
            None => return 0,
        }
        self.is_transcript = true;
        colon
    }

    /// `issued the following statement:` without quotation marks: what follows is recited.
    fn begin_recital(&mut self, index: usize, attributions: &[Attribution]) {
        let line = &self.lines[index];
        let ends = line.part == Part::Text && line.between(line.len()).trim_end().ends_with(':');
        let is_quoted = self
            .lines
            .get(index + 1)
            .is_none_or(|next| next.quotes.first().is_some_and(Option::is_some));
        let says = |line: &Line<'_>, at: usize| {
            line.is(at, Class::Paper)
                || line.is(at, Class::Saying)
                || line.reads(at, &["following", "follows", "reads", "remarks", "speech"])
        };
        if !ends || is_quoted || !(0..line.len()).any(|at| says(line, at)) {
            return;
        }
        let said = attributions.last().and_then(|attribution| attribution.speaker);
        let speaker = said.or_else(|| self.speaker(self.subjects[index])).or(self.writer);
        self.floor = speaker.map_or(Floor::Somebody, Floor::Actor);
    }
}
