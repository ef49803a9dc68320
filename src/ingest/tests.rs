//! What holds for every format: tests that loop over [`FORMATS`].

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::error::Hinted;
use crate::text::Article;

/// A record of the archive that every format is made to hold.
#[derive(Clone, Debug, PartialEq)]
struct Story {
    id: String,
    date: String,
    title: String,
    text: String,
    desk: String,
}

fn story(n: u32) -> Story {
    Story {
        id: format!("s{n}"),
        date: format!("2024-01-{:02}", n % 28 + 1),
        title: format!("Headline “{n}”, with a comma"),
        text: format!("First line, {n}.\n\"Quoted\",\ta tab;\r\nand a third é."),
        desk: "world".into(),
    }
}

/// The bytes of an archive in a format.
fn bytes_of(format: &str, stories: &[Story]) -> Vec<u8> {
    match format {
        "jsonl" => jsonl_bytes(stories),
        "csv" => delimited_bytes(stories, b','),
        "tsv" => delimited_bytes(stories, b'\t'),
        "parquet" => parquet_bytes(stories),
        "text" => stories[0].text.clone().into_bytes(),
        other => panic!("say how `{other}` is written"),
    }
}

fn jsonl_bytes(stories: &[Story]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for s in stories {
        let record = serde_json::json!({
            "id": s.id, "date": s.date, "title": s.title, "text": s.text, "desk": s.desk,
        });
        writeln!(bytes, "{record}").unwrap();
    }
    bytes
}

fn delimited_bytes(stories: &[Story], delimiter: u8) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["id", "date", "title", "text", "desk"]).unwrap();
    for s in stories {
        writer.write_record([&s.id, &s.date, &s.title, &s.text, &s.desk]).unwrap();
    }
    writer.into_inner().unwrap()
}

fn parquet_bytes(stories: &[Story]) -> Vec<u8> {
    let schema = "message archive { required binary id (UTF8); required binary date (UTF8);
        required binary title (UTF8); required binary text (UTF8); required binary desk; }";
    let columns: [fn(&Story) -> &str; 5] =
        [|s| &s.id, |s| &s.date, |s| &s.title, |s| &s.text, |s| &s.desk];
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in columns {
        let values: Vec<ByteArray> = stories.iter().map(|s| column(s).into()).collect();
        let mut writer = group.next_column().unwrap().unwrap();
        writer.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        writer.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

fn write(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(&path, bytes).unwrap();
    path
}

fn records_with(inputs: &[PathBuf], options: &Options) -> Vec<Record> {
    read(inputs, options).unwrap().map(Result::unwrap).collect()
}

fn records(path: &Path) -> Vec<Record> {
    records_with(&[path.to_path_buf()], &Options::default())
}

/// The records of one file with this name and these bytes.
fn records_of(name: &str, bytes: impl AsRef<[u8]>) -> Vec<Record> {
    let folder = TempDir::new().unwrap();
    records(&write(&folder, name, bytes))
}

fn articles(records: &[Record]) -> Vec<&Article> {
    let articles = records.iter().filter_map(|record| match record {
        Record::Article(article) => Some(&**article),
        _ => None,
    });
    articles.collect()
}

/// The lines and reasons of what was skipped.
fn skipped(records: &[Record]) -> Vec<(u64, &str)> {
    let skipped = records.iter().filter_map(|record| match record {
        Record::Skipped(skipped) => Some((skipped.line, skipped.reason.as_str())),
        _ => None,
    });
    skipped.collect()
}

#[test]
fn every_format_is_read_plain_and_compressed_named_and_from_a_pipe() {
    let stories: Vec<_> = (0..50).map(story).collect();
    for format in FORMATS {
        let plain = bytes_of(format.name(), &stories);
        let expected = if format.has_columns() { &stories[..] } else { &stories[..1] };
        for (ending, bytes) in [("", plain.clone()), (".gz", gzip(&plain)), (".zst", zstd(&plain))]
        {
            for extension in format.extensions() {
                let name = format!("a.{extension}{ending}");
                let records = records_of(&name, &bytes);
                assert_eq!(records.len(), expected.len(), "{name}: {:?}", skipped(&records));
                for (article, story) in articles(&records).iter().zip(expected) {
                    assert_eq!(article.text, story.text, "{name}");
                    if format.has_columns() {
                        assert_eq!(article.id, story.id, "{name}");
                        assert_eq!(article.title.as_ref(), Some(&story.title), "{name}");
                        assert_eq!(article.date.unwrap().to_string(), story.date, "{name}");
                        assert_eq!(article.extra["desk"], story.desk, "{name}");
                        assert_eq!(article.extra.len(), 1, "{name}");
                    }
                }
            }
            let mut pipe = Source::from_reader(std::io::Cursor::new(bytes), 1 << 20).unwrap();
            let sniffed = sniff::sniff(&pipe.peek().unwrap(), &Columns::default());
            assert_eq!(sniffed.name(), format.name(), "sniffed from a pipe, `{ending}`");
            assert_eq!(sniffed.records(pipe).unwrap().count(), expected.len());
        }
    }
}

#[test]
fn names_and_extensions_of_formats_are_unique() {
    let mut all: Vec<_> = FORMATS.iter().flat_map(|format| format.extensions()).collect();
    let n = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), n);
    for known in FORMATS {
        assert_eq!(format(known.name()).unwrap().name(), known.name());
    }
    let error = format("xml").err().unwrap().to_string();
    assert!(error.starts_with("no input format `xml`; there are `jsonl`, `csv`"), "{error}");
}

