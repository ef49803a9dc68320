//! Are descriptions, pronouns and speakers linked to the right actors? Measured on `eval/discourse/articles.txt`.
//!
//! `cargo test --test it discourse -- --nocapture` prints the table of `eval/results/discourse.md` and what was missed in
//! the half that rules may be written after. The other half is only counted.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use detente::mention::{
    ActorList, Anaphora, Base, Found, Gazetteer, Mention, MentionKind, Voice, voice_at,
};
use detente::text::{Article, Document, Origin, Part, Sentence};

/// A link that an annotator made; no actors where it isn't to be counted.
struct GoldLink {
    part: Part,
    bytes: Range<usize>,
    actors: Vec<String>,
}

/// A stretch in another voice than the author's.
struct GoldVoice {
    part: Part,
    bytes: Range<usize>,
    voice: Voice,
    /// `-` for nobody in the list, `?` where it isn't to be counted.
    speaker: String,
}

struct Gold {
    half: String,
    document: Document,
    links: Vec<GoldLink>,
    voices: Vec<GoldVoice>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Takes the marks out of a text.
struct Unmarking {
    part: Part,
    text: String,
    links: Vec<GoldLink>,
    voices: Vec<GoldVoice>,
}

impl Unmarking {
    fn read(&mut self, marked: &str) {
        let mut open: Vec<(usize, Voice, String)> = Vec::new();
        let mut rest = marked;
        while let Some(c) = rest.chars().next() {
            match c {
                '[' => {
                    let (inner, after) = rest[1..].split_once(']').unwrap();
                    let (surface, actors) = inner.split_once('|').unwrap();
                    let start = self.text.len();
                    self.text += surface;
                    let known = actors != "?";
                    let actors = actors.split('+').filter(|_| known).map(str::to_owned).collect();
                    self.links.push(GoldLink {
                        part: self.part,
                        bytes: start..self.text.len(),
                        actors,
                    });
                    rest = after;
                }
                '{' => {
                    let (head, after) = rest[1..].split_once(": ").unwrap();
                    let (voice, speaker) = head.split_once(' ').unwrap();
                    let voice = if voice == "q" { Voice::Quoted } else { Voice::Reported };
                    open.push((self.text.len(), voice, speaker.to_owned()));
                    rest = after;
                }
                '}' => {
                    let (start, voice, speaker) = open.pop().unwrap();
                    self.voices.push(GoldVoice {
                        part: self.part,
                        bytes: start..self.text.len(),
                        voice,
                        speaker,
                    });
                    rest = &rest[1..];
                }
                c => {
                    self.text.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        assert!(open.is_empty(), "an open brace in `{marked}`");
    }
}

fn gold() -> Vec<Gold> {
    let path = root().join("eval/discourse/articles.txt");
    let all = fs_err::read_to_string(&path).unwrap();
    let articles = all.split("=== ").skip(1).map(|block| {
        let (head, rest) = block.split_once('\n').unwrap();
        let (title, body) = rest.split_once('\n').unwrap();
        let mut head = head.split(' ');
        let (id, half, date) = (head.next().unwrap(), head.next().unwrap(), head.next().unwrap());
        let issuer = head.next().and_then(|field| field.strip_prefix("issuer="));
        let mut unmarking = Unmarking {
            part: Part::Title,
            text: String::new(),
            links: Vec::new(),
            voices: Vec::new(),
        };
        unmarking.read(title.strip_prefix("# ").unwrap());
        let title = std::mem::take(&mut unmarking.text);
        unmarking.part = Part::Text;
        unmarking.read(body.trim());
        let article = Article {
            id: id.to_owned(),
            date: Some(date.parse().unwrap()),
            outlet: None,
            issuer: issuer.map(str::to_owned),
            title: Some(title),
            text: unmarking.text,
            extra: serde_json::Map::new(),
            origin: Origin { path: Arc::new(PathBuf::from(&path)), record: 1, line: 1 },
        };
        let (links, voices) = (unmarking.links, unmarking.voices);
        Gold { half: half.to_owned(), document: Document::split(article), links, voices }
    });
    articles.collect()
}

/// Right ones among those predicted and among those that should be.
#[derive(Clone, Copy, Default)]
struct Count {
    right: usize,
    predicted: usize,
    found: usize,
    gold: usize,
}

impl Count {
    fn precision(self) -> f64 {
        self.right as f64 / self.predicted.max(1) as f64
    }
    fn recall(self) -> f64 {
        self.found as f64 / self.gold.max(1) as f64
    }
}

#[derive(Default)]
struct Scores {
    counts: BTreeMap<(String, &'static str), Count>,
    missed: Vec<String>,
}

impl Scores {
    fn of(&mut self, half: &str, what: &'static str) -> &mut Count {
        self.counts.entry((half.to_owned(), what)).or_default()
    }

    fn predicted(&mut self, half: &str, what: &'static str, is_right: bool) {
        let count = self.of(half, what);
        count.predicted += 1;
        count.right += usize::from(is_right);
    }

    fn gold(&mut self, half: &str, what: &'static str, is_found: bool) {
        let count = self.of(half, what);
        count.gold += 1;
        count.found += usize::from(is_found);
    }

    fn miss(&mut self, gold: &Gold, text: &str) {
        if gold.half == "fit" {
            self.missed.push(format!("{}: {text}", gold.document.article.id));
        }
    }
}

const PRONOUNS: [&str; 19] = [
    "he",
    "him",
    "his",
    "himself",
    "she",
    "her",
    "herself",
    "it",
    "its",
    "itself",
    "they",
    "them",
    "their",
    "themselves",
    "we",
    "us",
    "our",
    "ours",
    "ourselves",
];

/// Names, descriptions or pronouns.
fn class(surface: &str) -> &'static str {
    let lower = surface.to_lowercase();
    if PRONOUNS.contains(&lower.as_str()) {
        "pronouns"
    } else if surface.starts_with(char::is_uppercase) && !lower.starts_with("the ") {
        "names"
    } else {
        "descriptions"
    }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn score_links(gold: &Gold, found: &Found, list: &ActorList, scores: &mut Scores) {
    let part_of = |mention: &Mention| gold.document.sentences[mention.sentence as usize].part;
    let id = |mention: &Mention| list.get(mention.actor).id.as_str();
    for mention in found.mentions.iter().filter(|one| one.confidence < Mention::CERTAIN) {
        let (part, bytes) = (part_of(mention), mention.span.range());
        let over: Vec<&GoldLink> = gold
            .links
            .iter()
            .filter(|link| link.part == part && overlap(&link.bytes, &bytes))
            .collect();
        if over.iter().any(|link| link.actors.is_empty()) {
            continue;
        }
        let is_right = over.iter().any(|link| link.actors.iter().any(|actor| actor == id(mention)));
        let surface = mention.span.of(gold.document.part(part));
        let what = if mention.kind == MentionKind::Name { "names" } else { class(surface) };
        let what = if what == "names" && mention.kind == MentionKind::Anaphor {
            "descriptions"
        } else {
            what
        };
        scores.predicted(&gold.half, what, is_right);
        if !is_right {
            let sentence =
                gold.document.text_of(&gold.document.sentences[mention.sentence as usize]);
            scores.miss(
                gold,
                &format!(
                    "WRONG {what} `{surface}` = {} ({}) | {sentence}",
                    id(mention),
                    mention.confidence
                ),
            );
        }
    }
    for link in &gold.links {
        let surface = &gold.document.part(link.part)[link.bytes.clone()];
        for actor in &link.actors {
            let is_found = found.mentions.iter().any(|mention| {
                part_of(mention) == link.part
                    && overlap(&mention.span.range(), &link.bytes)
                    && id(mention) == actor
            });
            scores.gold(&gold.half, class(surface), is_found);
            if !is_found {
                let text = gold.document.part(link.part);
                let context = &text[..link.bytes.end];
                let context: String =
                    context.chars().rev().take(90).collect::<Vec<_>>().into_iter().rev().collect();
                scores.miss(
                    gold,
                    &format!("LOST {} `{surface}` = {actor} | …{context}", class(surface)),
                );
            }
        }
    }
}

/// A run of words of one sentence in one voice.
#[derive(Clone, Debug, PartialEq)]
struct Stretch {
    words: Range<usize>,
    voice: Voice,
    speaker: String,
}

fn words(text: &str, sentence: &Sentence) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in
        sentence.span.of(text).char_indices().map(|(at, c)| (at + sentence.span.start(), c))
    {
        match words.last_mut() {
            Some(last) if c.is_alphanumeric() && last.end == at => last.end = at + c.len_utf8(),
            _ if c.is_alphanumeric() => words.push(at..at + c.len_utf8()),
            _ => {}
        }
    }
    words
}

/// The runs of words that are not the author's; a `that` before one is not counted.
fn stretches(labels: &[(Voice, String)], words: &[Range<usize>], text: &str) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for (at, (voice, speaker)) in labels.iter().enumerate() {
        if *voice == Voice::Author {
            continue;
        }
        let goes_on = found.last().is_some_and(|last| {
            last.words.end == at && last.voice == *voice && last.speaker == *speaker
        });
        if goes_on {
            found.last_mut().unwrap().words.end += 1;
        } else {
            found.push(Stretch { words: at..at + 1, voice: *voice, speaker: speaker.clone() });
        }
    }
    for stretch in &mut found {
        if &text[words[stretch.words.start].clone()] == "that" {
            stretch.words.start += 1;
        }
    }
    found.retain(|stretch| !stretch.words.is_empty());
    found
}

fn is_same(a: &Stretch, b: &Stretch) -> bool {
    let both = a.words.end.min(b.words.end).saturating_sub(a.words.start.max(b.words.start));
    let all = a.words.end.max(b.words.end) - a.words.start.min(b.words.start);
    a.voice == b.voice && both * 2 >= all
}

/// Whether the speaker is the annotated one, or a body that belongs to it.
fn speaks_for(list: &ActorList, gold: &Gold, speaker: &str, wanted: &str) -> bool {
    let mut above = list.index_of(speaker);
    while let Some(actor) = above {
        if list.get(actor).id == wanted {
            return true;
        }
        above = list.parent_of(actor, gold.document.article.date);
    }
    false
}

fn score_voices(gold: &Gold, found: &Found, list: &ActorList, scores: &mut Scores) {
    for (number, sentence) in (0..).zip(&gold.document.sentences) {
        let text = gold.document.part(sentence.part);
        let words = words(text, sentence);
        let wanted = |word: &Range<usize>| {
            let over = gold
                .voices
                .iter()
                .filter(|one| one.part == sentence.part && one.bytes.contains(&word.start));
            over.min_by_key(|one| one.bytes.len())
                .map_or((Voice::Author, String::new()), |one| (one.voice, one.speaker.clone()))
        };
        let heard = |word: &Range<usize>| {
            let (voice, speaker) = voice_at(&found.utterances, number, word.start);
            (voice, speaker.map_or_else(|| "-".to_owned(), |actor| list.get(actor).id.clone()))
        };
        let wanted: Vec<_> = words.iter().map(wanted).collect();
        let heard: Vec<_> = words.iter().map(heard).collect();
        for (wanted, heard) in wanted.iter().zip(&heard) {
            scores.predicted(&gold.half, "words", wanted.0 == heard.0);
            scores.gold(&gold.half, "words", wanted.0 == heard.0);
        }
        let (wanted, heard) = (stretches(&wanted, &words, text), stretches(&heard, &words, text));
        score_stretches(gold, &wanted, &heard, list, scores, sentence);
    }
}

fn score_stretches(
    gold: &Gold,
    wanted: &[Stretch],
    heard: &[Stretch],
    list: &ActorList,
    scores: &mut Scores,
    sentence: &Sentence,
) {
    let name = |voice| if voice == Voice::Quoted { "quoted" } else { "reported" };
    let mut is_wrong = false;
    for one in heard {
        let same = wanted.iter().find(|other| is_same(one, other));
        scores.predicted(&gold.half, name(one.voice), same.is_some());
        scores.predicted(&gold.half, "voice", same.is_some());
        is_wrong |= same.is_none();
        if one.speaker != "-" && same.is_none_or(|same| same.speaker != "?") {
            let is_right =
                same.is_some_and(|same| speaks_for(list, gold, &one.speaker, &same.speaker));
            scores.predicted(&gold.half, "speaker", is_right);
            is_wrong |= !is_right;
        }
    }
    for one in wanted {
        let same = heard.iter().find(|other| is_same(one, other));
        scores.gold(&gold.half, name(one.voice), same.is_some());
        scores.gold(&gold.half, "voice", same.is_some());
        is_wrong |= same.is_none();
        if !matches!(one.speaker.as_str(), "-" | "?") {
            let is_found =
                same.is_some_and(|same| speaks_for(list, gold, &same.speaker, &one.speaker));
            scores.gold(&gold.half, "speaker", is_found);
            is_wrong |= !is_found;
        }
    }
    if is_wrong {
        let show = |all: &[Stretch]| {
            all.iter()
                .map(|one| format!("{}:{}@{:?}", name(one.voice), one.speaker, one.words))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let text = gold.document.text_of(sentence).to_owned();
        scores.miss(
            gold,
            &format!("VOICE wanted [{}] heard [{}] | {text}", show(wanted), show(heard)),
        );
    }
}

fn scores() -> Scores {
    let files = ["examples/actors.csv", "eval/discourse/actors.csv"].map(|file| root().join(file));
    let (list, problems) = ActorList::load(Base::BuiltIn, &files).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let gazetteer = Gazetteer::new(list).unwrap();
    let mut scores = Scores::default();
    for gold in gold() {
        for speaker in gold.voices.iter().map(|one| &one.speaker) {
            let is_known = matches!(speaker.as_str(), "-" | "?")
                || gazetteer.actors().index_of(speaker).is_some();
            assert!(is_known, "nobody is called `{speaker}`");
        }
        for actor in gold.links.iter().flat_map(|link| &link.actors) {
            assert!(gazetteer.actors().index_of(actor).is_some(), "nobody is called `{actor}`");
        }
        let found = gazetteer.read(&gold.document, Anaphora::All);
        score_links(&gold, &found, gazetteer.actors(), &mut scores);
        score_voices(&gold, &found, gazetteer.actors(), &mut scores);
    }
    scores
}

#[test]
#[expect(clippy::print_stdout, reason = "shown on demand")]
fn links_voices_and_speakers_are_right_often_enough() {
    let mut scores = scores();
    for line in &scores.missed {
        println!("{line}");
    }
    println!(
        "{:<6} {:<13} {:>9} {:>7} {:>9} {:>6}",
        "half", "what", "precision", "recall", "predicted", "gold"
    );
    for ((half, what), count) in &scores.counts {
        println!(
            "{half:<6} {what:<13} {:>9.3} {:>7.3} {:>9} {:>6}",
            count.precision(),
            count.recall(),
            count.predicted,
            count.gold
        );
    }
    for half in ["fit", "held"] {
        for (what, precision, recall) in [
            ("names", 0.90, 0.80),
            ("descriptions", 0.80, 0.55),
            ("pronouns", 0.80, 0.60),
            ("voice", 0.88, 0.88),
            ("speaker", 0.80, 0.80),
        ] {
            let count = *scores.of(half, what);
            assert!(
                count.precision() >= precision,
                "{half} {what}: precision {:.3}",
                count.precision()
            );
            assert!(count.recall() >= recall, "{half} {what}: recall {:.3}", count.recall());
        }
    }
}
