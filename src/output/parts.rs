//! What has a run done already? Its parts, kept in a folder under a lock, from which it goes on after any end.
//!
//! A part is named after the digest of its records, so whoever reads the same records finds it, whatever happened
//! before. It is written under another name, brought onto the disk and renamed, so that it is there whole or not at
//! all; one that is damaged later is as good as none. Nothing is removed before the run is complete.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::{Context, anyhow, bail};

use super::identity::Identity;
use super::part::{Entry, Part, read_header};
use super::partial::{sync_folder, write_whole};
use super::{folder, manifest};
use crate::error::WithHint;
use crate::score::ArticleRows;

/// The folder in that of a run.
pub(super) const FOLDER: &str = "parts";
const IDENTITY: &str = "run.json";
const LOCK: &str = "lock";
const EXTENSION: &str = "part";

/// The parts of a run that is going on.
#[derive(Debug)]
pub struct Parts {
    folder: PathBuf,
    /// Held until the process ends, however it ends.
    _lock: fs_err::File,
    /// The names of those that were there when the run began or went on, sorted.
    before: Vec<String>,
    /// Where articles of `before` are found that aren't in their old place: by the start of their content digest.
    articles: OnceLock<HashMap<u64, Place>>,
    state: Mutex<State>,
    /// Folders that this run made, to be taken away if it does nothing.
    made: Vec<PathBuf>,
}

/// A part of before, by its index in their order, and an article in it.
type Place = (u32, u32);

#[derive(Debug, Default)]
struct State {
    /// Parts of this run, those of before that it took over among them.
    used: BTreeSet<String>,
    n_damaged: u64,
    /// The part that articles were last taken from.
    open: Option<Part>,
    is_finished: bool,
}

/// How the archive differs from the one that the run read before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Articles whose id is there with another content: scored anew.
    pub n_changed: u64,
    /// Articles whose id isn't there any more: their rows are gone.
    pub n_removed: u64,
    /// The first ids of those.
    pub removed: Vec<String>,
    /// Parts that were damaged and are done again.
    pub n_damaged: u64,
}

impl Changes {
    /// How many ids are listed.
    const MOST_LISTED: usize = 3;
}

impl Parts {
    /// Begins a run in the folder `run`, which is made if need be.
    ///
    /// # Errors
    /// When it holds a run already, another process is writing one there, or it can't be written to.
    pub fn create(run: &Path, identity: &Identity) -> anyhow::Result<Self> {
        folder::refuse_run(run)?;
        let parts = Self::open(run)?;
        folder::refuse_run(run)?;
        parts.write_identity(identity)?;
        Ok(parts)
    }

    /// Goes on with the run in the folder `run`, finished or not; begins one where there is none.
    ///
    /// # Errors
    /// When the run there was of another kind (the message lists the differences), has lost its parts, another process
    /// is writing it, or the folder can't be written to.
    pub fn resume(run: &Path, identity: &Identity) -> anyhow::Result<Self> {
        let path = run.join(FOLDER).join(IDENTITY);
        if !path.exists() {
            if !run.join(manifest::FILE_NAME).exists() {
                return Self::create(run, identity);
            }
            let run = run.display();
            return Err(anyhow!("`{run}` is a finished run without its `{FOLDER}`"))
                .hint(|| "give another folder with `-o` to score everything".into());
        }
        let parts = Self::open(run)?;
        let json = fs_err::read(&path)?;
        let began: Identity =
            serde_json::from_slice(&json).with_context(|| path.display().to_string())?;
        let differences = began.differences(identity);
        if !differences.is_empty() {
            let run = run.display();
            return Err(anyhow!("`{run}` can't be gone on with: {}", differences.join("; "))).hint(
                || "repeat the command that began it, or give another folder with `-o`".into(),
            );
        }
        parts.write_identity(identity)?;
        Ok(parts)
    }

    fn open(run: &Path) -> anyhow::Result<Self> {
        let folder = run.join(FOLDER);
        let made = [run, &folder].into_iter().filter(|path| !path.exists());
        let made: Vec<PathBuf> = made.map(Path::to_path_buf).collect();
        fs_err::create_dir_all(&folder)?;
        let lock = lock(&folder.join(LOCK), run)?;
        let mut before = Vec::new();
        for entry in fs_err::read_dir(&folder)? {
            let path = entry?.path();
            match (path.file_stem().and_then(|stem| stem.to_str()), path.extension()) {
                (Some(name), Some(extension)) if extension == EXTENSION => {
                    before.push(name.to_owned());
                }
                // What a killed process left of a part that it was writing.
                (Some(name), Some(extension))
                    if extension == "partial" && name.starts_with('.') =>
                {
                    fs_err::remove_file(path)?;
                }
                _ => {}
            }
        }
        before.sort_unstable();
        let (articles, state) = (OnceLock::new(), Mutex::default());
        Ok(Self { folder, _lock: lock, before, articles, state, made })
    }

