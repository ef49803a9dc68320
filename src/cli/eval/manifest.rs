//! What was a run made from? Hashes of data and models, and the parameters, so that it can be repeated and cited.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::output::manifest;

/// What a run was made from. It holds no time: the same run gives the same bytes.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Manifest {
    /// Version of the program.
    pub(super) detente: String,
    /// The gold files.
    pub(super) gold: Vec<Source>,
    /// The models.
    pub(super) models: Vec<manifest::Model>,
    /// Which instructions computed.
    pub(super) kernel: String,
    /// The command's parameters that change results, by name.
    pub(super) parameters: Map<String, Value>,
}

/// A gold file.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Source {
    /// As named on the command line.
    pub(super) path: String,
    /// SHA-256 of its bytes in hexadecimal.
    pub(super) sha256: String,
    /// Rows that could be used.
    pub(super) rows: usize,
    /// Rows that couldn't.
    pub(super) skipped: usize,
    /// Labels that the rules of the form leave out.
    pub(super) left_out: usize,
}

impl Manifest {
    /// The same in words.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("detente {}, kernel {}", self.detente, self.kernel)];
        lines.extend(self.gold.iter().map(|gold| {
            format!(
                "gold {} ({} rows, {} skipped), SHA-256 {}",
                gold.path, gold.rows, gold.skipped, gold.sha256
            )
        }));
        lines.extend(self.models.iter().map(|model| match &model.sha256 {
            Some(sha256) => format!("model {}, {}, SHA-256 {sha256}", model.name, model.precision),
            None => format!("model {}", model.name),
        }));
        lines.extend(self.parameters.iter().map(|(name, value)| format!("{name}: {value}")));
        lines
    }
}
