//! What does a CAMEO code say? A state or a kind of body, then roles in threes, and from when until when.

use jiff::civil::Date;

use crate::mention::import::known::Known;

/// One code of an actor: `ZENGOV 010203-050607`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) text: String,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

/// Codes of states that ISO 3166 has otherwise.
const STATES: [(&str, &str); 5] =
    [("KSV", "XKX"), ("KOS", "XKX"), ("TMP", "TLS"), ("ROM", "ROU"), ("USR", "SUN")];

/// Bodies that have codes of their own, the longest first.
const BODIES: [(&str, &str); 4] =
    [("IGOUNOIAE", "IAEA"), ("IGOEUREEC", "EU"), ("IGOWSTNAT", "NATO"), ("IGOUNO", "UNO")];

/// What stands before a state's code in those of companies and societies: `MNCUSA`.
const ABROAD: [&str; 5] = ["MNC", "NGO", "NGM", "IMG", "INT"];

impl Code {
    /// Reads what stands between the brackets.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (code, dates) = text
            .split_once([' ', '\t', '<', '>'])
            .map_or((text, ""), |(code, _)| (code, text[code.len()..].trim()));
        let is_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        if code.len() < 2 || !code.chars().all(is_code) {
            return Err(format!("`{code}` is no code"));
        }
        let (from, to) = time(dates)?;
        Ok(Self { text: code.to_owned(), from, to })
    }

    /// Whether a role is among the code's threes.
    pub(super) fn has(&self, role: &str) -> bool {
        let threes = self.text.as_bytes().chunks(3);
        threes.into_iter().any(|three| three == role.as_bytes())
    }
}

fn time(dates: &str) -> Result<(Option<Date>, Option<Date>), String> {
    let day = |text: &str| {
        day(text.trim())
            .map(Some)
            .ok_or_else(|| format!("bad date `{}`: write YYMMDD or YYYYMMDD", text.trim()))
    };
    if dates.is_empty() {
        return Ok((None, None));
    }
    if let Some(from) = dates.strip_prefix('>') {
        return Ok((day(from)?, None));
    }
    if let Some(to) = dates.strip_prefix('<') {
        return Ok((None, day(to)?));
    }
    let (from, to) = dates.split_once('-').unwrap_or((dates, dates));
    let (from, to) = (day(from)?, day(to)?);
    if from > to { Err(format!("`{dates}` ends before it begins")) } else { Ok((from, to)) }
}

fn day(digits: &str) -> Option<Date> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = match digits.len() {
        6 if is_number => {
            let year: i16 = digits[..2].parse().ok()?;
            (if year > 30 { 1900 + year } else { 2000 + year }, &digits[2..])
        }
        8 if is_number => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    Date::new(year, rest[..2].parse().ok()?, rest[2..].parse().ok()?).ok()
}

/// The state that a code of three letters means, by our id.
pub(super) fn state_of<'a>(code: &'a str, known: &Known<'_>) -> Option<&'a str> {
    let other = STATES.iter().find(|(theirs, _)| *theirs == code);
    let state = other.map_or(code, |(_, ours)| ours);
    // Every other group of three capitals at the start is a kind of body.
    let is_state = state.len() == 3 && !is_kind(state);
    (is_state && (known.has_state(state) || known.list.is_empty())).then_some(state)
}

fn is_kind(three: &str) -> bool {
    ABROAD.contains(&three)
        || matches!(three, "IGO" | "CHR" | "MOS" | "JEW" | "HIN" | "BUD" | "UIS" | "REB" | "CRM")
}

/// The state or body that a coded actor belongs to, by our id; nothing where it is out of office.
pub(super) fn parent_of<'a>(code: &'a str, known: &Known<'_>) -> Option<&'a str> {
    let three = |at: usize| code.get(at..at + 3);
    let is_out = code.as_bytes().chunks(3).any(|three| three == b"ELI");
    if is_out {
        return None;
    }
    if let Some((_, body)) = BODIES.iter().find(|(start, _)| code.starts_with(start)) {
        return Some(body);
    }
    let at = if three(0).is_some_and(|kind| ABROAD.contains(&kind)) { 3 } else { 0 };
    state_of(three(at)?, known)
}

#[cfg(test)]
mod tests {
    use super::Code;
    use jiff::civil::date;

    fn times(text: &str) -> Option<(Option<jiff::civil::Date>, Option<jiff::civil::Date>)> {
        Code::parse(text).ok().map(|code| (code.from, code.to))
    }

    #[test]
    fn dates_are_read_in_all_their_spellings() {
        let (old, new) = (Some(date(1931, 1, 1)), Some(date(2030, 12, 31)));
        assert_eq!(times("ZENGOV 310101-301231"), Some((old, new)));
        assert_eq!(times("ZENGOV 19310101-20301231"), Some((old, new)));
        assert_eq!(times("ZENGOV > 310101"), Some((old, None)));
        assert_eq!(times("ZENGOV <20301231"), Some((None, new)));
        assert_eq!(times("ZENGOV"), Some((None, None)));
        assert_eq!(times("ZENGOV>310101"), Some((old, None)));
    }

    #[test]
    fn what_is_no_date_is_told() {
        for text in [
            "ZENGOV 2004017-20061201",
            "ZEN 20061301-20070101",
            "ZEN 301231-310101",
            "ZEN 990101-98",
            "zen",
            "---",
        ] {
            assert_eq!(times(text), None, "{text}");
        }
    }
}
