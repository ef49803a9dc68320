//! How large may a compressed file become? Some hundred times what it is, and no more: text never packs that well.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Times its size that a file may unpack to, beyond [`FREE`]. Archives of news unpack to three to ten times theirs.
const MOST_TIMES: u64 = 200;

/// Bytes that any file may unpack to.
const FREE: u64 = 64 << 20;

/// Decompressed bytes, which end with an error where they become too many for what was read.
pub(super) struct Unpacked<R> {
    decoder: R,
    /// Compressed bytes read of this file.
    n_read: Arc<AtomicU64>,
    n_given: u64,
}

impl<R: Read> Unpacked<R> {
    /// `n_read` counts the bytes that `decoder` takes.
    pub(super) fn new(decoder: R, n_read: Arc<AtomicU64>) -> Self {
        Self { decoder, n_read, n_given: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.decoder.read(buffer).map_err(explained)?;
        self.n_given += n as u64;
        let most = self.n_read.load(Ordering::Relaxed).saturating_mul(MOST_TIMES).max(FREE);
        if self.n_given > most {
            let reason =
                format!("it unpacks to more than {MOST_TIMES} times its size, as no text does");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        Ok(n)
    }
}

/// The library's reason for refusing a large window, with what to do about it.
fn explained(error: io::Error) -> io::Error {
    if error.to_string().contains("too much memory") {
        let reason =
            "it was packed with a window of more than 128 MiB; `zstd -d --long=31` unpacks it";
        return io::Error::new(error.kind(), reason);
    }
    error
}
