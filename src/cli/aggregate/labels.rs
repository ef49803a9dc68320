//! What did people say? A sample with their labels, and how a model erred, as files have them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use serde_json::Value;

use crate::aggregate::ErrorMatrix;
use crate::aggregate::Gold;
use crate::aggregate::Labelled;
use crate::aggregate::Quantifier;
use crate::aggregate::RowId;
use crate::aggregate::What;
use crate::error::WithHint;
use crate::output::unguarded;
use crate::score::Distribution;
use crate::score::Stance;
use crate::text::Part;

/// A sample with labels.
pub(super) struct Sheet {
    pub(super) gold: Gold,
    /// Rows that nobody labelled.
    pub(super) n_unlabelled: usize,
    /// Whether it was drawn from the table `dyads`.
    pub(super) is_of_dyads: bool,
}

const HOW_TO_DRAW: &str =
    "draw a sample with `detente sample DIR -n 400 -o FILE.csv`, and let people fill in its labels";

/// Reads a sample that `detente sample` drew, its labels filled in.
///
/// A row's label is that in `label`; where that is empty, what most of its coders say. Rows without a label count as
/// not answered: the probabilities of the others of their stratum become that much smaller.
pub(super) fn sheet(path: &Path) -> anyhow::Result<Sheet> {
    let bytes = fs_err::read(path)?;
    let text = std::str::from_utf8(&bytes)
        .with_context(|| format!("{} is not in UTF-8", path.display()))
        .hint(|| "save the file as `CSV UTF-8`".to_owned())?;
    read_sheet(text.trim_start_matches('\u{feff}')).with_context(|| path.display().to_string())
}

/// Where a sheet has its columns.
struct Columns {
    names: Vec<String>,
}

impl Columns {
    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    fn needed(&self, name: &str) -> anyhow::Result<usize> {
        let place = self.place(name).ok_or_else(|| anyhow!("there is no column `{name}`"));
        place.hint(|| HOW_TO_DRAW.to_owned())
    }
}

/// A row before answers are counted.
struct Answer {
    row: RowId,
    probability: f64,
    stratum: String,
    label: Option<Stance>,
}

fn read_sheet(text: &str) -> anyhow::Result<Sheet> {
    let first = text.lines().next().unwrap_or("");
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|&delimiter| first.bytes().filter(|&byte| byte == delimiter).count());
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .flexible(false)
        .from_reader(text.as_bytes());
    let names = csv.headers()?.iter().map(|name| name.trim().to_lowercase()).collect();
    let columns = Columns { names };
    columns.needed("probability")?;
    let mut answers = Vec::new();
    for record in csv.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        answers.push(answer(&columns, &record).with_context(|| format!("line {line}"))?);
    }
    ensure!(!answers.is_empty(), "there are no rows");
    let is_of_dyads = columns.place("source").is_some();
    let n_unlabelled = answers.iter().filter(|answer| answer.label.is_none()).count();
    if n_unlabelled == answers.len() {
        return Err(anyhow!("no row has a label")).hint(|| {
            "write `hostile`, `neutral` or `conciliatory` into the column `label`".to_owned()
        });
    }
    Ok(Sheet { gold: gold(answers)?, n_unlabelled, is_of_dyads })
}

fn gold(answers: Vec<Answer>) -> anyhow::Result<Gold> {
    let mut strata: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for answer in &answers {
        let (n_answered, n) = strata.entry(answer.stratum.clone()).or_default();
        *n += 1.0;
        *n_answered += f64::from(u8::from(answer.label.is_some()));
    }
    let mut gold = Gold::default();
    for Answer { row, probability, stratum, label } in answers {
        let Some(stance) = label else { continue };
        let (n_answered, n) = strata[&stratum];
        let label = Labelled { stance, probability: probability * n_answered / n };
        let place = format!("{}, sentence {}, `{}`", row.article_id, row.sentence, row.target);
        ensure!(gold.insert(row, label).is_none(), "one row comes twice: {place}");
    }
    Ok(gold)
}

