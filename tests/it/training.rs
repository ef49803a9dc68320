//! Does training learn, and is it the same whenever and however it runs? On the tiny BERT and a task of our own.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use detente::batch::{Instance, Pair};
use detente::eval::{Gold, ask};
use detente::model::kernel::Product;
use detente::model::{Classifier, Files, ReadoutClassifier, Task, Weights};
use detente::text::Span;
use detente::train::{Config, Progress, Report, Run, fit};
use serde_json::{Value, json};

use crate::encoders::fixture;

const NAMES: [&str; 8] =
    ["Ruritania", "Graustark", "Borduria", "Syldavia", "Zenda", "Klow", "Strelsau", "Edelweiss"];

/// Label and verbs.
const VERBS: [(&str, [&str; 6]); 3] = [
    ("hostile", ["condemned", "threatened", "attacked", "insulted", "denounced", "betrayed"]),
    ("neutral", ["visited", "measured", "mapped", "phoned", "painted", "resembles"]),
    ("conciliatory", ["praised", "thanked", "helped", "welcomed", "forgave", "embraced"]),
];

/// One row for each ordered pair of names and each verb, of those that `is_wanted`: by the target's stance, or by the
/// pair's, in both directions.
fn gold(is_directed: bool, is_wanted: impl Fn(usize) -> bool) -> String {
    let mut rows = String::new();
    let mut n = 0;
    for source in NAMES {
        for target in NAMES.into_iter().filter(|target| *target != source) {
            for (label, verb) in VERBS.iter().flat_map(|(l, verbs)| verbs.map(|verb| (*l, verb))) {
                n += 1;
                if is_wanted(n) {
                    let text = format!("{source} {verb} {target}.");
                    let place = |name: &str, start: usize| json!({"mention": name, "start": start, "end": start + name.len()});
                    let labelled = |mut place: Value, label: &str| {
                        place["label"] = label.into();
                        json!([place])
                    };
                    let first = place(source, 0);
                    let second = place(target, text.len() - 1 - target.len());
                    let mut put = |row: Value| rows += &format!("{row}\n");
                    if is_directed {
                        let to = labelled(second.clone(), label);
                        put(
                            json!({"id": format!("{n}a"), "text": text, "source_mention": first, "targets": to}),
                        );
                        let back = labelled(first, "neutral");
                        put(
                            json!({"id": format!("{n}b"), "text": text, "source_mention": second, "targets": back}),
                        );
                    } else {
                        put(
                            json!({"id": n.to_string(), "text": text, "targets": labelled(second, label)}),
                        );
                    }
                }
            }
        }
    }
    rows
}

/// A folder with the task's files, and the run that learns from them.
struct Toy {
    folder: tempfile::TempDir,
}

impl Toy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, is_directed) in [("stance", false), ("dyad", true)] {
            let train = gold(is_directed, |n| n % 5 < 2);
            let dev = gold(is_directed, |n| n % 11 == 1 && n % 5 >= 2);
            fs_err::write(folder.path().join(format!("{name}.train.jsonl")), train).unwrap();
            fs_err::write(folder.path().join(format!("{name}.dev.jsonl")), dev).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, out: &str, config: Config) -> Run {
        Run {
            base: Files::in_folder(&fixture("bert")),
            train: vec![self.path("stance.train.jsonl"), self.path("dyad.train.jsonl")],
            unlabelled: vec![],
            teacher: None,
            dev: vec![self.path("stance.dev.jsonl"), self.path("dyad.dev.jsonl")],
            out: self.path(out),
            config,
        }
    }
}

fn config() -> Config {
    Config {
        epochs: 2,
        batch_tokens: 256,
        learning_rate: 1e-3,
        head_rate: 3e-3,
        head_size: 32,
        ..Config::default()
    }
}

/// Enough to learn the whole task.
fn patient() -> Config {
    Config { epochs: 9, learning_rate: 2e-3, ..config() }
}

fn train(run: &Run) -> Report {
    fit(run, &mut |_| ControlFlow::Continue(())).unwrap().unwrap()
}

/// The bytes of a checkpoint's weights and card.
fn written(folder: &Path) -> (Vec<u8>, String) {
    let weights = fs_err::read(folder.join("model.safetensors")).unwrap();
    (weights, fs_err::read_to_string(folder.join("detente.json")).unwrap())
}

