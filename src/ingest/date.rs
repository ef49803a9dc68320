//! What day is meant? Dates in the forms that archives have, without guessing between day and month.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Reads the day from a date, with or without a time of day and a zone.
///
/// The day is the one that is written: no conversion to another zone. Forms:
/// - ISO 8601 and RFC 3339: `2024-01-31`, `2024-01-31T12:00:00.5+02:00`, `2024-01-31 12:00`; also `2024/1/31`;
/// - compact: `20240131`, `20240131T120000Z`, `20240131120000`;
/// - in English words: `31 January 2024`, `January 31, 2024`, `Wed, 31 Jan 2024 12:00:00 GMT`, `31-Jan-2024`;
/// - Unix time in seconds, milli-, micro- or nanoseconds, told apart by size; the day in UTC.
///
/// # Errors
/// Why it cannot be read, to be put behind the date: `31/01/2024` for one never says which is the month.
pub(super) fn parse(text: &str) -> Result<Date, &'static str> {
    const NOT_A_DATE: &str = "is not a date that can be read";
    let text = text.trim();
    if is_number(text) {
        return from_number(text);
    }
    if let Some((parts, rest)) = numeric_parts(text) {
        let [(a, n_a), (b, _), (c, n_c)] = parts;
        return match (n_a, n_c) {
            (4, 1..=2) if is_clock(rest) => ymd(a, b, c),
            (1..=2, 4) if is_clock(rest) => {
                Err("leaves open which is the day and which the month; write year-month-day")
            }
            _ => Err(NOT_A_DATE),
        };
    }
    if let Some((digits, rest)) = text.split_at_checked(8)
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && rest.starts_with(['T', 't', ' ', 'Z', '_'])
        && is_clock(rest.trim_start_matches('_'))
    {
        return compact(digits);
    }
    in_words(text).unwrap_or(Err(NOT_A_DATE))
}

fn ymd(year: u32, month: u32, day: u32) -> Result<Date, &'static str> {
    const NO_SUCH_DAY: &str = "is no day of the calendar";
    let date = || {
        if !(1000..=9999).contains(&year) {
            return None;
        }
        let (year, month, day) =
            (year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?);
        Date::new(year, month, day).ok()
    };
    date().ok_or(NO_SUCH_DAY)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

fn from_number(text: &str) -> Result<Date, &'static str> {
    const NO_DATE: &str = "is a number that is no date";
    let is_whole = !text.contains('.');
    if is_whole && matches!(text.len(), 8 | 10 | 12 | 14) {
        let date = compact(&text[..8]);
        if text.len() == 8
            || (date.is_ok() && matches!(&text[..2], "19" | "20") && is_clock(&text[8..]))
        {
            return date;
        }
    }
    let whole = text.split('.').next().unwrap_or(text);
    let value: i64 = whole.parse().map_err(|_| NO_DATE)?;
    let seconds = match value.unsigned_abs() {
        0..10_000_000 => return Err(NO_DATE),
        10_000_000..100_000_000_000 => value,
        100_000_000_000..100_000_000_000_000 => value.div_euclid(1_000),
        100_000_000_000_000..100_000_000_000_000_000 => value.div_euclid(1_000_000),
        _ => value.div_euclid(1_000_000_000),
    };
    let timestamp = Timestamp::from_second(seconds).map_err(|_| NO_DATE)?;
    Ok(Offset::UTC.to_datetime(timestamp).date())
}

/// `YYYYMMDD`, all digits.
fn compact(digits: &str) -> Result<Date, &'static str> {
    let number: u32 = digits.parse().map_err(|_| "is no day of the calendar")?;
    ymd(number / 10_000, number / 100 % 100, number % 100)
}

