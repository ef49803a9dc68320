//! How does a program read the sums? As CSV, as JSON lines, or as one JSON document.
//!
//! The columns of CSV and the fields of JSON lines are `actor` (with `--what sources`, `source`; with `--what dyads`,
//! `source, target`), `period`, those of `--by`, `n_articles`, `n_sentences` (of sources: `n_pairs`, since a sentence
//! has one reading for each target), `n_hostile`, `n_conciliatory`, `net_stance`, `low`, `high`, `method`.
//! Fractions have six decimals; `low` and `high` are empty, or null, where `method` is `one-article` or `one-outlet`.
//! With `--gold` or `--errors` follow `corrected`, `corrected_low`, `corrected_high`, `correction` (`dsl`, `ppi++`,
//! `acc`, `pacc` or `em`) and `n_gold`; all but the last are empty where a row has too few labels.
//!
//! The document of `--json` is
//!
//! ```json
//! {
//!   "schema": "detente-aggregate-1",
//!   "what": "actors" | "sources" | "dyads",
//!   "period": "day" | "week" | "month" | "quarter" | "year" | "all" | "given",
//!   "by": [FIELD, …],
//!   "roll_up": "none" | "state",
//!   "author": "merged" | "apart",
//!   "voice": null | "author" | "quoted" | "reported",
//!   "modality": ["asserted" | "threatened" | "offered" | "conditional" | "denied" | "reported", …],
//!   "min_articles": N,
//!   "interval": {"method": "cluster-bootstrap-percentile" | "cluster-bootstrap-bca" | "two-level-bootstrap-percentile", "level": 0.95, "resamples": N, "seed": N}
//!             | {"method": "cluster-robust", "level": 0.95},
//!   "weight": "sentence" | "article" | "outlet",
//!   "correction": null | "dsl" | "ppi++" | "acc" | "pacc" | "em",
//!   "left_out": {"without_stance": N, "other_voice": N, "unknown_voice": N, "other_modality": N, "toward_itself": N,
//!                "outside_periods": N, "in_duplicates": N},
//!   "duplicates": {"treated": "once" | "cluster" | "keep", "similarity": 0…1, "clusters": [[ARTICLE_ID, …], …]},
//!   "rows": [{
//!     the fields of a JSON line, in their order, and
//!     "hostile": {"share": 0…1, "low", "high"}, "conciliatory": {"share": 0…1, "low", "high"}; where corrected,
//!     both with "corrected": {"share", "low", "high"}, and "half_widths": [{"n_gold": N, "half_width"}, …], what the
//!     interval of net stance would probably reach on either side with so many labels
//!   }, …],
//!   "changes": {"adjusted_by": "holm" | "benjamini-hochberg" | "none", "rows": [{the columns of changes}, …]}
//! }
//! ```
//!
//! `changes` is there where changes were asked for; `changes.rs` has their columns.
//! `schema` gets another number when a field is renamed, removed or changes its meaning; fields may be added.

use serde_json::{Map, Value, json};

use crate::aggregate::Author;
use crate::aggregate::CorrectBy;
use crate::aggregate::Field;
use crate::aggregate::Interval;
use crate::aggregate::IntervalMethod;
use crate::aggregate::IntervalOptions;
use crate::aggregate::LeftOut;
use crate::aggregate::RollUp;
use crate::aggregate::Row;
use crate::aggregate::Selection;
use crate::aggregate::Subject;
use crate::aggregate::What;

/// How the rows were made.
pub(super) struct Header {
    pub(super) selection: Selection,
    pub(super) intervals: IntervalOptions,
    pub(super) min_articles: usize,
    pub(super) left_out: LeftOut,
    /// What estimates are put right by, where they are.
    pub(super) correct_by: Option<CorrectBy>,
    /// What is told of near-duplicates.
    pub(super) duplicates: Value,
}

/// The columns that a correction adds.
const CORRECTED: [&str; 5] =
    ["corrected", "corrected_low", "corrected_high", "correction", "n_gold"];