fn answer(columns: &Columns, record: &csv::StringRecord) -> anyhow::Result<Answer> {
    let cell = |name: &str| -> anyhow::Result<&str> {
        Ok(record.get(columns.needed(name)?).unwrap_or("").trim())
    };
    let probability = cell("probability")?;
    let number: f64 = probability.replace(',', ".").parse().unwrap_or(f64::NAN);
    ensure!(0.0 < number && number <= 1.0, "`{probability}` is not a probability above 0");
    let sentence = cell("sentence")?;
    let part = cell("part")?;
    let source = columns.place("source").and_then(|place| record.get(place));
    Ok(Answer {
        row: RowId {
            article_id: unguarded(cell("article_id")?).to_owned(),
            part: [Part::Title, Part::Text]
                .into_iter()
                .find(|known| known.name() == part)
                .with_context(|| format!("`{part}` is neither `title` nor `text`"))?,
            sentence: sentence.parse().with_context(|| format!("`{sentence}` is no number"))?,
            source: source.map(|source| unguarded(source.trim()).to_owned()),
            target: unguarded(cell("target")?).to_owned(),
        },
        probability: number,
        stratum: columns
            .place("stratum")
            .and_then(|place| record.get(place))
            .unwrap_or("")
            .to_owned(),
        label: label(columns, record)?,
    })
}

fn label(columns: &Columns, record: &csv::StringRecord) -> anyhow::Result<Option<Stance>> {
    let own = columns.place("label").and_then(|place| record.get(place)).unwrap_or("").trim();
    if !own.is_empty() {
        return stance(own).map(Some);
    }
    let mut votes = [0; 3];
    for (name, cell) in columns.names.iter().zip(record) {
        if name.starts_with("coder_") && !cell.trim().is_empty() {
            votes[stance(cell.trim())? as usize] += 1;
        }
    }
    let most = votes.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return Ok(None);
    }
    let classes = [Stance::Hostile, Stance::Neutral, Stance::Conciliatory];
    let chosen: Vec<_> = classes.into_iter().filter(|&c| votes[c as usize] == most).collect();
    if chosen.len() > 1 {
        return Err(anyhow!("the coders disagree, and none of their labels has most votes"))
            .hint(|| "write what they settle on into the column `label`".to_owned());
    }
    Ok(Some(chosen[0]))
}

fn stance(text: &str) -> anyhow::Result<Stance> {
    match text.to_lowercase().as_str() {
        "hostile" | "h" | "-1" | "−1" | "'-1" => Ok(Stance::Hostile),
        "neutral" | "n" | "0" => Ok(Stance::Neutral),
        "conciliatory" | "c" | "1" | "+1" | "'+1" => Ok(Stance::Conciliatory),
        _ => bail!("`{text}` is none of `hostile`, `neutral`, `conciliatory`"),
    }
}

/// How the model erred at the task of a table, from what `detente eval --json` or `--predictions` wrote.
pub(super) fn errors(
    path: &Path,
    what: What,
    quantifier: Quantifier,
) -> anyhow::Result<ErrorMatrix> {
    let text = fs_err::read_to_string(path)?;
    let task = if what == What::Actors { "stance" } else { "dyad" };
    let matrix = match serde_json::from_str::<Value>(&text) {
        Ok(document) if document.get("results").is_some() => {
            if quantifier == Quantifier::Pacc {
                return Err(anyhow!("`{}` has labels only, not probabilities", path.display()))
                    .hint(|| "name what `detente eval --predictions FILE` wrote".to_owned());
            }
            confusion(&document, task)
        }
        _ => predictions(&text, task, quantifier != Quantifier::Acc),
    };
    matrix.with_context(|| path.display().to_string())
}

fn confusion(document: &Value, task: &str) -> anyhow::Result<ErrorMatrix> {
    let results = document["results"].as_array().map_or(&[][..], Vec::as_slice);
    let of_task: Vec<_> = results.iter().filter(|result| result["task"] == task).collect();
    let [result] = of_task[..] else {
        return Err(anyhow!("{} results are of the task `{task}`, not one", of_task.len()))
            .hint(|| "evaluate one model on one gold file".to_owned());
    };
    let counts: [[f64; 3]; 3] = serde_json::from_value(result["confusion"].clone())
        .context("the confusion matrix is not three rows of three counts")?;
    Ok(ErrorMatrix::from_counts(counts)?)
}

