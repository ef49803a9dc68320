//! How is a row understood? Each form's rules, from fields to an item with its labels.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::coders::{Coded, absorb, by_coder, settle};
use super::layout::{Absent, Layout};
use super::row::{Common, FlatPolarity, Polarities, Stretch, Target, Targets};
use super::{Gold, GoldItem, GoldLabel, Purpose, table};
use crate::batch::{Instance, Pair};
use crate::error::Skipped;
use crate::model::Task;
use crate::text::Span;

pub(super) const NEUTRAL: usize = 1;

/// Why a row can't be used.
pub(super) type Reason = String;

/// Reads all rows of a file; `bytes` is its content, `path` names it, and its extension says whether it is a table.
pub(super) fn read(
    path: &Path,
    bytes: &[u8],
    purpose: Purpose,
    layout: &Layout,
) -> anyhow::Result<Gold> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let rows = match extension.as_str() {
        "csv" | "tsv" | "txt" => {
            table::rows(bytes, layout).with_context(|| path.display().to_string())?
        }
        "seg" | "raw" => table::segments(bytes),
        _ => lines(bytes),
    };
    let undirected = undirected_task(rows.iter().filter_map(|(_, row)| row.as_ref().ok()), layout);
    let reader = Reader { purpose, undirected, layout };
    let mut all = Rows { path, gold: Gold::default(), joined: BTreeMap::new() };
    for (line, row) in rows {
        let item = row.and_then(|row| reader.item(&row, &mut all.gold.n_left_out));
        all.add(line, item);
    }
    Ok(all.finish())
}

/// The rows of JSON lines with their line.
fn lines(bytes: &[u8]) -> Vec<(u64, Result<Value, Reason>)> {
    (1..)
        .zip(bytes.split(|&byte| byte == b'\n'))
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(number, line)| (number, parse(line)))
        .collect()
}

fn parse(line: &[u8]) -> Result<Value, Reason> {
    let line = std::str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    // The parser counts lines from the record's start, which would contradict the file's line.
    serde_json::from_str(line)
        .map_err(|error| format!("not JSON: {error}").replace(" at line 1 column ", " at column "))
}

/// What is read of a row.
pub(super) struct Read {
    item: GoldItem,
    /// Whether it holds one coder's labels of what others labelled too.
    is_one_coders: bool,
}

/// The rows read so far.
struct Rows<'a> {
    path: &'a Path,
    gold: Gold,
    /// Where the item is that coders' rows of the same id and text join.
    joined: BTreeMap<(String, String), usize>,
}

impl Rows<'_> {
    fn add(&mut self, line: u64, read: Result<Option<Read>, Reason>) {
        let Read { mut item, is_one_coders } = match read {
            Ok(Some(read)) => read,
            Ok(None) => return,
            Err(reason) => return self.skip(line, reason),
        };
        if is_one_coders {
            let key = (item.id.clone(), item.instance.text.clone());
            let next = self.gold.items.len();
            let place = *self.joined.entry(key).or_insert(next);
            if place < next {
                if let Some(coder) = absorb(&mut self.gold.items[place], item).first() {
                    self.skip(line, format!("coder `{coder}` has labelled this already"));
                }
                return;
            }
        }
        if item.id.is_empty() {
            item.id = format!("{}#{line}", self.path.display());
        }
        self.gold.items.push(item);
    }

    fn skip(&mut self, line: u64, reason: Reason) {
        self.gold.skipped.push(Skipped { path: self.path.to_owned(), line, reason });
    }

    fn finish(mut self) -> Gold {
        let n_undecided: usize = self.gold.items.iter_mut().map(settle).sum();
        self.gold.n_left_out += n_undecided;
        self.gold
    }
}

/// What the labels of undirected rows mean: stance if any label of the file can be nothing else.
fn undirected_task<'a>(mut rows: impl Iterator<Item = &'a Value>, layout: &Layout) -> Task {
    let is_stance = |label: &Value| {
        let label = label.as_str().map(|label| layout.label(label).to_lowercase());
        matches!(label.as_deref(), Some("hostile" | "conciliatory"))
    };
    let is_stance = |target: &Value| {
        let coded = target.get("labels").and_then(Value::as_object);
        target.get("label").is_some_and(is_stance)
            || coded.into_iter().flat_map(|coded| coded.values()).any(is_stance)
    };
    let targets = |row: &'a Value| row.get("targets").and_then(Value::as_array);
    if rows.any(|row| targets(row).into_iter().flatten().any(is_stance)) {
        Task::Stance
    } else {
        Task::Sentiment
    }
}

pub(super) struct Reader<'a> {
    purpose: Purpose,
    undirected: Task,
    pub(super) layout: &'a Layout,
}

