//! How does one get from inputs to articles? File after file, record after record, ids checked.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::article::Mapping;
use super::sniff::sniff;
use super::source::{is_stdin, size_of};
use super::walk::{Step, walk};
use super::{Columns, Encoding, Format, RawRecord, RawRecords, Source, clip};
use crate::error::Skipped;
use crate::text::Article;

/// How inputs are to be read.
#[derive(Clone)]
pub struct Options {
    /// What the user says about columns.
    pub columns: Columns,
    /// The actor whose own voice an outlet's texts are, by outlet; the letters' case doesn't matter.
    /// A record's own issuer comes first.
    pub issuers: BTreeMap<String, String>,
    /// The format of standard input and of files whose name says nothing; `None` to tell it from the
    /// bytes of standard input, and to refuse such files.
    pub format: Option<&'static dyn Format>,
    /// What text is written in where no byte-order mark says it; `None` for UTF-8.
    pub encoding: Option<Encoding>,
    /// The most bytes that one record may hold; longer ones are skipped without being held in memory.
    pub max_record_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            columns: Columns::default(),
            issuers: BTreeMap::new(),
            format: None,
            encoding: None,
            max_record_bytes: 64 << 20,
        }
    }
}

/// What comes out of an archive.
///
/// Every [`Article`](Self::Article) and every [`Skipped`](Self::Skipped) is one record read, so the two add up
/// to it; a file that cannot be read, or not to its end, counts as one skipped record.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// An article to score.
    Article(Box<Article>),
    /// A record, or a whole file, that could not be used.
    Skipped(Skipped),
    /// Something that had to be left out of the article that follows, such as a date that isn't one.
    Warning(Skipped),
}

/// A file that is read, for the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// As named on the command line or found in a folder; `-` for standard input.
    pub path: PathBuf,
    /// Its size as stored; `None` for pipes.
    pub n_bytes: Option<u64>,
}

/// Reads articles from files, folders and, for `-`, standard input.
///
/// Files are read as named, those in folders in the order of their names. What a file is, its extension says.
///
/// # Errors
/// Before anything is read: when an input doesn't exist, or is named and of an unknown extension.
/// As the last item: when a column that `options` name isn't in the first record of a file.
/// Anything else that's wrong is a [`Record::Skipped`].
pub fn read(inputs: &[PathBuf], options: &Options) -> anyhow::Result<Reader> {
    let steps = walk(inputs, options.format)?;
    let files = steps
        .iter()
        .filter_map(|step| match step {
            Step::File { path, .. } => {
                Some(InputFile { path: path.clone(), n_bytes: size_of(path) })
            }
            Step::Skipped(_) => None,
        })
        .collect();
    let issuers =
        options.issuers.iter().map(|(o, i)| (o.trim().to_lowercase(), i.clone())).collect();
    Ok(Reader {
        options: Options { issuers, ..options.clone() },
        files,
        steps: steps.into(),
        current: None,
        ids: HashSet::new(),
        queue: VecDeque::new(),
        is_over: false,
        n_read: Arc::default(),
    })
}

/// The records of all inputs; made by [`read`].
pub struct Reader {
    options: Options,
    files: Vec<InputFile>,
    steps: VecDeque<Step>,
    current: Option<Current>,
    /// Hashes of the ids seen, 64 bits each: among a million ids two different ones share a hash with a
    /// probability of 3 in 10⁸.
    ids: HashSet<u64>,
    queue: VecDeque<Record>,
    is_over: bool,
    /// Bytes read of all files, as stored.
    n_read: Arc<AtomicU64>,
}

/// The file being read.
struct Current {
    path: Arc<PathBuf>,
    records: RawRecords,
    n_records: u64,
    /// What the user says about columns, if it has any.
    columns: Columns,
    /// Whether its columns are still to be held against that.
    is_unchecked: bool,
}

impl Reader {
    /// The files that are read, in their order.
    pub fn files(&self) -> &[InputFile] {
        &self.files
    }

