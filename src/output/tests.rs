//! What holds for every format: tests that loop over [`SINKS`].

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::manifest::{Actors, Clock, Counts, Input, Model, sha256_of_article};
use super::*;
use crate::error::{Hinted, Skipped};
use crate::score::{ArticleRows, Distribution, MentionKind, MentionSpan, Part, SourceFrom, Voice};

fn mention_row() -> MentionRow {
    MentionRow {
        article_id: "a1".into(),
        date: Some(date(2024, 1, 31)),
        outlet: Some("KCNA".into()),
        part: Part::Text,
        sentence: 2,
        start: 10,
        end: 40,
        text: "\"Japan\", he said, is a \"foe\".".into(),
        actor: "JPN".into(),
        actor_name: "Japan".into(),
        actor_state: Some("JPN".into()),
        mentions: vec![MentionSpan {
            start: 11,
            end: 16,
            surface: "Japan".into(),
            kind: MentionKind::Name,
            confidence: 1.0,
        }],
        voice: Some(Voice::Quoted),
        speaker: None,
        modality: None,
        stance: Some(Distribution::new([0.75, 0.2, 0.05])),
        sentiment: Some(Distribution::new([0.123_456_79, 0.75, 0.126_543_21])),
        p_dictionary: None,
        is_cut: false,
        extra: extra(json!({"url": "u", "date": "=x", "words": 12})),
    }
}

fn dyad_row() -> DyadRow {
    DyadRow {
        article_id: "a1".into(),
        date: None,
        outlet: None,
        part: Part::Title,
        sentence: 0,
        start: 0,
        end: 9,
        source: "author".into(),
        source_from: SourceFrom::Author,
        source_issuer: Some("PRK".into()),
        source_state: Some("PRK".into()),
        target: "JPN".into(),
        target_state: Some("JPN".into()),
        voice: Some(Voice::Author),
        modality: None,
        stance: Distribution::new([1.0, 0.0, 0.0]),
        extra: Map::new(),
    }
}

fn article_row() -> ArticleRow {
    ArticleRow {
        article_id: "a1".into(),
        date: Some(date(1999, 12, 31)),
        outlet: None,
        issuer: Some("PRK".into()),
        title: None,
        source_path: "in/a.jsonl".into(),
        record: 1 << 40,
        sha256: sha256_of_article(None, "text"),
        n_sentences: 3,
        n_scored: 2,
        n_mentions: 2,
        n_cut: 0,
        language: Some("eng".into()),
        extra: Map::new(),
    }
}

fn extra(json: Value) -> Map<String, Value> {
    let Value::Object(extra) = json else { panic!("not an object") };
    extra
}

/// What a further field's value comes back as: nothing where it is null, text from CSV, and as one
/// kind of number, since a column has one kind.
fn expected_extra(format: &str, extra: &Map<String, Value>) -> Map<String, Value> {
    let of_value = |value: &Value| match (format, value) {
        ("jsonl", value) => Some(value.clone()),
        (_, Value::Null) => None,
        ("csv", Value::String(text)) => (!text.is_empty()).then(|| text.as_str().into()),
        ("csv", value) => Some(value.to_string().into()),
        (_, Value::Number(number)) => Some(number.as_f64().into()),
        (_, value) => Some(value.clone()),
    };
    extra.iter().filter_map(|(k, v)| Some((k.clone(), of_value(v)?))).collect()
}

fn write_all(
    folder: &Path,
    format: &dyn TableFormat,
    rows: (&[MentionRow], &[DyadRow], &[ArticleRow]),
) {
    let mut sink = create(folder, format).unwrap();
    rows.0.iter().for_each(|row| sink.mention(row).unwrap());
    rows.1.iter().for_each(|row| sink.dyad(row).unwrap());
    rows.2.iter().for_each(|row| sink.article(row).unwrap());
    let counts = sink.finish().unwrap();
    let n = (rows.0.len() as u64, rows.1.len() as u64, rows.2.len() as u64);
    assert_eq!((counts.mentions, counts.dyads, counts.articles), n);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{1,8}",
        "['=+@a\n\r\t\",;-]{1,5}",
        Just("NA".to_owned()),
        Just("\0".to_owned())
    ]
}

fn optional_text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(text())
}

fn probabilities() -> impl Strategy<Value = Distribution> {
    proptest::array::uniform3(0u16..=10_000)
        .prop_map(|p| Distribution::new(p.map(|p| f32::from(p) / 10_000.0)))
}

