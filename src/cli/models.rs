//! `detente models`: which checkpoints are there?

use anyhow::Context;
use serde_json::json;

use super::table::{grid, lines};
use super::{Outcome, Printer};
use crate::model::Files;
use crate::model::checkpoint::{self, Card, EncoderSize, Known};

/// List the checkpoints that are known, and show what one says of itself
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  detente models list
  detente models show small
  detente models show path/to/checkpoint --json")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The checkpoints in the program and in `models/`
    #[command(after_help = "Examples:
  detente models list
  detente models list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What a checkpoint says of itself: sizes, training, scores on dev
    #[command(after_help = "Examples:
  detente models show small")]
    Show {
        /// A name that `detente models list` shows, or a checkpoint's folder
        model: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> anyhow::Result<Outcome> {
    let text = match &args.command {
        Command::List { json } => list(*json)?,
        Command::Show { model, json } => show(model, *json)?,
    };
    printer.data(&text)?;
    Ok(Outcome::Complete)
}

fn list(is_json: bool) -> anyhow::Result<String> {
    let known = checkpoint::known()?;
    if is_json {
        let models: Vec<_> =
            known.iter().map(|known| json!({"name": known.name, "place": known.place})).collect();
        return Ok(serde_json::to_string_pretty(&json!({ "models": models }))? + "\n");
    }
    let mut table = grid(&["name", "architecture", "layers", "hidden", "megabytes", "place"], 6);
    for Known { name, place, files } in &known {
        let size = checkpoint::size(files).with_context(|| format!("`{name}`"))?;
        table.add_row([
            name.clone(),
            size.architecture,
            size.n_layers.to_string(),
            size.hidden.to_string(),
            format!("{:.0}", size.n_bytes as f64 / 1e6),
            place.clone(),
        ]);
    }
    Ok(lines(&table))
}

fn show(model: &str, is_json: bool) -> anyhow::Result<String> {
    let files = checkpoint::find(model)?;
    let size = checkpoint::size(&files)?;
    let card = checkpoint::card(&files)?;
    if is_json {
        return Ok(serde_json::to_string_pretty(&json!({ "size": size, "card": card }))? + "\n");
    }
    let EncoderSize { architecture, n_layers, hidden, n_bytes } = &size;
    let place = match &files {
        Files::Folder(path) => path.display().to_string(),
        Files::Embedded(_) => "inside the program".to_owned(),
    };
    let mut text = format!(
        "{model}: {architecture}, {n_layers} layers, hidden size {hidden}, {:.1} MB, {place}\n",
        *n_bytes as f64 / 1e6
    );
    text.push_str(
        &card.as_ref().map_or_else(|| "a bare encoder without heads\n".to_owned(), describe),
    );
    Ok(text)
}

fn describe(card: &Card) -> String {
    let mut text = format!("window of {} tokens; temperatures:", card.window);
    for (task, temperature) in &card.temperature {
        text += &format!(" {} {temperature:.2}", task.name());
    }
    text.push('\n');
    for part in ["train", "dev"] {
        if let Some(files) = card.training[part].as_array() {
            let files: Vec<&str> = files.iter().filter_map(|file| file.as_str()).collect();
            text += &format!("{part}: {}\n", files.join(", "));
        }
    }
    if let Some(scores) = card.training["dev_f1_macro"].as_object() {
        text.push_str("F1-macro on dev, on which its best epoch was chosen:\n");
        for (name, score) in scores {
            text += &format!("  {name}: {:.1}\n", 100.0 * score.as_f64().unwrap_or(f64::NAN));
        }
    }
    text
}
