//! Are the rows of the example archive true to its articles, whatever form the archive and the tables have?

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use detente::output::{read_articles, read_dyads, read_mentions};
use detente::text::{Part, Span};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Scores `inputs` from within `folder`, and gives the folder of the run; all records must be good.
fn score(folder: &Path, inputs: &[&str], out: &Path, format: &str, options: &[&str]) -> PathBuf {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.arg("score").args(inputs).arg("-o").arg(out).args(["--format", format]).args(options);
    command.arg("--actors").arg(root().join("examples/actors.csv")).current_dir(folder);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    out.to_owned()
}

const DICTIONARY: [&str; 2] = ["--model", "dictionary"];

/// A table of a run as it is written.
fn table(run: &Path, name: &str, format: &str) -> String {
    fs_err::read_to_string(run.join(format!("{name}.{format}"))).unwrap()
}

/// A part of an article as it stands in the file that a run says it was read from.
struct Originals {
    /// File and record of each article.
    places: HashMap<String, (String, u64)>,
    files: HashMap<String, Vec<Value>>,
}

impl Originals {
    fn new(run: &Path) -> Self {
        let mut originals = Self { places: HashMap::new(), files: HashMap::new() };
        for row in read_articles(run).unwrap() {
            let row = row.unwrap();
            let place = (row.source_path, row.record);
            assert!(originals.places.insert(row.article_id, place).is_none(), "an id comes twice");
        }
        for (file, _) in originals.places.values() {
            originals.files.entry(file.clone()).or_insert_with(|| {
                let text = fs_err::read_to_string(root().join(file)).unwrap();
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
            });
        }
        originals
    }

    /// The title or the text of an article, found by path and record, which must have its id.
    fn part(&self, id: &str, part: Part) -> &str {
        let (file, record) = &self.places[id];
        let article = &self.files[file][usize::try_from(*record).unwrap() - 1];
        assert_eq!(article["id"], id, "{file}, record {record}");
        article[part.name()].as_str().unwrap()
    }
}

/// What lies between two code points.
fn under(text: &str, start: u32, end: u32) -> &str {
    Span::from_chars(text, start as usize..end as usize).unwrap().of(text)
}

#[test]
fn offsets_point_at_the_words_of_the_original_article_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for format in ["parquet", "csv", "jsonl"] {
        let out = folder.path().join(format);
        let run = score(root(), &["examples/archive"], &out, format, &DICTIONARY);
        let originals = Originals::new(&run);
        assert_eq!(originals.places.len(), 70);
        let mut sentences: HashMap<(String, Part, u32), (u32, u32)> = HashMap::new();
        let (mut n_mentions, mut n_outside_ascii) = (0, 0);
        for row in read_mentions(&run).unwrap() {
            let row = row.unwrap();
            let part = originals.part(&row.article_id, row.part);
            assert_eq!(under(part, row.start, row.end), row.text);
            assert!(!row.mentions.is_empty(), "{row:?}");
            for mention in &row.mentions {
                assert_eq!(under(part, mention.start, mention.end), mention.surface);
                assert!(row.start <= mention.start && mention.end <= row.end, "{row:?}");
                n_mentions += 1;
                let before = part.chars().take(mention.start as usize);
                n_outside_ascii += usize::from(!before.collect::<String>().is_ascii());
            }
            sentences.insert((row.article_id, row.part, row.sentence), (row.start, row.end));
        }
        assert!(n_mentions > 1000 && n_outside_ascii > 200, "{n_mentions} {n_outside_ascii}");
        let mut n_dyads = 0;
        for row in read_dyads(&run).unwrap() {
            let row = row.unwrap();
            let place = (row.article_id, row.part, row.sentence);
            assert_eq!(sentences[&place], (row.start, row.end), "{place:?}");
            n_dyads += 1;
        }
        seen.push((n_mentions, sentences.len(), n_dyads));
    }
    assert!(seen.iter().all(|each| *each == seen[0]), "{seen:?}");
}