fn predictions(text: &str, task: &str, is_soft: bool) -> anyhow::Result<ErrorMatrix> {
    let mut readings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let row: Value =
            serde_json::from_str(line).with_context(|| format!("line {}", number + 1))?;
        if row["task"] != task || row["p"].is_null() {
            continue;
        }
        let read = || -> anyhow::Result<_> {
            let p: [f32; 3] = serde_json::from_value(row["p"].clone())?;
            let gold = row["gold"].as_str().context("no label in `gold`")?;
            Ok((stance(gold)?, Distribution::new(p)))
        };
        readings.push(read().with_context(|| format!("line {}", number + 1))?);
    }
    Ok(ErrorMatrix::from_readings(&readings, is_soft)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{confusion, predictions, read_sheet};
    use crate::aggregate::RowId;
    use crate::error::Hinted;
    use crate::score::Stance;
    use crate::text::Part;

    fn row(article_id: &str, target: &str) -> RowId {
        RowId {
            article_id: article_id.to_owned(),
            part: Part::Text,
            sentence: 3,
            source: None,
            target: target.to_owned(),
        }
    }

    const HEADER: &str =
        "article_id,part,sentence,target,stratum,probability,coder_1,coder_2,label\n";

    fn message(text: &str) -> String {
        let error = read_sheet(&(HEADER.to_owned() + text)).map(|_| ()).unwrap_err();
        let hint = error.chain().find_map(|cause| cause.downcast_ref::<Hinted>());
        format!("{error:#}|{}", hint.map_or("", |hinted| &hinted.hint))
    }

    #[test]
    fn coders_who_agree_need_no_further_label() {
        let text = HEADER.to_owned()
            + "a1,text,3,NOR,,0.25,hostile,H,\na2,text,3,NOR,,0.25,-1,0,conciliatory\n";
        let sheet = read_sheet(&text).unwrap();
        assert_eq!(sheet.gold.get(&row("a1", "NOR")).unwrap().stance, Stance::Hostile);
        assert_eq!(sheet.gold.get(&row("a2", "NOR")).unwrap().stance, Stance::Conciliatory);
        assert!(!sheet.is_of_dyads);
    }

    #[test]
    fn a_spreadsheets_semicolons_decimal_commas_and_guards_are_read() {
        let text =
            "article_id;part;sentence;target;probability;label\n'=a1;text;3;NOR;0,5;neutral\n";
        let sheet = read_sheet(text).unwrap();
        let label = sheet.gold.get(&row("=a1", "NOR")).unwrap();
        assert!((label.probability - 0.5).abs() < 1e-12);
    }

    #[test]
    fn rows_without_an_answer_make_the_others_of_their_stratum_stand_for_more() {
        let text = HEADER.to_owned()
            + "a1,text,3,NOR,x,0.5,,,hostile\na2,text,3,NOR,x,0.5,,,\na3,text,3,NOR,y,0.5,n,,\n";
        let sheet = read_sheet(&text).unwrap();
        assert_eq!(sheet.n_unlabelled, 1);
        let probability = |id| sheet.gold.get(&row(id, "NOR")).unwrap().probability;
        assert!((probability("a1") - 0.25).abs() < 1e-12);
        assert!((probability("a3") - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_sheet_without_probabilities_is_refused() {
        let error = read_sheet("article_id,part,sentence,target,label\na,text,0,NOR,h\n");
        let error = error.map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), "there is no column `probability`");
    }

    #[test]
    fn what_can_t_be_taken_for_a_label_is_told_with_its_line() {
        insta::assert_snapshot!(
            message("a1,text,3,NOR,,0.5,,,angry\n"),
            @"line 2: `angry` is none of `hostile`, `neutral`, `conciliatory`|"
        );
        insta::assert_snapshot!(
            message("a1,text,3,NOR,,0.5,h,c,\n"),
            @"line 2: the coders disagree, and none of their labels has most votes|write what they settle on into the column `label`"
        );
        insta::assert_snapshot!(
            message("a1,text,3,NOR,,0,h,,\n"),
            @"line 2: `0` is not a probability above 0|"
        );
        insta::assert_snapshot!(
            message("a1,text,3,NOR,,1,h,,\na1,text,3,NOR,,1,h,,\n"),
            @"one row comes twice: a1, sentence 3, `NOR`|"
        );
    }

    #[test]
    fn an_error_matrix_is_read_from_results_and_from_predictions() {
        let results = serde_json::json!({"results": [
            {"task": "sentiment", "confusion": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]},
            {"task": "stance", "confusion": [[8, 2, 0], [1, 8, 1], [0, 2, 8]]},
        ]});
        let hard = confusion(&results, "stance").unwrap();
        assert!((hard.n() - 30.0).abs() < 1e-9 && !hard.is_soft());
        assert!(confusion(&results, "dyad").is_err());
        let lines: Vec<_> = ["hostile", "neutral", "conciliatory"]
            .map(|gold| format!(r#"{{"task":"stance","p":[0.5,0.25,0.25],"gold":"{gold}"}}"#))
            .to_vec();
        let soft = predictions(&lines.join("\n"), "stance", true).unwrap();
        assert!((soft.n() - 3.0).abs() < 1e-9 && soft.is_soft());
        assert!(predictions("{", "stance", true).is_err());
    }

    proptest! {
        #[test]
        fn no_sheet_makes_reading_panic(text in "[a-z,;\"\n0.1]{0,80}") {
            let _ = read_sheet(&(HEADER.to_owned() + &text));
            let _ = read_sheet(&text);
        }
    }
}