/// Three numbers with one kind of `-`, `/` or `.` between them, each with its count of digits; and what follows.
fn numeric_parts(text: &str) -> Option<([(u32, usize); 3], &str)> {
    let separator = text.trim_start_matches(|c: char| c.is_ascii_digit()).chars().next()?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let mut parts = [(0, 0); 3];
    let mut rest = text;
    for (i, part) in parts.iter_mut().enumerate() {
        if i > 0 {
            rest = rest.strip_prefix(separator)?;
        }
        let n = rest.bytes().take_while(u8::is_ascii_digit).count();
        *part = (rest.get(..n.min(4))?.parse().ok()?, n);
        rest = &rest[n..];
    }
    Some((parts, rest))
}

/// Whether `text` is a time of day with or without a zone, or nothing.
fn is_clock(text: &str) -> bool {
    let text = text.strip_prefix(['T', 't']).unwrap_or(text).trim();
    let text = match text.split_once('[') {
        Some((time, zone)) if zone.ends_with(']') => time,
        Some(_) => return false,
        None => text,
    };
    let n_time =
        text.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b',')).count();
    let (time, zone) = text.split_at(n_time);
    (time.is_empty() || is_time(time)) && zone.split_whitespace().all(is_half_or_zone)
}

/// `12`, `12:30`, `1230`, `12:30:00`, `123000`, each with a fraction of a second if it has seconds.
fn is_time(text: &str) -> bool {
    let (time, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(fraction) || !time.split(':').all(all_digits) {
        return false;
    }
    let groups: Vec<&str> = if time.contains(':') {
        time.split(':').collect()
    } else {
        (0..time.len()).step_by(2).map(|i| &time[i..time.len().min(i + 2)]).collect()
    };
    let most = [24, 59, 60];
    (1..=3).contains(&groups.len())
        && (fraction.is_empty() || groups.len() == 3)
        && groups.iter().zip(most).all(|(group, most)| {
            matches!(group.len(), 1..=2) && group.parse::<u32>().is_ok_and(|n| n <= most)
        })
}

/// `am`, `p.m.`, `Z`, `UTC`, `(CET)`, `+02:00`, `-0500`, `GMT+2`.
fn is_half_or_zone(word: &str) -> bool {
    if matches!(word.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m.") {
        return true;
    }
    let word = word.trim_matches(['(', ')']);
    let n_letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, offset) = word.split_at(n_letters);
    let is_offset = || {
        let digits = offset.strip_prefix(['+', '-', '−']).unwrap_or_default();
        // A single digit is an hour in `GMT+2`, but nothing behind a bare date.
        is_time(digits) && (n_letters > 0 || digits.len() >= 2)
    };
    n_letters <= 5
        && letters.bytes().all(|b| b.is_ascii_uppercase() || b == b'z')
        && if offset.is_empty() { n_letters > 0 } else { is_offset() }
}

/// A date with its month in English; `None` when no month is named.
fn in_words(text: &str) -> Option<Result<Date, &'static str>> {
    const NO_PLACE: &str = "has words that belong to no date";
    let (mut year, mut month, mut day) = (None, None, None);
    let is_dashed =
        |word: &str| word.split('-').count() == 3 && word.split('-').any(|p| month_of(p).is_some());
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let mut fits = true;
    for word in words.flat_map(|word| {
        let parts: Vec<_> = if is_dashed(word) { word.split('-').collect() } else { vec![word] };
        parts
    }) {
        if let Some(number) = month_of(word) {
            fits &= month.replace(number).is_none();
        } else if let Some(number) = ordinal(word) {
            fits &= day.replace(number).is_none();
        } else if word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) {
            fits &= year.replace(word.parse().ok()?).is_none();
        } else {
            fits &=
                is_filler(word) || (word.contains(':') && is_clock(word)) || is_half_or_zone(word);
        }
    }
    let month = month?;
    Some(match (year, day) {
        _ if !fits => Err(NO_PLACE),
        (Some(year), Some(day)) => ymd(year, month, day),
        (None, _) => Err("has no year of four digits"),
        (_, None) => Err("has no day"),
    })
}

fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let matches = |month: &str| {
        month == word || month[..3] == *word || (word == "sept" && month.starts_with("sept"))
    };
    (1..).zip(MONTHS).find(|(_, month)| matches(month)).map(|(number, _)| number)
}