#[test]
fn several_compressed_members_are_one_file() {
    for (name, pack) in [("a.jsonl.gz", gzip as fn(&[u8]) -> Vec<u8>), ("a.jsonl.zst", zstd)] {
        let parts = [pack(b"{\"text\":\"a\"}\n{\"te"), pack(b"xt\":\"b\"}\n")].concat();
        assert_eq!(articles(&records_of(name, parts)).len(), 2, "{name}");
    }
}

#[test]
fn a_cut_or_broken_compressed_file_ends_with_a_skip_and_the_next_is_read() {
    let folder = TempDir::new().unwrap();
    // Text that hardly compresses, so that the cut falls behind some whole lines.
    let line =
        |i: u32| format!("{{\"id\":\"{i}\",\"text\":\"{}\"}}\n", i.wrapping_mul(2_654_435_761));
    let plain: String = (0..40_000).map(line).collect();
    for (i, bytes) in [gzip(plain.as_bytes()), zstd(plain.as_bytes())].into_iter().enumerate() {
        let cut = &bytes[..bytes.len() - 2000];
        let ending = ["gz", "zst"][i];
        let paths = [
            write(&folder, &format!("{i}/a.jsonl.{ending}"), cut),
            write(&folder, &format!("{i}/b.jsonl"), "{\"text\":\"x\"}"),
        ];
        let records = records_with(&paths, &Options::default());
        assert!(articles(&records).len() > 1000, "{}", records.len());
        assert_eq!(articles(&records).last().unwrap().text, "x");
        let skipped = skipped(&records);
        assert_eq!(skipped.len(), 1);
        assert!(skipped[0].1.starts_with("reading stopped here: "), "{skipped:?}");
        assert_eq!(skipped[0].0, records.len() as u64 - 1);
    }
}

#[test]
fn a_file_that_is_not_compressed_as_it_says_is_one_skip() {
    for name in ["a.jsonl.gz", "a.csv.zst", "a.txt.GZ"] {
        let records = records_of(name, "");
        let reason = skipped(&records)[0].1;
        assert!(reason.starts_with("is not compressed with"), "{name}: {reason}");
    }
}

#[test]
fn byte_order_marks_and_carriage_returns_are_no_part_of_a_record() {
    let jsonl = "\u{feff}{\"text\":\"a\"}\r\n\r\n{\"text\":\"b\"}\r\n";
    let csv = "\u{feff}text,id\r\na,1\r\n\r\nb,2\r\n";
    for (name, bytes) in [("a.jsonl", jsonl), ("a.csv", csv)] {
        let records = records_of(name, bytes);
        let found: Vec<_> =
            articles(&records).iter().map(|a| (a.text.clone(), a.origin.line)).collect();
        let lines = if name == "a.csv" { (2, 4) } else { (1, 3) };
        assert_eq!(found, [("a".to_owned(), lines.0), ("b".to_owned(), lines.1)], "{name}");
    }
    assert_eq!(articles(&records_of("a.txt", "\u{feff}a\r\n"))[0].text, "a\r\n");
}

