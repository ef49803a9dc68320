//! Which days does a date in an actor file stand for? One, or all of a month or year.

use jiff::civil::Date;

/// The day, or the first of the month or year.
pub(super) fn first_day(text: &str) -> Option<Date> {
    let (year, month, day) = date_parts(text)?;
    Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()
}

/// The day, or the last of the month or year.
pub(super) fn last_day(text: &str) -> Option<Date> {
    let (year, month, day) = date_parts(text)?;
    let first = Date::new(year, month.unwrap_or(12), day.unwrap_or(1)).ok()?;
    Some(if day.is_some() { first } else { first.last_of_month() })
}

fn date_parts(text: &str) -> Option<(i16, Option<i8>, Option<i8>)> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map(|part| number(part, 2).ok_or(())).transpose().ok()?;
    let day = parts.next().map(|part| number(part, 2).ok_or(())).transpose().ok()?;
    parts.next().is_none().then_some((year, month, day))
}

fn number<T: std::str::FromStr>(digits: &str, n_digits: usize) -> Option<T> {
    let is_number = digits.len() == n_digits && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{first_day, last_day};
    use jiff::civil::date;

    #[test]
    fn a_year_or_month_stands_for_all_of_its_days() {
        assert_eq!(
            (first_day("2011"), last_day("2011")),
            (Some(date(2011, 1, 1)), Some(date(2011, 12, 31)))
        );
        assert_eq!(
            (first_day("2012-02"), last_day("2012-02")),
            (Some(date(2012, 2, 1)), Some(date(2012, 2, 29)))
        );
        assert_eq!(
            (first_day("11"), last_day("2011-1-1"), first_day("2011-01-01-01")),
            (None, None, None)
        );
    }
}
