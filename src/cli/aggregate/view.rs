//! How did it change, at a glance? A line a subject, with a trend of a few characters.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::Grain;
use crate::aggregate::IntervalOptions;
use crate::aggregate::Key;
use crate::aggregate::Period;
use crate::aggregate::Selection;
use crate::aggregate::Series;
use crate::aggregate::Subject;
use crate::aggregate::Sums;
use crate::aggregate::VOICE_OF_THE_TEXT;
use crate::aggregate::What;
use crate::cli::paint;
use crate::cli::table;

/// Subjects that a terminal is shown.
const MOST_LINES: usize = 40;
/// Characters that a trend may take.
const MOST_MARKS: usize = 24;
/// From all hostile to all conciliatory, neutral in their middle.
const MARKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What a terminal is shown of a table.
pub(super) struct View<'a> {
    pub(super) selection: &'a Selection,
    pub(super) intervals: &'a IntervalOptions,
    /// Names of actors by their ids.
    pub(super) names: &'a BTreeMap<String, String>,
    /// The name of the correction, where there is one.
    pub(super) correction: Option<&'static str>,
}

impl View<'_> {
    /// The table, with colour marks.
    pub(super) fn draw(&self, series: &[Series]) -> String {
        if series.is_empty() {
            return "nothing to add up: no row is left\n".to_owned();
        }
        let shown = &series[..series.len().min(MOST_LINES)];
        let has_periods = self.selection.grain != Grain::All || !self.selection.periods.is_empty();
        let axis = has_periods.then(|| Axis::of(shown)).flatten();
        let mut text = self.table(shown, axis.as_ref());
        if series.len() > shown.len() {
            let further = table::thousands((series.len() - shown.len()) as u64);
            text = text + "and " + &further + " more; `--format csv` prints all\n";
        }
        text.push('\n');
        text.push_str(&table::how_to_read(self.intervals));
        if self.correction.is_some() {
            text.push_str(&corrections(series));
        } else if let Some(axis) = axis {
            text.push_str(&axis.how_to_read());
        }
        text
    }

    fn table(&self, shown: &[Series], axis: Option<&Axis>) -> String {
        let net = format!("net [{}]", table::percent_of_level(self.intervals));
        let mut header = vec![match self.selection.what {
            What::Actors => "actor",
            What::Sources => "source",
            What::Dyads => "dyad",
        }];
        header.extend(self.selection.by.iter().map(crate::aggregate::Field::name));
        let corrected = self.correction.map(|name| format!("by {name}"));
        header.extend(match (&corrected, axis) {
            (Some(corrected), _) => vec!["articles", "sentences", &net, "gold", corrected],
            (None, Some(axis)) => vec!["articles", "sentences", &net, &axis.title],
            (None, None) => vec!["articles", "sentences", "hostile", "conciliatory", &net],
        });
        let mut grid = table::grid(&header, 1 + self.selection.by.len());
        for series in shown {
            let key = &series.whole.key;
            let mut cells = vec![self.label(key)];
            let by = key.by.iter().map(|value| value.as_deref().unwrap_or("–"));
            cells.extend(by.map(|value| table::name(value, 16)));
            let [articles, sentences, hostile, conciliatory, net] =
                table::numbers(&series.whole.estimate);
            cells.extend(match (self.correction, axis) {
                (Some(_), _) => {
                    let [gold, corrected] = table::corrected(series.whole.corrected.as_ref());
                    vec![articles, sentences, net, gold, corrected]
                }
                (None, Some(axis)) => vec![articles, sentences, net, axis.trend(series)],
                (None, None) => vec![articles, sentences, hostile, conciliatory, net],
            });
            grid.add_row(cells);
        }
        table::lines(&grid)
    }

    fn label(&self, key: &Key) -> String {
        let name = |id: &str| match id {
            "author" => VOICE_OF_THE_TEXT.to_owned(),
            _ => self.names.get(id).map_or(id, String::as_str).to_owned(),
        };
        match &key.subject {
            Subject::Received(id) | Subject::Expressed(id) => table::actor(&name(id), id),
            Subject::Dyad { source, target } => {
                format!("{} → {}", table::name(&name(source), 22), table::name(&name(target), 22))
            }
        }
    }
}

/// How to read corrected estimates, and what more labels would buy.
fn corrections(series: &[Series]) -> String {
    let all = series.iter().filter_map(|series| series.whole.corrected.as_ref());
    let Some(most) = all.max_by_key(|corrected| corrected.n_gold) else {
        return "no row has enough labels to be put right: at least two articles must have some\n"
            .to_owned();
    };
    let reach = (most.net.interval.high - most.net.interval.low) / 2.0;
    let mut text = format!(
        "gold: labelled readings; {} of them reach ±{reach:.2} on either side",
        table::thousands(most.n_gold as u64)
    );
    for (n, reach) in &most.half_widths {
        text.push_str(&format!(", {} would ±{reach:.2}", table::thousands(*n as u64)));
    }
    text.push_str(".\n");
    text
}

/// The periods that trends run over, and the net stance that their lowest and highest marks stand for.
struct Axis {
    title: String,
    /// The number of the mark for each period.
    places: BTreeMap<Period, usize>,
    n_marks: usize,
    /// Periods that share a mark.
    n_pooled: usize,
    scale: f64,
}

