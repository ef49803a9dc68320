//! What do rows look like? Small ones, for the tests of this folder and of the command line.

use jiff::civil::date;

use crate::score::Distribution;
use crate::score::DyadRow;
use crate::score::MentionRow;
use crate::score::Part;
use crate::score::SourceFrom;

/// A distribution with this net stance and nothing on the other side.
fn stance(net: f32) -> Distribution {
    Distribution::new([(-net).max(0.0), 1.0 - net.abs(), net.max(0.0)])
}

/// A mention row with this net stance.
pub(crate) fn mention(article: &str, sentence: u32, actor: &str, net: f32) -> MentionRow {
    MentionRow {
        article_id: article.to_owned(),
        date: Some(date(2031, 5, 14)),
        outlet: Some("Fjord Post".to_owned()),
        part: Part::Text,
        sentence,
        start: 0,
        end: 1,
        text: String::new(),
        actor: actor.to_owned(),
        actor_name: format!("Name of {actor}"),
        actor_state: None,
        mentions: Vec::new(),
        voice: None,
        speaker: None,
        modality: None,
        stance: Some(stance(net)),
        sentiment: None,
        p_dictionary: None,
        is_cut: false,
        extra: serde_json::Map::new(),
    }
}

/// A dyad row with this net stance.
pub(crate) fn dyad(article: &str, sentence: u32, source: &str, target: &str, net: f32) -> DyadRow {
    DyadRow {
        article_id: article.to_owned(),
        date: Some(date(2031, 5, 14)),
        outlet: Some("Fjord Post".to_owned()),
        part: Part::Text,
        sentence,
        start: 0,
        end: 1,
        source: source.to_owned(),
        source_from: if source == "author" { SourceFrom::Author } else { SourceFrom::Mention },
        source_issuer: None,
        source_state: None,
        target: target.to_owned(),
        target_state: None,
        voice: None,
        modality: None,
        stance: stance(net),
        extra: serde_json::Map::new(),
    }
}