impl Header {
    /// The names of the columns, in their order.
    pub(super) fn columns(&self) -> Vec<String> {
        let (subject, n): (&[&str], _) = match self.selection.what {
            What::Actors => (&["actor"], "n_sentences"),
            What::Sources => (&["source"], "n_pairs"),
            What::Dyads => (&["source", "target"], "n_sentences"),
        };
        let sums =
            ["n_articles", n, "n_hostile", "n_conciliatory", "net_stance", "low", "high", "method"];
        let own: Vec<_> = subject.iter().chain(&["period"]).chain(&sums).copied().collect();
        let by = self.selection.by.iter().map(Field::name).map(|name| {
            // The document's own names are taken too, so that a field has one name in all formats.
            let is_taken = own.contains(&name)
                || CORRECTED.contains(&name)
                || ["hostile", "conciliatory", "half_widths"].contains(&name);
            if is_taken { format!("x_{name}") } else { name.to_owned() }
        });
        let before = subject.iter().chain(&["period"]).map(|&name| name.to_owned());
        let corrected: &[&str] = if self.correct_by.is_some() { &CORRECTED } else { &[] };
        let sums = sums.iter().chain(corrected).map(|&name| name.to_owned());
        before.chain(by).chain(sums).collect()
    }

    /// Rows as JSON lines.
    pub(super) fn jsonl(&self, rows: &[Row]) -> anyhow::Result<String> {
        let columns = self.columns();
        let mut text = String::new();
        for row in rows {
            text.push_str(&serde_json::to_string(&self.object(&columns, row))?);
            text.push('\n');
        }
        Ok(text)
    }

    /// The document.
    pub(super) fn json(&self, rows: &[Row], changes: Option<Value>) -> anyhow::Result<String> {
        let columns = self.columns();
        let Selection { what, grain, periods, by, roll_up, author, voice, modality } =
            &self.selection;
        let n_before = columns.iter().take_while(|name| *name != "period").count() + 1;
        let by = &columns[n_before..n_before + by.len()];
        let mut document = json!({
            "schema": "detente-aggregate-1",
            "what": what.name(),
            "period": if periods.is_empty() { grain.name() } else { "given" },
            "by": by,
            "roll_up": match roll_up { RollUp::None => "none", RollUp::State => "state" },
            "author": match author { Author::Merged => "merged", Author::Apart => "apart" },
            "voice": voice.map(crate::score::Voice::name),
            "modality": modality.iter().map(|one| one.name()).collect::<Vec<_>>(),
            "min_articles": self.min_articles,
            "interval": self.interval(),
            "weight": self.intervals.weight().name(),
            "correction": self.correct_by.as_ref().map(CorrectBy::name),
            "duplicates": self.duplicates,
            "left_out": self.left_out(),
            "rows": rows.iter().map(|row| with_shares(self.object(&columns, row), row)).collect::<Vec<_>>(),
        });
        if let Some(changes) = changes {
            document["changes"] = changes;
        }
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    /// Rows as CSV, without the header.
    pub(super) fn csv(&self, rows: &[Row]) -> anyhow::Result<String> {
        let lines = rows.iter().map(|row| {
            let cells: Vec<_> = self.values(row).into_iter().map(cell).collect();
            csv_line(&cells)
        });
        lines.collect()
    }

    fn object(&self, columns: &[String], row: &Row) -> Map<String, Value> {
        columns.iter().cloned().zip(self.values(row)).collect()
    }

    /// A row's values, in the order of the columns.
    fn values(&self, row: &Row) -> Vec<Value> {
        let mut values = values(row);
        if self.correct_by.is_some() {
            values.extend(row.corrected.as_ref().map_or_else(
                || [Value::Null, Value::Null, Value::Null, Value::Null, 0.into()],
                |corrected| {
                    let Interval { low, high } = corrected.net.interval;
                    let net = rounded(corrected.net.value);
                    let how = corrected.method.into();
                    [net, rounded(low), rounded(high), how, corrected.n_gold.into()]
                },
            ));
        }
        values
    }

    fn left_out(&self) -> Value {
        let LeftOut {
            without_stance,
            other_voice,
            unknown_voice,
            other_modality,
            toward_itself,
            outside,
            repeated,
        } = self.left_out;
        json!({
            "without_stance": without_stance,
            "other_voice": other_voice,
            "unknown_voice": unknown_voice,
            "other_modality": other_modality,
            "toward_itself": toward_itself,
            "outside_periods": outside,
            "in_duplicates": repeated,
        })
    }

    fn interval(&self) -> Value {
        let (method, level) = (self.intervals.method(), self.intervals.level());
        match method {
            IntervalMethod::Bootstrap | IntervalMethod::Bca | IntervalMethod::TwoLevel => json!({
                "method": method.name(),
                "level": level,
                "resamples": self.intervals.resamples(),
                "seed": self.intervals.seed(),
            }),
            IntervalMethod::Analytic => json!({"method": method.name(), "level": level}),
        }
    }
}

/// One line of CSV.
pub(super) fn csv_line(cells: &[String]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8(bytes)?)
}

