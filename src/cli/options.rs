//! Which options do several subcommands share? Models, actors and threads.

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::Printer;
use crate::digest::sha256_of_file;
use crate::error::Skipped;
use crate::error::WithHint;
use crate::mention::ActorList;
use crate::mention::Base;
use crate::mention::Gazetteer;
use crate::model::Classifier;
use crate::model::Dictionary;
use crate::model::ReadoutClassifier;
use crate::model::checkpoint;
use crate::model::kernel::Level;
use crate::model::kernel::Product;
use crate::model::kernel::level;
use crate::output::manifest;

/// The model that is used where none is named.
pub(super) const DEFAULT_MODEL: &str = "small";

/// Options about actors.
#[derive(Debug, clap::Args)]
pub(super) struct ActorArgs {
    /// A list of actors that adds to the built-in one (TOML, CSV or JSONL; `detente actors check` explains it)
    #[arg(long = "actors", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A list of actors that replaces the built-in one
    #[arg(long = "actors-only", value_name = "FILE", conflicts_with = "files")]
    only: Vec<PathBuf>,
}

impl ActorArgs {
    /// Whether the built-in list is left out.
    pub(super) fn is_only(&self) -> bool {
        !self.only.is_empty()
    }

    /// The list, and the entries that can't be used.
    pub(super) fn list(&self) -> anyhow::Result<(ActorList, Vec<Skipped>)> {
        let (base, files) = self.sources();
        ActorList::load(base, files)
    }

    fn sources(&self) -> (Base, &[PathBuf]) {
        if self.is_only() { (Base::Empty, &self.only) } else { (Base::BuiltIn, &self.files) }
    }

    /// What finds actors, and what the manifest says of its lists; entries that can't be used are shown.
    pub(super) fn gazetteer(
        &self,
        printer: &mut Printer,
    ) -> anyhow::Result<(Gazetteer, manifest::Actors)> {
        let (base, files) = self.sources();
        let (list, problems) = self.list()?;
        for problem in problems.iter().take(3) {
            printer.say(&format!("skipped: {problem}"));
        }
        if problems.len() > 3 {
            printer.say(&format!(
                "{} entries of actor lists were skipped; `detente actors check` shows all",
                problems.len()
            ));
        }
        let built_in = manifest::ActorFile {
            path: "built-in".to_owned(),
            sha256: crate::mention::built_in_sha256(),
        };
        let own = files.iter().map(|file| {
            Ok(manifest::ActorFile {
                path: file.display().to_string(),
                sha256: sha256_of_file(file)?,
            })
        });
        let built_in = (base == Base::BuiltIn).then_some(Ok(built_in));
        let listed = manifest::Actors {
            files: built_in.into_iter().chain(own).collect::<anyhow::Result<_>>()?,
            n_actors: list.len() as u64,
        };
        Ok((Gazetteer::new(list)?, listed))
    }
}

/// Options about the model and how it is run.
#[derive(Debug, clap::Args)]
pub(super) struct ModelArgs {
    /// The model: `small` (in the program), another name that `detente models list` shows, a folder, or `dictionary`
    #[arg(long, value_name = "NAME|DIR", default_value = DEFAULT_MODEL)]
    model: String,
    #[command(flatten)]
    compute: ComputeArgs,
}

/// Options about how models are run.
#[derive(Debug, clap::Args)]
pub(super) struct ComputeArgs {
    /// What products are rounded to: `int8` is the fastest, then `bf16` where the processor has it
    ///
    /// `auto` is what stays true to the checkpoint and is fast here; in `bench` it is the fastest.
    #[arg(long, value_name = "PRECISION", default_value = "auto", value_parser = ["auto", "f32", "bf16", "int8"])]
    precision: String,
    /// Where to compute; this build has the processor alone
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: String,
    /// Threads; all that there are by default. They change no result
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

impl ModelArgs {
    /// Makes the thread pool that the user asked for.
    pub(super) fn start_threads(&self) -> anyhow::Result<()> {
        self.compute.start_threads()
    }

    /// Loads the model, and says what the manifest says of it.
    pub(super) fn classifier(&self) -> anyhow::Result<(Box<dyn Classifier>, manifest::Model)> {
        self.compute.open(&self.model)
    }
}

impl ComputeArgs {
    /// Makes the thread pool that the user asked for.
    pub(super) fn start_threads(&self) -> anyhow::Result<()> {
        if !matches!(self.device.as_str(), "auto" | "cpu") {
            let absent =
                || -> anyhow::Result<()> { bail!("this build can't compute on `{}`", self.device) };
            return absent().hint(|| "`--device cpu` computes on the processor".to_owned());
        }
        if let Some(n) = self.threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build_global();
            pool.with_context(|| format!("can't start {n} threads"))?;
        }
        Ok(())
    }

    /// What products are rounded to.
    fn product(&self) -> Product {
        match self.precision.as_str() {
            "f32" => Product::F32,
            "bf16" => Product::Bf16,
            "int8" => Product::Int8,
            _ if level() == Level::Avx512Bf16 => Product::Bf16,
            _ => Product::F32,
        }
    }

    /// What products are rounded to where speed is all that counts.
    pub(super) fn fastest(&self) -> Product {
        if self.precision == "auto" { Product::Int8 } else { self.product() }
    }

    /// Loads a model by name, and says what the manifest says of it.
    pub(super) fn open(
        &self,
        name: &str,
    ) -> anyhow::Result<(Box<dyn Classifier>, manifest::Model)> {
        if name == "dictionary" {
            let model = manifest::Model {
                name: name.to_owned(),
                sha256: None,
                precision: "none".to_owned(),
            };
            return Ok((Box::new(Dictionary::default()), model));
        }
        let product = self.product();
        let classifier = ReadoutClassifier::load(&checkpoint::find(name)?, product)?;
        let model = manifest::Model {
            name: classifier.name().to_owned(),
            sha256: Some(classifier.sha256().to_owned()),
            precision: product.name().to_owned(),
        };
        Ok((Box::new(classifier), model))
    }
}
