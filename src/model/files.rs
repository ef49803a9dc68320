//! Where do a checkpoint's files lie? In a folder, or inside the program.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The files of one checkpoint.
#[derive(Clone, Debug)]
pub enum Files {
    /// A folder.
    Folder(PathBuf),
    /// Name and bytes of each file, compiled in.
    Embedded(&'static [(&'static str, &'static [u8])]),
}

impl Files {
    /// The files in a folder.
    pub fn in_folder(path: &Path) -> Self {
        Self::Folder(path.to_owned())
    }

    /// Whether there is a file of that name.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::Folder(path) => path.join(name).is_file(),
            Self::Embedded(files) => files.iter().any(|(each, _)| *each == name),
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(&self, name: &str) -> anyhow::Result<Cow<'static, [u8]>> {
        match self {
            Self::Folder(path) => Ok(Cow::Owned(fs_err::read(path.join(name))?)),
            Self::Embedded(files) => {
                let found = files.iter().find(|(each, _)| *each == name);
                found
                    .map(|(_, bytes)| Cow::Borrowed(*bytes))
                    .with_context(|| format!("no `{name}` in the program"))
            }
        }
    }

    /// A JSON file.
    ///
    /// # Errors
    /// When it can't be read, or isn't JSON of that shape.
    pub fn read_json<T: serde::de::DeserializeOwned>(&self, name: &str) -> anyhow::Result<T> {
        let bytes = self.read(name)?;
        serde_json::from_slice(&bytes).with_context(|| format!("`{name}` of {}", self.describe()))
    }

    /// What to call them in messages.
    pub fn describe(&self) -> String {
        match self {
            Self::Folder(path) => format!("`{}`", path.display()),
            Self::Embedded(_) => "the embedded checkpoint".to_owned(),
        }
    }
}
