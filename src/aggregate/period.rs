//! When was it? Calendar periods that articles are added up in, as they are written in every output.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, ISOWeekDate, Weekday};

/// How long the periods are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Grain {
    /// `2031-05-14`.
    Day,
    /// `2031-W20`: ISO 8601 weeks, which begin on Monday and belong to the year of their Thursday.
    Week,
    /// `2031-05`.
    Month,
    /// `2031-Q2`.
    Quarter,
    /// `2031`.
    Year,
    /// `all`: one period for everything, articles without a date among it.
    #[default]
    All,
}

impl Grain {
    /// The name on the command line and in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::All => "all",
        }
    }

    /// The period of this length that holds the date.
    pub fn period(self, date: Option<Date>) -> Period {
        let Some(date) = date else {
            return if self == Self::All { Period::All } else { Period::Undated };
        };
        let (year, month) = (date.year(), date.month());
        match self {
            Self::Day => Period::Day(date),
            Self::Week => {
                let week = date.iso_week_date();
                Period::Week { year: week.year(), week: week.week() }
            }
            Self::Month => Period::Month { year, month },
            Self::Quarter => Period::Quarter { year, quarter: (month + 2) / 3 },
            Self::Year => Period::Year(year),
            Self::All => Period::All,
        }
    }
}

/// One stretch of the calendar. Periods of one [`Grain`] are ordered by time, those without a date last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// A day.
    Day(Date),
    /// An ISO 8601 week.
    Week {
        /// Its week-numbering year, which may differ from the calendar's around New Year.
        year: i16,
        /// 1–53.
        week: i8,
    },
    /// A month.
    Month {
        /// Its year.
        year: i16,
        /// 1–12.
        month: i8,
    },
    /// Three months.
    Quarter {
        /// Its year.
        year: i16,
        /// 1–4.
        quarter: i8,
    },
    /// A year.
    Year(i16),
    /// All time.
    All,
    /// From one day to another, both in it: given by the user.
    Range {
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
    },
    /// Articles whose date isn't known.
    Undated,
}

impl Period {
    /// Its first and its last day; `None` where it has none.
    pub fn days(self) -> Option<(Date, Date)> {
        let months = |year: i16, first: i8, last: i8| {
            let last = Date::new(year, last, 1).ok()?.last_of_month();
            Some((Date::new(year, first, 1).ok()?, last))
        };
        match self {
            Self::Day(day) => Some((day, day)),
            Self::Week { year, week } => {
                let day = |weekday| Some(ISOWeekDate::new(year, week, weekday).ok()?.date());
                Some((day(Weekday::Monday)?, day(Weekday::Sunday)?))
            }
            Self::Month { year, month } => months(year, month, month),
            Self::Quarter { year, quarter } => months(year, 3 * quarter - 2, 3 * quarter),
            Self::Year(year) => months(year, 1, 12),
            Self::Range { from, to } => Some((from, to)),
            Self::All | Self::Undated => None,
        }
    }

    /// The period after this one; `None` where there is none.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let in_year = |year: i16, part: i8, n_parts: i8| {
            if part < n_parts { Some((year, part + 1)) } else { Some((year.checked_add(1)?, 1)) }
        };
        match self {
            Self::Day(date) => date.tomorrow().ok().map(Self::Day),
            Self::Week { year, week } => {
                in_year(year, week, weeks_in(year)?).map(|(year, week)| Self::Week { year, week })
            }
            Self::Month { year, month } => {
                in_year(year, month, 12).map(|(year, month)| Self::Month { year, month })
            }
            Self::Quarter { year, quarter } => {
                in_year(year, quarter, 4).map(|(year, quarter)| Self::Quarter { year, quarter })
            }
            Self::Year(year) => year.checked_add(1).map(Self::Year),
            Self::All | Self::Undated | Self::Range { .. } => None,
        }
    }
}

/// 52 or 53.
fn weeks_in(year: i16) -> Option<i8> {
    ISOWeekDate::new(year, 1, Weekday::Thursday).ok().map(ISOWeekDate::weeks_in_year)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Day(date) => {
                year(f, date.year())?;
                write!(f, "-{:02}-{:02}", date.month(), date.day())
            }
            Self::Week { year: y, week } => year(f, y).and_then(|()| write!(f, "-W{week:02}")),
            Self::Month { year: y, month } => year(f, y).and_then(|()| write!(f, "-{month:02}")),
            Self::Quarter { year: y, quarter } => {
                year(f, y).and_then(|()| write!(f, "-Q{quarter}"))
            }
            Self::Year(y) => year(f, y),
            Self::All => f.write_str("all"),
            Self::Range { from, to } => {
                write!(f, "{}..{}", Self::Day(from), Self::Day(to))
            }
            Self::Undated => f.write_str("undated"),
        }
    }
}

/// Four digits; years before 1 BCE with a sign and six, as ISO 8601 extends it.
fn year(f: &mut fmt::Formatter<'_>, year: i16) -> fmt::Result {
    if year < 0 { write!(f, "-{:06}", year.unsigned_abs()) } else { write!(f, "{year:04}") }
}

/// A text that names no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a period such as `2031`, `2031-Q2`, `2031-05`, `2031-W20`, `2031-05-14` or `2031-03..2031-08`"
)]
pub struct NotAPeriod(pub String);

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        match text {
            "all" => Ok(Self::All),
            "undated" => Ok(Self::Undated),
            _ => range(text).or_else(|| parse(text)).ok_or_else(|| NotAPeriod(text.to_owned())),
        }
    }
}

