//! Is it the same run? What its rows depend on besides the articles, written beside its parts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::manifest::{Actors, Model};

/// What a run's rows depend on besides its articles. Two runs with equal ones give an article the same rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Version of the program.
    pub detente: String,
    /// What scores.
    pub model: Model,
    /// Who is looked for.
    pub actors: Actors,
    /// The parameters that rows depend on.
    pub parameters: Map<String, Value>,
    /// The tables' format.
    pub format: String,
    /// The inputs as named on the command line; a run may go on with more of them.
    pub inputs: Vec<String>,
}

impl Identity {
    /// What of this one, which began the run, isn't so in `now`: one phrase each, none if the run may go on.
    pub(super) fn differences(&self, now: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, then: String, now: String| {
            if then != now {
                found.push(format!("{what} was {then} and is {now}"));
            }
        };
        compare("the program", version(&self.detente), version(&now.detente));
        compare("the model", model(&self.model), model(&now.model));
        compare("the list of actors", actors(&self.actors), actors(&now.actors));
        compare("`--format`", quoted(&self.format), quoted(&now.format));
        let names = self.parameters.keys().chain(now.parameters.keys());
        let mut names: Vec<&String> = names.collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let value = |of: &Self| of.parameters.get(name).unwrap_or(&Value::Null).to_string();
            compare(&format!("`{name}`"), value(self), value(now));
        }
        let missing = self.inputs.iter().filter(|input| !now.inputs.contains(input));
        found.extend(missing.map(|input| format!("the input `{input}` is no longer named")));
        found
    }
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

fn version(version: &str) -> String {
    format!("version {version}")
}

fn model(model: &Model) -> String {
    let weights = model.sha256.as_deref().map(|sha256| format!(" (weights {})", short(sha256)));
    let Model { name, precision, .. } = model;
    format!("`{name}`{} at precision `{precision}`", weights.unwrap_or_default())
}

fn actors(actors: &Actors) -> String {
    let files =
        actors.files.iter().map(|file| format!("`{}` ({})", file.path, short(&file.sha256)));
    files.collect::<Vec<_>>().join(", ")
}

/// Enough of a digest to tell two apart.
fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::manifest::ActorFile;

    fn identity() -> Identity {
        Identity {
            detente: "1.0.0".into(),
            model: Model {
                name: "small".into(),
                sha256: Some("ab".repeat(32)),
                precision: "f32".into(),
            },
            actors: Actors {
                files: vec![ActorFile { path: "built-in".into(), sha256: "cd".repeat(32) }],
                n_actors: 3,
            },
            parameters: [("columns".to_owned(), Value::from(vec!["text=body"]))]
                .into_iter()
                .collect(),
            format: "csv".into(),
            inputs: vec!["a".into()],
        }
    }

    #[test]
    fn a_run_may_go_on_with_more_inputs_and_with_nothing_else() {
        let mut more = identity();
        more.inputs = vec!["b".into(), "a".into()];
        assert!(identity().differences(&more).is_empty());
        let mut other = identity();
        other.detente = "1.1.0".into();
        other.model.precision = "bf16".into();
        other.actors.files[0].sha256 = "ef".repeat(32);
        other.format = "jsonl".into();
        other.parameters.insert("any_language".into(), true.into());
        other.inputs.clear();
        assert_eq!(
            identity().differences(&other),
            [
                "the program was version 1.0.0 and is version 1.1.0",
                "the model was `small` (weights abababababab) at precision `f32` and is `small` (weights abababababab) at precision `bf16`",
                "the list of actors was `built-in` (cdcdcdcdcdcd) and is `built-in` (efefefefefef)",
                "`--format` was `csv` and is `jsonl`",
                "`any_language` was null and is true",
                "the input `a` is no longer named",
            ]
        );
    }
}