#[test]
fn utf_16_with_its_mark_is_read_and_what_is_cut_in_it_is_named() {
    let utf_16 = |text: &str| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    for (name, text) in
        [("a.jsonl", "{\"text\":\"Å 😀\"}\n"), ("a.csv", "text\nÅ 😀\n"), ("a.txt", "Å 😀")]
    {
        let records = records_of(name, utf_16(text));
        assert_eq!(articles(&records)[0].text, "Å 😀", "{name}");
    }
    let mut cut = utf_16("{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
    cut.extend(0xd800_u16.to_le_bytes());
    let records = records_of("a.jsonl", cut);
    assert_eq!(articles(&records).len(), 2);
    assert_eq!(skipped(&records), [(3, "reading stopped here: no valid UTF-16LE before byte 56")]);
}

#[test]
fn other_encodings_are_read_where_they_are_said() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.jsonl", b"{\"text\":\"\x93Troms\xf8\x94\"}\n");
    let unsaid = records(&path);
    let [(line, reason)] = skipped(&unsaid)[..] else { panic!("one skipped") };
    assert_eq!((line, reason), (1, "invalid UTF-8 after 9 bytes of the line"));
    let encoding = Some(Encoding::named("windows-1252").unwrap());
    let records = records_with(&[path], &Options { encoding, ..Options::default() });
    assert_eq!(articles(&records)[0].text, "“Tromsø”");
}

#[test]
fn a_file_that_unpacks_to_hundreds_of_times_its_size_is_not_read_to_its_end() {
    for (name, bytes) in [
        ("a.jsonl.gz", gzip(&vec![b'\n'; 80 << 20])),
        ("a.csv.zst", zstd(&[b"text\n".as_slice(), &vec![b'x'; 80 << 20]].concat())),
        ("a.parquet.zst", zstd(&vec![0; 80 << 20])),
    ] {
        let records = records_of(name, bytes);
        let [(_, reason)] = skipped(&records)[..] else { panic!("{name}: {records:?}") };
        assert!(
            reason.ends_with("it unpacks to more than 200 times its size, as no text does"),
            "{reason}"
        );
    }
}

#[test]
fn bad_lines_of_json_are_named_and_the_next_is_read() {
    let bytes = b"{\"text\":\"a\"}\n{\"text\": oops}\n[1]\n\"x\"\n{\"text\":\"\xc3\x28\"}\n{\"title\":1}\n{\"text\":\"\\ud800\"}\n{\"text\":\"z\"";
    let records = records_of("a.jsonl", bytes);
    assert_eq!(
        skipped(&records),
        [
            (2, "invalid JSON at column 10: expected value"),
            (3, "a list, not an object; one object a line is read: `jq -c '.[]'` makes it so"),
            (4, "not a JSON object"),
            (5, "invalid UTF-8 after 9 bytes of the line"),
            (7, "invalid JSON at column 16: unexpected end of hex escape"),
            (8, "invalid JSON at column 11: EOF while parsing an object"),
        ]
    );
    assert_eq!(articles(&records).len(), 2);
}

#[test]
fn an_array_of_articles_is_explained_once() {
    let records = records_of("a.json", "[\n{\"text\":\"a\"},\n{\"text\":\"b\"}\n]");
    assert_eq!(records.len(), 1);
    assert!(skipped(&records)[0].1.contains("jq -c"));
}

#[test]
fn ragged_rows_open_quotes_and_foreign_bytes_are_named() {
    let bytes = b"id,text\n1,a\n2\n3,b,c\n4,\"x\ny\"\n5,\xff\n6,\"open\n7,lost\n";
    let records = records_of("a.csv", bytes);
    assert_eq!(
        skipped(&records),
        [
            (3, "1 cell where the header has 2"),
            (4, "3 cells where the header has 2"),
            (7, "invalid UTF-8 after 0 bytes of column `text`"),
            (8, "a quoted cell that is never closed; the rest of the file is in it"),
        ]
    );
    let texts: Vec<_> = articles(&records).iter().map(|a| a.text.as_str()).collect();
    assert_eq!(texts, ["a", "x\ny"]);
}

