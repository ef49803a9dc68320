//! Who is compared? Each splitter as a function from a text to byte ranges.

use icu_segmenter::SentenceSegmenter;
use icu_segmenter::options::SentenceBreakInvariantOptions;
use pragmatic_segmenter::Segmenter;
use segtok::segmenter::{SegmentConfig, split_multi};
use std::collections::BTreeMap;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// From a text to the byte ranges of its sentences.
pub type Split = Box<dyn Fn(&str) -> Vec<Range<usize>>>;

/// One way to split.
pub struct Splitter {
    pub name: &'static str,
    pub split: Split,
}

/// All of them, ours last.
pub fn splitters() -> Vec<Splitter> {
    let rules = srx::SRX::from_reader(std::io::Cursor::new(srx_rules()))
        .expect("the rules parse")
        .language_rules("en");
    let pragmatic = Segmenter::new().expect("its patterns compile");
    let make = |name, split: Split| Splitter { name, split };
    vec![
        make("srx 0.1.4, LanguageTool's rules", Box::new(move |text| rules.split_ranges(text))),
        make("sentencex 0.1", Box::new(sentencex_en)),
        make("icu_segmenter 2", Box::new(icu)),
        make(
            "pragmatic-segmenter 0.1.3",
            Box::new(move |text| located(text, pragmatic.segment(text))),
        ),
        make("unicode-segmentation 1", Box::new(unicode)),
        make(
            "segtok 0.1.5",
            Box::new(|text| located(text, split_multi(text, SegmentConfig::default()))),
        ),
        make(
            "cutters 0.1.4",
            Box::new(|text| {
                located(
                    text,
                    cutters::cut(text, cutters::Language::English).into_iter().map(|s| s.str),
                )
            }),
        ),
        make("ours and unicode-segmentation", both(unicode)),
        make("ours or unicode-segmentation", either(unicode)),
        make("ours and sentencex", both(sentencex_en)),
        make("ours or sentencex", either(sentencex_en)),
        make("ours", Box::new(crate::sentence::split)),
    ]
}

/// LanguageTool's rules as they lie in the `srx` package.
fn srx_rules() -> String {
    let home = std::env::var("CARGO_HOME")
        .unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").expect("a home")));
    let indexes =
        fs_err::read_dir(format!("{home}/registry/src")).expect("the package was fetched");
    let files = indexes.flatten().map(|index| index.path().join("srx-0.1.4/data/segment.srx"));
    files
        .into_iter()
        .find_map(|file| fs_err::read_to_string(file).ok())
        .expect("the package holds the rules")
}

fn icu(text: &str) -> Vec<Range<usize>> {
    let segmenter = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
    let ends: Vec<usize> = segmenter.segment_str(text).collect();
    ends.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn unicode(text: &str) -> Vec<Range<usize>> {
    text.split_sentence_bound_indices().map(|(at, piece)| at..at + piece.len()).collect()
}

fn sentencex_en(text: &str) -> Vec<Range<usize>> {
    located(text, sentencex::segment("en", text))
}

/// Splits only where our rules and the library do.
fn both(library: impl Fn(&str) -> Vec<Range<usize>> + 'static) -> Split {
    Box::new(move |text| combine(text, library(text), |ours, theirs| ours && theirs))
}

/// Splits wherever our rules or the library do.
fn either(library: impl Fn(&str) -> Vec<Range<usize>> + 'static) -> Split {
    Box::new(move |text| combine(text, library(text), |ours, theirs| ours || theirs))
}

fn combine(
    text: &str,
    library: Vec<Range<usize>>,
    keeps: impl Fn(bool, bool) -> bool,
) -> Vec<Range<usize>> {
    let end = |range: Range<usize>| range.start + text[range].trim_end().len();
    let mut ends: BTreeMap<usize, (bool, bool)> = BTreeMap::new();
    crate::sentence::split(text)
        .into_iter()
        .for_each(|range| ends.entry(end(range)).or_default().0 = true);
    library.into_iter().for_each(|range| ends.entry(end(range)).or_default().1 = true);
    let kept =
        ends.into_iter().filter(|(_, (ours, theirs))| keeps(*ours, *theirs)).map(|(at, _)| at);
    let mut start = 0;
    let mut ranges: Vec<Range<usize>> =
        kept.map(|at| std::mem::replace(&mut start, at)..at).collect();
    ranges.push(start..text.len());
    ranges
}

/// Finds pieces again in the text that they were cut from, in order.
fn located<S: AsRef<str>>(text: &str, pieces: impl IntoIterator<Item = S>) -> Vec<Range<usize>> {
    let mut from = 0;
    let mut ranges = Vec::new();
    for piece in pieces {
        let piece = piece.as_ref().trim();
        if let Some(at) = text[from..].find(piece) {
            ranges.push(from + at..from + at + piece.len());
            from += at + piece.len();
        }
    }
    ranges
}
