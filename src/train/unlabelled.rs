//! Which sentences have no labels but a teacher to read them? Those that `detente score` found actors in.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::batch::Instance;
use crate::error::WithHint;
use crate::text::Span;

/// What is read of a row of `mentions.jsonl`; offsets are code points from the start of the part.
#[derive(Deserialize)]
struct Row {
    article_id: String,
    part: String,
    sentence: u32,
    start: usize,
    text: String,
    mentions: Vec<Mention>,
}

#[derive(Deserialize)]
struct Mention {
    start: usize,
    end: usize,
}

/// Reads the sentences of a run's `mentions.jsonl`, each with all its actors as targets; equal texts once.
///
/// # Errors
/// When the file can't be read, or a row is not one of `mentions` or contradicts itself, with `path:line`.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Instance>> {
    let content = fs_err::read_to_string(path)?;
    let mut sentences = Sentences::default();
    for (number, line) in (1..).zip(content.lines()) {
        sentences.add(line).with_context(|| format!("{}:{number}", path.display())).hint(|| {
            "give `mentions.jsonl` of a run: `detente score … -o DIR --format jsonl`".to_owned()
        })?;
    }
    sentences.close();
    Ok(sentences.instances)
}

#[derive(Default)]
struct Sentences {
    instances: Vec<Instance>,
    texts: HashSet<String>,
    /// The sentence whose rows are being read, and where it lies.
    open: Option<((String, String, u32), Instance)>,
}

impl Sentences {
    fn add(&mut self, line: &str) -> anyhow::Result<()> {
        let row: Row = serde_json::from_str(line)?;
        let place = (row.article_id, row.part, row.sentence);
        if self.open.as_ref().is_none_or(|(open, _)| *open != place) {
            self.close();
            self.open = Some((place, Instance { text: row.text, targets: vec![], pairs: vec![] }));
        }
        let (_, instance) = self.open.as_mut().expect("a sentence was just opened");
        let span = |mention: &Mention| {
            let start = mention.start.checked_sub(row.start)?;
            Span::from_chars(&instance.text, start..mention.end.checked_sub(row.start)?)
        };
        let spans: Option<Vec<Span>> = row.mentions.iter().map(span).collect();
        let spans = spans.context("a mention lies outside its sentence")?;
        ensure!(!spans.is_empty(), "a row without mentions");
        instance.targets.push(spans);
        Ok(())
    }

    /// Keeps the sentence whose rows have all been read.
    fn close(&mut self) {
        if let Some((_, instance)) = self.open.take()
            && self.texts.insert(instance.text.clone())
        {
            self.instances.push(instance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = r#"{"article_id":"a","part":"text","sentence":0,"start":10,"text":"É: Rur met Bor.","mentions":[{"start":13,"end":16}],"stance":"neutral"}
{"article_id":"a","part":"text","sentence":0,"start":10,"text":"É: Rur met Bor.","mentions":[{"start":21,"end":24}]}
{"article_id":"b","part":"title","sentence":0,"start":0,"text":"Bor left.","mentions":[{"start":0,"end":3}]}
{"article_id":"c","part":"title","sentence":0,"start":0,"text":"Bor left.","mentions":[{"start":0,"end":3}]}
"#;

    fn read_rows(rows: &str) -> anyhow::Result<Vec<Instance>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mentions.jsonl");
        fs_err::write(&path, rows).unwrap();
        read(&path)
    }

    #[test]
    fn rows_of_one_sentence_are_one_text_and_equal_texts_are_one() {
        let instances = read_rows(ROWS).unwrap();
        assert_eq!(instances.len(), 2);
        let named: Vec<&str> =
            instances[0].targets.iter().map(|spans| spans[0].of(&instances[0].text)).collect();
        assert_eq!(named, ["Rur", "Bor"]);
    }

    #[test]
    fn a_row_that_contradicts_itself_is_an_error_with_its_line() {
        let broken = ROWS.replace("\"end\":24", "\"end\":99");
        let error = read_rows(&broken).unwrap_err();
        assert!(format!("{error:#}").contains("mentions.jsonl:2"), "{error:#}");
        assert!(read_rows("{}").is_err());
    }
}