#[test]
fn an_odd_header_still_names_every_column() {
    let records = records_of("a.csv", ",text,x,x,\n1,a,NA,\"NA\",5\n");
    let extra = serde_json::to_string(&articles(&records)[0].extra).unwrap();
    assert_eq!(extra, r#"{"column_1":"1","x":null,"x_2":"NA","column_5":"5"}"#);
    assert_eq!(
        skipped(&records_of("b.csv", b"te\xffxt\n1\n"))[0].1,
        "the header is not UTF-8 in column 1"
    );
}

#[test]
fn a_record_over_the_limit_is_skipped_and_the_next_is_read() {
    let folder = TempDir::new().unwrap();
    let long = "x".repeat(200);
    let options = Options { max_record_bytes: 100, ..Options::default() };
    for (name, bytes, expected) in [
        (
            "a.jsonl",
            format!("{{\"text\":\"{long}\"}}\n{{\"text\":\"b\"}}\n"),
            "a line of 212 bytes, longer than the 100 that are read",
        ),
        (
            "a.csv",
            format!("text\n\"{long}\"\nb\n"),
            "a row of 200 bytes, longer than the 100 that are read; is a quote left open?",
        ),
        ("a.txt", long.clone(), "longer than the 100 bytes that are read"),
    ] {
        let path = write(&folder, name, bytes);
        let records = records_with(&[path], &options);
        assert_eq!(skipped(&records)[0].1, expected, "{name}");
        assert_eq!(articles(&records).len(), usize::from(name != "a.txt"), "{name}");
    }
}

#[test]
fn empty_files_hold_no_records() {
    for name in ["a.jsonl", "a.csv", "a.tsv"] {
        assert!(records_of(name, "").is_empty(), "{name}");
        assert!(records_of(name, "\n\r\n\n").is_empty(), "{name}");
    }
    assert_eq!(skipped(&records_of("a.txt", " \n")), [(1, "the file is empty")]);
    assert!(skipped(&records_of("a.parquet", ""))[0].1.starts_with("not a Parquet file"));
}

#[test]
fn a_repeated_id_is_a_bad_record_across_files() {
    let folder = TempDir::new().unwrap();
    let a = write(&folder, "a.jsonl", "{\"id\":1,\"text\":\"a\"}\n{\"id\":\"1\",\"text\":\"b\"}\n");
    let b = write(&folder, "b.csv", "id,text\n1,c\n2,d\n");
    let records = records_with(&[a, b], &Options::default());
    let expected = "the id `1` was read before";
    assert_eq!(skipped(&records), [(2, expected), (2, expected)]);
    assert_eq!(articles(&records).len(), 2);
}

#[test]
fn a_wrong_date_comes_as_a_warning_before_its_article() {
    let records = records_of("a.jsonl", "\n{\"text\":\"a\",\"date\":\"soon\"}\n");
    let [Record::Warning(warning), Record::Article(article)] = &records[..] else {
        panic!("{records:?}")
    };
    assert_eq!((warning.line, article.date), (2, None));
    assert_eq!(warning.reason, "no date: `date` is `soon`, which is not a date that can be read");
}

#[test]
fn a_folder_is_read_in_the_order_of_names_and_what_cannot_be_read_is_reported() {
    let folder = TempDir::new().unwrap();
    for name in [
        "b/z.txt",
        "b/a.txt",
        "a.txt",
        "c.jsonl",
        "README.md",
        ".hidden.jsonl",
        ".git/x.txt",
        "noext",
    ] {
        write(&folder, name, if name == "c.jsonl" { "{\"text\":\"c.jsonl\"}" } else { name });
    }
    for name in ["run/manifest.json", "run/mentions.jsonl", "run/dyads.jsonl", "run/articles.jsonl"]
    {
        write(&folder, name, "{\"text\":\"a row, no article\"}");
    }
    let records = records(folder.path());
    let texts: Vec<_> = articles(&records).iter().map(|a| a.text.as_str()).collect();
    assert_eq!(texts, ["a.txt", "b/a.txt", "b/z.txt", "c.jsonl"]);
    let reasons: Vec<_> = skipped(&records).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(reasons[0].ends_with("README.md`: no format has the extension `.md`"), "{reasons:?}");
    assert!(reasons[1].ends_with("noext` has no extension that says what it is"), "{reasons:?}");
    assert_eq!(reasons[2], "this folder holds the tables of a run, not articles");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_up_is_reported() {
    let folder = TempDir::new().unwrap();
    write(&folder, "sub/a.txt", "a");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("sub/up")).unwrap();
    let records = records(folder.path());
    assert_eq!(skipped(&records), [(1, "this link leads back to a folder above it")]);
    assert_eq!(articles(&records).len(), 1);
}

#[test]
fn an_unknown_extension_is_refused_where_named_and_read_where_the_format_is_given() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.log.gz", gzip(b"{\"text\":\"a\"}\n"));
    let error = read(std::slice::from_ref(&path), &Options::default()).err().unwrap();
    assert!(error.to_string().ends_with("a.log.gz`: no format has the extension `.gz`"), "{error}");
    let hint = &error.downcast_ref::<Hinted>().unwrap().hint;
    assert!(
        hint.starts_with("say what it is with `--input-format jsonl|csv|tsv|parquet|text`"),
        "{hint}"
    );
    let options = Options { format: Some(format("jsonl").unwrap()), ..Options::default() };
    assert_eq!(articles(&records_with(&[path], &options)).len(), 1);
    let error = read(&[folder.path().join("none.jsonl")], &Options::default()).err().unwrap();
    assert!(
        error.to_string().ends_with("none.jsonl` does not exist, or may not be read"),
        "{error}"
    );
}