#[test]
fn a_task_is_learned_and_the_checkpoint_knows_it() {
    let task = Toy::new();
    let run = task.run("out", patient());
    let (mut losses, mut scores, mut progress) = (Vec::new(), Vec::new(), 0);
    let report = fit(&run, &mut |each| {
        match each {
            Progress::Step { step, loss, .. } => {
                progress += 1;
                assert_eq!(step.0, progress);
                losses.push(*loss);
            }
            Progress::Epoch { mean, .. } => scores.push(*mean),
            Progress::Resumed(_) => panic!("there was nothing to take up"),
        }
        ControlFlow::Continue(())
    });
    let report = report.unwrap().unwrap();
    assert!(losses[losses.len() - 1] < 0.5 * losses[0], "{losses:?}");
    // Who always says the same has an F1-macro of 1/6 on three classes of one size, and less on the dyads.
    assert!(report.best > 0.8, "{scores:?}");
    assert!(scores.iter().all(|score| *score <= report.best));
    assert!(!run.out.join("unfinished").exists());

    let model = ReadoutClassifier::load(&Files::in_folder(&run.out), Product::F32).unwrap();
    for (file, wanted) in run.dev.iter().zip([Task::Stance, Task::Dyad]) {
        let gold = Gold::read(file).unwrap();
        let answers = ask(&gold, &model).unwrap();
        let is_right = |class: usize, p: [f32; 3]| p.iter().all(|each| *each <= p[class]);
        let n_right =
            answers.iter().filter(|each| is_right(each.label.class, each.read.unwrap())).count();
        assert!(answers.iter().all(|each| each.label.task == wanted));
        assert!(n_right * 10 > answers.len() * 8, "{wanted:?}: {n_right} of {}", answers.len());
    }
    reads_the_same_alone_and_together(&model);
}

/// One instance for each of some texts, the longest far beyond the window.
fn instances() -> Vec<Instance> {
    let filler = "and it was a river of the winter ".repeat(20);
    let texts = [
        "Ruritania thanked Graustark.".to_owned(),
        format!("Ruritania {filler} condemned Borduria {filler} and praised Graustark"),
        "Graustark".to_owned(),
        "The envoy of Borduria mapped the river; Graustark and Ruritania forgave it.".to_owned(),
    ];
    let instance = |text: String| {
        let find = |name: &str| text.find(name).map(|at| Span::new(&text, at..at + name.len()));
        let targets: Vec<Vec<Span>> = ["Ruritania", "Graustark", "Borduria"]
            .into_iter()
            .filter_map(find)
            .map(|span| vec![span.unwrap()])
            .collect();
        let n = u32::try_from(targets.len()).unwrap();
        let sources = (0..n).map(Some).chain([None]);
        let pairs = sources.flat_map(|source| (0..n).map(move |target| Pair { source, target }));
        let pairs = pairs.filter(|pair| pair.source != Some(pair.target)).collect();
        Instance { targets, pairs, text }
    };
    texts.into_iter().map(instance).collect()
}

fn reads_the_same_alone_and_together(model: &ReadoutClassifier) {
    let instances = instances();
    let together = model.classify(&instances).unwrap();
    for (instance, reading) in instances.iter().zip(&together) {
        assert_eq!(reading.stance.len(), instance.targets.len());
        assert_eq!(reading.dyads.len(), instance.pairs.len());
        let all = reading.stance.iter().chain(&reading.sentiment).chain(&reading.dyads);
        for p in all {
            let sum: f32 = p.unwrap().iter().sum();
            assert!((sum - 1.0).abs() < 1e-5, "{reading:?}");
        }
        assert_eq!(reading.is_cut, instance.text.len() > 500);
        let alone = model.classify(std::slice::from_ref(instance)).unwrap();
        assert_eq!(&alone[0], reading);
    }
}

/// A pupil without any label of the pairs, whose teacher knows them.
#[test]
fn what_only_a_teacher_knows_is_learned_from_it() {
    let task = Toy::new();
    let config = patient();
    let teacher = task.run("teacher", config.clone());
    assert!(train(&teacher).best > 0.8);
    let dyads = [task.path("dyad.dev.jsonl")];
    let alone = Run {
        train: vec![task.path("stance.train.jsonl")],
        dev: dyads.to_vec(),
        ..task.run("alone", config.clone())
    };
    let text = fs_err::read_to_string(task.path("dyad.train.jsonl")).unwrap();
    fs_err::write(task.path("mentions.jsonl"), mentions(&text)).unwrap();
    let taught = Run {
        unlabelled: vec![task.path("mentions.jsonl")],
        teacher: Some(Files::in_folder(&teacher.out)),
        out: task.path("taught"),
        ..alone.clone()
    };
    let (alone, taught) = (train(&alone).best, train(&taught).best);
    assert!(taught > 0.5 && taught > alone + 0.2, "taught {taught}, alone {alone}");
}