#[test]
fn the_counts_of_a_run_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let run = score(root(), &["examples/archive"], &out, "jsonl", &DICTIONARY);
    let manifest: Value = serde_json::from_str(&table(&run, "manifest", "json")).unwrap();
    let counts = &manifest["counts"];
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    let mut n_rows: HashMap<String, u32> = HashMap::new();
    for row in read_mentions(&run).unwrap() {
        *n_rows.entry(row.unwrap().article_id).or_default() += 1;
    }
    for row in read_articles(&run).unwrap() {
        let row = row.unwrap();
        assert_eq!(n_rows.get(&row.article_id).copied().unwrap_or(0), row.n_mentions);
        for (name, n) in [
            ("sentences", row.n_sentences),
            ("scored", row.n_scored),
            ("cut", row.n_cut),
            ("mention_rows", row.n_mentions),
        ] {
            *sums.entry(name).or_default() += u64::from(n);
        }
    }
    for (name, sum) in sums {
        assert_eq!(counts[name], sum, "{name}");
    }
    assert_eq!(counts["articles"], 70);
    assert_eq!(counts["dyad_rows"], table(&run, "dyads", "jsonl").lines().count());
}

#[test]
fn packed_archives_give_the_rows_of_plain_ones() {
    let folder = tempfile::tempdir().unwrap();
    let plain = fs_err::read(root().join("examples/archive/oslo-lantern.jsonl")).unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&plain).unwrap();
    let zst = zstd::encode_all(plain.as_slice(), 1).unwrap();
    let files = [
        ("plain.jsonl", plain),
        ("packed.jsonl.gz", gz.finish().unwrap()),
        ("packed.jsonl.zst", zst),
    ];
    let mut tables = Vec::new();
    for (name, bytes) in files {
        fs_err::write(folder.path().join(name), bytes).unwrap();
        let out = folder.path().join(format!("run-{name}"));
        let run = score(folder.path(), &[name], &out, "csv", &DICTIONARY);
        assert!(table(&run, "articles", "csv").contains(name));
        tables.push(["mentions", "dyads"].map(|each| table(&run, each, "csv")));
    }
    assert!(tables[0][0].lines().count() > 100);
    assert!(tables[1] == tables[0], "gzip gives other rows");
    assert!(tables[2] == tables[0], "zstd gives other rows");
}

#[test]
fn the_order_in_which_a_folder_was_filled_changes_no_byte() {
    let mut names: Vec<_> = root()
        .join("examples/archive")
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let folder = tempfile::tempdir().unwrap();
    let fill = |name: &str, files: &[String]| {
        let place = folder.path().join(name);
        fs_err::create_dir_all(place.join("archive/below")).unwrap();
        for file in files {
            let to = if file.starts_with('o') { "archive/below" } else { "archive" };
            let from = root().join("examples/archive").join(file);
            fs_err::copy(from, place.join(to).join(file)).unwrap();
        }
        let run = score(&place, &["archive"], &place.join("run"), "csv", &DICTIONARY);
        ["mentions", "dyads", "articles"].map(|each| table(&run, each, "csv"))
    };
    let forward = fill("forward", &names);
    names.reverse();
    assert!(forward == fill("backward", &names), "the order of files changed the rows");
}

#[cfg(feature = "embedded")]
#[test]
fn the_model_reads_an_article_the_same_alone_and_among_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = "examples/archive/norwegian-foreign-ministry.jsonl";
    let alone = score(root(), &[file], &folder.path().join("alone"), "jsonl", &[]);
    let others = ["examples/archive/dogger-herald.jsonl", file];
    let among = score(root(), &others, &folder.path().join("among"), "jsonl", &[]);
    for name in ["mentions", "dyads"] {
        let (alone, among) = (table(&alone, name, "jsonl"), table(&among, name, "jsonl"));
        assert!(alone.lines().count() > 20);
        assert!(among.len() > alone.len() && among.ends_with(&alone), "{name} differ");
    }
}