#[test]
fn a_mapped_column_that_a_file_lacks_ends_the_run_and_text_files_have_none() {
    let folder = TempDir::new().unwrap();
    let columns = Columns::parse(&["text=story"]).unwrap();
    let options = Options { columns, ..Options::default() };
    let text = write(&folder, "a.txt", "plain");
    let good = write(&folder, "b.jsonl", "{\"story\":\"s\"}\n{\"other\":1}\n");
    let bad = write(&folder, "c.csv", "body\nb\n");
    let all: Vec<_> = read(&[text, good, bad], &options).unwrap().collect();
    assert_eq!(all.len(), 4);
    assert!(matches!(&all[2], Ok(Record::Skipped(s)) if s.line == 2));
    let error = all[3].as_ref().unwrap_err();
    assert!(error.to_string().ends_with("c.csv"), "{error}");
    assert_eq!(error.root_cause().to_string(), "no column `story` to take the text from");
}

#[test]
fn an_outlet_can_stand_for_its_issuer() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "a.csv", "text,outlet,issuer\na,KCNA,\nb,kcna,CHN\nc,Other,\n");
    let issuers = [("kcna ".to_owned(), "PRK".to_owned())].into();
    let records = records_with(&[path], &Options { issuers, ..Options::default() });
    let found: Vec<_> = articles(&records).iter().map(|a| a.issuer.clone()).collect();
    assert_eq!(found, [Some("PRK".into()), Some("CHN".into()), None]);
}

#[test]
fn the_files_of_a_run_are_listed_with_their_sizes() {
    let folder = TempDir::new().unwrap();
    write(&folder, "a.txt", "abc");
    let reader = read(&[folder.path().to_path_buf(), "-".into()], &Options::default()).unwrap();
    let files: Vec<_> = reader.files().iter().map(|f| (f.path.clone(), f.n_bytes)).collect();
    assert_eq!(files, [(folder.path().join("a.txt"), Some(3)), ("-".into(), None)]);
}

