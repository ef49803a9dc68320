//! How are a file's letters written? In UTF-8, unless its first bytes or the user say otherwise.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, DecoderResult};

use super::source::Bytes;

/// A way to write letters as bytes that isn't UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// The encoding that an HTML page would call so: `windows-1252` (of which `latin1` is another name, as on the
    /// web), `utf-16le`, `euc-kr`, `shift_jis`, `gbk`, `koi8-r`, …
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> anyhow::Result<Self> {
        let found = encoding_rs::Encoding::for_label_no_replacement(name.as_bytes());
        found.map(Self).ok_or_else(|| {
            anyhow::anyhow!(
                "no encoding is called `{name}`; there are `windows-1252`, `latin1`, `utf-16le`, `euc-kr`, \
                 `shift_jis`, `gb18030`, `koi8-r` and the others of the web"
            )
        })
    }

    /// What the first bytes say.
    pub(super) fn marked(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xfe, ..] => Some(Self(encoding_rs::UTF_16LE)),
            [0xfe, 0xff, ..] => Some(Self(encoding_rs::UTF_16BE)),
            _ => None,
        }
    }

    /// The same text in UTF-8, without a byte-order mark; reading fails at the first bytes that are no letter.
    pub(super) fn decode(self, reader: Bytes) -> Bytes {
        Box::new(BufReader::new(Decoded {
            reader,
            decoder: self.0.new_decoder_with_bom_removal(),
            text: Vec::new(),
            at: 0,
            n_read: 0,
            is_over: false,
            failure: None,
        }))
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// Bytes of text that is decoded on the way.
struct Decoded {
    reader: Bytes,
    decoder: Decoder,
    /// Decoded text, of which `at` bytes are given away.
    text: Vec<u8>,
    at: usize,
    /// Encoded bytes so far.
    n_read: u64,
    is_over: bool,
    /// What went wrong, once the text before it is given away.
    failure: Option<io::Error>,
}

/// Bytes of decoded text that are held.
const HELD: usize = 16 << 10;

impl Decoded {
    /// Decodes the next bytes.
    fn refill(&mut self) -> io::Result<()> {
        let chunk = self.reader.fill_buf()?;
        let is_last = chunk.is_empty();
        self.text.resize(HELD, 0);
        let (result, n_read, n_text) =
            self.decoder.decode_to_utf8_without_replacement(chunk, &mut self.text, is_last);
        self.reader.consume(n_read);
        self.n_read += n_read as u64;
        self.text.truncate(n_text);
        self.at = 0;
        match result {
            DecoderResult::InputEmpty => self.is_over = is_last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                let name = self.decoder.encoding().name();
                let reason = format!("no valid {name} before byte {}", self.n_read);
                self.failure = Some(io::Error::new(io::ErrorKind::InvalidData, reason));
            }
        }
        Ok(())
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = &self.text[self.at..];
            if !rest.is_empty() {
                let n = rest.len().min(buffer.len());
                buffer[..n].copy_from_slice(&rest[..n]);
                self.at += n;
                return Ok(n);
            }
            if let Some(failure) = self.failure.take() {
                self.is_over = true;
                return Err(failure);
            }
            if self.is_over {
                return Ok(0);
            }
            self.refill()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(name: &str, bytes: &[u8], chunk: usize) -> io::Result<String> {
        let reader = BufReader::with_capacity(chunk, io::Cursor::new(bytes.to_vec()));
        let mut text = String::new();
        Encoding::named(name).unwrap().decode(Box::new(reader)).read_to_string(&mut text)?;
        Ok(text)
    }

    proptest! {
        #[test]
        fn text_comes_back_in_chunks_of_any_size(text in "\\PC{0,80}", chunk in 1usize..9) {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            prop_assert_eq!(decoded("utf-16le", &bytes, chunk).unwrap(), text.trim_start_matches('\u{feff}'));
        }

        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), chunk in 1usize..9) {
            for name in ["utf-16be", "euc-kr", "gb18030", "iso-2022-jp"] {
                let _ = decoded(name, &bytes, chunk);
            }
        }
    }

    #[test]
    fn what_is_no_letter_ends_the_text_behind_what_came_before() {
        assert_eq!(decoded("latin1", b"caf\xe9 \x93x\x94", 3).unwrap(), "café “x”");
        let mut text = Vec::new();
        let reader = io::Cursor::new(b"\xb3\xb2\xff\xff".to_vec());
        let mut reader = Encoding::named("euc-kr").unwrap().decode(Box::new(reader));
        let error = reader.read_to_end(&mut text).unwrap_err();
        assert_eq!(std::str::from_utf8(&text).unwrap(), "남");
        assert_eq!(error.to_string(), "no valid EUC-KR before byte 3");
        assert!(Encoding::named("klingon").is_err());
    }
}
