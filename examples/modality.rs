//! How good are the rules of modality? Precision, recall and F1 of each class, on the stances that a gold file lists.
//!
//! ```sh
//! cargo run --release --example modality -- FILE.jsonl...          # all rows
//! cargo run --release --example modality -- --odd FILE.jsonl...    # every second row, from the second on
//! ```
//!
//! A row is as in `eval/rhetoric`. The rules are told the gold stance, which decides between threat and offer alone.

use std::path::PathBuf;

use anyhow::Context;
use detente::score::{CuedSentence, Modality, Stance};
use detente::text::Span;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    text: String,
    mentions: Vec<Mention>,
    stances: Vec<Labelled>,
}

#[derive(Deserialize)]
struct Mention {
    actor: String,
    start: usize,
    end: usize,
}

#[derive(Deserialize)]
struct Labelled {
    source: String,
    target: String,
    stance: String,
    modality: String,
}

/// Rows are gold, columns what the rules say.
type Confusion = [[usize; Modality::ALL.len()]; Modality::ALL.len()];

fn main() -> anyhow::Result<()> {
    let mut is_odd = false;
    let mut confusion = Confusion::default();
    for argument in std::env::args().skip(1) {
        if argument == "--odd" {
            is_odd = true;
            continue;
        }
        let path = PathBuf::from(argument);
        let text = fs_err::read_to_string(&path)?;
        for (index, line) in text.lines().enumerate().filter(|(index, _)| !is_odd || index % 2 == 1)
        {
            let row: Row = serde_json::from_str(line)
                .with_context(|| format!("{}:{}", path.display(), index + 1))?;
            count(&row, &mut confusion)
                .with_context(|| format!("{}:{}", path.display(), index + 1))?;
        }
    }
    print(&confusion);
    Ok(())
}

fn count(row: &Row, confusion: &mut Confusion) -> anyhow::Result<()> {
    let (mut ids, mut places): (Vec<&str>, Vec<Vec<Span>>) = (Vec::new(), Vec::new());
    for mention in &row.mentions {
        let span = Span::from_chars(&row.text, mention.start..mention.end);
        let span = span.context("a mention lies outside its text")?;
        if let Some(at) = ids.iter().position(|id| *id == mention.actor) {
            places[at].push(span);
        } else {
            ids.push(&mention.actor);
            places.push(vec![span]);
        }
    }
    let sentence = CuedSentence::new(&row.text, &places);
    for labelled in &row.stances {
        let actor = |id: &str| ids.iter().position(|known| *known == id);
        let source = actor(&labelled.source);
        let Some(target) = actor(&labelled.target) else { continue };
        if source.is_none() && labelled.source != "author" {
            continue;
        }
        let stance = match labelled.stance.as_str() {
            "hostile" => Stance::Hostile,
            "conciliatory" => Stance::Conciliatory,
            _ => Stance::Neutral,
        };
        let gold = Modality::from_name(&labelled.modality).context("unknown modality")?;
        confusion[gold as usize][sentence.of_pair(source, target, stance) as usize] += 1;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example's output")]
fn print(confusion: &Confusion) {
    let mut sum = 0.0;
    println!("modality      precision  recall     f1      n");
    for modality in Modality::ALL {
        let class = modality as usize;
        let n_right = confusion[class][class] as f64;
        let n_gold: usize = confusion[class].iter().sum();
        let n_said: usize = confusion.iter().map(|row| row[class]).sum();
        let share = |whole: usize| 100.0 * n_right / whole.max(1) as f64;
        let f1 = 200.0 * n_right / (n_gold + n_said).max(1) as f64;
        sum += f1;
        println!(
            "{:<13} {:>9.1} {:>7.1} {f1:>6.1} {n_gold:>6}",
            modality.name(),
            share(n_said),
            share(n_gold)
        );
    }
    println!("macro                            {:>6.1}", sum / Modality::ALL.len() as f64);
}
