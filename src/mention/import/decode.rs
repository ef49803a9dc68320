//! Which characters do a list's bytes stand for? UTF-8, and in lines that are none, Windows-1252.

/// The text of a file; old lists mix encodings line by line.
pub(super) fn text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let lines = error.as_bytes().split_inclusive(|&byte| byte == b'\n');
        lines
            .map(|line| str::from_utf8(line).map_or_else(|_| western(line), str::to_owned))
            .collect()
    });
    text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text)
}

fn western(line: &[u8]) -> String {
    /// Bytes 80 to 9F; those that stand for nothing are kept as control characters.
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let letter = |&byte: &u8| match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    };
    line.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_in_another_encoding_leaves_the_others() {
        let bytes = b"\xef\xbb\xbfC\xc3\xb4te\nC\xd4TE_D\x92IVOIRE\n".to_vec();
        assert_eq!(super::text(bytes), "Côte\nCÔTE_D’IVOIRE\n");
    }
}
