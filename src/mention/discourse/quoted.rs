//! Who says what stands between quotation marks? The verb beside it, the quotation before it, the sentence before.

use super::content::goes_with_quotes;
use super::speech::Attribution;
use super::story::Story;
use super::subject::Subject;
use crate::mention::ActorKind;
use crate::mention::Utterance;
use crate::mention::Voice;
use crate::text::Span;

/// The longest quotation, in words, that may be no more than a word held up.
const MOST_SCARE: usize = 3;

impl Story<'_> {
    /// Finds the speakers of the quotations in a line.
    pub(super) fn attribute_quotes(&mut self, index: usize, attributions: &[Attribution]) {
        let mut numbers: Vec<usize> = self.lines[index].quotes.iter().flatten().copied().collect();
        numbers.dedup();
        for number in numbers {
            if self.quotes[number].is_settled {
                continue;
            }
            if self.is_title(index, number) {
                self.quotes[number].is_settled = true;
                self.quotes[number].is_scare = true;
            } else if let Some(attribution) = self.beside(index, number, attributions) {
                self.quotes[number].speaker = attribution.speaker;
                self.quotes[number].is_settled = true;
            } else if self.quotes[number].last == index {
                self.settle_alone(index, number);
            }
        }
    }

    /// Whether marks hold up a title, a slogan, or a word or two that no verb leads to: `an article titled "…"`.
    fn is_title(&self, index: usize, number: usize) -> bool {
        let line = &self.lines[index];
        let quote = self.quotes[number];
        let Some(first) = line.quotes.iter().position(|quote| *quote == Some(number)) else {
            return false;
        };
        if first == 0 || quote.first != quote.last {
            return false;
        }
        let titles = [
            "titled",
            "entitled",
            "title",
            "slogan",
            "headed",
            "named",
            "headlined",
            "book",
            "film",
            "song",
            "gala",
            "codenamed",
            "newspaper",
            "magazine",
        ];
        let n_words = line.quotes.iter().filter(|quote| **quote == Some(number)).count();
        let leads = |at: usize| {
            goes_with_quotes(line, at) || line.reads(at, &["as", "that", "word", "words"])
        };
        let is_led = (first.saturating_sub(6)..first).any(leads);
        line.reads(first - 1, &titles) || n_words <= 2 && !is_led
    }

    /// The attribution that a quotation goes with: one that touches it, else the last before it, else the next.
    fn beside<'s>(
        &self,
        index: usize,
        number: usize,
        attributions: &'s [Attribution],
    ) -> Option<&'s Attribution> {
        let line = &self.lines[index];
        let first = line.quotes.iter().position(|quote| *quote == Some(number))?;
        let end = line.quotes.iter().rposition(|quote| *quote == Some(number))? + 1;
        let behind = attributions.iter().find(|one| one.start == end);
        let touches = behind.filter(|one| one.verb - one.start <= 12);
        let before = attributions.iter().rev().find(|one| one.verb < first);
        touches.or(before).or(behind).or_else(|| {
            attributions.iter().find(|one| one.verb >= end && !self.begins_line(index, number))
        })
    }

    fn begins_line(&self, index: usize, number: usize) -> bool {
        self.lines[index].quotes.first() == Some(&Some(number))
    }

    /// Decides for a quotation that no verb goes with.
    fn settle_alone(&mut self, index: usize, number: usize) {
        let line = &self.lines[index];
        let quote = self.quotes[number];
        let n_words = line.quotes.iter().filter(|quote| **quote == Some(number)).count();
        let is_told = (0..line.len())
            .any(|at| line.quotes[at].is_none() && goes_with_quotes(line, at) && line.is_verb(at));
        let is_part = !self.begins_line(quote.first, number);
        let (is_scare, speaker) = if is_part && quote.first == quote.last {
            let is_scare = n_words <= MOST_SCARE && !is_told;
            (is_scare, self.speaker(self.subjects[index]).filter(|_| !is_scare))
        } else {
            (false, self.speaker_from_before(number))
        };
        self.quotes[number] = super::story::Quote { speaker, is_settled: true, is_scare, ..quote };
    }

    /// Who went on speaking, or was introduced, before a quotation that stands by itself.
    fn speaker_from_before(&self, number: usize) -> Option<u32> {
        let first = self.quotes[number].first;
        let is_near = |other: usize| {
            let quote = self.quotes[other];
            quote.is_settled
                && !quote.is_scare
                && quote.last + 1 >= first
                && self.lines[quote.last].part == self.lines[first].part
        };
        if let Some(before) = number.checked_sub(1).filter(|&before| is_near(before)) {
            return self.quotes[before].speaker;
        }
        let line =
            first.checked_sub(1).filter(|&line| self.lines[line].part == self.lines[first].part)?;
        let said = self.utterances.iter().rev().find(|one| one.sentence as usize == line);
        if let Some(said) = said {
            return said.speaker;
        }
        let before = &self.lines[line];
        let is_announced = before.between(before.len()).contains(':');
        match self.subjects[line] {
            Subject::Actor(entity)
                if is_announced || self.entities[entity].kind == ActorKind::Person =>
            {
                Some(self.entities[entity].actor)
            }
            Subject::Paper if is_announced => self.writer.or(self.issuer),
            subject if is_announced => self.speaker(subject).or(self.writer),
            _ => None,
        }
    }

    /// Writes all quotations down, sentence by sentence.
    pub(super) fn utter_quotes(&mut self) {
        for (index, line) in self.lines.iter().enumerate() {
            let mut at = 0;
            while at < line.len() {
                let Some(number) = line.quotes[at] else {
                    at += 1;
                    continue;
                };
                let end = (at..line.len())
                    .find(|&next| line.quotes[next] != Some(number))
                    .unwrap_or(line.len());
                let quote = self.quotes[number];
                let bytes = line.tokens[at].start..line.tokens[end - 1].end;
                let sentence =
                    u32::try_from(index).expect("an article has fewer than 2^32 sentences");
                if let Some(span) = Span::new(line.text, bytes).filter(|_| !quote.is_scare) {
                    let voice = Voice::Quoted;
                    self.utterances.push(Utterance {
                        sentence,
                        span,
                        voice,
                        speaker: quote.speaker,
                    });
                }
                at = end;
            }
        }
    }
}
