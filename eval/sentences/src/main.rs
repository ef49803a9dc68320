//! Which splitter finds the sentences of news? Runs each on the cases of `cases.txt`, and prints accuracy and speed.
//!
//! `cargo run --release -- [--failures] [--joined LINES.txt]`
//!
//! A boundary is the place after the last character of a sentence; the end of a text isn't counted.
//! `--joined` takes a file with one sentence a line, joins eight lines at a time by a space and looks for the seams.

mod splitters;
#[path = "../../../src/text/sentence/mod.rs"]
mod sentence;

use splitters::{Splitter, splitters};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Where sentences end, in bytes, the end of the text left out.
type Boundaries = BTreeSet<usize>;

struct Case {
    kind: String,
    text: String,
    gold: Boundaries,
}

#[derive(Default)]
struct Score {
    hits: usize,
    found: usize,
    gold: usize,
    right: usize,
    panics: usize,
    wrong: Vec<(usize, Boundaries)>,
}

impl Score {
    fn add(&mut self, number: usize, found: Option<Boundaries>, gold: &Boundaries) {
        self.panics += usize::from(found.is_none());
        let found = found.unwrap_or_default();
        self.hits += found.intersection(gold).count();
        self.found += found.len();
        self.gold += gold.len();
        if found == *gold {
            self.right += 1;
        } else {
            self.wrong.push((number, found));
        }
    }

    fn percentages(&self) -> [f64; 3] {
        let (precision, recall) = (ratio(self.hits, self.found), ratio(self.hits, self.gold));
        [precision, recall, 2.0 * precision * recall / (precision + recall).max(1e-9)]
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let cases = parse(include_str!("../cases.txt"));
    let splitters = splitters();
    println!(
        "{} cases, {} boundaries within them\n",
        cases.len(),
        cases.iter().map(|c| c.gold.len()).sum::<usize>()
    );
    compare(&splitters, &cases, arguments.iter().any(|a| a == "--failures"));
    if let Some(at) = arguments.iter().position(|a| a == "--joined") {
        let lines =
            fs_err::read_to_string(&arguments[at + 1]).expect("a file with one sentence a line");
        let cases = joined(&lines);
        println!("\n{} texts of eight sentences each\n", cases.len());
        compare(&splitters, &cases, arguments.iter().any(|a| a == "--failures"));
    }
}

fn compare(splitters: &[Splitter], cases: &[Case], shows_failures: bool) {
    std::panic::set_hook(Box::new(|_| ()));
    println!(
        "| splitter | precision | recall | F1 | wholly right | panics | MB/s | MB/s, one line |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for splitter in splitters {
        let mut score = Score::default();
        for (number, case) in cases.iter().enumerate() {
            score.add(number, boundaries(splitter, &case.text), &case.gold);
        }
        let [precision, recall, f1] = score.percentages();
        let right =
            format!("{} of {} ({:.1})", score.right, cases.len(), ratio(score.right, cases.len()));
        let (name, panics) = (splitter.name, score.panics);
        let (speed, speed_on_line) = (speed(splitter, cases), speed_on_line(splitter, cases));
        println!(
            "| {name} | {precision:.1} | {recall:.1} | {f1:.1} | {right} | {panics} | {speed:.1} | {speed_on_line:.1} |"
        );
        if shows_failures && name == "ours" {
            score.wrong.iter().for_each(|(number, found)| show(*number, &cases[*number], found));
        }
    }
}

fn show(number: usize, case: &Case, found: &Boundaries) {
    let mut text = case.text.clone();
    let both: Boundaries = found.union(&case.gold).copied().collect();
    for at in both.iter().rev() {
        let mark = match (found.contains(at), case.gold.contains(at)) {
            (true, true) => "‖",
            (true, false) => "<WRONG>",
            _ => "<MISSED>",
        };
        text.insert_str(*at, mark);
    }
    println!("  {number} {}: {text:?}", case.kind);
}

fn boundaries(splitter: &Splitter, text: &str) -> Option<Boundaries> {
    let ranges = catch_unwind(AssertUnwindSafe(|| (splitter.split)(text))).ok()?;
    let ends = ranges.into_iter().filter(|range| !text[range.clone()].trim().is_empty());
    let ends = ends.map(|range| range.start + text[range].trim_end().len());
    Some(ends.filter(|end| *end < text.trim_end().len()).collect())
}

/// Megabytes a second, texts of about 2,000 bytes.
fn speed(splitter: &Splitter, cases: &[Case]) -> f64 {
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    let articles: Vec<String> = texts.chunks(20).map(|chunk| chunk.join("\n\n")).collect();
    let (start, mut n_bytes) = (Instant::now(), 0);
    while start.elapsed().as_secs_f64() < 1.0 {
        for article in &articles {
            let _ =
                catch_unwind(AssertUnwindSafe(|| std::hint::black_box((splitter.split)(article))));
            n_bytes += article.len();
        }
    }
    n_bytes as f64 / 1e6 / start.elapsed().as_secs_f64()
}

/// Megabytes a second, one text of a megabyte without a line break.
fn speed_on_line(splitter: &Splitter, cases: &[Case]) -> f64 {
    let texts: Vec<String> = cases.iter().map(|case| case.text.replace('\n', " ")).collect();
    let line: String =
        texts.iter().cycle().take(10_000).flat_map(|text| [text.as_str(), " "]).collect();
    let line = &line[..line.floor_char_boundary(1_000_000)];
    let start = Instant::now();
    let _ = catch_unwind(AssertUnwindSafe(|| std::hint::black_box((splitter.split)(line))));
    line.len() as f64 / 1e6 / start.elapsed().as_secs_f64()
}

fn parse(file: &str) -> Vec<Case> {
    let cases = file.split("\n== ").skip(1).map(|case| {
        let (kind, marked) = case.split_once('\n').expect("a text below the kind");
        let pieces: Vec<&str> = marked.trim().split('‖').collect();
        let ends = pieces.iter().scan(0, |end, piece| {
            *end += piece.len();
            Some(*end)
        });
        let text = pieces.concat();
        let gold = ends.take(pieces.len() - 1).collect();
        Case { kind: kind.to_owned(), text, gold }
    });
    cases.collect()
}

fn joined(lines: &str) -> Vec<Case> {
    let lines: Vec<&str> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let cases = lines.chunks_exact(8).map(|chunk| {
        let ends = chunk.iter().scan(0, |end, line| {
            *end += line.len() + 1;
            Some(*end - 1)
        });
        Case { kind: "joined".to_owned(), text: chunk.join(" "), gold: ends.take(7).collect() }
    });
    cases.collect()
}

fn ratio(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