#[test]
fn parquet_dates_large_numbers_and_nested_fields_are_carried() {
    let schema = "message archive { optional int32 date (DATE); required binary text (UTF8);
        required int64 at (TIMESTAMP(NANOS,true)); required int64 local (TIMESTAMP(MICROS,false));
        required int64 n; optional group tags (LIST) { repeated group list { required binary element (UTF8); } } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int32Type>().write_batch(&[19753], Some(&[1]), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&["t".into()], None, None).unwrap();
    column.close().unwrap();
    for number in [1_706_702_400_123_456_789, 1_706_702_400_500_000, i64::MAX] {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[number], None, None).unwrap();
        column.close().unwrap();
    }
    let mut column = group.next_column().unwrap().unwrap();
    let values = ["a".into(), "b".into()];
    column.typed::<ByteArrayType>().write_batch(&values, Some(&[2, 2]), Some(&[0, 1])).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let records = records_of("a.pq", bytes);
    let article = articles(&records)[0];
    assert_eq!(article.date.unwrap().to_string(), "2024-01-31");
    assert_eq!(
        serde_json::to_string(&article.extra).unwrap(),
        r#"{"at":"2024-01-31T12:00:00.123456789Z","local":"2024-01-31T12:00:00.5","n":9223372036854775807,"tags":["a","b"]}"#
    );
}

#[test]
fn the_guide_names_every_format_and_every_usual_name() {
    let guide = include_str!("../../docs/reading-archives.md");
    let list = |names: &[&str], mark: &str| {
        names.iter().map(|name| format!("`{mark}{name}`")).collect::<Vec<_>>().join(" ")
    };
    for format in FORMATS {
        let row = format!("| `{}` | {} |", format.name(), list(format.extensions(), "."));
        assert!(guide.contains(&row), "{row}");
    }
    for field in Field::ALL {
        let row = format!("| `{field}` | {} |", list(field.usual_names(), ""));
        assert!(guide.contains(&row), "{row}");
    }
}

/// Reads foreign bytes as every format, plain and behind each compression, and checks the books.
fn check_books(bytes: &[u8]) {
    let folder = TempDir::new().unwrap();
    for format in FORMATS {
        let extension = format.extensions()[0];
        for (ending, bytes) in [("", bytes.to_vec()), (".gz", gzip(bytes)), (".zst", zstd(bytes))] {
            let path = write(&folder, &format!("a.{extension}{ending}"), bytes);
            let mut reader =
                read(&[path], &Options { max_record_bytes: 64, ..Options::default() }).unwrap();
            let mut lines = Vec::new();
            for record in reader.by_ref() {
                match record.unwrap() {
                    Record::Article(article) => {
                        assert!(!article.text.trim().is_empty() || article.title.is_some());
                        lines.push(article.origin.line);
                    }
                    Record::Skipped(skipped) => lines.push(skipped.line),
                    Record::Warning(_) => {}
                }
            }
            assert!(lines.is_sorted_by(|a, b| a < b), "every record has its line: {lines:?}");
            assert!(reader.next().is_none());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_never_panic_and_the_counts_add_up(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check_books(&bytes);
    }

    #[test]
    fn bytes_near_a_format_never_panic_and_the_counts_add_up(
        pieces in proptest::collection::vec(
            prop::sample::select(vec![
                "{\"text\":\"a\"}\n", "{", "}", "\"", "\n", "\r", ",", "text,id\n", "é", "\u{feff}",
                "[1]", "\0", "PAR1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "FF",
            ]),
            0..40,
        )
    ) {
        // `FF` stands for a byte that no UTF-8 has.
        let bytes = pieces.concat().into_bytes();
        check_books(&bytes.iter().map(|&byte| if byte == b'F' { 0xff } else { byte }).collect::<Vec<_>>());
    }

    #[test]
    fn a_damaged_file_never_panics(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        n_cut in 0usize..20,
    ) {
        let stories: Vec<_> = (0..5).map(story).collect();
        for format in FORMATS {
            let plain = bytes_of(format.name(), &stories);
            for (ending, mut bytes) in [("", plain.clone()), (".gz", gzip(&plain)), (".zst", zstd(&plain))] {
                for (at, byte) in &changes {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
                bytes.truncate(bytes.len() - n_cut);
                let records = records_of(&format!("a.{}{ending}", format.extensions()[0]), bytes);
                prop_assert!(records.len() < 5000);
            }
        }
    }
}