impl Reader<'_> {
    /// `None` where the rules leave the whole row out.
    fn item(&self, row: &Value, n_left_out: &mut usize) -> Result<Option<Read>, Reason> {
        if !row.is_object() {
            return Err("not a JSON object".to_owned());
        }
        let common: Common = fields(row)?;
        let mut item = self.labelled(row, &common, n_left_out)?;
        if self.purpose == Purpose::Training && common.meta("source_actor").is_some() {
            let n_labels = item.labels.len();
            item.labels.retain(|label| label.class != NEUTRAL);
            *n_left_out += n_labels - item.labels.len();
            if item.labels.is_empty() {
                return Ok(None);
            }
        }
        let (actors, modality) = (item.facets.actors, item.facets.modality);
        item.facets = super::Facets { actors, modality, ..common.facets() };
        item.group =
            common.genre.clone().or_else(|| common.meta("subset")).or(common.dataset.clone());
        item.document = common.meta("doc");
        item.id = common.id().unwrap_or_default();
        if let Some(coder) = &common.coder {
            by_coder(&mut item, coder);
        }
        Ok(Some(Read { item, is_one_coders: common.coder.is_some() }))
    }

    fn labelled(
        &self,
        row: &Value,
        common: &Common,
        n_left_out: &mut usize,
    ) -> Result<GoldItem, Reason> {
        if row.get("stances").is_some() {
            self.rhetoric(fields(row)?, n_left_out)
        } else if row.get("text").is_some() {
            self.targets(fields(row)?, common)
        } else if row.get("sentence").or_else(|| row.get("sentence_normalized")).is_none() {
            Err("neither a `text` nor a `sentence` field".to_owned())
        } else if row.get("targets").is_some() {
            let Polarities { sentence, targets } = fields(row)?;
            self.polarities(sentence, &targets)
        } else {
            let FlatPolarity { sentence, target } = fields(row)?;
            self.polarities(sentence, &[target])
        }
    }

    fn targets(&self, row: Targets, common: &Common) -> Result<GoldItem, Reason> {
        if row.targets.is_empty() {
            let label = row.sentence_label.ok_or("neither targets nor a `sentence_label`")?;
            let class = self.class(Task::Stance, &label)?;
            return Ok(GoldItem { sentence_label: Some(class), ..blank(row.text) });
        }
        let by_author = row.source == "author";
        if by_author && row.source_mention.is_some() {
            return Err("both `\"source\": \"author\"` and a `source_mention`".to_owned());
        }
        let mut item = blank(row.text);
        let source = row.source_mention.map(|source| self.add_target(&mut item, &source, None));
        let source = source.transpose()?;
        for target in row.targets {
            let index = self.add_target(&mut item, &target.stretch, target.actor.clone())?;
            let is_directed = source.is_some() || by_author;
            let (task, slot) = if is_directed {
                let pair = Pair { source: source.map(as_u32), target: as_u32(index) };
                item.instance.pairs.push(pair);
                (Task::Dyad, item.instance.pairs.len() - 1)
            } else {
                (self.undirected, index)
            };
            item.facets.modality.extend(target.modality.clone().map(|modality| (slot, modality)));
            let class = self.add_label(&mut item, task, slot, &target)?;
            let is_dse = common.meta.get("class").is_some() && is_directed;
            let known = class.filter(|&class| class != NEUTRAL && is_dse);
            if let Some(class) = known.filter(|_| self.purpose == Purpose::Training) {
                item.labels.push(GoldLabel { task: Task::Stance, slot: index, class });
            }
        }
        Ok(item)
    }

    /// Adds a target's label, or those of its coders; gives the class where there is one label.
    fn add_label(
        &self,
        item: &mut GoldItem,
        task: Task,
        slot: usize,
        target: &Target,
    ) -> Result<Option<usize>, Reason> {
        if let Some(label) = &target.label {
            let class = self.class(task, label)?;
            item.labels.push(GoldLabel { task, slot, class });
            return Ok(Some(class));
        }
        let said = target.labels.iter().filter_map(|(coder, label)| Some((coder, label.as_ref()?)));
        let by: BTreeMap<String, usize> = said
            .map(|(coder, label)| Ok((coder.clone(), self.class(task, label)?)))
            .collect::<Result<_, Reason>>()?;
        if by.is_empty() {
            return Err("missing field `label`".to_owned());
        }
        item.coded.push(Coded { task, slot, by });
        Ok(None)
    }

    /// Adds a target; returns its index.
    pub(super) fn add_target(
        &self,
        item: &mut GoldItem,
        stretch: &Stretch,
        actor: Option<String>,
    ) -> Result<usize, Reason> {
        let places = self.places(&item.instance.text, stretch)?;
        item.instance.targets.push(places);
        item.facets.actors.push(actor.unwrap_or_else(|| stretch.mention.clone()));
        Ok(item.instance.targets.len() - 1)
    }

    /// Where a stretch stands, if the text says there what the row says.
    pub(super) fn places(&self, text: &str, stretch: &Stretch) -> Result<Vec<Span>, Reason> {
        let places = self.layout.offsets.places(text, stretch);
        let is_topic = stretch.start.is_none() && stretch.end.is_none();
        match Span::new(text, 0..text.len()) {
            Some(whole) if is_topic && self.layout.absent == Absent::WholeText => {
                places.or(Ok(vec![whole]))
            }
            _ => places,
        }
    }

    pub(super) fn class(&self, task: Task, label: &str) -> Result<usize, Reason> {
        let labels = task.labels();
        let ours = self.layout.label(label).to_lowercase();
        labels.iter().position(|&known| known == ours).ok_or_else(|| {
            format!("label `{label}` where the {} labels are {}", task.name(), labels.join(", "))
        })
    }
}

fn fields<T: DeserializeOwned>(row: &Value) -> Result<T, Reason> {
    T::deserialize(row).map_err(|error| error.to_string())
}

pub(super) fn blank(text: String) -> GoldItem {
    GoldItem { instance: Instance { text, ..Instance::default() }, ..GoldItem::default() }
}

pub(super) fn as_u32(index: usize) -> u32 {
    u32::try_from(index).expect("a row has fewer than 2³² targets")
}
