//! How does a result look on a terminal? Tables of at most 100 columns, without rules, that say how to read them.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Table};
use unicode_segmentation::UnicodeSegmentation;

use super::paint;
use crate::aggregate::CorrectedEstimate;
use crate::aggregate::Estimate;
use crate::aggregate::Interval;
use crate::aggregate::IntervalMethod;
use crate::aggregate::IntervalOptions;
use crate::aggregate::Summary;
use crate::aggregate::VOICE_OF_THE_TEXT;

/// Characters that an actor's name and id may take beside the columns of numbers.
const NAME_WIDTH: usize = 26;
/// Characters that a pair may take.
const DYAD_WIDTH: usize = 54;

/// Writes a run's summary: a line an actor, the sharpest pairs, and how to read both.
pub(super) fn summary(summary: &Summary, is_coloured: bool) -> String {
    if summary.actors.is_empty() {
        return "no actor was found in any sentence\n".to_owned();
    }
    let mut text = actors(summary);
    text.push_str(&dyads(summary));
    text.push('\n');
    text.push_str(&how_to_read(&summary.options.intervals));
    paint::finish(&text, is_coloured)
}

fn actors(summary: &Summary) -> String {
    let level = percent_of_level(&summary.options.intervals);
    let received = format!("net stance\nreceived [{level}]");
    let mut table = grid(
        &[
            "\nactor",
            "\narticles",
            "\nsentences",
            "\nhostile",
            "concilia-\ntory",
            &received,
            "net\nexpressed",
        ],
        1,
    );
    for line in &summary.actors {
        let mut row = vec![actor(&line.name, &line.id)];
        row.extend(line.received.as_ref().map_or_else(dashes, numbers));
        row.push(line.expressed.as_ref().map_or_else(|| "–".to_owned(), toned_net));
        table.add_row(row);
    }
    let mut text = lines(&table);
    if summary.n_further_actors > 0 {
        let further = plural(summary.n_further_actors, "more actor", "more actors");
        text = text + "and " + &further + "\n";
    }
    text
}

fn dyads(summary: &Summary) -> String {
    let enough = summary.options.min_articles;
    if summary.dyads.is_empty() {
        let none = match summary.n_frequent_dyads {
            0 => format!("no pair stands in {enough} articles or more"),
            n => format!(
                "of {} in {enough} articles or more, none is clearly hostile or conciliatory",
                plural(n, "pair", "pairs")
            ),
        };
        return format!("\nsharpest dyads: {none}\n");
    }
    let level = percent_of_level(&summary.options.intervals);
    let net = format!("net [{level}]");
    let mut table = grid(&["sharpest dyads", "articles", "sentences", &net], 1);
    for line in &summary.dyads {
        let estimate = &line.estimate;
        let side = DYAD_WIDTH / 2 - 2;
        let pair = format!("{} → {}", name(&line.source, side), name(&line.target, side));
        table.add_row([
            pair,
            thousands(estimate.n_articles as u64),
            thousands(estimate.sums.n),
            toned_net_and_interval(estimate),
        ]);
    }
    format!("\n{}", lines(&table))
}

/// How to read net stance and its intervals.
pub(super) fn how_to_read(intervals: &IntervalOptions) -> String {
    let level = percent_of_level(intervals);
    let how = match intervals.method() {
        IntervalMethod::Bootstrap | IntervalMethod::Bca => {
            format!("by {} resamples of whole articles", thousands(intervals.resamples() as u64))
        }
        IntervalMethod::TwoLevel => {
            let n = thousands(intervals.resamples() as u64);
            format!("by {n} resamples of outlets and their articles")
        }
        IntervalMethod::Analytic => "with whole articles as the unit".to_owned(),
    };
    format!(
        "net: mean of p(conciliatory) - p(hostile), from -1 to +1; received from anyone, expressed to others.\n\
         [low, high]: {level} interval {how}; none from a single article.\n"
    )
}

