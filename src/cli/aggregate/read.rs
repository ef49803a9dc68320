//! What do the runs hold? Their rows, added up as a stream.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::args::known_fields;
use crate::aggregate::Counter;
use crate::aggregate::Field;
use crate::aggregate::Keep;
use crate::aggregate::LeftOut;
use crate::aggregate::Repeats;
use crate::aggregate::Selection;
use crate::aggregate::What;
use crate::cli::{Printer, table};
use crate::error::WithHint;
use crate::output::read_dyads;
use crate::output::read_mentions;
use crate::score::DyadRow;
use crate::score::MentionRow;

/// What was read of a run.
pub(super) struct Counted {
    pub(super) counter: Counter,
    /// Names of actors by their ids, as far as the rows tell.
    pub(super) names: BTreeMap<String, String>,
    /// The archive's further fields.
    extra: BTreeSet<String>,
}

impl Counted {
    pub(super) fn new(selection: &Selection, keep: Keep, repeats: Repeats) -> Self {
        let counter = Counter::new(selection.clone()).keeping(keep).with_repeats(repeats);
        Self { counter, names: BTreeMap::new(), extra: BTreeSet::new() }
    }

    pub(super) fn mention(&mut self, row: &MentionRow) {
        if !self.names.contains_key(&row.actor) {
            self.names.insert(row.actor.clone(), row.actor_name.clone());
        }
        self.note(&row.extra);
        self.counter.mention(row);
    }

    fn dyad(&mut self, row: &DyadRow) {
        self.note(&row.extra);
        self.counter.dyad(row);
    }

    fn note(&mut self, extra: &serde_json::Map<String, serde_json::Value>) {
        for name in extra.keys() {
            if !self.extra.contains(name) {
                self.extra.insert(name.clone());
            }
        }
    }

    /// Refuses labels of rows that the run doesn't have: its sample was drawn from another.
    pub(super) fn check_labels(&self, n_labels: usize) -> anyhow::Result<()> {
        let n_found = self.counter.n_labels_found();
        if n_found == n_labels {
            return Ok(());
        }
        let n_lost = n_labels - n_found;
        Err(anyhow::anyhow!("{n_lost} of {n_labels} labelled rows are not in this run"))
            .hint(|| "name the run that the sample was drawn from".to_owned())
    }

    /// Refuses what would give an empty table for a reason that the user can do something about.
    pub(super) fn check(&self, selection: &Selection) -> anyhow::Result<()> {
        let n_rows = self.counter.n_rows();
        for field in &selection.by {
            let Field::Extra(name) = field else { continue };
            let is_known = self.extra.contains(name)
                || name.strip_prefix("x_").is_some_and(|name| self.extra.contains(name));
            if n_rows > 0 && !is_known {
                return Err(anyhow::anyhow!("no row has a field `{name}` to split by")).hint(
                    || {
                        let own: Vec<_> =
                            self.extra.iter().map(|name| format!(", `{name}`")).collect();
                        known_fields(selection.what) + &own.concat()
                    },
                );
            }
        }
        let left_out = self.counter.left_out();
        if n_rows > 0 && left_out.without_stance == n_rows {
            return Err(anyhow::anyhow!("the model that scored this run reads no stance"))
                .hint(|| "`detente models list` says which read stance".to_owned());
        }
        if n_rows > 0 && left_out.unknown_voice == n_rows {
            return Err(anyhow::anyhow!("this run doesn't tell voices apart"))
                .hint(|| "leave out `--voice`".to_owned());
        }
        Ok(())
    }
}

/// Adds up the rows of runs.
pub(super) fn read(
    dirs: &[PathBuf],
    selection: &Selection,
    keep: Keep,
    repeats: Repeats,
) -> anyhow::Result<Counted> {
    let mut counted = Counted::new(selection, keep, repeats);
    for (run, dir) in dirs.iter().enumerate() {
        if run > 0 {
            counted.counter.next_run();
        }
        match selection.what {
            What::Actors => each(read_mentions(dir)?, |row| counted.mention(row))?,
            What::Sources | What::Dyads => each(read_dyads(dir)?, |row| counted.dyad(row))?,
        }
    }
    Ok(counted)
}

fn each<R>(
    rows: impl Iterator<Item = anyhow::Result<R>>,
    mut count: impl FnMut(&R),
) -> anyhow::Result<()> {
    for row in rows {
        count(&row?);
    }
    Ok(())
}

