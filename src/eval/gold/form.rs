//! How is a row understood? Each form's rules, from fields to an item with its labels.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::row::{
    Common, FlatPolarity, ListedStance, Polarities, Polarity, Rhetoric, Stretch, Targets,
};
use super::{Gold, GoldItem, GoldLabel, Purpose};
use crate::batch::{Instance, Pair};
use crate::error::Skipped;
use crate::model::Task;
use crate::text::Span;

const NEUTRAL: usize = 1;

/// Why a row can't be used.
type Reason = String;

/// Reads all rows of a file; `bytes` is its content, `path` names it.
pub(super) fn read(path: &Path, bytes: &[u8], purpose: Purpose) -> Gold {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let rows: Vec<(u64, Result<Value, Reason>)> = (1..)
        .zip(bytes.split(|&byte| byte == b'\n'))
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(number, line)| (number, parse(line)))
        .collect();
    let undirected = undirected_task(rows.iter().filter_map(|(_, row)| row.as_ref().ok()));
    let reader = Reader { purpose, undirected };
    let mut gold = Gold::default();
    for (line, row) in rows {
        match row.and_then(|row| reader.item(&row, &mut gold.n_left_out)) {
            Ok(Some(mut item)) => {
                if item.id.is_empty() {
                    item.id = format!("{}#{line}", path.display());
                }
                gold.items.push(item);
            }
            Ok(None) => {}
            Err(reason) => gold.skipped.push(Skipped { path: path.to_owned(), line, reason }),
        }
    }
    gold
}

fn parse(line: &[u8]) -> Result<Value, Reason> {
    let line = std::str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    // The parser counts lines from the record's start, which would contradict the file's line.
    serde_json::from_str(line)
        .map_err(|error| format!("not JSON: {error}").replace(" at line 1 column ", " at column "))
}

/// What the labels of undirected rows mean: stance if any label of the file can be nothing else.
fn undirected_task<'a>(mut rows: impl Iterator<Item = &'a Value>) -> Task {
    let is_stance = |target: &Value| {
        matches!(target.get("label").and_then(Value::as_str), Some("hostile" | "conciliatory"))
    };
    let targets = |row: &'a Value| row.get("targets").and_then(Value::as_array);
    if rows.any(|row| targets(row).into_iter().flatten().any(is_stance)) {
        Task::Stance
    } else {
        Task::Sentiment
    }
}

struct Reader {
    purpose: Purpose,
    undirected: Task,
}

impl Reader {
    /// `None` where the rules leave the whole row out.
    fn item(&self, row: &Value, n_left_out: &mut usize) -> Result<Option<GoldItem>, Reason> {
        if !row.is_object() {
            return Err("not a JSON object".to_owned());
        }
        let common: Common = fields(row)?;
        let mut item = if row.get("stances").is_some() {
            rhetoric(fields(row)?, n_left_out)?
        } else if row.get("text").is_some() {
            self.targets(fields(row)?, &common)?
        } else if row.get("sentence").or_else(|| row.get("sentence_normalized")).is_none() {
            return Err("neither a `text` nor a `sentence` field".to_owned());
        } else if row.get("targets").is_some() {
            let Polarities { sentence, targets } = fields(row)?;
            polarities(sentence, &targets)?
        } else {
            let FlatPolarity { sentence, target } = fields(row)?;
            polarities(sentence, &[target])?
        };
        if self.purpose == Purpose::Training && common.meta("source_actor").is_some() {
            let n_labels = item.labels.len();
            item.labels.retain(|label| label.class != NEUTRAL);
            *n_left_out += n_labels - item.labels.len();
            if item.labels.is_empty() {
                return Ok(None);
            }
        }
        item.group =
            common.genre.clone().or_else(|| common.meta("subset")).or(common.dataset.clone());
        item.document = common.meta("doc");
        item.id = common.id().unwrap_or_default();
        Ok(Some(item))
    }

    fn targets(&self, row: Targets, common: &Common) -> Result<GoldItem, Reason> {
        if row.targets.is_empty() {
            let label = row.sentence_label.ok_or("neither targets nor a `sentence_label`")?;
            let class = class(Task::Stance, &label)?;
            return Ok(GoldItem { sentence_label: Some(class), ..blank(row.text) });
        }
        let by_author = row.source == "author";
        if by_author && row.source_mention.is_some() {
            return Err("both `\"source\": \"author\"` and a `source_mention`".to_owned());
        }
        let mut item = blank(row.text);
        let source = row.source_mention.map(|source| add_target(&mut item, &source)).transpose()?;
        for target in row.targets {
            let index = add_target(&mut item, &target.stretch)?;
            if source.is_none() && !by_author {
                let class = class(self.undirected, &target.label)?;
                item.labels.push(GoldLabel { task: self.undirected, slot: index, class });
                continue;
            }
            let class = class(Task::Dyad, &target.label)?;
            item.labels.push(GoldLabel {
                task: Task::Dyad,
                slot: item.instance.pairs.len(),
                class,
            });
            item.instance.pairs.push(Pair { source: source.map(as_u32), target: as_u32(index) });
            let has_class = common.meta.get("class").is_some();
            if self.purpose == Purpose::Training && has_class && class != NEUTRAL {
                item.labels.push(GoldLabel { task: Task::Stance, slot: index, class });
            }
        }
        Ok(item)
    }
}