    fn write_identity(&self, identity: &Identity) -> anyhow::Result<()> {
        write_whole(&self.folder.join(IDENTITY), &serde_json::to_vec_pretty(identity)?)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{EXTENSION}"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many parts were there when the run began or went on.
    pub fn n_before(&self) -> usize {
        self.before.len()
    }

    /// A part that is done already, whole and undamaged.
    pub fn done(&self, digest: &str) -> Option<Part> {
        self.before.binary_search_by(|name| name.as_str().cmp(digest)).ok()?;
        let part = Part::read(&self.path(digest), digest);
        let mut state = self.state();
        if let Ok(part) = part {
            state.used.insert(digest.to_owned());
            Some(part)
        } else {
            state.n_damaged += 1;
            None
        }
    }

    /// The rows of an article that was scored already, in whatever part, by its content digest.
    pub fn rows_of(&self, content: &str) -> Option<ArticleRows> {
        if self.before.is_empty() {
            return None;
        }
        let &(part, article) =
            self.articles.get_or_init(|| self.list_articles()).get(&key(content)?)?;
        let name = &self.before[part as usize];
        let mut state = self.state();
        if state.open.as_ref().is_none_or(|open| open.digest != *name) {
            state.open = Some(Part::read(&self.path(name), name).ok()?);
        }
        let mut articles = state.open.as_ref()?.entries.iter().filter_map(|entry| match entry {
            Entry::Scored { rows, content } => Some((rows, content)),
            Entry::Skipped(_) | Entry::Warning(_) => None,
        });
        let (rows, found) = articles.nth(article as usize)?;
        (found == content).then(|| rows.as_ref().clone())
    }

    /// Lists the articles of the parts of before that this run hasn't taken over by now.
    fn list_articles(&self) -> HashMap<u64, Place> {
        let used = self.state().used.clone();
        let mut places = HashMap::new();
        for (part, name) in (0..).zip(&self.before).filter(|(_, name)| !used.contains(*name)) {
            let header = read_header(&self.path(name)).map(|header| header.articles);
            for (article, (content, _)) in (0..).zip(header.unwrap_or_default()) {
                places.extend(key(&content).map(|key| (key, (part, article))));
            }
        }
        places
    }

    /// Keeps a new part. Once this returns, no end of the process or the machine can take it away.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn commit(&self, part: &Part) -> anyhow::Result<()> {
        part.write(&self.path(&part.digest))?;
        self.state().used.insert(part.digest.clone());
        Ok(())
    }

    /// Removes what belongs to the archive as it was before, and says how that differed. Call it when the tables and
    /// the manifest are complete.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub fn finish(self) -> anyhow::Result<Changes> {
        let mut state = std::mem::take(&mut *self.state());
        state.is_finished = true;
        let old: Vec<&String> =
            self.before.iter().filter(|name| !state.used.contains(*name)).collect();
        let mut changes = Changes { n_damaged: state.n_damaged, ..Changes::default() };
        let mut gone: BTreeMap<String, String> = BTreeMap::new();
        for name in &old {
            // One that can't be read tells nothing of what changed.
            let header = read_header(&self.path(name)).map(|header| header.articles);
            gone.extend(header.unwrap_or_default().into_iter().map(|(content, id)| (id, content)));
        }
        if !gone.is_empty() {
            for name in &state.used {
                for (content, id) in read_header(&self.path(name))?.articles {
                    changes.n_changed +=
                        u64::from(gone.remove(&id).is_some_and(|old| old != content));
                }
            }
        }
        changes.n_removed = gone.len() as u64;
        changes.removed = gone.into_keys().take(Changes::MOST_LISTED).collect();
        for name in old {
            fs_err::remove_file(self.path(name))?;
        }
        *self.state() = state;
        Ok(changes)
    }

    /// How many parts are kept now.
    pub fn n_kept(&self) -> usize {
        let state = self.state();
        state.used.len() + self.before.iter().filter(|name| !state.used.contains(*name)).count()
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        if self.state().is_finished || self.n_kept() > 0 {
            return;
        }
        // Whatever made the run end says more than a failure here could.
        for name in [IDENTITY, LOCK] {
            let _ = fs_err::remove_file(self.folder.join(name));
        }
        for folder in self.made.iter().rev() {
            let _ = fs_err::remove_dir(folder);
        }
    }
}

/// Whether a folder holds parts of a run.
pub(super) fn are_in(run: &Path) -> bool {
    let Ok(mut entries) = run.join(FOLDER).read_dir() else { return false };
    entries.any(|entry| {
        entry.is_ok_and(|entry| entry.path().extension().is_some_and(|e| e == EXTENSION))
    })
}

/// Takes the lock of a run; the system takes it back when the process ends, however it ends.
fn lock(path: &Path, run: &Path) -> anyhow::Result<fs_err::File> {
    let file = fs_err::OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    // Some network file systems know no locks; that is no reason not to write.
    if let Err(std::fs::TryLockError::WouldBlock) = file.try_lock() {
        let busy = || -> anyhow::Result<()> {
            bail!("another process is writing the run in `{}`", run.display())
        };
        busy().hint(|| "wait for it, or give another folder with `-o`".into())?;
    }
    sync_folder(path.parent());
    Ok(file)
}

/// The first 64 bits of a digest.
fn key(digest: &str) -> Option<u64> {
    u64::from_str_radix(digest.get(..16)?, 16).ok()
}

#[cfg(test)]
mod tests;
