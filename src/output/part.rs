//! What is a part of a run? Some records of the archive in order, scored or skipped, in one checksummed file.
//!
//! The file begins with three lines: [`MAGIC`], the SHA-256 of all bytes after the second line, and a [`Header`] in
//! JSON; behind them, packed with zstd, stand the entries as `codec` lays them out, exact to the last bit.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

use super::partial::write_whole;
use crate::digest::sha256;
use crate::error::Skipped;
use crate::score::ArticleRows;

mod codec;

/// The first line of a part's file: what it is, and the version of its form.
const MAGIC: &[u8] = b"detente part 1\n";

/// The most bytes that the entries of one part may take, so that a damaged length can't fill the memory.
const MOST_BYTES: usize = 1 << 30;

/// What became of one record, or was said of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// An article's rows.
    Scored {
        /// The rows.
        rows: Box<ArticleRows>,
        /// SHA-256 over everything in the article that its rows come from, its place in the archive left out.
        content: String,
    },
    /// A record that could not be used.
    Skipped(Skipped),
    /// Something that was left out of an article.
    Warning(Skipped),
}

/// Records that were worked on together, in the order of the archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// SHA-256 over its records as they were read, places among them: the part's name.
    pub digest: String,
    /// What became of them.
    pub entries: Vec<Entry>,
}

/// What a part's file says of its articles without being unpacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    /// Each article's content digest and id, in order.
    pub(super) articles: Vec<(String, String)>,
}

impl Part {
    /// How many articles were scored.
    pub fn n_articles(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry, Entry::Scored { .. })).count()
    }

    /// Each article's content digest and id, in order.
    pub(super) fn header(&self) -> Header {
        let article = |entry: &Entry| match entry {
            Entry::Scored { rows, content } => {
                Some((content.clone(), rows.article.article_id.clone()))
            }
            Entry::Skipped(_) | Entry::Warning(_) => None,
        };
        Header { articles: self.entries.iter().filter_map(article).collect() }
    }

    /// Writes the part's file, complete or not at all, and brings it onto the disk.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut body = serde_json::to_vec(&self.header())?;
        body.push(b'\n');
        body.extend(zstd::bulk::compress(&codec::encode(&self.entries)?, 1)?);
        let sum = sha256([&body]);
        write_whole(path, &[MAGIC, sum.as_bytes(), b"\n", &body].concat())
    }

    /// Reads a part's file.
    ///
    /// # Errors
    /// When it can't be read, or is not as it was written.
    pub(super) fn read(path: &Path, digest: &str) -> anyhow::Result<Self> {
        let bytes = fs_err::read(path)?;
        let rest = bytes.strip_prefix(MAGIC).context("it is no part of a run")?;
        let (sum, rest) = rest.split_at_checked(64).context("it ends early")?;
        let body = rest.strip_prefix(b"\n").context("its checksum is damaged")?;
        ensure!(sum == sha256([body]).as_bytes(), "its checksum is another");
        let end = memchr::memchr(b'\n', body).context("it has no header")?;
        let unpacked = zstd::bulk::decompress(&body[end + 1..], size_of_packed(&body[end + 1..])?)?;
        let part = Self { digest: digest.to_owned(), entries: codec::decode(&unpacked)? };
        Ok(part)
    }
}

/// What the packed bytes say they hold.
fn size_of_packed(bytes: &[u8]) -> anyhow::Result<usize> {
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten();
    match size.and_then(|size| usize::try_from(size).ok()) {
        Some(size) if size <= MOST_BYTES => Ok(size),
        _ => bail!("its size is damaged"),
    }
}

/// Reads the first lines of a part's file alone; whether the rest is whole, [`Part::read`] says.
pub(super) fn read_header(path: &Path) -> anyhow::Result<Header> {
    let mut reader = BufReader::new(fs_err::File::open(path)?);
    let mut start = vec![0; MAGIC.len() + 65];
    reader.read_exact(&mut start)?;
    ensure!(start.starts_with(MAGIC), "it is no part of a run");
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    Ok(serde_json::from_slice(&line)?)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn skipped(reason: &str) -> Skipped {
        Skipped { path: "a.jsonl".into(), line: 3, reason: reason.to_owned() }
    }

    /// A part with an article of these rows, something skipped and a warning.
    pub(in crate::output) fn part(rows: ArticleRows) -> Part {
        let scored = Entry::Scored { rows: Box::new(rows), content: "c0ffee".to_owned() };
        let entries = vec![Entry::Skipped(skipped("no")), Entry::Warning(skipped("but")), scored];
        Part { digest: "d".to_owned(), entries }
    }

    proptest! {
        #[test]
        fn a_damaged_part_is_noticed(at in any::<prop::sample::Index>(), change in 1u8..=255, n_cut in 0usize..2) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.part");
            let whole = part(crate::output::tests::article_rows_for_parts());
            whole.write(&path).unwrap();
            prop_assert_eq!(&Part::read(&path, "d").unwrap(), &whole);
            prop_assert_eq!(read_header(&path).unwrap(), whole.header());
            let mut bytes = fs_err::read(&path).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= change;
            bytes.truncate(bytes.len() - n_cut);
            fs_err::write(&path, &bytes).unwrap();
            prop_assert!(Part::read(&path, "d").is_err());
        }
    }
}
