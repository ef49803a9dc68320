//! Whom does a pronoun take up? The subject of its clause, of the clause before, of the sentence before.

use super::entity::Entity;
use super::form::{Case, Wanted, form, is_empty_it};
use super::line::Mark;
use super::story::{Place, Story};
use super::subject::Subject;
use crate::mention::ActorKind;
use crate::mention::MentionKind;
use crate::mention::lexicon::Class;

/// An antecedent, and how sure it is in per cent.
type Guess = Option<(u32, u8)>;

/// What a subject says of a pronoun's antecedent.
enum Look {
    Found(u32),
    /// Somebody or something else is meant.
    Other,
    /// It says nothing.
    Nothing,
}

impl Story<'_> {
    /// Links the pronoun at a token, if it is one and its antecedent is an actor.
    pub(super) fn pronoun(&mut self, line: usize, at: usize) {
        let Some((wanted, case)) = form(&self.lines[line], at) else { return };
        if wanted == Wanted::Organisation && is_empty_it(&self.lines[line], at) {
            return;
        }
        let within = if self.only_says_who(line, at) {
            None
        } else {
            self.ahead(line, at, wanted).or_else(|| self.within(line, at, wanted, case))
        };
        let is_of_paper = wanted == Wanted::Organisation && self.is_of_paper(line, at);
        let guess = match within {
            None if is_of_paper => None,
            Some(Look::Found(actor)) => Some((actor, 90)),
            Some(_) => None,
            None => self.in_earlier_lines(line, at, wanted, case),
        };
        if let Some((actor, confidence)) = guess {
            if let Wanted::Person(gender) = wanted {
                self.persons.learn(actor, gender);
            }
            let place = Place { line, first: at, last: at };
            self.link(place, actor, confidence, MentionKind::Anaphor);
        }
    }

    /// `It said`, after a line that speaks of a message or statement.
    fn is_of_paper(&self, index: usize, at: usize) -> bool {
        let line = &self.lines[index];
        let says = at + 1 < line.len() && line.is(at + 1, Class::Saying);
        let Some(before) = index.checked_sub(1).map(|index| &self.lines[index]) else {
            return false;
        };
        let is_actor = matches!(self.subjects[index - 1], Subject::Actor(number) if self.entities[number].kind != ActorKind::Person);
        let has_paper =
            (0..before.len()).any(|at| before.is(at, Class::Paper) && before.quotes[at].is_none());
        says && at == 0 && !is_actor && has_paper
    }

    /// Whether a pronoun only says who speaks, behind what is said: `…, it added`. What is said doesn't tell who does.
    fn only_says_who(&self, index: usize, at: usize) -> bool {
        let line = &self.lines[index];
        let says = at + 1 < line.len() && line.is(at + 1, Class::Saying);
        let is_subordinate = line.reads(
            0,
            &[
                "as", "when", "after", "while", "although", "though", "because", "if", "before",
                "since", "in", "at",
            ],
        );
        says && !is_subordinate
            && at > 0
            && (line.mark(at) == Mark::Comma || line.quotes[at - 1].is_some())
    }

    /// `For his part, Nazarov said`: the name comes later.
    fn ahead(&self, index: usize, at: usize, wanted: Wanted) -> Option<Look> {
        let line = &self.lines[index];
        let is_part =
            at == 1 && line.reads(0, &["for"]) && line.len() > 4 && line.reads(2, &["part"]);
        if !is_part {
            return None;
        }
        let entity = (3..line.len().min(9))
            .find_map(|at| line.cover[at])
            .map(|number| self.entities[number])?;
        self.agrees(&entity, wanted).then_some(Look::Found(entity.actor))
    }

    /// Looks in the sentence itself; `None` where it says nothing.
    fn within(&self, line: usize, at: usize, wanted: Wanted, case: Case) -> Option<Look> {
        let quote = self.lines[line].quotes[at];
        let verbs = self.verbs_before(line, at);
        let before = self.before(line, at, quote);
        if let Some(look) = self.object_before(line, at, wanted, case, &verbs, &before) {
            return Some(look);
        }
        for (step, &verb) in verbs.iter().enumerate() {
            // The object of a verb is not its subject.
            if case == Case::Object && step == 0 {
                if let (Wanted::Person(_), true) = (wanted, verbs.len() == 1) {
                    return None;
                }
                continue;
            }
            match self.look(self.subject_of(line, verb), wanted, quote) {
                Look::Found(actor) => return Some(Look::Found(actor)),
                Look::Other => return Some(Look::Other),
                Look::Nothing => {}
            }
        }
        let Some(&verb) = verbs.first() else {
            // `The Democratic Party of the U.S. in its programme`: some noun before it, and no verb that tells.
            let n_before = (0..at).filter(|&at| self.lines[line].quotes[at].is_none()).count();
            let is_behind = case == Case::Possessive && n_before > 3;
            let begins = is_behind && !self.lines[line].is(0, Class::Preposition);
            return (begins && quote.is_none()).then_some(Look::Other);
        };
        self.nearest(&before, wanted, verb).map(Look::Found)
    }

    /// The nearest head that agrees, behind a verb: `demanded that China withdraw the boats that it has sent`.
    fn nearest(&self, before: &[Entity], wanted: Wanted, verb: usize) -> Option<u32> {
        if matches!(wanted, Wanted::Person(_)) {
            return None;
        }
        let behind = before.iter().rev().find(|entity| entity.first > verb && entity.is_head);
        behind.filter(|entity| self.agrees(entity, wanted)).map(|entity| entity.actor)
    }

    /// `thanked the EU for its help`, `urged Oslo to publish its track`: the possessor is the object.
    fn object_before(
        &self,
        index: usize,
        at: usize,
        wanted: Wanted,
        case: Case,
        verbs: &[usize],
        before: &[Entity],
    ) -> Option<Look> {
        if case != Case::Possessive {
            return None;
        }
        let line = &self.lines[index];
        if let (Wanted::Person(_), Some(&verb)) = (wanted, verbs.first())
            && self.wishes(index, verb, at)
        {
            return Some(Look::Other);
        }
        let object = before.last().filter(|entity| {
            entity.is_head
                && self.agrees(entity, wanted)
                && verbs.first().is_none_or(|&verb| entity.first > verb)
        })?;
        let next = object.last + 1;
        let is_judged = line.reads(next, &["for", "over", "of", "to", "from", "about", "because"])
            && next < at
            && !(next..at).any(|at| line.surface(at).ends_with("ing"));
        // `congratulated Macron on his victory`, `supported Japan in its claims`
        let helps =
            ["congratulated", "supported", "backed", "helped", "assisted", "joined", "encouraged"];
        let is_helped = line.reads(next, &["on", "in"])
            && next < at
            && verbs.first().is_some_and(|&verb| line.reads(verb, &helps));
        let is_clause = line.reads(
            next,
            &["withdraw", "stop", "keep", "end", "change", "publish", "use", "take", "give", "pay"],
        );
        ((is_judged || is_helped) && at - next <= 6 || is_clause)
            .then_some(Look::Found(object.actor))
    }

    /// `wished the President success in his work`: somebody who is not linked is the possessor.
    fn wishes(&self, index: usize, verb: usize, at: usize) -> bool {
        let line = &self.lines[index];
        let wishes = line
            .reads(verb, &["wished", "congratulated", "thanked", "praised", "awarded", "helped"]);
        let is_other = |at: usize| {
            line.cover[at].is_none() && (line.is(at, Class::Role) || line.is(at, Class::Person))
        };
        wishes && (verb + 1..at).any(is_other)
    }

    fn in_earlier_lines(&self, line: usize, at: usize, wanted: Wanted, case: Case) -> Guess {
        let quote = self.lines[line].quotes[at];
        let own = match self.subject_before(line, at) {
            Some(Look::Found(actor)) if case == Case::Object => Some(actor),
            _ => None,
        };
        let n_lines = if matches!(wanted, Wanted::Person(_)) { 3 } else { 2 };
        for back in 1..=n_lines {
            let earlier = line.checked_sub(back)?;
            if self.lines[earlier].part != self.lines[line].part {
                return None;
            }
            let sure = [80, 72, 62][back - 1];
            match self.look(self.subjects[earlier], wanted, None) {
                Look::Found(actor) if Some(actor) != own && !self.speaks_in(quote, actor) => {
                    return Some((actor, sure));
                }
                Look::Other => return None,
                _ => {}
            }
            let actors = self.agreeing(earlier, wanted, quote, own);
            match (wanted, actors.as_slice()) {
                (Wanted::Person(_), [.., last]) => return Some((*last, sure - 8)),
                (_, [only]) => return Some((*only, sure - 15)),
                (_, [_, _, ..]) => return None,
                (Wanted::Person(_), []) => {}
                (_, []) => {
                    let says_nothing = matches!(self.subjects[earlier], Subject::Unknown);
                    if !says_nothing {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// The actors of a line that agree, each once, in the order of their last mention outside quotations.
    fn agreeing(
        &self,
        line: usize,
        wanted: Wanted,
        quote: Option<usize>,
        own: Option<u32>,
    ) -> Vec<u32> {
        let mut actors = Vec::new();
        for &number in &self.by_line[line] {
            let entity = &self.entities[number];
            let is_outside = self.lines[line].quotes[entity.first].is_none();
            let is_person = matches!(wanted, Wanted::Person(_));
            if (is_outside || quote.is_some())
                && (entity.is_head || is_person)
                && self.agrees(entity, wanted)
                && Some(entity.actor) != own
                && !self.speaks_in(quote, entity.actor)
            {
                actors.retain(|&actor| actor != entity.actor);
                actors.push(entity.actor);
            }
        }
        actors
    }

    /// Nobody calls himself `he`.
    fn speaks_in(&self, quote: Option<usize>, actor: u32) -> bool {
        quote.is_some_and(|quote| self.quotes[quote].speaker == Some(actor))
    }

    fn subject_before(&self, line: usize, at: usize) -> Option<Look> {
        let verb = self.verbs_before(line, at).into_iter().next()?;
        match self.subject_of(line, verb) {
            Subject::Actor(number) => Some(Look::Found(self.entities[number].actor)),
            _ => None,
        }
    }

    fn look(&self, subject: Subject, wanted: Wanted, quote: Option<usize>) -> Look {
        match (subject, wanted) {
            (Subject::Actor(number), _) => {
                let entity = &self.entities[number];
                if self.speaks_in(quote, entity.actor) {
                    Look::Nothing
                } else if self.agrees(entity, wanted) {
                    Look::Found(entity.actor)
                } else {
                    Look::Nothing
                }
            }
            (Subject::GovernmentOf(number), Wanted::Organisation) => {
                // `the regime of Kim Jong Un` is no actor of the list.
                let owner = &self.entities[number];
                let is_person = owner.kind == ActorKind::Person;
                if is_person { Look::Other } else { Look::Found(owner.actor) }
            }
            (Subject::Person, Wanted::Person(_))
            | (Subject::For(_), Wanted::Person(_) | Wanted::Organisation)
            | (Subject::Thing | Subject::Paper, Wanted::Organisation)
            | (Subject::Several, Wanted::Group) => Look::Other,
            _ => Look::Nothing,
        }
    }

    fn agrees(&self, entity: &Entity, wanted: Wanted) -> bool {
        let is_person = entity.kind == ActorKind::Person;
        match wanted {
            Wanted::Person(gender) => is_person && self.persons.agrees(entity.actor, gender),
            Wanted::Organisation => !is_person && !entity.is_plural,
            Wanted::Group => entity.is_plural,
        }
    }
}