fn rhetoric(row: Rhetoric, n_left_out: &mut usize) -> Result<GoldItem, Reason> {
    let mut item = blank(row.text);
    let mut actors: Vec<String> = Vec::new();
    for mention in row.mentions {
        let span = span(&item.instance.text, &mention.stretch)?;
        if let Some(known) = actors.iter().position(|actor| *actor == mention.actor) {
            item.instance.targets[known].push(span);
        } else {
            actors.push(mention.actor);
            item.instance.targets.push(vec![span]);
        }
    }
    item.instance.targets.iter_mut().for_each(|spans| spans.sort_unstable());
    let listed = listed_pairs(&row.stances, &actors)?;
    let n_actors = as_u32(actors.len());
    let sources = [None].into_iter().chain((0..n_actors).map(Some));
    item.instance.pairs = sources
        .flat_map(|source| (0..n_actors).map(move |target| Pair { source, target }))
        .filter(|pair| pair.source != Some(pair.target))
        .collect();
    for (slot, pair) in item.instance.pairs.iter().enumerate() {
        let class = listed.get(pair).copied().unwrap_or(NEUTRAL);
        item.labels.push(GoldLabel { task: Task::Dyad, slot, class });
    }
    for slot in 0..actors.len() {
        match derived_stance(&listed, as_u32(slot)) {
            Some(class) => item.labels.push(GoldLabel { task: Task::Stance, slot, class }),
            None => *n_left_out += 1,
        }
    }
    for (actor, label) in &row.sentiment {
        let slot = index_of(actor, &actors)?;
        let class = class(Task::Sentiment, label)?;
        item.labels.push(GoldLabel { task: Task::Sentiment, slot, class });
    }
    item.labels.sort_by_key(|label| (label.task, label.slot));
    Ok(item)
}

fn listed_pairs(
    stances: &[ListedStance],
    actors: &[String],
) -> Result<BTreeMap<Pair, usize>, Reason> {
    let mut listed = BTreeMap::new();
    for ListedStance { source, target, stance } in stances {
        if source == target {
            return Err(format!("a stance of `{source}` toward itself"));
        }
        let target_index = as_u32(index_of(target, actors)?);
        let source_index = match source.as_str() {
            "author" => None,
            actor => Some(as_u32(index_of(actor, actors)?)),
        };
        let class = class(Task::Dyad, stance)?;
        let pair = Pair { source: source_index, target: target_index };
        if listed.insert(pair, class).is_some_and(|before| before != class) {
            return Err(format!("two stances of `{source}` toward `{target}`"));
        }
    }
    Ok(listed)
}

/// The stance toward a target, whoever holds it: the non-neutral label that all sources with a stance toward it
/// share, neutral if none has one, `None` where they disagree.
fn derived_stance(listed: &BTreeMap<Pair, usize>, target: u32) -> Option<usize> {
    let mut classes = listed
        .iter()
        .filter(|(pair, class)| pair.target == target && **class != NEUTRAL)
        .map(|(_, &class)| class);
    let first = classes.next().unwrap_or(NEUTRAL);
    classes.all(|class| class == first).then_some(first)
}

fn polarities(sentence: String, targets: &[Polarity]) -> Result<GoldItem, Reason> {
    let mut item = blank(sentence);
    for target in targets {
        let slot = add_target(&mut item, &target.stretch)?;
        // What else refers to the person helps to read the target; where it doesn't fit, the target is still sound.
        let further = target.further_mentions.iter();
        let further: Vec<Span> =
            further.filter_map(|f| span(&item.instance.text, f).ok()).collect();
        let spans = &mut item.instance.targets[slot];
        spans.extend(further);
        spans.sort_unstable();
        spans.dedup();
        let class = polarity(target.polarity)
            .ok_or_else(|| format!("`{}` is no polarity: -1, 0, 1 or 2, 4, 6", target.polarity))?;
        item.labels.push(GoldLabel { task: Task::Sentiment, slot, class });
    }
    if item.labels.is_empty() { Err("no targets".to_owned()) } else { Ok(item) }
}

#[expect(clippy::float_cmp, reason = "the values are small whole numbers, exact as floats")]
fn polarity(value: f64) -> Option<usize> {
    let scales = [[-1.0, 0.0, 1.0], [2.0, 4.0, 6.0]];
    scales.iter().find_map(|scale| scale.iter().position(|&step| step == value))
}

fn fields<T: DeserializeOwned>(row: &Value) -> Result<T, Reason> {
    T::deserialize(row).map_err(|error| error.to_string())
}

fn blank(text: String) -> GoldItem {
    GoldItem {
        id: String::new(),
        group: None,
        document: None,
        instance: Instance { text, targets: Vec::new(), pairs: Vec::new() },
        labels: Vec::new(),
        sentence_label: None,
    }
}

/// Adds a target with one mention; returns its index.
fn add_target(item: &mut GoldItem, stretch: &Stretch) -> Result<usize, Reason> {
    let span = span(&item.instance.text, stretch)?;
    item.instance.targets.push(vec![span]);
    Ok(item.instance.targets.len() - 1)
}

/// The bytes of a stretch, if the text says there what the row says.
fn span(text: &str, Stretch { mention, start, end }: &Stretch) -> Result<Span, Reason> {
    match Span::from_chars(text, *start..*end) {
        None => Err(format!("`{mention}` at {start}..{end} lies outside the text or is empty")),
        Some(span) if span.of(text) != mention => {
            Err(format!("`{mention}` is not at {start}..{end} but `{}`", span.of(text)))
        }
        Some(span) => Ok(span),
    }
}

fn class(task: Task, label: &str) -> Result<usize, Reason> {
    let labels = task.labels();
    labels.iter().position(|&known| known == label).ok_or_else(|| {
        format!("label `{label}` where the {} labels are {}", task.name(), labels.join(", "))
    })
}

fn index_of(actor: &str, actors: &[String]) -> Result<usize, Reason> {
    let index = actors.iter().position(|known| known == actor);
    index.ok_or_else(|| format!("actor `{actor}` has no mention"))
}

fn as_u32(index: usize) -> u32 {
    u32::try_from(index).expect("a row has fewer than 2³² targets")
}