fn with_shares(mut object: Map<String, Value>, row: &Row) -> Value {
    let estimate = &row.estimate;
    let share = |share: f64, interval: Option<Interval>| {
        let (low, high) = ends(interval);
        json!({"share": rounded(share), "low": low, "high": high})
    };
    object.insert("hostile".to_owned(), share(estimate.hostile_share, estimate.hostile));
    object.insert(
        "conciliatory".to_owned(),
        share(estimate.conciliatory_share, estimate.conciliatory),
    );
    if let Some(corrected) = &row.corrected {
        for (name, point) in
            [("hostile", corrected.hostile), ("conciliatory", corrected.conciliatory)]
        {
            object[name]["corrected"] = share(point.value, Some(point.interval));
        }
        let widths = corrected.half_widths.iter();
        let widths = widths.map(|&(n, width)| json!({"n_gold": n, "half_width": rounded(width)}));
        object.insert("half_widths".to_owned(), widths.collect());
    }
    Value::Object(object)
}

/// A row's values but for those of a correction.
fn values(row: &Row) -> Vec<Value> {
    let (key, estimate, sums) = (&row.key, &row.estimate, row.estimate.sums);
    let mut values: Vec<Value> = match &key.subject {
        Subject::Received(actor) | Subject::Expressed(actor) => vec![actor.as_str().into()],
        Subject::Dyad { source, target } => vec![source.as_str().into(), target.as_str().into()],
    };
    values.push(key.period.to_string().into());
    values.extend(key.by.iter().map(|value| Value::from(value.clone())));
    let (low, high) = ends(estimate.interval);
    values.extend([
        estimate.n_articles.into(),
        sums.n.into(),
        sums.n_hostile.into(),
        sums.n_conciliatory.into(),
        rounded(estimate.net),
        low,
        high,
        estimate.method().into(),
    ]);
    values
}

fn ends(interval: Option<Interval>) -> (Value, Value) {
    interval
        .map_or((Value::Null, Value::Null), |Interval { low, high }| (rounded(low), rounded(high)))
}

/// Six decimals, and no negative zero.
pub(super) fn rounded(value: f64) -> Value {
    ((value * 1e6).round() / 1e6 + 0.0).into()
}

