//! How are bytes told from others? By their SHA-256, written in hexadecimal.

use std::io::Read;
use std::path::Path;

use sha2::Digest;

/// SHA-256 of bytes as they come.
#[derive(Clone, Debug, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// The digest of all, 64 hexadecimal digits.
    pub fn finish(self) -> String {
        let nibbles = self.0.finalize();
        nibbles.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
    }
}

fn digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).expect("a nibble is below 16")
}

/// SHA-256 of all parts, one after the other.
pub fn sha256<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> String {
    let mut hash = Sha256::default();
    for part in parts {
        hash.update(part);
    }
    hash.finish()
}

/// SHA-256 of a file's bytes; memory doesn't grow with it.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of_file(path: &Path) -> anyhow::Result<String> {
    let mut file = fs_err::File::open(path)?;
    let mut hash = Sha256::default();
    let mut chunk = vec![0; 1 << 16];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hash.finish()),
            n => hash.update(&chunk[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sha256;

    #[test]
    fn the_digest_is_that_of_the_standard() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(["ab", "c"]), expected);
    }
}
