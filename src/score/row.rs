//! What is written down? One row per article, per article × sentence × actor, and per article × sentence × pair.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::Distribution;
use crate::mention::MentionKind;
use crate::mention::Voice;
use crate::text::Part;

/// One mention of a row's actor. Offsets are **code points** from the start of the part.
#[derive(Clone, Debug, PartialEq)]
pub struct MentionSpan {
    /// First code point.
    pub start: u32,
    /// Code point after the last.
    pub end: u32,
    /// The text as it stands there.
    pub surface: String,
    /// Whether it names the actor or refers back to it.
    pub kind: MentionKind,
    /// How sure it is that the actor is meant, 0…1; 1 for names that the list has.
    pub confidence: f32,
}

/// What a sentence carries toward one actor: a row of `mentions`. Offsets are **code points** from the start of the part.
#[derive(Clone, Debug, PartialEq)]
pub struct MentionRow {
    /// Joins to `articles`.
    pub article_id: String,
    /// Day of publication.
    pub date: Option<Date>,
    /// Publisher.
    pub outlet: Option<String>,
    /// `title` or `text`.
    pub part: Part,
    /// The sentence's number within the part, from 0.
    pub sentence: u32,
    /// First code point of the sentence.
    pub start: u32,
    /// Code point after the sentence's last.
    pub end: u32,
    /// The sentence.
    pub text: String,
    /// Id of the actor.
    pub actor: String,
    /// Name of the actor.
    pub actor_name: String,
    /// Top of the actor's parents on the article's date.
    pub actor_state: Option<String>,
    /// Where the sentence mentions it.
    pub mentions: Vec<MentionSpan>,
    /// Voice of the clause with the first mention.
    pub voice: Option<Voice>,
    /// Id of the actor who speaks there, where it is known; `None` in the text's own voice.
    pub speaker: Option<String>,
    /// Asserted, threatened, offered, conditional, denied, reported; `None` until built.
    pub modality: Option<String>,
    /// Stance toward the actor; `None` where the model has no such head.
    pub stance: Option<Distribution>,
    /// Sentiment toward the actor; `None` where the model has no such head.
    pub sentiment: Option<Distribution>,
    /// The dictionary baseline's net score, −1…+1; `None` until built.
    pub p_dictionary: Option<f32>,
    /// Whether the sentence was longer than the model's window and was read in several.
    pub is_cut: bool,
    /// The article's further fields.
    pub extra: Map<String, Value>,
}

/// How a dyad's source came to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceFrom {
    /// The sentence mentions it.
    Mention,
    /// It says what is said of the target, and the sentence doesn't mention it.
    Speaker,
    /// It is the text's own voice.
    Author,
}

impl SourceFrom {
    /// The name in outputs: `mention`, `speaker` or `author`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Speaker => "speaker",
            Self::Author => "author",
        }
    }
}

/// The stance of one source toward one target in a sentence: a row of `dyads`. Offsets as in [`MentionRow`].
#[derive(Clone, Debug, PartialEq)]
pub struct DyadRow {
    /// Joins to `articles`.
    pub article_id: String,
    /// Day of publication.
    pub date: Option<Date>,
    /// Publisher.
    pub outlet: Option<String>,
    /// `title` or `text`.
    pub part: Part,
    /// The sentence's number within the part, from 0.
    pub sentence: u32,
    /// First code point of the sentence.
    pub start: u32,
    /// Code point after the sentence's last.
    pub end: u32,
    /// Id of the source, or `author`.
    pub source: String,
    /// How it came to be the source.
    pub source_from: SourceFrom,
    /// On `author` rows, id of the actor whose own voice the text is.
    pub source_issuer: Option<String>,
    /// Top of the source's parents on the article's date.
    pub source_state: Option<String>,
    /// Id of the target.
    pub target: String,
    /// Top of the target's parents on the article's date.
    pub target_state: Option<String>,
    /// Voice of the clause with the target's first mention.
    pub voice: Option<Voice>,
    /// Asserted, threatened, offered, conditional, denied, reported; `None` until built.
    pub modality: Option<String>,
    /// Stance of the source toward the target.
    pub stance: Distribution,
    /// The article's further fields.
    pub extra: Map<String, Value>,
}

/// What was read of one article: a row of `articles`.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleRow {
    /// Unique in the run.
    pub article_id: String,
    /// Day of publication.
    pub date: Option<Date>,
    /// Publisher.
    pub outlet: Option<String>,
    /// Id of the actor whose own voice the text is.
    pub issuer: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// The file that it was read from.
    pub source_path: String,
    /// Its record number there, from 1.
    pub record: u64,
    /// SHA-256 of title, a line feed and text, in hexadecimal.
    pub sha256: String,
    /// Sentences found, the title among them.
    pub n_sentences: u32,
    /// Sentences that mention an actor, and so were scored.
    pub n_scored: u32,
    /// Mention rows.
    pub n_mentions: u32,
    /// Sentences read in several windows.
    pub n_cut: u32,
    /// ISO 639-3 code of the language it seems to be in.
    pub language: Option<String>,
    /// The article's further fields.
    pub extra: Map<String, Value>,
}
