//! What stands around a sentence? Read again from the articles that a run was made of, where they still are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::sheet::SheetRow;
use crate::ingest::Columns;
use crate::ingest::Options;
use crate::ingest::Record;
use crate::ingest::format;
use crate::ingest::read;
use crate::output::Manifest;
use crate::output::manifest::sha256_of_article;
use crate::output::read_articles;
use crate::text::Document;

/// Fills in the sentences around each row, as many on either side as asked for; gives the number of rows whose article
/// is no longer where it was read.
pub(super) fn add(dir: &Path, n_around: usize, rows: &mut [SheetRow]) -> anyhow::Result<usize> {
    if n_around == 0 {
        return Ok(0);
    }
    let wanted: BTreeSet<String> = rows.iter().map(|row| row.article_id.clone()).collect();
    let places = places(dir, &wanted)?;
    let documents = documents(&Manifest::read(dir)?, &places)?;
    let mut n_without = 0;
    for row in rows {
        let document = places.get(&row.article_id).and_then(|place| documents.get(&place.sha256));
        match document {
            Some(document) => around(document, n_around, row),
            None => n_without += 1,
        }
    }
    Ok(n_without)
}

/// Where an article was read, and what tells that it is the same.
struct Place {
    path: String,
    sha256: String,
}

fn places(dir: &Path, wanted: &BTreeSet<String>) -> anyhow::Result<BTreeMap<String, Place>> {
    let mut places = BTreeMap::new();
    for row in read_articles(dir)? {
        let row = row?;
        if wanted.contains(&row.article_id) {
            let place = Place { path: row.source_path, sha256: row.sha256 };
            places.insert(row.article_id, place);
        }
    }
    Ok(places)
}

/// The wanted articles by their hash, from those of the run's inputs that are still there.
fn documents(
    manifest: &Manifest,
    places: &BTreeMap<String, Place>,
) -> anyhow::Result<HashMap<String, Document>> {
    let hashes: BTreeSet<_> = places.values().map(|place| place.sha256.as_str()).collect();
    let paths: BTreeSet<_> = places.values().map(|place| PathBuf::from(&place.path)).collect();
    let paths: Vec<_> = paths.into_iter().filter(|path| path.is_file()).collect();
    let mut documents = HashMap::new();
    if paths.is_empty() {
        return Ok(documents);
    }
    for record in read(&paths, &options(manifest)?)? {
        let Ok(Record::Article(article)) = record else { continue };
        let hash = sha256_of_article(article.title.as_deref(), &article.text);
        if hashes.contains(hash.as_str()) {
            documents.insert(hash, Document::split(*article));
        }
    }
    Ok(documents)
}

/// The run's way of reading its inputs.
fn options(manifest: &Manifest) -> anyhow::Result<Options> {
    let parameter = |name: &str| manifest.parameters.get(name);
    let columns = parameter("columns").and_then(|columns| columns.as_array());
    let columns: Vec<_> = columns.into_iter().flatten().filter_map(|c| c.as_str()).collect();
    let named = parameter("input_format").and_then(|format| format.as_str());
    Ok(Options {
        columns: Columns::parse(&columns)?,
        format: named.map(format).transpose()?,
        ..Options::default()
    })
}

fn around(document: &Document, n: usize, row: &mut SheetRow) {
    let sentences: Vec<_> = document.sentences.iter().filter(|s| s.part == row.part).collect();
    let Some(place) = sentences.iter().position(|s| s.index == row.sentence) else { return };
    let join = |sentences: &[&crate::text::Sentence]| {
        let texts: Vec<_> = sentences.iter().map(|&s| document.text_of(s)).collect();
        texts.join(" ")
    };
    row.before = join(&sentences[place.saturating_sub(n)..place]);
    row.after = join(&sentences[place + 1..(place + 1 + n).min(sentences.len())]);
}