/// Says which rows didn't count.
pub(super) fn say_left_out(left_out: LeftOut, printer: &mut Printer) {
    let LeftOut {
        without_stance,
        other_voice,
        unknown_voice,
        other_modality,
        toward_itself,
        outside,
        repeated,
    } = left_out;
    let counts = [
        (without_stance, "without a stance"),
        (other_voice, "in another voice"),
        (unknown_voice, "whose voice isn't known"),
        (other_modality, "of another modality, or an unknown one"),
        (toward_itself, "of a source toward itself"),
        (outside, "outside the periods"),
        (repeated, "of near-duplicate articles"),
    ];
    let counts: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", table::thousands(*count)))
        .collect();
    if !counts.is_empty() {
        printer.say(&format!("rows left out: {}", counts.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Counted;
    use super::read;
    use crate::aggregate::Keep;
    use crate::aggregate::Repeats;
    use crate::aggregate::Selection;
    use crate::aggregate::Subject;
    use crate::aggregate::rows_for_tests::{dyad, mention};
    use crate::cli::aggregate::Args;
    use crate::error::Hinted;
    use crate::output::SINKS;
    use crate::output::create;
    use crate::score::Voice;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn selected(line: &str) -> anyhow::Result<Selection> {
        let line = format!("aggregate run {line}");
        Line::try_parse_from(line.split_whitespace())?.args.selection()
    }

    fn told(error: &anyhow::Error) -> String {
        let hint = error.downcast_ref::<Hinted>().map_or("", |hinted| &hinted.hint);
        format!("{error}\nhint: {hint}")
    }

    #[test]
    fn a_field_of_other_rows_is_refused_with_those_that_there_are() {
        insta::assert_snapshot!(
            told(&selected("--what actors --by outlet,source_state").unwrap_err()),
            @r"
        `--what actors` can't be split by `source_state`
        hint: `--what actors` can be split by `outlet`, `part`, `voice`, `modality`, `speaker`, `actor_state`
        "
        );
        assert!(selected("--what dyads --by outlet,source_state").is_ok());
    }

    #[test]
    fn a_field_named_twice_is_refused() {
        let error = selected("--by outlet,voice,outlet").unwrap_err();
        assert_eq!(error.to_string(), "`--by` names `outlet` twice");
    }

    fn counted(line: &str) -> (Counted, Selection) {
        let selection = selected(line).unwrap();
        let mut counted = Counted::new(&selection, Keep::default(), Repeats::default());
        let mut row = mention("a1", 0, "NOR", -0.5);
        row.extra.insert("desk".to_owned(), "foreign".into());
        counted.mention(&row);
        (counted, selection)
    }

    #[test]
    fn a_field_that_no_row_has_is_refused_with_the_archives_own() {
        let (counted, selection) = counted("--by dekk");
        insta::assert_snapshot!(told(&counted.check(&selection).unwrap_err()), @r"
        no row has a field `dekk` to split by
        hint: `--what actors` can be split by `outlet`, `part`, `voice`, `modality`, `speaker`, `actor_state`, `desk`
        ");
    }

    #[test]
    fn a_field_that_some_row_has_is_taken() {
        for line in ["--by desk", "--by x_desk", "--by outlet"] {
            let (counted, selection) = counted(line);
            assert!(counted.check(&selection).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_run_without_voices_can_t_be_asked_for_one() {
        let (counted, selection) = counted("--voice quoted");
        assert_eq!(selection.voice, Some(Voice::Quoted));
        let error = counted.check(&selection).unwrap_err();
        assert_eq!(told(&error), "this run doesn't tell voices apart\nhint: leave out `--voice`");
    }

    #[test]
    fn a_run_without_stance_can_t_be_added_up() {
        let selection = selected("").unwrap();
        let mut counted = Counted::new(&selection, Keep::default(), Repeats::default());
        let mut row = mention("a1", 0, "NOR", -0.5);
        row.stance = None;
        counted.mention(&row);
        let error = counted.check(&selection).unwrap_err();
        assert_eq!(error.to_string(), "the model that scored this run reads no stance");
    }

    #[test]
    fn a_run_gives_the_same_sums_in_every_format() {
        for format in SINKS {
            let folder = tempfile::tempdir().unwrap();
            let run = folder.path().join("run");
            let mut sink = create(&run, *format).unwrap();
            for (article, net) in [("a1", -0.5), ("a2", 0.25)] {
                let mut row = mention(article, 0, "NOR", net);
                row.extra.insert("page".to_owned(), 7.into());
                sink.mention(&row).unwrap();
                sink.dyad(&dyad(article, 0, "ISL", "NOR", net)).unwrap();
            }
            sink.finish().unwrap();
            for (line, expected) in [("--by page", "NOR 7"), ("--what dyads", "ISL NOR")] {
                let counted = read(
                    std::slice::from_ref(&run),
                    &selected(line).unwrap(),
                    Keep::default(),
                    Repeats::default(),
                )
                .unwrap();
                let keys = counted.counter.finish().into_keys();
                assert_eq!(keys.len(), 1, "{}", format.name());
                let (key, articles) = &keys[0];
                let whom = match &key.subject {
                    Subject::Dyad { source, target } => format!("{source} {target}"),
                    Subject::Received(id) | Subject::Expressed(id) => {
                        format!("{id} {}", key.by[0].as_deref().unwrap())
                    }
                };
                assert_eq!(whom, expected, "{}", format.name());
                let net: f64 = articles.iter().map(|(_, sums)| sums.total_net()).sum();
                assert!((net - -0.25).abs() < 1e-5, "{}: {net}", format.name());
            }
        }
    }

    #[test]
    fn a_folder_without_a_run_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            read(
                &[folder.path().to_owned()],
                &selected("").unwrap(),
                Keep::default(),
                Repeats::default()
            )
            .is_err()
        );
    }

    #[test]
    fn csv_and_json_are_not_printed_at_once() {
        assert!(selected("--json --format csv").is_err());
    }
}
