//! Which articles of the runs repeat others? Told from the sentences that were scored, in the table `mentions`.

use std::path::PathBuf;

use crate::aggregate::ArticleKey;
use crate::aggregate::DuplicateFinder;
use crate::aggregate::Duplicates;
use crate::output::read_mentions;
use crate::score::MentionRow;

/// What is done about near-duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnDuplicates {
    Once,
    Cluster,
    Keep,
}

impl OnDuplicates {
    /// The name on the command line and in outputs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Cluster => "cluster",
            Self::Keep => "keep",
        }
    }
}

/// An article as its rows come.
struct Current {
    first: MentionRow,
    sentences: Vec<String>,
}

/// Finds near-duplicates among the articles of runs.
pub(super) fn find(dirs: &[PathBuf], threshold: f64) -> anyhow::Result<Duplicates> {
    let mut finder = DuplicateFinder::new(threshold);
    for (run, dir) in dirs.iter().enumerate() {
        let mut current: Option<Current> = None;
        for row in read_mentions(dir)? {
            let mut row = row?;
            let text = std::mem::take(&mut row.text);
            match &mut current {
                Some(Current { first, sentences }) if first.article_id == row.article_id => {
                    if (first.part, first.sentence) != (row.part, row.sentence) {
                        sentences.push(text);
                        (first.part, first.sentence) = (row.part, row.sentence);
                    }
                }
                _ => {
                    take(&mut finder, run, current.take());
                    current = Some(Current { first: row, sentences: vec![text] });
                }
            }
        }
        take(&mut finder, run, current);
    }
    Ok(finder.finish())
}

fn take(finder: &mut DuplicateFinder, run: usize, current: Option<Current>) {
    if let Some(Current { first, sentences }) = current {
        let key = ArticleKey::in_run(run, &first.article_id);
        let sentences = sentences.iter().map(String::as_str);
        finder.add(key, &first.article_id, first.date, sentences);
    }
}