fn further_fields() -> impl Strategy<Value = Map<String, Value>> {
    let names = prop::sample::select(vec![
        "url", "date", "x_date", "other", "x_other", "Text", "a.b", "", "type", "=é", "n_cut",
    ]);
    let value = prop_oneof![
        text().prop_map(Value::String),
        any::<i32>().prop_map(Value::from),
        any::<i16>().prop_map(|n| Value::from(f64::from(n) / 4.0)),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!("")),
        Just(json!(u64::MAX)),
        Just(json!({"a": [1, null, "é"]})),
    ];
    proptest::collection::btree_map(names, value, 0..5)
        .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

prop_compose! {
    fn mention_rows()(
        ids in (text(), text(), text(), text()),
        optional in (optional_text(), optional_text(), optional_text(), optional_text()),
        days in proptest::option::of(-700_000i32..2_000_000),
        numbers in proptest::array::uniform3(0u32..1 << 31),
        mentions in proptest::collection::vec((0u32..99, text(), any::<bool>(), 0u8..=100), 0..4),
        voice in proptest::option::of(prop::sample::select(vec![Voice::Author, Voice::Quoted, Voice::Reported])),
        readings in (proptest::option::of(probabilities()), proptest::option::of(probabilities()), proptest::option::of(-100i8..100)),
        flags in (any::<bool>(), any::<bool>()),
        extra in further_fields(),
    ) -> MentionRow {
        let span = |(start, surface, is_name, sure): (_, _, _, u8)| MentionSpan {
            start,
            end: start + 5,
            surface,
            kind: if is_name { MentionKind::Name } else { MentionKind::Anaphor },
            confidence: f32::from(sure) / 100.0,
        };
        MentionRow {
            article_id: ids.0, text: ids.1, actor: ids.2, actor_name: ids.3,
            outlet: optional.0, speaker: optional.1, modality: optional.2, actor_state: optional.3,
            date: days.map(|days| date(1970, 1, 1).saturating_add(jiff::Span::new().days(days))),
            part: if flags.0 { Part::Title } else { Part::Text },
            sentence: numbers[0], start: numbers[1], end: numbers[2],
            mentions: mentions.into_iter().map(span).collect(),
            voice, stance: readings.0, sentiment: readings.1,
            p_dictionary: readings.2.map(|p| f32::from(p) / 100.0),
            is_cut: flags.1, extra,
        }
    }
}

prop_compose! {
    fn dyad_rows()(
        ids in (text(), text(), text()),
        optional in (optional_text(), optional_text(), optional_text(), optional_text(), optional_text()),
        numbers in proptest::array::uniform3(0u32..1 << 31),
        source_from in prop::sample::select(vec![SourceFrom::Mention, SourceFrom::Speaker, SourceFrom::Author]),
        stance in probabilities(),
        extra in further_fields(),
    ) -> DyadRow {
        DyadRow {
            article_id: ids.0, source: ids.1, target: ids.2,
            outlet: optional.0, source_issuer: optional.1, source_state: optional.2,
            target_state: optional.3, modality: optional.4,
            sentence: numbers[0], start: numbers[1], end: numbers[2],
            source_from, stance, extra, ..dyad_row()
        }
    }
}

