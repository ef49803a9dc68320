//! Who is `we`? The body whose statement it is, or who speaks in the quotation.

use super::story::{Place, Story};
use crate::mention::ActorKind;
use crate::mention::MentionKind;
use crate::mention::Voice;
use crate::mention::voice_at;
use crate::text::Part;

const FIRST_PERSON: [&str; 5] = ["we", "our", "us", "ours", "ourselves"];

impl Story<'_> {
    /// Links the first person plural of a line: in quotations and in what somebody recites to the speaker, elsewhere
    /// to the issuer. A person says `we` of who knows whom, so only bodies count.
    pub(super) fn refer_to_speakers(&mut self, line: usize) {
        for at in 0..self.lines[line].len() {
            let here = &self.lines[line];
            let is_shouted = here.surface(at) == "US";
            if here.cover[at].is_some() || is_shouted || !here.reads(at, &FIRST_PERSON) {
                continue;
            }
            let sentence = u32::try_from(line).expect("an article has fewer than 2^32 sentences");
            let (voice, speaker) = voice_at(&self.utterances, sentence, here.tokens[at].start);
            let speaker = match voice {
                Voice::Author => self.issuer.filter(|_| here.part == Part::Text),
                Voice::Quoted | Voice::Reported => speaker,
            };
            let is_body = |&actor: &u32| self.list.get(actor).kind != ActorKind::Person;
            if let Some(actor) = speaker.filter(is_body) {
                let confidence = if here.quotes[at].is_some() { 85 } else { 95 };
                self.link(
                    Place { line, first: at, last: at },
                    actor,
                    confidence,
                    MentionKind::Anaphor,
                );
            }
        }
    }
}