impl Axis {
    /// Every period from the first to the last, as many to a mark as it takes; `None` where nothing has a date.
    fn of(shown: &[Series]) -> Option<Self> {
        let periods = || shown.iter().flat_map(|series| series.points.keys().copied());
        let (first, last) = (periods().min()?, periods().max()?);
        let all: Vec<_> = if matches!(first, Period::Range { .. }) || first.next().is_none() {
            periods().collect::<BTreeSet<_>>().into_iter().collect()
        } else {
            std::iter::successors(Some(first), |period| period.next())
                .take_while(|&period| period <= last)
                .collect()
        };
        let n_pooled = all.len().div_ceil(MOST_MARKS);
        let mut axis = Self {
            title: if first == last { first.to_string() } else { format!("{first} … {last}") },
            n_marks: all.len().div_ceil(n_pooled),
            places: all.into_iter().enumerate().map(|(i, period)| (period, i / n_pooled)).collect(),
            n_pooled,
            scale: 0.0,
        };
        let farthest = shown.iter().flat_map(|series| axis.pooled(series)).flatten();
        axis.scale = farthest.map(|sums| sums.net().abs()).fold(0.01, f64::max);
        Some(axis)
    }

    /// The sums that each mark stands for.
    fn pooled(&self, series: &Series) -> Vec<Option<Sums>> {
        let mut marks: Vec<Option<Sums>> = vec![None; self.n_marks];
        for (period, &sums) in &series.points {
            if let Some(&place) = self.places.get(period) {
                *marks[place].get_or_insert_default() += sums;
            }
        }
        marks
    }

    fn trend(&self, series: &Series) -> String {
        let mark = |sums: Option<Sums>| {
            let Some(net) = sums.map(Sums::net) else { return "·".to_owned() };
            let height = f64::midpoint(net / self.scale, 1.0) * MARKS.len() as f64;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "from 0 to the number of marks, since the scale is the farthest net"
            )]
            let mark = MARKS[(height.max(0.0) as usize).min(MARKS.len() - 1)];
            paint::mark(&mark.to_string(), net)
        };
        self.pooled(series).into_iter().map(mark).collect()
    }

    fn how_to_read(&self) -> String {
        let pooled = match self.n_pooled {
            1 => String::new(),
            n => format!(", {n} periods a mark"),
        };
        format!(
            "trend: {} {} to {} {}{pooled}, · none; `--format csv` has each with its interval.\n",
            MARKS[0],
            table::signed(-self.scale),
            MARKS[MARKS.len() - 1],
            table::signed(self.scale),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::View;
    use crate::aggregate::Counter;
    use crate::aggregate::Field;
    use crate::aggregate::Grain;
    use crate::aggregate::IntervalMethod;
    use crate::aggregate::IntervalOptions;
    use crate::aggregate::Selection;
    use crate::aggregate::rows_for_tests::mention;
    use crate::aggregate::series;
    use crate::cli::paint;

    /// Norway grows friendlier from month to month of two years, Iceland is mentioned twice.
    fn drawn(selection: &Selection) -> String {
        let intervals = IntervalOptions::new(IntervalMethod::Analytic, 0.95, 1000, 0).unwrap();
        let mut counter = Counter::new(selection.clone());
        for month in 0_i8..24 {
            let article = format!("a{month}");
            let day = date(2030 + i16::from(month / 12), month % 12 + 1, 9);
            for (actor, net) in [("NOR", f32::from(month) / 16.0 - 0.75), ("ISL", 0.25)] {
                if actor == "NOR" || month % 11 == 4 {
                    let mut row = mention(&article, 0, actor, net);
                    row.date = Some(day);
                    counter.mention(&row);
                }
            }
        }
        let names = BTreeMap::from([("NOR".to_owned(), "Norway".to_owned())]);
        let view = View { selection, intervals: &intervals, names: &names, correction: None };
        paint::finish(&view.draw(&series(counter.finish(), &intervals, 1)), false)
    }

    #[test]
    fn a_line_an_actor_shows_its_trend() {
        let selection = Selection { grain: Grain::Month, ..Selection::default() };
        insta::assert_snapshot!(drawn(&selection), @r"
        actor         articles  sentences             net [95%]         2030-01 … 2031-12
        Norway (NOR)        24         24  -0.03 [-0.22, +0.16]  ▁▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███
        ISL                  2          2  +0.25 [+0.25, +0.25]  ····▆··········▆········

        net: mean of p(conciliatory) - p(hostile), from -1 to +1; received from anyone, expressed to others.
        [low, high]: 95% interval with whole articles as the unit; none from a single article.
        trend: ▁ -0.75 to █ +0.75, · none; `--format csv` has each with its interval.
        ");
    }

    #[test]
    fn many_periods_share_marks() {
        let selection = Selection { grain: Grain::Week, ..Selection::default() };
        let text = drawn(&selection);
        assert!(text.contains("5 periods a mark"), "{text}");
        assert!(text.contains("2030-W02 … 2031-W50"), "{text}");
    }

    #[test]
    fn without_periods_there_is_no_trend_and_shares_stand_instead() {
        let selection = Selection { by: vec![Field::Outlet], ..Selection::default() };
        insta::assert_snapshot!(drawn(&selection), @r"
        actor         outlet      articles  sentences  hostile  conciliatory             net [95%]
        Norway (NOR)  Fjord Post        24         24    16.7%         12.5%  -0.03 [-0.22, +0.16]
        ISL           Fjord Post         2          2     0.0%          0.0%  +0.25 [+0.25, +0.25]

        net: mean of p(conciliatory) - p(hostile), from -1 to +1; received from anyone, expressed to others.
        [low, high]: 95% interval with whole articles as the unit; none from a single article.
        ");
    }

    #[test]
    fn nothing_left_is_said() {
        let intervals = IntervalOptions::default();
        let (selection, names) = (Selection::default(), BTreeMap::new());
        let view =
            View { selection: &selection, intervals: &intervals, names: &names, correction: None };
        assert_eq!(view.draw(&[]), "nothing to add up: no row is left\n");
    }
}
