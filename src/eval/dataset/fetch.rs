//! How does a file come from the network? In one request, complete and as expected, or not at all.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::check;
use crate::digest::Sha256;
use crate::error::WithHint;

/// No labelled set is larger, in bytes.
const LARGEST: u64 = 512 << 20;

/// Fetches a file and gives its SHA-256; the folder is made, and nothing is left where it fails.
pub(super) fn fetch(url: &str, path: &Path, expected: Option<&str>) -> anyhow::Result<String> {
    let folder = path.parent().context("a file lies in a folder")?;
    fs_err::create_dir_all(folder)?;
    let mut partial = tempfile::NamedTempFile::new_in(folder)?;
    let sha256 = download(url, partial.as_file_mut())
        .with_context(|| format!("can't fetch {url}"))
        .hint(|| format!("fetch it by other means, and put it at `{}`", path.display()))?;
    if let Some(expected) = expected {
        check(path, expected, &sha256)?;
    }
    partial.persist(path).with_context(|| path.display().to_string())?;
    Ok(sha256)
}

fn download(url: &str, file: &mut std::fs::File) -> anyhow::Result<String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_global(Some(Duration::from_mins(30)))
        .user_agent(concat!("detente/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut body = agent.get(url).call()?.into_body().into_with_config().limit(LARGEST).reader();
    let mut hash = Sha256::default();
    let mut chunk = vec![0; 1 << 16];
    let mut n_bytes = 0;
    loop {
        match body.read(&mut chunk)? {
            0 => break,
            n => {
                hash.update(&chunk[..n]);
                file.write_all(&chunk[..n])?;
                n_bytes += n;
            }
        }
    }
    ensure!(n_bytes > 0, "the answer is empty");
    file.sync_all()?;
    Ok(hash.finish())
}
