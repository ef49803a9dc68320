//! What do people get to label? A row a reading, with the sentence, whom it is about, and an empty cell.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::aggregate::What;
use crate::output::guarded;
use crate::output::read_dyads;
use crate::output::read_mentions;
use crate::score::MentionRow;
use crate::text::Part;

/// How a row came into the sample.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picked {
    pub(super) probability: f64,
    pub(super) stratum: String,
}

/// A row to label.
#[derive(Clone, Debug)]
pub(super) struct SheetRow {
    pub(super) article_id: String,
    pub(super) part: Part,
    pub(super) sentence: u32,
    date: String,
    outlet: String,
    source: Option<String>,
    target: String,
    /// Sentences before, filled in by `context`.
    pub(super) before: String,
    pub(super) text: String,
    /// Sentences after.
    pub(super) after: String,
    picked: Picked,
}

/// Reads the picked rows of a run, by their numbers.
pub(super) fn read(
    dir: &Path,
    what: What,
    picked: &BTreeMap<usize, Picked>,
) -> anyhow::Result<Vec<SheetRow>> {
    let mut rows = Vec::with_capacity(picked.len());
    if what == What::Actors {
        for (i, row) in read_mentions(dir)?.enumerate() {
            let row = row?;
            if let Some(picked) = picked.get(&i) {
                rows.push(of_mention(row, picked.clone()));
            }
        }
        return Ok(rows);
    }
    for (i, row) in read_dyads(dir)?.enumerate() {
        let row = row?;
        if let Some(picked) = picked.get(&i) {
            rows.push(SheetRow {
                article_id: row.article_id,
                part: row.part,
                sentence: row.sentence,
                date: row.date.map(|date| date.to_string()).unwrap_or_default(),
                outlet: row.outlet.unwrap_or_default(),
                source: Some(row.source),
                target: row.target,
                before: String::new(),
                text: String::new(),
                after: String::new(),
                picked: picked.clone(),
            });
        }
    }
    add_texts(dir, &mut rows)?;
    Ok(rows)
}

fn of_mention(row: MentionRow, picked: Picked) -> SheetRow {
    SheetRow {
        article_id: row.article_id,
        part: row.part,
        sentence: row.sentence,
        date: row.date.map(|date| date.to_string()).unwrap_or_default(),
        outlet: row.outlet.unwrap_or_default(),
        source: None,
        target: row.actor,
        before: String::new(),
        text: row.text,
        after: String::new(),
        picked,
    }
}

/// The table `dyads` has no texts: they stand in `mentions`, whose sentences are the same.
fn add_texts(dir: &Path, rows: &mut [SheetRow]) -> anyhow::Result<()> {
    let mut wanted: HashMap<(String, Part, u32), Vec<usize>> = HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        let place = (row.article_id.clone(), row.part, row.sentence);
        wanted.entry(place).or_default().push(i);
    }
    for row in read_mentions(dir)? {
        let row = row?;
        for &i in wanted.remove(&(row.article_id, row.part, row.sentence)).iter().flatten() {
            rows[i].text.clone_from(&row.text);
        }
    }
    Ok(())
}

/// The file. One coder writes into `label`; several have columns of their own, and `label` is for what they settle on.
pub(super) fn csv(rows: &[SheetRow], what: What, n_coders: usize) -> anyhow::Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["article_id", "part", "sentence", "date", "outlet"];
    header.extend((what != What::Actors).then_some("source"));
    header.extend(["target", "before", "text", "after", "stratum", "probability"]);
    let coders: Vec<_> = (1..=n_coders).map(|coder| format!("coder_{coder}")).collect();
    let coders = if n_coders > 1 { &coders[..] } else { &[] };
    header.extend(coders.iter().map(String::as_str));
    header.push("label");
    csv.write_record(&header)?;
    for row in rows {
        let sentence = row.sentence.to_string();
        let probability = row.picked.probability.to_string();
        let mut cells = vec![row.article_id.as_str(), row.part.name(), &sentence];
        cells.extend([row.date.as_str(), &row.outlet]);
        cells.extend(row.source.as_deref());
        cells.extend([row.target.as_str(), &row.before, &row.text, &row.after]);
        cells.extend([row.picked.stratum.as_str(), &probability]);
        cells.resize(header.len(), "");
        let cells: Vec<_> = cells.into_iter().map(guarded).collect();
        csv.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    let bytes = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::{Picked, csv, of_mention};
    use crate::aggregate::What;
    use crate::aggregate::rows_for_tests::mention;

    #[test]
    fn a_sheet_has_what_coders_need_and_nothing_that_the_model_said() {
        let mut row = mention("a1", 4, "NOR", -0.5);
        row.text = "=Norway, \"again\"".to_owned();
        let picked = Picked { probability: 0.125, stratum: "Fjord Post".to_owned() };
        let rows = [of_mention(row, picked)];
        insta::assert_snapshot!(csv(&rows, What::Actors, 2).unwrap(), @r#"
        article_id,part,sentence,date,outlet,target,before,text,after,stratum,probability,coder_1,coder_2,label
        a1,text,4,2031-05-14,Fjord Post,NOR,,"'=Norway, ""again""",,Fjord Post,0.125,,,
        "#);
        assert!(!csv(&rows, What::Actors, 1).unwrap().contains("coder"));
    }
}
