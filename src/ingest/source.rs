//! What bytes does a file hold? Opened, decompressed, and looked at without being consumed.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};

use super::encoding::Encoding;
use super::unpack::Unpacked;

/// The endings that say how a file is compressed.
pub(super) const COMPRESSED: &[(&str, Compression)] = &[
    (".gz", Compression::Gzip),
    (".gzip", Compression::Gzip),
    (".zst", Compression::Zstd),
    (".zstd", Compression::Zstd),
];

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The bytes that every such file begins with.
    fn magic(self) -> &'static [u8] {
        match self {
            Self::Gzip => &[0x1f, 0x8b],
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
        }
    }

    /// What the name of a file says about it.
    fn named(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        COMPRESSED.iter().find(|(ending, _)| name.ends_with(ending)).map(|&(_, kind)| kind)
    }

    fn decode(self, reader: impl Read + Send + 'static) -> io::Result<Bytes> {
        let n_read = Arc::<AtomicU64>::default();
        let packed = BufReader::new(Counted { inner: reader, n_read: Arc::clone(&n_read) });
        let decoder: Box<dyn Read + Send> = match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            // Its windows are held in memory: those of up to 128 MiB, zstd's own limit.
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
        };
        Ok(Box::new(BufReader::new(Unpacked::new(decoder, n_read))))
    }
}

pub(super) type Bytes = Box<dyn BufRead + Send>;

/// The decompressed bytes of one input.
pub struct Source {
    content: Content,
    max_record_bytes: usize,
    /// Counts the bytes of a stream as stored.
    n_read: Arc<AtomicU64>,
    /// What text in it is written in, if not UTF-8.
    encoding: Option<Encoding>,
}

/// Counts the bytes that go through.
struct Counted<R> {
    inner: R,
    n_read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.n_read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

enum Content {
    /// An uncompressed regular file, at its start.
    File(fs_err::File),
    /// Anything else.
    Stream(Bytes),
}

impl Source {
    /// Opens a file; `max_record_bytes` is the most that one record may hold. Bytes read as a stream, which those of
    /// an uncompressed Parquet file are not, are added to `n_read` as they are read.
    ///
    /// # Errors
    /// When it cannot be opened, or isn't compressed as its name says.
    pub fn open(
        path: &Path,
        max_record_bytes: usize,
        n_read: Arc<AtomicU64>,
    ) -> anyhow::Result<Self> {
        let mut file = fs_err::File::open(path)?;
        if !file.metadata()?.is_file() {
            return Self::from_reader(file, max_record_bytes);
        }
        let mut head = [0; 4];
        let n_head = read_up_to(&mut file, &mut head)?;
        file.rewind()?;
        let compression = compression_of(&head[..n_head]);
        if let Some(named) = Compression::named(path)
            && compression != Some(named)
        {
            bail!("is not compressed with {}, though its name says so", named.name());
        }
        let content = match compression {
            None => Content::File(file),
            Some(kind) => {
                let counted = Counted { inner: file, n_read: Arc::clone(&n_read) };
                Content::Stream(kind.decode(counted)?)
            }
        };
        Ok(Self { content, max_record_bytes, n_read, encoding: None })
    }

    /// Takes bytes from anything, such as standard input, decompressing them where they are compressed.
    ///
    /// # Errors
    /// When the first bytes cannot be read.
    pub fn from_reader(
        reader: impl Read + Send + 'static,
        max_record_bytes: usize,
    ) -> anyhow::Result<Self> {
        let mut reader = reader;
        let mut head = [0; 4];
        let n_head = read_up_to(&mut reader, &mut head).context("cannot be read")?;
        let whole = Cursor::new(head[..n_head].to_vec()).chain(reader);
        let stream = match compression_of(&head[..n_head]) {
            None => Box::new(BufReader::new(whole)),
            Some(kind) => kind.decode(whole)?,
        };
        let (content, n_read) = (Content::Stream(stream), Arc::default());
        Ok(Self { content, max_record_bytes, n_read, encoding: None })
    }

    /// Says what text in it is written in, if not UTF-8; a byte-order mark says more.
    #[must_use]
    pub fn with_encoding(mut self, encoding: Option<Encoding>) -> Self {
        self.encoding = encoding;
        self
    }

    fn counted<R>(&self, inner: R) -> Counted<R> {
        Counted { inner, n_read: Arc::clone(&self.n_read) }
    }

    /// The most bytes that one record may hold; longer ones are skipped without being held.
    pub fn max_record_bytes(&self) -> usize {
        self.max_record_bytes
    }

    /// The first bytes, up to the end of the first line that isn't blank or 64 KiB; they stay to be read.
    ///
    /// # Errors
    /// When reading fails.
    pub fn peek(&mut self) -> io::Result<Vec<u8>> {
        const MOST: usize = 64 << 10;
        let content = std::mem::replace(&mut self.content, Content::Stream(Box::new(io::empty())));
        let mut reader: Bytes = match content {
            Content::File(file) => Box::new(BufReader::new(self.counted(file))),
            Content::Stream(stream) => stream,
        };
        let mut head = Vec::new();
        while head.len() < MOST && !has_full_line(&head) {
            let chunk = reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            let n = chunk.len().min(MOST - head.len());
            head.extend_from_slice(&chunk[..n]);
            reader.consume(n);
        }
        self.content = Content::Stream(Box::new(Cursor::new(head.clone()).chain(reader)));
        Ok(head)
    }

    /// Text in UTF-8 without a byte-order mark: as it is, or decoded where such a mark or the user says that it is
    /// written otherwise. Bytes that aren't what they should be are for the reader to find.
    ///
    /// # Errors
    /// When the first bytes can't be read.
    pub fn into_text(self) -> anyhow::Result<Bytes> {
        let mut reader: Bytes = match self.content {
            Content::File(file) => {
                let counted = Counted { inner: file, n_read: self.n_read };
                Box::new(BufReader::with_capacity(64 << 10, counted))
            }
            Content::Stream(stream) => stream,
        };
        let mut head = [0; 3];
        let n_head = read_up_to(&mut reader, &mut head)?;
        let is_utf_8 = head == *b"\xef\xbb\xbf";
        let n_mark = if is_utf_8 { 3 } else { 0 };
        let encoding = Encoding::marked(&head[..n_head]).or(self.encoding.filter(|_| !is_utf_8));
        let whole: Bytes = Box::new(Cursor::new(head[n_mark..n_head].to_vec()).chain(reader));
        Ok(match encoding {
            Some(encoding) => encoding.decode(whole),
            None => whole,
        })
    }

    /// A file that can be read in any order; a compressed one or a pipe is first written to a temporary file.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn into_seekable(self) -> anyhow::Result<std::fs::File> {
        match self.content {
            Content::File(file) => Ok(file.into_parts().0),
            Content::Stream(mut stream) => {
                let mut file = tempfile::tempfile().context("no temporary file can be made")?;
                io::copy(&mut stream, &mut file).context("cannot be decompressed")?;
                file.rewind()?;
                Ok(file)
            }
        }
    }
}

/// How large a file is, in bytes as stored; `None` for pipes.
pub(super) fn size_of(path: &Path) -> Option<u64> {
    fs_err::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len())
}

/// The name that stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn compression_of(head: &[u8]) -> Option<Compression> {
    Compression::ALL.into_iter().find(|kind| head.starts_with(kind.magic()))
}

fn has_full_line(head: &[u8]) -> bool {
    let first = head.iter().position(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|first| memchr::memchr(b'\n', &head[first..]).is_some())
}

/// Fills as much of `buffer` as there are bytes for.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match reader.read(&mut buffer[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(n)
}
