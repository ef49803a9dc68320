//! What becomes of what the pipeline gives? Counted, written, summed up, and told.

use indicatif::ProgressBar;

use super::super::Printer;
use super::Args;
use crate::aggregate::SummaryBuilder;
use crate::error::Skipped;
use crate::output::Entry;
use crate::output::Manifest;
use crate::output::Part;
use crate::output::Sink;
use crate::output::manifest::{Counts, SkippedRecord};
use crate::score::ArticleRows;

/// Takes what the pipeline gives.
pub(super) struct Taking<'a> {
    sink: Option<Box<dyn Sink>>,
    summary: SummaryBuilder,
    counts: Counts,
    skipped: Vec<SkippedRecord>,
    n_warnings: u64,
    n_taken_over: u64,
    is_strict: bool,
    bar: &'a ProgressBar,
    printer: &'a mut Printer,
}

/// What a whole run gave.
pub(super) struct Taken {
    pub(super) summary: SummaryBuilder,
    pub(super) counts: Counts,
    pub(super) skipped: Vec<SkippedRecord>,
    pub(super) n_warnings: u64,
    pub(super) n_taken_over: u64,
}

/// Skipped records, and warnings, that are shown; the others are counted.
const SHOWN: u64 = 3;

impl<'a> Taking<'a> {
    pub(super) fn new(
        args: &Args,
        sink: Option<Box<dyn Sink>>,
        bar: &'a ProgressBar,
        printer: &'a mut Printer,
    ) -> Self {
        Self {
            sink,
            summary: SummaryBuilder::new(super::summary_options(args.seed)),
            counts: Counts::default(),
            skipped: Vec::new(),
            n_warnings: 0,
            n_taken_over: 0,
            is_strict: args.strict,
            bar,
            printer,
        }
    }

    /// Completes what was written.
    pub(super) fn finish(self) -> anyhow::Result<Taken> {
        let Self { sink, summary, mut counts, skipped, n_warnings, n_taken_over, .. } = self;
        if let Some(sink) = sink {
            counts.set_rows(sink.finish()?);
        }
        Ok(Taken { summary, counts, skipped, n_warnings, n_taken_over })
    }

    /// Takes a part, in the order of the archive.
    pub(super) fn take(&mut self, part: Part, n_taken_over: usize) -> anyhow::Result<()> {
        self.n_taken_over += n_taken_over as u64;
        part.entries.into_iter().try_for_each(|entry| match entry {
            Entry::Scored { rows, .. } => self.scored(&rows),
            Entry::Skipped(skipped) => self.skip(&skipped),
            Entry::Warning(warning) => {
                self.n_warnings += 1;
                if self.n_warnings <= SHOWN {
                    self.say(&format!("warning: {warning}"));
                }
                Ok(())
            }
        })
    }

    /// Articles taken so far.
    pub(super) fn n_articles(&self) -> u64 {
        self.counts.articles
    }

    fn scored(&mut self, rows: &ArticleRows) -> anyhow::Result<()> {
        let article = &rows.article;
        self.counts.records_read += 1;
        self.counts.articles += 1;
        self.counts.undated += u64::from(article.date.is_none());
        self.counts.sentences += u64::from(article.n_sentences);
        self.counts.scored += u64::from(article.n_scored);
        self.counts.cut += u64::from(article.n_cut);
        if let Some(sink) = &mut self.sink {
            sink.article(article)?;
        }
        for row in &rows.mentions {
            self.summary.mention(row);
            if let Some(sink) = &mut self.sink {
                sink.mention(row)?;
            }
        }
        for row in &rows.dyads {
            self.summary.dyad(row);
            if let Some(sink) = &mut self.sink {
                sink.dyad(row)?;
            }
        }
        self.counts.mention_rows += rows.mentions.len() as u64;
        self.counts.dyad_rows += rows.dyads.len() as u64;
        let seconds = self.bar.elapsed().as_secs_f64();
        let rate = self.counts.articles as f64 / seconds.max(1e-3);
        self.bar.set_message(format!("{} articles, {rate:.0}/s", self.counts.articles));
        Ok(())
    }

    fn skip(&mut self, skipped: &Skipped) -> anyhow::Result<()> {
        if self.is_strict {
            return Err(anyhow::Error::new(skipped.clone()).context("a record can't be used"));
        }
        self.counts.records_read += 1;
        self.counts.skipped += 1;
        Manifest::list_skipped(&mut self.skipped, skipped);
        if self.counts.skipped <= SHOWN {
            self.say(&format!("skipped: {skipped}"));
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        let printer = &mut *self.printer;
        self.bar.suspend(|| printer.say(text));
    }
}

/// What was read, scored, skipped, cut and written: the counts add up.
pub(super) fn closing_line(taken: &Taken, args: &Args) -> String {
    let Taken { counts, n_warnings, n_taken_over, .. } = taken;
    let mut line = format!(
        "{} records read: {} articles scored, {} skipped; {} of {} sentences speak of an actor",
        counts.records_read, counts.articles, counts.skipped, counts.scored, counts.sentences
    );
    if *n_taken_over > 0 {
        line += &format!("; {n_taken_over} of the articles had been scored before");
    }
    if counts.undated > 0 {
        line += &format!("; {} articles without a date", counts.undated);
    }
    if counts.cut > 0 {
        line += &format!(
            "; {} sentences were longer than the model's window and read in several",
            counts.cut
        );
    }
    if *n_warnings > SHOWN {
        line += &format!("; {n_warnings} warnings, of which the first {SHOWN} are shown");
    }
    if let Some(folder) = &args.output {
        let (mentions, dyads) = (counts.mention_rows, counts.dyad_rows);
        line += &format!("\n{mentions} mention rows and {dyads} dyad rows in {}", folder.display());
    }
    line
}