/// From the first day of one period to the last of another.
fn range(text: &str) -> Option<Period> {
    let (first, last) = text.split_once("..")?;
    let ((from, _), (_, to)) = (parse(first)?.days()?, parse(last)?.days()?);
    (from <= to).then_some(Period::Range { from, to })
}

fn parse(text: &str) -> Option<Period> {
    let n_year = if text.starts_with('-') { 7 } else { 4 };
    let (year, rest) = text.split_at_checked(n_year)?;
    let year = match year.strip_prefix('-') {
        Some(digits) => -number::<i16>(digits)?,
        None => number(year)?,
    };
    if rest.is_empty() {
        return Some(Period::Year(year));
    }
    let rest = rest.strip_prefix('-')?;
    if let Some(week) = rest.strip_prefix('W') {
        let week = two_digits(week)?;
        return (1..=weeks_in(year)?).contains(&week).then_some(Period::Week { year, week });
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        let quarter = number(quarter).filter(|_| quarter.len() == 1)?;
        return (1..=4).contains(&quarter).then_some(Period::Quarter { year, quarter });
    }
    let Some((month, day)) = rest.split_once('-') else {
        let month = two_digits(rest)?;
        return (1..=12).contains(&month).then_some(Period::Month { year, month });
    };
    Date::new(year, two_digits(month)?, two_digits(day)?).ok().map(Period::Day)
}

fn two_digits(text: &str) -> Option<i8> {
    number(text).filter(|_| text.len() == 2)
}

/// Digits only: `+5` and ` 5`, which `parse` would take, are none.
fn number<T: FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::{Grain, NotAPeriod, Period};

    const GRAINS: [Grain; 6] =
        [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year, Grain::All];

    fn written(grain: Grain, date: Date) -> String {
        grain.period(Some(date)).to_string()
    }

    #[test]
    fn each_grain_writes_its_own_form() {
        let names = GRAINS.map(|grain| written(grain, date(2031, 5, 14)));
        assert_eq!(names, ["2031-05-14", "2031-W20", "2031-05", "2031-Q2", "2031", "all"]);
    }

    #[test]
    fn a_week_belongs_to_the_year_of_its_thursday() {
        assert_eq!(written(Grain::Week, date(2027, 1, 1)), "2026-W53");
        assert_eq!(written(Grain::Week, date(2024, 12, 30)), "2025-W01");
    }

    #[test]
    fn quarters_begin_in_january_april_july_and_october() {
        let quarters = (1..=12).map(|month| written(Grain::Quarter, date(2031, month, 1)));
        let quarters: Vec<_> = quarters.map(|quarter| quarter[5..].to_owned()).collect();
        assert_eq!(quarters.concat(), "Q1Q1Q1Q2Q2Q2Q3Q3Q3Q4Q4Q4");
    }

    #[test]
    fn articles_without_a_date_stand_last_and_join_all() {
        assert_eq!(Grain::Month.period(None), Period::Undated);
        assert_eq!(Grain::All.period(None), Period::All);
        assert!(Grain::Month.period(Some(date(9999, 12, 1))) < Period::Undated);
    }

    #[test]
    fn a_range_runs_from_the_first_day_of_one_period_to_the_last_of_another() {
        for (text, written) in [
            ("2031-02..2031-Q2", "2031-02-01..2031-06-30"),
            ("2031..2031", "2031-01-01..2031-12-31"),
            ("2031-W20..2031-05-20", "2031-05-12..2031-05-20"),
        ] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), written);
        }
        for text in ["2031-05..2031-04", "..", "2031..", "2031...2032", "all..2031"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "31",
            "2031-",
            "2031-0",
            "2031-13",
            "2031-Q5",
            "2031-Q02",
            "2031-W00",
            "2031-W54",
            "2031-W53",
            "2031-02-30",
            "2031-5",
            "+031",
            "2031-+5",
            "2031-05-14x",
            "éé",
            "-2031",
        ] {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod(text.to_owned())), "{text}");
        }
    }

    fn dates() -> impl Strategy<Value = Date> {
        (-9999_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d))
    }

    proptest! {
        #[test]
        fn a_period_is_read_back_as_it_was_written(date in dates(), grain in 0..GRAINS.len()) {
            let period = GRAINS[grain].period(Some(date));
            // The week-numbering year can leave the calendar's range at its very ends.
            prop_assume!(!matches!(period, Period::Week { year: -9999 | 9999, .. }));
            prop_assert_eq!(period.to_string().parse(), Ok(period));
        }

        #[test]
        fn reading_a_period_never_fails_otherwise_than_by_saying_so(text in "\\PC{0,12}") {
            if let Ok(period) = text.parse::<Period>() {
                prop_assert_eq!(period.to_string().parse(), Ok(period));
            }
        }

        #[test]
        fn the_next_period_is_that_of_the_first_later_date_outside(date in dates(), grain in 0..5_usize) {
            let grain = GRAINS[grain];
            let period = grain.period(Some(date));
            let mut later = date;
            while grain.period(Some(later)) == period && later < Date::MAX {
                later = later.tomorrow().unwrap();
            }
            prop_assume!(later < Date::MAX);
            prop_assert_eq!(period.next(), Some(grain.period(Some(later))));
        }

        #[test]
        fn later_dates_are_never_in_earlier_periods(a in dates(), b in dates(), grain in 0..GRAINS.len()) {
            let (first, last) = (a.min(b), a.max(b));
            prop_assert!(GRAINS[grain].period(Some(first)) <= GRAINS[grain].period(Some(last)));
        }
    }
}