pub(super) fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Header;
    use crate::aggregate::Counter;
    use crate::aggregate::Field;
    use crate::aggregate::Grain;
    use crate::aggregate::IntervalMethod;
    use crate::aggregate::IntervalOptions;
    use crate::aggregate::Row;
    use crate::aggregate::Selection;
    use crate::aggregate::What;
    use crate::aggregate::rows;
    use crate::aggregate::rows_for_tests::{dyad, mention};

    fn small(selection: Selection, method: IntervalMethod) -> (Header, Vec<Row>) {
        let intervals = IntervalOptions::new(method, 0.95, 1000, 7).unwrap();
        let mut counter = Counter::new(selection.clone());
        for (article, net) in [("a1", -0.75), ("a2", -0.5), ("a3", 0.25)] {
            let mut row = mention(article, 0, "NOR", net);
            row.extra.insert("method".to_owned(), "phone, \"live\"".into());
            counter.mention(&row);
            counter.dyad(&dyad(article, 0, "ISL", "NOR", net));
        }
        counter.mention(&mention("a3", 0, "ISL", 0.0));
        let left_out = counter.left_out();
        let rows = rows(counter.finish(), &intervals, 1);
        let duplicates = serde_json::json!({"treated": "keep"});
        (
            Header {
                selection,
                intervals,
                min_articles: 1,
                left_out,
                correct_by: None,
                duplicates,
            },
            rows,
        )
    }

    #[test]
    fn the_document_has_this_schema() {
        let selection =
            Selection { grain: Grain::Quarter, by: vec![Field::Outlet], ..Selection::default() };
        let (header, rows) = small(selection, IntervalMethod::Analytic);
        insta::assert_snapshot!(header.json(&rows, None).unwrap(), @r#"
        {
          "schema": "detente-aggregate-1",
          "what": "actors",
          "period": "quarter",
          "by": [
            "outlet"
          ],
          "roll_up": "none",
          "author": "merged",
          "voice": null,
          "modality": [],
          "min_articles": 1,
          "interval": {
            "method": "cluster-robust",
            "level": 0.95
          },
          "weight": "sentence",
          "correction": null,
          "duplicates": {
            "treated": "keep"
          },
          "left_out": {
            "without_stance": 0,
            "other_voice": 0,
            "unknown_voice": 0,
            "other_modality": 0,
            "toward_itself": 0,
            "outside_periods": 0,
            "in_duplicates": 0
          },
          "rows": [
            {
              "actor": "ISL",
              "period": "2031-Q2",
              "outlet": "Fjord Post",
              "n_articles": 1,
              "n_sentences": 1,
              "n_hostile": 0,
              "n_conciliatory": 0,
              "net_stance": 0.0,
              "low": null,
              "high": null,
              "method": "one-article",
              "hostile": {
                "share": 0.0,
                "low": null,
                "high": null
              },
              "conciliatory": {
                "share": 0.0,
                "low": null,
                "high": null
              }
            },
            {
              "actor": "NOR",
              "period": "2031-Q2",
              "outlet": "Fjord Post",
              "n_articles": 3,
              "n_sentences": 3,
              "n_hostile": 1,
              "n_conciliatory": 0,
              "net_stance": -0.333333,
              "low": -1.0,
              "high": 0.959453,
              "method": "cluster-robust",
              "hostile": {
                "share": 0.333333,
                "low": 0.045255,
                "high": 0.840618
              },
              "conciliatory": {
                "share": 0.0,
                "low": 0.0,
                "high": 0.561497
              }
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_bootstrap_names_its_resamples_and_seed_and_repeats_to_the_byte() {
        let text = || {
            let (header, rows) = small(Selection::default(), IntervalMethod::Bootstrap);
            header.json(&rows, None).unwrap()
        };
        let document: serde_json::Value = serde_json::from_str(&text()).unwrap();
        insta::assert_snapshot!(document["interval"].to_string(), @r#"{"method":"cluster-bootstrap-percentile","level":0.95,"resamples":1000,"seed":7}"#);
        assert_eq!(text(), text());
    }

    #[test]
    fn csv_has_the_columns_of_the_contract_and_fields_after_the_period() {
        let by = vec![Field::named("method"), Field::Outlet];
        let (header, rows) =
            small(Selection { by, ..Selection::default() }, IntervalMethod::Analytic);
        let text = super::csv_line(&header.columns()).unwrap() + &header.csv(&rows).unwrap();
        insta::assert_snapshot!(text, @r#"
        actor,period,x_method,outlet,n_articles,n_sentences,n_hostile,n_conciliatory,net_stance,low,high,method
        ISL,all,,Fjord Post,1,1,0,0,0.0,,,one-article
        NOR,all,"phone, ""live""",Fjord Post,3,3,1,0,-0.333333,-1.0,0.959453,cluster-robust
        "#);
    }

    #[test]
    fn dyads_and_sources_have_their_own_first_columns() {
        let of = |what| {
            let (header, rows) =
                small(Selection { what, ..Selection::default() }, IntervalMethod::Analytic);
            header.jsonl(&rows).unwrap()
        };
        insta::assert_snapshot!(of(What::Dyads), @r#"{"source":"ISL","target":"NOR","period":"all","n_articles":3,"n_sentences":3,"n_hostile":1,"n_conciliatory":0,"net_stance":-0.333333,"low":-1.0,"high":0.959453,"method":"cluster-robust"}"#);
        insta::assert_snapshot!(of(What::Sources), @r#"{"source":"ISL","period":"all","n_articles":3,"n_pairs":3,"n_hostile":1,"n_conciliatory":0,"net_stance":-0.333333,"low":-1.0,"high":0.959453,"method":"cluster-robust"}"#);
    }
}