/// A table without rules, its first columns left and all others right.
pub(super) fn grid(header: &[&str], n_left: usize) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(header.iter().enumerate().map(|(i, &title)| {
        Cell::new(title).set_alignment(if i < n_left {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        })
    }));
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if i == 0 { 0 } else { 2 }, 0));
        if i >= n_left {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// The table's lines, without spaces at their ends.
pub(super) fn lines(table: &Table) -> String {
    table.trim_fmt() + "\n"
}

/// Articles, sentences, both shares, and net stance with its interval.
pub(super) fn numbers(estimate: &Estimate) -> [String; 5] {
    let sums = estimate.sums;
    [
        thousands(estimate.n_articles as u64),
        thousands(sums.n),
        percent(estimate.hostile_share),
        percent(estimate.conciliatory_share),
        toned_net_and_interval(estimate),
    ]
}

/// Labels, and corrected net stance with its interval.
pub(super) fn corrected(corrected: Option<&CorrectedEstimate>) -> [String; 2] {
    let Some(corrected) = corrected else { return ["–", "–"].map(str::to_owned) };
    let Interval { low, high } = corrected.net.interval;
    let is_clear = corrected.net.interval.least_distance_from_zero() > 0.0;
    let text = format!("{} [{}, {}]", signed(corrected.net.value), signed(low), signed(high));
    let tone = if is_clear { corrected.net.value } else { 0.0 };
    [thousands(corrected.n_gold as u64), paint::mark(&text, tone)]
}

fn dashes() -> [String; 5] {
    ["–"; 5].map(str::to_owned)
}

/// An actor's name and, where the name doesn't give it away and there is room for it, its id.
pub(super) fn actor(shown: &str, id: &str) -> String {
    let slug = shown.to_lowercase().replace(' ', "-");
    if shown == VOICE_OF_THE_TEXT || shown == id || slug == id {
        return name(shown, NAME_WIDTH);
    }
    let id = paint::cell(id);
    let length = |text: &str| text.graphemes(true).count();
    if length(&id) > NAME_WIDTH / 3 && length(shown) + length(&id) + 3 > NAME_WIDTH {
        return name(shown, NAME_WIDTH);
    }
    let left = NAME_WIDTH - length(&id) - 3;
    format!("{} ({id})", name(shown, left))
}

/// A name from input, cut to a number of characters.
pub(super) fn name(text: &str, width: usize) -> String {
    let text = paint::cell(text);
    if text.graphemes(true).count() <= width {
        return text;
    }
    let kept: String = text.graphemes(true).take(width - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Net stance alone, toned where its interval says that it isn't 0.
fn toned_net(estimate: &Estimate) -> String {
    paint::mark(&signed(estimate.net), tone(estimate))
}

fn toned_net_and_interval(estimate: &Estimate) -> String {
    let net = signed(estimate.net);
    // As wide as an interval, so that the estimates stand below one another.
    let interval = estimate.interval.map_or_else(
        || " ".repeat("[+0.00, +0.00]".len()),
        |interval| format!("[{}, {}]", signed(interval.low), signed(interval.high)),
    );
    paint::mark(&format!("{net} {interval}"), tone(estimate))
}

/// The estimate where its interval leaves no doubt of its sign, else 0.
fn tone(estimate: &Estimate) -> f64 {
    match estimate.interval {
        Some(interval) if interval.least_distance_from_zero() > 0.0 => estimate.net,
        _ => 0.0,
    }
}

/// Two decimals and always a sign, but for what rounds to nothing.
pub(super) fn signed(value: f64) -> String {
    let text = format!("{value:+.2}");
    if text.ends_with("0.00") { " 0.00".to_owned() } else { text }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// `95%`, `99.9%`.
pub(super) fn percent_of_level(intervals: &IntervalOptions) -> String {
    let percent = format!("{:.3}", 100.0 * intervals.level());
    format!("{}%", percent.trim_end_matches('0').trim_end_matches('.'))
}

/// A count with commas.
pub(super) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and what is counted.
pub(super) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count as u64), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{actor, percent_of_level, signed, summary, thousands};
    use crate::aggregate::IntervalMethod;
    use crate::aggregate::IntervalOptions;
    use crate::aggregate::Summary;
    use crate::aggregate::SummaryBuilder;
    use crate::aggregate::SummaryOptions;
    use crate::aggregate::VOICE_OF_THE_TEXT;
    use crate::aggregate::rows_for_tests::{dyad, mention};

    fn small(options: SummaryOptions) -> Summary {
        let mut builder = SummaryBuilder::new(options);
        for (i, net) in [-0.75, -0.5, -0.625, -0.875].into_iter().enumerate() {
            let article = format!("a{i}");
            let mut norway = mention(&article, 0, "NOR", net);
            norway.actor_name = "Norway".to_owned();
            builder.mention(&norway);
            let mut person = mention(&article, 1, "ada-berg", 0.625 + net / 2.0);
            person.actor_name = "Ada Berg".to_owned();
            builder.mention(&person);
            builder.dyad(&dyad(&article, 0, "ada-berg", "NOR", net));
            builder.dyad(&dyad(&article, 0, "author", "NOR", 0.0));
        }
        let mut council = mention("a9", 0, "NC", 0.875);
        council.actor_name = "Nordic Council of Municipalities and Ports".to_owned();
        builder.mention(&council);
        builder.finish()
    }

    fn exact() -> SummaryOptions {
        let intervals = IntervalOptions::new(IntervalMethod::Analytic, 0.95, 1000, 0).unwrap();
        SummaryOptions { intervals, ..SummaryOptions::default() }
    }

    #[test]
    fn a_summary_says_who_and_how_and_how_to_read_it() {
        insta::assert_snapshot!(summary(&small(exact()), false), @r"
                                                                  concilia-            net stance        net
        actor                       articles  sentences  hostile       tory        received [95%]  expressed
        Norway (NOR)                       4          4    75.0%       0.0%  -0.69 [-0.94, -0.43]          –
        Ada Berg                           4          4     0.0%       0.0%  +0.28 [+0.15, +0.41]      -0.69
        Nordic Council of Mu… (NC)         1          1     0.0%     100.0%  +0.88                         –
        the texts' own voice               –          –        –          –                     –       0.00

        sharpest dyads     articles  sentences             net [95%]
        Ada Berg → Norway         4          4  -0.69 [-0.94, -0.43]

        net: mean of p(conciliatory) - p(hostile), from -1 to +1; received from anyone, expressed to others.
        [low, high]: 95% interval with whole articles as the unit; none from a single article.
        ");
    }

    #[test]
    fn a_summary_fits_in_100_columns() {
        [SummaryOptions::default(), exact()].into_iter().for_each(fits);
    }

    fn fits(options: SummaryOptions) {
        let mut builder = SummaryBuilder::new(options);
        let long = "Ministry of Foreign Affairs, Trade and Development of the Isles";
        for article in ["a1", "a2", "a3"] {
            for other in ["MFATDI-1", "MFATDI-2"] {
                let mut row = mention(article, 0, other, -0.5);
                row.actor_name = long.to_owned();
                builder.mention(&row);
            }
            builder.dyad(&dyad(article, 0, "MFATDI-1", "MFATDI-2", -0.5));
        }
        let text = summary(&builder.finish(), false);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{widest:?}\n{text}");
    }

    #[test]
    fn colours_change_nothing_but_the_colour() {
        let summary_ = small(exact());
        let (plain, coloured) = (summary(&summary_, false), summary(&summary_, true));
        assert!(coloured.contains("\u{1b}[38;5;166m-0.69 ["), "{coloured:?}");
        let mut stripped = coloured;
        for code in ["\u{1b}[38;5;166m", "\u{1b}[38;5;32m", "\u{1b}[39m"] {
            stripped = stripped.replace(code, "");
        }
        assert_eq!(stripped, plain);
    }

    #[test]
    fn a_summary_without_dyads_says_why() {
        let rare = SummaryOptions { min_articles: 9, ..exact() };
        let text = summary(&small(rare), false);
        assert!(text.contains("sharpest dyads: no pair stands in 9 articles or more"), "{text}");
    }

    #[test]
    fn nothing_found_is_said() {
        let nothing = SummaryBuilder::new(exact()).finish();
        assert_eq!(summary(&nothing, false), "no actor was found in any sentence\n");
    }

    #[test]
    fn ids_stand_beside_names_that_don_t_give_them_away() {
        assert_eq!(actor("Norway", "NOR"), "Norway (NOR)");
        assert_eq!(actor("Ada Berg", "ada-berg"), "Ada Berg");
        assert_eq!(actor(VOICE_OF_THE_TEXT, "author"), VOICE_OF_THE_TEXT);
        assert_eq!(actor("A Very Long Name of a Body", "AVLNB"), "A Very Long Name… (AVLNB)");
    }

    #[test]
    fn numbers_are_written_alike() {
        let signs = [0.004, -0.004, 0.5, -1.0].map(signed);
        assert_eq!(signs, [" 0.00", " 0.00", "+0.50", "-1.00"]);
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        let level = |level| {
            let options = IntervalOptions::new(IntervalMethod::Analytic, level, 1000, 0);
            percent_of_level(&options.unwrap())
        };
        assert_eq!([0.95, 0.9, 0.999].map(level), ["95%", "90%", "99.9%"]);
    }
}