/// `5`, `05`, `5th`.
fn ordinal(word: &str) -> Option<u32> {
    let n = word.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = word.split_at(n);
    let is_end = matches!(rest.to_ascii_lowercase().as_str(), "" | "." | "st" | "nd" | "rd" | "th");
    (matches!(n, 1..=2) && is_end).then(|| digits.parse().ok())?
}

fn is_filler(word: &str) -> bool {
    const DAYS: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let is_day = DAYS.iter().any(|day| word.len() >= 3 && day.starts_with(&word));
    is_day || matches!(word.as_str(), "of" | "the" | "at" | "on" | "-" | "–" | "—" | "|" | "")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn every_form_that_archives_have_gives_the_day_as_written() {
        for text in [
            "2024-01-31",
            " 2024-01-31 ",
            "2024-01-31T23:59:59Z",
            "2024-01-31T23:59:59.123456+14:00",
            "2024-01-31T00:00:00-11:00",
            "2024-01-31T00:00:00-11:00[Pacific/Pago_Pago]",
            "2024-01-31 12:00",
            "2024-01-31 12:00:00 UTC",
            "2024-01-31 12:00:00+00",
            "2024-01-31Z",
            "2024/1/31",
            "2024.01.31",
            "20240131",
            "20240131T120000Z",
            "20240131T1200",
            "20240131 120000",
            "20240131120000",
            "202401311200",
            "31 January 2024",
            "31. January 2024",
            "January 31, 2024",
            "Jan. 31, 2024",
            "31st of January 2024",
            "31-Jan-2024",
            "31-JAN-2024 10:15",
            "Wednesday, January 31, 2024 at 10:15 AM EST",
            "Wed, 31 Jan 2024 12:00:00 +0000",
            "Wed Jan 31 12:00:00 +0000 2024",
            "Wed Jan 31 12:00:00 2024",
            "Jan 31, 2024 6:05 p.m. (GMT+2)",
            "1706702400",
            "1706702400.75",
            "1706702400000",
            "1706702400000000",
            "1706702400000000000",
        ] {
            assert_eq!(parse(text), Ok(date(2024, 1, 31)), "{text}");
        }
        assert_eq!(parse("-86400000"), Ok(date(1967, 4, 7)));
        assert_eq!(parse("10 Sept 1998"), Ok(date(1998, 9, 10)));
        assert_eq!(parse("May 5 1998"), Ok(date(1998, 5, 5)));
    }

    #[test]
    fn what_is_no_date_or_leaves_the_month_open_is_refused() {
        for text in [
            "",
            "n/a",
            "today",
            "2024",
            "2024-01",
            "2024-13-01",
            "2024-02-30",
            "2024-1-31-5",
            "2024-01-31T25:00",
            "2024-01-31 12:61",
            "2024-01-31 later",
            "20240230",
            "01/02/2024",
            "31.01.2024",
            "31/01/24",
            "January 2024",
            "31 January",
            "31 31 January 2024",
            "31 January 2024 in Paris",
            "0001-01-01",
            "0000-00-00",
            "00000000",
            "1",
            "-1",
            "123456",
            "1e9",
            "99999999999999999999",
            "Jan Jan 1 2024",
            "31 Januar 2024",
            "２０２４-01-31",
        ] {
            assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = parse(&text);
        }

        #[test]
        fn nothing_near_a_date_makes_it_panic(text in "[0-9TZ:+. /,JanMarchth−é-]{0,24}") {
            let _ = parse(&text);
        }

        #[test]
        fn the_three_plain_forms_agree(day in 0i32..1_000_000) {
            let expected = date(1000, 1, 1).saturating_add(jiff::Span::new().days(day));
            let (y, m, d) = (expected.year(), expected.month(), expected.day());
            let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
            let month = month[usize::try_from(m).unwrap() - 1];
            for text in [format!("{y}-{m:02}-{d:02}"), format!("{y}{m:02}{d:02}"), format!("{d} {month} {y}")] {
                prop_assert_eq!(parse(&text), Ok(expected), "{}", text);
            }
        }
    }
}