/// The rows of `mentions` that a run would write of directed gold's sentences, two to a sentence.
fn mentions(gold: &str) -> String {
    let mut rows = String::new();
    for (n, line) in gold.lines().enumerate() {
        let row: Value = serde_json::from_str(line).unwrap();
        for mention in [&row["source_mention"], &row["targets"][0]] {
            let row = json!({
                "article_id": n.to_string(), "part": "text", "sentence": 0, "start": 0,
                "text": row["text"], "mentions": [{"start": mention["start"], "end": mention["end"]}],
            });
            rows += &format!("{row}\n");
        }
    }
    rows
}

/// Numbers of a hidden state of the tiny BERT.
const HIDDEN: usize = 32;

#[test]
fn layers_that_are_frozen_stay_as_they_were() {
    let task = Toy::new();
    let run = task.run("frozen", Config { frozen_layers: 1, is_quantized: false, ..config() });
    train(&run);
    let layer = |folder: &Path, i: usize| {
        let weights = Weights::open(&Files::in_folder(folder)).unwrap();
        let name = format!("encoder.layer.{i}.output.dense.bias");
        weights.get(&name, &[HIDDEN]).unwrap()
    };
    assert_eq!(layer(&run.out, 0), layer(&fixture("bert"), 0));
    assert_ne!(layer(&run.out, 1), layer(&fixture("bert"), 1));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let task = Toy::new();
    let bytes = |out: &str, seed: u64| {
        let run = task.run(out, Config { seed, ..config() });
        train(&run);
        written(&run.out)
    };
    let first = bytes("a", 1);
    assert!(first == bytes("b", 1), "the second run gave another model");
    assert!(first.0 != bytes("c", 2).0);
}

#[test]
fn threads_change_no_byte_of_a_model() {
    let task = Toy::new();
    let bytes = |n: usize| {
        let run = task.run(&n.to_string(), config());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| train(&run));
        written(&run.out)
    };
    let one = bytes(1);
    for n in [2, 3] {
        assert!(one == bytes(n), "{n} threads gave another model");
    }
}

#[test]
fn a_run_that_was_ended_and_taken_up_gives_the_model_of_one_that_was_not() {
    let task = Toy::new();
    let config = Config { epochs: 3, ..config() };
    let whole = task.run("whole", config.clone());
    let report = train(&whole);

    let ended = task.run("ended", config.clone());
    let n_steps = std::cell::Cell::new(0);
    // Ended by an epoch, then within the next one, whose steps are lost.
    let after_epoch = |each: &Progress| {
        n_steps.set(n_steps.get() + usize::from(matches!(each, Progress::Step { .. })));
        if matches!(each, Progress::Epoch { .. }) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    assert_eq!(fit(&ended, &mut { after_epoch }).unwrap(), None);
    let after_step = |each: &Progress| match each {
        Progress::Resumed(epochs) => {
            assert_eq!(*epochs, 1);
            ControlFlow::Continue(())
        }
        Progress::Step { step, .. } if step.0 < n_steps.get() + 2 => ControlFlow::Continue(()),
        Progress::Step { .. } => ControlFlow::Break(()),
        Progress::Epoch { .. } => panic!("the run was ended before"),
    };
    assert_eq!(fit(&ended, &mut { after_step }).unwrap(), None);
    assert!(ended.out.join("unfinished").is_dir());

    let other = Run { config: Config { seed: 9, ..config }, ..ended.clone() };
    let error = fit(&other, &mut |_| ControlFlow::Continue(())).unwrap_err().to_string();
    assert!(error.contains("unfinished run with another configuration"), "{error}");

    assert_eq!(train(&ended), report);
    assert!(written(&ended.out) == written(&whole.out), "taken up, it gave another model");
    assert!(!ended.out.join("unfinished").exists());
}

#[test]
fn a_field_that_no_configuration_has_is_an_error() {
    let task = Toy::new();
    fs_err::write(task.path("config.toml"), "epochs = 1\nlearning_rat = 1e-3\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["train", "--base"])
        .arg(fixture("bert"))
        .args(["--train", "stance.train.jsonl", "--dev", "stance.dev.jsonl", "-o", "out"])
        .args(["--config", "config.toml"])
        .current_dir(task.folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("config.toml") && said.contains("learning_rat"), "{said}");
    assert!(!task.path("out").exists());
}