    /// Counts the bytes read so far of all files, as stored; for showing how far a run has come.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    /// The bytes of all files, as stored; `None` where one is a pipe.
    pub fn n_bytes(&self) -> Option<u64> {
        self.files.iter().map(|file| file.n_bytes).sum()
    }

    fn open(&mut self, path: &Path, format: Option<&'static dyn Format>) {
        match open(path, format, &self.options, &self.n_read) {
            Ok(current) => self.current = Some(current),
            Err(error) => {
                let (path, reason) = (path.to_path_buf(), format!("{error:#}"));
                self.queue.push_back(Record::Skipped(Skipped { path, line: 1, reason }));
            }
        }
    }

    fn take(&mut self, mut current: Current, raw: RawRecord) -> anyhow::Result<()> {
        current.n_records += 1;
        let at = |reason| Skipped { path: current.path.to_path_buf(), line: raw.line, reason };
        let checked = raw.fields.and_then(|fields| {
            if current.is_unchecked {
                current.is_unchecked = false;
                if let Err(error) = current.columns.check(&fields) {
                    return Ok(Err(error));
                }
            }
            let mapping = Mapping { columns: &current.columns, path: &current.path };
            mapping.map(fields, current.n_records, raw.line).map(Ok)
        });
        match checked {
            Err(reason) => self.queue.push_back(Record::Skipped(at(reason))),
            Ok(Err(error)) => {
                return Err(error).with_context(|| current.path.display().to_string());
            }
            Ok(Ok((article, _))) if !self.ids.insert(hash(&article.id)) => {
                let reason = format!("the id `{}` was read before", clip(&article.id));
                self.queue.push_back(Record::Skipped(at(reason)));
            }
            Ok(Ok((mut article, warnings))) => {
                article.issuer = article.issuer.take().or_else(|| self.issuer_of(&article));
                let warnings = raw.warnings.into_iter().chain(warnings);
                self.queue.extend(warnings.map(|reason| Record::Warning(at(reason))));
                self.queue.push_back(Record::Article(Box::new(article)));
            }
        }
        self.current = Some(current);
        Ok(())
    }

    fn issuer_of(&self, article: &Article) -> Option<String> {
        self.options.issuers.get(&article.outlet.as_ref()?.to_lowercase()).cloned()
    }
}

impl Iterator for Reader {
    type Item = anyhow::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            if let Some(record) = self.queue.pop_front() {
                return Some(Ok(record));
            }
            if let Some(mut current) = self.current.take() {
                let Some(raw) = current.records.next() else { continue };
                if let Err(error) = self.take(current, raw) {
                    self.is_over = true;
                    return Some(Err(error));
                }
                continue;
            }
            match self.steps.pop_front() {
                None => self.is_over = true,
                Some(Step::Skipped(skipped)) => return Some(Ok(Record::Skipped(skipped))),
                Some(Step::File { path, format }) => self.open(&path, format),
            }
        }
        None
    }
}

fn open(
    path: &Path,
    format: Option<&'static dyn Format>,
    options: &Options,
    n_read: &Arc<AtomicU64>,
) -> anyhow::Result<Current> {
    let mut source = if is_stdin(path) {
        Source::from_reader(io::stdin(), options.max_record_bytes)?
    } else {
        Source::open(path, options.max_record_bytes, Arc::clone(n_read))?
    };
    let format = match format {
        Some(format) => format,
        None => sniff(&source.peek()?, &options.columns),
    };
    let columns = if format.has_columns() { options.columns.clone() } else { Columns::default() };
    Ok(Current {
        path: Arc::new(path.to_path_buf()),
        columns,
        records: format.records(source.with_encoding(options.encoding))?,
        n_records: 0,
        is_unchecked: true,
    })
}

fn hash(id: &str) -> u64 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).fold(0, |hash, &byte| hash << 8 | u64::from(byte))
}
