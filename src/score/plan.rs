//! What is to be read in a document? Each sentence that mentions an actor, once, with everybody in it.

use std::collections::BTreeMap;

use crate::batch::Instance;
use crate::batch::Pair;
use crate::mention::Mention;
use crate::text::Document;

/// The actors of one sentence, each with its mentions in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentenceActors {
    /// Index of the sentence in the document.
    pub sentence: u32,
    /// The actors, by their first mention: index in the actor list, and where the sentence mentions it.
    pub actors: Vec<(u32, Vec<Mention>)>,
}

/// Gathers a document's mentions by sentence and actor; sentences without a mention are left out.
pub fn sentences_with_actors(mentions: &[Mention]) -> Vec<SentenceActors> {
    let mut sentences: BTreeMap<u32, Vec<(u32, Vec<Mention>)>> = BTreeMap::new();
    for &mention in mentions {
        let actors = sentences.entry(mention.sentence).or_default();
        match actors.iter_mut().find(|(actor, _)| *actor == mention.actor) {
            Some((_, mentions)) => mentions.push(mention),
            None => actors.push((mention.actor, vec![mention])),
        }
    }
    sentences.into_iter().map(|(sentence, actors)| SentenceActors { sentence, actors }).collect()
}

impl SentenceActors {
    /// What a model is to read: the sentence, its actors as targets, and every ordered pair of them, the text's own
    /// voice among the sources.
    pub fn instance(&self, document: &Document) -> Instance {
        let sentence = &document.sentences[self.sentence as usize];
        let in_sentence = |mention: &Mention| {
            mention.span.relative_to(sentence.span.start()).expect("a mention lies in its sentence")
        };
        let n = u32::try_from(self.actors.len()).expect("a sentence has few actors");
        Instance {
            text: document.text_of(sentence).to_owned(),
            targets: self
                .actors
                .iter()
                .map(|(_, mentions)| mentions.iter().map(in_sentence).collect())
                .collect(),
            pairs: (0..n)
                .flat_map(|target| sources(n, target).map(move |source| Pair { source, target }))
                .collect(),
        }
    }
}

/// The text's own voice, then every other actor.
fn sources(n: u32, target: u32) -> impl Iterator<Item = Option<u32>> {
    std::iter::once(None).chain((0..n).filter(move |&source| source != target).map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::MentionKind;
    use crate::text::{Part, Sentence, Span};

    #[test]
    fn an_actor_with_two_mentions_is_one_target_and_pairs_go_both_ways() {
        let text = "Ahoj. Oslo told Rome that Oslo left.";
        let article = crate::score::tests::article(None, text);
        let span = |range| Span::new(text, range).unwrap();
        let sentences = vec![Sentence { part: Part::Text, index: 0, span: span(6..36) }];
        let document = Document { article, sentences };
        let mention = |actor, range| Mention {
            actor,
            sentence: 0,
            span: span(range),
            kind: MentionKind::Name,
            confidence: Mention::CERTAIN,
        };
        let found =
            sentences_with_actors(&[mention(7, 6..10), mention(3, 16..20), mention(7, 26..30)]);
        let [sentence] = found.as_slice() else { panic!("one sentence, not {found:?}") };
        let instance = sentence.instance(&document);
        let under: Vec<Vec<&str>> = instance
            .targets
            .iter()
            .map(|spans| spans.iter().map(|span| span.of(&instance.text)).collect())
            .collect();
        assert_eq!(under, [vec!["Oslo", "Oslo"], vec!["Rome"]]);
        let pairs: Vec<_> = instance.pairs.iter().map(|pair| (pair.source, pair.target)).collect();
        assert_eq!(pairs, [(None, 0), (Some(1), 0), (None, 1), (Some(0), 1)]);
    }
}