prop_compose! {
    fn article_rows()(
        ids in (text(), text()),
        optional in (optional_text(), optional_text(), optional_text(), optional_text()),
        numbers in proptest::array::uniform4(0u32..1 << 31),
        record in 0u64..1 << 62,
        extra in further_fields(),
    ) -> ArticleRow {
        ArticleRow {
            article_id: ids.0, source_path: ids.1,
            outlet: optional.0, issuer: optional.1, title: optional.2, language: optional.3,
            n_sentences: numbers[0], n_scored: numbers[1], n_mentions: numbers[2], n_cut: numbers[3],
            record, extra, ..article_row()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_every_sink_writes_its_reader_reads_back(
        mentions in proptest::collection::vec(mention_rows(), 0..5),
        dyads in proptest::collection::vec(dyad_rows(), 0..5),
        articles in proptest::collection::vec(article_rows(), 0..5),
    ) {
        for format in SINKS {
            let folder = TempDir::new().unwrap();
            write_all(folder.path(), *format, (&mentions, &dyads, &articles));
            macro_rules! check {
                ($read:ident, $rows:ident) => {
                    let back: Vec<_> = $read(folder.path()).unwrap().map(Result::unwrap).collect();
                    prop_assert_eq!(back.len(), $rows.len());
                    for (mut back, mut row) in back.into_iter().zip($rows.clone()) {
                        row.extra = expected_extra(format.name(), &row.extra);
                        back.extra = expected_extra(format.name(), &back.extra);
                        prop_assert_eq!(back, row, "{}", format.name());
                    }
                };
            }
            check!(read_mentions, mentions);
            check!(read_dyads, dyads);
            check!(read_articles, articles);
        }
    }

    #[test]
    fn a_damaged_table_never_panics(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        for format in SINKS {
            let folder = TempDir::new().unwrap();
            let rows = vec![mention_row(); 3];
            write_all(folder.path(), *format, (&rows, &[], &[]));
            let path = folder.path().join(format!("mentions.{}", format.name()));
            let mut bytes = fs_err::read(&path).unwrap();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            fs_err::write(&path, bytes).unwrap();
            if let Ok(rows) = read_mentions(folder.path()) {
                prop_assert!(rows.count() < 100);
            }
        }
    }
}

#[test]
fn a_row_of_json_has_the_columns_in_order_and_further_fields_last() {
    let folder = TempDir::new().unwrap();
    write_all(
        folder.path(),
        format("jsonl").unwrap(),
        (&[mention_row()], &[dyad_row()], &[article_row()]),
    );
    let read = |name| fs_err::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(
        read("mentions.jsonl"),
        concat!(
            r#"{"article_id":"a1","date":"2024-01-31","outlet":"KCNA","part":"text","sentence":2,"#,
            r#""start":10,"end":40,"text":"\"Japan\", he said, is a \"foe\".","actor":"JPN","#,
            r#""actor_name":"Japan","mentions":[{"start":11,"end":16,"surface":"Japan","kind":"name","confidence":1.0}],"#,
            r#""voice":"quoted","speaker":null,"modality":null,"p_hostile":0.75,"p_neutral":0.2,"#,
            r#""p_conciliatory":0.05,"stance":"hostile","p_negative":0.123457,"p_neutral_sentiment":0.75,"#,
            r#""p_positive":0.126543,"sentiment":"neutral","p_dictionary":null,"is_cut":false,"#,
            r#""actor_state":"JPN","url":"u","x_date":"=x","words":12}"#,
            "\n"
        )
    );
    assert_eq!(
        read("dyads.jsonl"),
        concat!(
            r#"{"article_id":"a1","date":null,"outlet":null,"part":"title","sentence":0,"start":0,"end":9,"#,
            r#""source":"author","source_from":"author","source_issuer":"PRK","source_state":"PRK","#,
            r#""target":"JPN","target_state":"JPN","voice":"author","modality":null,"p_hostile":1.0,"#,
            r#""p_neutral":0.0,"p_conciliatory":0.0,"stance":"hostile"}"#,
            "\n"
        )
    );
    let article: Map<String, Value> = serde_json::from_str(&read("articles.jsonl")).unwrap();
    let names: Vec<_> = article.keys().map(String::as_str).collect();
    let columns: Vec<_> = Table::Articles.columns().iter().map(|column| column.name).collect();
    assert_eq!(names, columns);
}

#[test]
fn csv_has_the_same_columns_and_guards_what_a_spreadsheet_would_run() {
    let folder = TempDir::new().unwrap();
    let row = MentionRow { outlet: Some("@x".into()), p_dictionary: Some(-0.5), ..mention_row() };
    write_all(folder.path(), format("csv").unwrap(), (&[row], &[], &[]));
    let read = |name| fs_err::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(
        read("mentions.csv"),
        concat!(
            "article_id,date,outlet,part,sentence,start,end,text,actor,actor_name,mentions,voice,speaker,",
            "modality,p_hostile,p_neutral,p_conciliatory,stance,p_negative,p_neutral_sentiment,p_positive,",
            "sentiment,p_dictionary,is_cut,actor_state,url,x_date,words\n",
            "a1,2024-01-31,'@x,text,2,10,40,\"\"\"Japan\"\", he said, is a \"\"foe\"\".\",JPN,Japan,",
            "\"[{\"\"start\"\":11,\"\"end\"\":16,\"\"surface\"\":\"\"Japan\"\",\"\"kind\"\":\"\"name\"\",\"\"confidence\"\":1.0}]\",",
            "quoted,,,0.75,0.2,0.05,hostile,0.123457,0.75,0.126543,neutral,-0.5,false,JPN,u,'=x,12\n"
        )
    );
    let header: Vec<_> = Table::Dyads.columns().iter().map(|column| column.name).collect();
    assert_eq!(read("dyads.csv"), header.join(",") + "\n");
}

#[test]
fn fields_that_come_late_are_kept_in_the_last_column() {
    let row = |i: usize| MentionRow {
        extra: match i {
            0 => extra(json!({"n": 1})),
            16_390 => extra(json!({"late": [1], "n": "n/a"})),
            _ => Map::new(),
        },
        ..mention_row()
    };
    let rows: Vec<_> = (0..16_400).map(row).collect();
    for format in SINKS {
        let folder = TempDir::new().unwrap();
        write_all(folder.path(), *format, (&rows, &[], &[]));
        let back: Vec<_> = read_mentions(folder.path()).unwrap().map(Result::unwrap).collect();
        assert_eq!(back.len(), rows.len());
        assert_eq!(back[16_390].extra, rows[16_390].extra, "{}", format.name());
        assert_eq!(back[0].extra.len(), 1);
        assert!(back[16_399].extra.is_empty());
    }
}

#[test]
fn the_guide_lists_the_columns_of_every_table_in_order() {
    let guide = include_str!("../../docs/reading-the-tables.md");
    for table in Table::ALL {
        let section =
            guide.split("\n## ").find(|part| part.starts_with(&format!("`{}`", table.name())));
        let rows = section
            .unwrap()
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        let listed: Vec<_> = rows
            .map(|(name, rest)| {
                (name, rest.split(" | ").next().unwrap().contains("may be missing"))
            })
            .collect();
        let columns: Vec<_> = table.columns().iter().map(|c| (c.name, c.is_optional)).collect();
        assert_eq!(listed, columns);
    }
}

#[test]
fn a_sink_that_is_dropped_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let (new, old) = (folder.path().join("new"), folder.path().join("old"));
    fs_err::create_dir(&old).unwrap();
    for path in [&new, &old] {
        let mut sink = create(path, SINKS[0]).unwrap();
        sink.mention(&mention_row()).unwrap();
        assert_eq!(fs_err::read_dir(path).unwrap().count(), 3);
        assert!(read_mentions(path).is_err(), "nothing can be read before it is complete");
    }
    assert!(!new.exists());
    assert_eq!(fs_err::read_dir(&old).unwrap().count(), 0);
}

#[test]
fn a_folder_that_holds_a_run_is_refused_with_a_hint() {
    for name in ["manifest.json", "mentions.csv", "dyads.parquet", "articles.jsonl"] {
        let folder = TempDir::new().unwrap();
        fs_err::write(folder.path().join(name), "").unwrap();
        let error = create(folder.path(), SINKS[0]).err().unwrap();
        assert!(error.to_string().ends_with(&format!("holds a run already: `{name}`")), "{error}");
        assert!(error.downcast_ref::<Hinted>().unwrap().hint.contains("-o"));
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn two_runs_cannot_write_one_folder_and_a_killed_one_leaves_room() {
    let folder = TempDir::new().unwrap();
    fs_err::write(folder.path().join(".mentions.csv.partial"), "left by a killed process").unwrap();
    let first = create(folder.path(), format("csv").unwrap()).unwrap();
    let error = create(folder.path(), format("csv").unwrap()).err().unwrap();
    assert!(error.to_string().starts_with("another run is writing"), "{error}");
    first.finish().unwrap();
    assert_eq!(read_mentions(folder.path()).unwrap().count(), 0);
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn a_missing_table_a_missing_column_and_a_bad_cell_are_named() {
    let folder = TempDir::new().unwrap();
    let error = read_dyads(folder.path()).err().unwrap();
    assert!(error.to_string().ends_with("has no table `dyads`"), "{error}");
    fs_err::write(folder.path().join("dyads.csv"), "article_id,date\n").unwrap();
    let error = read_dyads(folder.path()).err().unwrap();
    assert_eq!(error.root_cause().to_string(), "there is no column `outlet`");
    write_all(&folder.path().join("run"), format("csv").unwrap(), (&[mention_row()], &[], &[]));
    let path = folder.path().join("run/mentions.csv");
    let bytes = fs_err::read_to_string(&path).unwrap().replace(",quoted,", ",sung,");
    fs_err::write(&path, bytes).unwrap();
    let rows: Vec<_> = read_mentions(&folder.path().join("run")).unwrap().collect();
    let error = rows[0].as_ref().unwrap_err();
    assert!(error.to_string().ends_with("mentions.csv: row 1"), "{error}");
    assert_eq!(error.root_cause().to_string(), "`sung` is none of `author`, `quoted`, `reported`");
}

/// A pipe that can be looked into, and that breaks after some bytes.
#[derive(Clone, Default)]
struct Pipe {
    bytes: Arc<Mutex<Vec<u8>>>,
    is_broken: bool,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.bytes.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn rows_in_a_pipe_say_their_type_first() {
    let pipe = Pipe::default();
    let mut sink = stream(pipe.clone());
    sink.article(&article_row()).unwrap();
    sink.mention(&mention_row()).unwrap();
    sink.dyad(&dyad_row()).unwrap();
    assert_eq!(sink.finish().unwrap(), RowCounts { articles: 0, mentions: 1, dyads: 1 });
    let bytes = pipe.bytes.lock().unwrap().clone();
    let lines: Vec<_> = std::str::from_utf8(&bytes).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with(r#"{"type":"mention","article_id":"a1","#), "{}", lines[0]);
    assert!(lines[1].starts_with(r#"{"type":"dyad","article_id":"a1","#), "{}", lines[1]);
}

#[test]
fn a_broken_pipe_is_told_from_other_errors() {
    let mut sink = stream(Pipe { is_broken: true, ..Pipe::default() });
    let error = (0..1000).find_map(|_| sink.mention(&mention_row()).err()).unwrap();
    assert!(is_broken_pipe(&error));
    assert!(is_broken_pipe(&error.context("while writing")));
    assert!(!is_broken_pipe(&io::Error::from(io::ErrorKind::StorageFull).into()));
}

/// The rows of an article, as parts keep them.
pub(super) fn article_rows_for_parts() -> ArticleRows {
    let extra = mention_row().extra;
    ArticleRows {
        article: ArticleRow { extra: extra.clone(), ..article_row() },
        mentions: vec![mention_row()],
        dyads: vec![DyadRow { extra, ..dyad_row() }],
    }
}

/// Rows of an article, all with its further fields.
pub(super) fn whole_articles() -> impl Strategy<Value = ArticleRows> {
    let rows = (
        article_rows(),
        proptest::collection::vec(mention_rows(), 0..4),
        proptest::collection::vec(dyad_rows(), 0..4),
    );
    rows.prop_map(|(article, mut mentions, mut dyads)| {
        for row in &mut mentions {
            row.extra.clone_from(&article.extra);
        }
        for row in &mut dyads {
            row.extra.clone_from(&article.extra);
        }
        ArticleRows { article, mentions, dyads }
    })
}

fn manifest() -> Manifest {
    Manifest {
        detente: "0.1.0".into(),
        model: Model { name: "small".into(), sha256: None, precision: "int8".into() },
        actors: Actors { files: vec![], n_actors: 3 },
        parameters: extra(json!({"threads": 2})),
        inputs: vec![Input { path: "-".into(), n_bytes: None }],
        format: "parquet".into(),
        counts: Counts { records_read: 5, articles: 3, skipped: 2, ..Counts::default() },
        skipped: vec![],
        started: String::new(),
        finished: String::new(),
        seconds: 0.0,
    }
}

#[test]
fn a_manifest_is_read_back_and_lists_no_more_than_its_share_of_skips() {
    let folder = TempDir::new().unwrap();
    let mut manifest = manifest();
    for line in 0..150 {
        let skipped = Skipped { path: "a.jsonl".into(), line, reason: "r".into() };
        Manifest::list_skipped(&mut manifest.skipped, &skipped);
    }
    assert_eq!(manifest.skipped.len(), 100);
    Clock::start().stop(&mut manifest);
    assert!(
        manifest.started.ends_with('Z') && manifest.started.len() == 20,
        "{}",
        manifest.started
    );
    manifest.write(folder.path()).unwrap();
    assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_manifest_whose_counts_do_not_add_up_is_a_bug() {
    let folder = TempDir::new().unwrap();
    let mut manifest = manifest();
    manifest.counts.skipped = 1;
    let error = manifest.write(folder.path()).unwrap_err().to_string();
    assert_eq!(error, "5 records were read, but 3 scored and 1 skipped: a bug");
    assert!(!folder.path().join("manifest.json").exists());
}

#[test]
fn hashes_are_those_that_other_tools_give() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("f");
    fs_err::write(&path, "T\ntext").unwrap();
    let expected = "acac3d8243f82ad306e5b5dbe32719b28542f3f8231e162de3f2c3229e1b8bee";
    assert_eq!(crate::digest::sha256_of_file(&path).unwrap(), sha256_of_article(Some("T"), "text"));
    assert_eq!(sha256_of_article(Some("T"), "text"), expected);
}
