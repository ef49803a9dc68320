//! What becomes of bad input? Every case has an outcome that is written down here: scored, or skipped with its line and
//! the reason. Whatever the outcome, the counts add up, and offsets point at the words that they say.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use detente::ingest::{Columns, Encoding, Options, Record, read};
use detente::mention::{ActorList, Anaphora, Base, Gazetteer};
use detente::model::Dictionary;
use detente::output::Entry;
use detente::pipeline::{Languages, Pipeline, Worked};
use detente::score::{ArticleRows, Part};
use detente::text::{Article, Span};

/// A good line of JSON.
const GOOD: &str = "{\"text\":\"Norway thanked Iceland.\"}\n";

/// A case: what it is, the file's name and bytes, and what becomes of it: `ok` with the number of mention rows for
/// each article, and `LINE: reason` for each skipped record.
struct Case(&'static str, &'static str, Vec<u8>, &'static [&'static str]);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

fn cut(mut bytes: Vec<u8>, n: usize) -> Vec<u8> {
    bytes.truncate(bytes.len() - n);
    bytes
}

fn utf_16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn json(field: &str, value: &str) -> Vec<u8> {
    format!("{{\"{field}\":{value},\"text\":\"Norway.\"}}\n").into_bytes()
}

fn text(text: &str) -> Vec<u8> {
    format!("{}\n", serde_json::json!({ "text": text })).into_bytes()
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Lines of JSON, whole, cut and broken.
fn json_lines() -> Vec<Case> {
    let good = GOOD.as_bytes();
    vec![
        Case("nothing", "a.jsonl", vec![], &[]),
        Case("blank lines alone", "a.jsonl", b"\n \n\t\r\n".to_vec(), &[]),
        Case(
            "a line cut short",
            "a.jsonl",
            join(&[good, b"{\"text\":\"Nor"]),
            &["ok 2", "2: invalid JSON at column 12: EOF while parsing a string"],
        ),
        Case(
            "a key without a value",
            "a.jsonl",
            join(&[b"{\"text\"}\n", good]),
            &["1: invalid JSON at column 8: expected `:`", "ok 2"],
        ),
        Case("a number alone", "a.jsonl", join(&[b"5\n", good]), &["1: not a JSON object", "ok 2"]),
        Case(
            "a string alone",
            "a.jsonl",
            join(&[b"\"Norway\"\n", good]),
            &["1: not a JSON object", "ok 2"],
        ),
        Case("null alone", "a.jsonl", join(&[b"null\n", good]), &["1: not a JSON object", "ok 2"]),
        Case(
            "one array of all",
            "a.json",
            b"[{\"text\":\"a\"},\n{\"text\":\"b\"}]\n".to_vec(),
            &["1: a list, not an object"],
        ),
        Case(
            "an array among lines",
            "a.jsonl",
            join(&[good, b"[1]\n", b"{\"text\":\"Norway.\"}\n"]),
            &["ok 2", "2: a list, not an object", "ok 1"],
        ),
        Case(
            "an object over several lines",
            "a.json",
            b"{\n\"text\":\n\"Norway.\"\n}\n".to_vec(),
            &["1: invalid JSON", "2: invalid JSON", "3: not a JSON object", "4: invalid JSON"],
        ),
        Case(
            "two objects on a line",
            "a.jsonl",
            b"{\"text\":\"a\"}{\"text\":\"b\"}\n".to_vec(),
            &["1: invalid JSON at column 13: trailing characters"],
        ),
        Case(
            "single quotes",
            "a.jsonl",
            b"{'text':'Norway'}\n".to_vec(),
            &["1: invalid JSON at column 2: key must be a string"],
        ),
        Case(
            "a comma too many",
            "a.jsonl",
            b"{\"text\":\"Norway.\",}\n".to_vec(),
            &["1: invalid JSON at column 19: trailing comma"],
        ),
        Case("NaN for a number", "a.jsonl", json("n", "NaN"), &["1: invalid JSON"]),
        Case(
            "a number beyond all floats",
            "a.jsonl",
            json("n", "1e999"),
            &["1: invalid JSON at column 10: number out of range"],
        ),
        Case(
            "nesting without end",
            "a.jsonl",
            json("n", &"[".repeat(100_000)),
            &["1: invalid JSON at column 132: recursion limit exceeded"],
        ),
        Case(
            "deep nesting that ends",
            "a.jsonl",
            json("n", &format!("{}{}", "[".repeat(100), "]".repeat(100))),
            &["ok 1"],
        ),
    ]
}

/// Lines of JSON whose letters, or whose number of letters, are odd.
fn json_letters() -> Vec<Case> {
    let good = GOOD.as_bytes();
    vec![
        Case(
            "a key twice",
            "a.jsonl",
            b"{\"text\":\"Norway.\",\"text\":\"Iceland met Denmark.\"}\n".to_vec(),
            &["ok 2"],
        ),
        Case(
            "an escaped lone surrogate",
            "a.jsonl",
            b"{\"text\":\"Norway \\ud800.\"}\n".to_vec(),
            &["1: invalid JSON"],
        ),
        Case(
            "an encoded lone surrogate",
            "a.jsonl",
            b"{\"text\":\"Norway \xed\xa0\x80.\"}\n".to_vec(),
            &["1: invalid UTF-8 after 16 bytes of the line"],
        ),
        Case(
            "an escaped pair of surrogates",
            "a.jsonl",
            b"{\"text\":\"Norway \\ud83d\\ude00 Iceland.\"}\n".to_vec(),
            &["ok 2"],
        ),
        Case(
            "an escaped NUL",
            "a.jsonl",
            b"{\"text\":\"Nor\\u0000way. Norway.\"}\n".to_vec(),
            &["ok 1"],
        ),
        Case(
            "a NUL in a line",
            "a.jsonl",
            b"{\"text\":\"Nor\0way.\"}\n".to_vec(),
            &["1: invalid JSON"],
        ),
        Case(
            "NULs alone",
            "a.jsonl",
            vec![0; 4096],
            &["1: invalid JSON at column 1: expected value"],
        ),
        Case(
            "bytes that are no text",
            "a.jsonl",
            (0..=255).collect(),
            &[
                "1: invalid JSON at column 1: expected value",
                "2: invalid UTF-8 after 117 bytes of the line",
            ],
        ),
        Case(
            "Latin-1 unsaid",
            "a.jsonl",
            join(&[b"{\"text\":\"Troms\xf8, Norway.\"}\n", good]),
            &["1: invalid UTF-8 after 14 bytes of the line", "ok 2"],
        ),
        Case(
            "an overlong encoding",
            "a.jsonl",
            b"{\"text\":\"Norway \xc0\xaf.\"}\n".to_vec(),
            &["1: invalid UTF-8 after 16 bytes of the line"],
        ),
        Case("a byte-order mark", "a.jsonl", join(&[b"\xef\xbb\xbf", good]), &["ok 2"]),
        Case(
            "a byte-order mark in the middle",
            "a.jsonl",
            join(&[good, b"\xef\xbb\xbf{\"text\":\"Norway.\"}\n"]),
            &["ok 2", "2: invalid JSON at column 1: expected value"],
        ),
        Case(
            "line ends of old machines",
            "a.jsonl",
            b"{\"text\":\"Norway.\"}\r{\"text\":\"Iceland.\"}\r".to_vec(),
            &["1: invalid JSON"],
        ),
        Case(
            "HTML instead of lines",
            "a.jsonl",
            b"<!DOCTYPE html>\n<p>Norway</p>\n".to_vec(),
            &[
                "1: invalid JSON at column 1: expected value",
                "2: invalid JSON at column 1: expected value",
            ],
        ),
        Case("a million empty lines", "a.jsonl", join(&[&vec![b'\n'; 1_000_000], good]), &["ok 2"]),
        Case("50 MB in one line", "a.jsonl", text(&"It rained. ".repeat(4_600_000)), &["ok 0"]),
        Case(
            "70 MB in one line",
            "a.jsonl",
            join(&[&text(&"x".repeat(70_000_000)), good]),
            &["1: a line of 70000012 bytes, longer than the 67108864 that are read", "ok 2"],
        ),
    ]
}

/// Fields that are missing, or are not what they should be.
fn fields() -> Vec<Case> {
    vec![
        Case(
            "no text",
            "a.jsonl",
            b"{\"story\":\"Norway.\"}\n".to_vec(),
            &["1: no text and no title: the record has `story`"],
        ),
        Case(
            "an empty object",
            "a.jsonl",
            b"{}\n".to_vec(),
            &["1: no text and no title: the record has no fields"],
        ),
        Case(
            "an empty text",
            "a.jsonl",
            b"{\"text\":\" \\n \"}\n".to_vec(),
            &["1: text and title are empty"],
        ),
        Case(
            "a text that is a number",
            "a.jsonl",
            b"{\"text\":5}\n".to_vec(),
            &["1: `text` is a number, not text"],
        ),
        Case(
            "a text that is a list",
            "a.jsonl",
            b"{\"text\":[\"Norway.\"]}\n".to_vec(),
            &["1: `text` is a list, not text"],
        ),
        Case(
            "a text that is true",
            "a.jsonl",
            b"{\"text\":true}\n".to_vec(),
            &["1: `text` is true or false, not text"],
        ),
        Case(
            "fields that are numbers",
            "a.jsonl",
            b"{\"id\":7,\"title\":1917,\"outlet\":3.5,\"text\":\"Norway.\"}\n".to_vec(),
            &["ok 1"],
        ),
        Case(
            "an outlet that is an object",
            "a.jsonl",
            json("outlet", "{\"name\":\"x\"}"),
            &["ok 1"],
        ),
        Case(
            "ids that are equal",
            "a.jsonl",
            join(&[&json("id", "\"x\""), &json("id", "\"x\""), &json("id", "\"y\"")]),
            &["ok 1", "2: the id `x` was read before", "ok 1"],
        ),
        Case(
            "ids that are a number and its text",
            "a.jsonl",
            join(&[&json("id", "1"), &json("id", "\"1\"")]),
            &["ok 1", "2: the id `1` was read before"],
        ),
        Case(
            "an id of a million characters",
            "a.jsonl",
            json("id", &format!("\"{}\"", "i".repeat(1_000_000))),
            &["ok 1"],
        ),
        Case("a date in year 0", "a.jsonl", json("date", "\"0000-01-01\""), &["ok 1"]),
        Case("a date in year 9999", "a.jsonl", json("date", "\"9999-12-31\""), &["ok 1"]),
        Case("a date in year 10000", "a.jsonl", json("date", "\"10000-01-01\""), &["ok 1"]),
        Case("30 February", "a.jsonl", json("date", "\"2024-02-30\""), &["ok 1"]),
        Case("a date that is a list", "a.jsonl", json("date", "[2024,1,31]"), &["ok 1"]),
        Case("an issuer that is nobody", "a.jsonl", json("issuer", "\"Nobody at all\""), &["ok 1"]),
        Case(
            "ten thousand fields",
            "a.jsonl",
            format!(
                "{{{}\"text\":\"Norway.\"}}\n",
                (0..10_000).map(|i| format!("\"f{i}\":{i},")).collect::<Vec<_>>().concat()
            )
            .into_bytes(),
            &["ok 1"],
        ),
        Case(
            "fields called like columns",
            "a.jsonl",
            b"{\"actor\":1,\"x_actor\":2,\"\":3,\"p_hostile\":4,\"text\":\"Norway.\"}\n".to_vec(),
            &["ok 1"],
        ),
    ]
}

/// Texts that are odd but good: scored, with offsets that hold.
fn odd_texts() -> Vec<Case> {
    vec![
        Case(
            "HTML in a text",
            "a.jsonl",
            text("<p>Norway &amp; <b>Iceland</b> met.</p><script>alert(1)</script>"),
            &["ok 2"],
        ),
        Case(
            "right-to-left among others",
            "a.jsonl",
            text("\u{202b}قال\u{202c} Norway שלום Iceland \u{200f}."),
            &["ok 2"],
        ),
        Case("emoji clusters", "a.jsonl", text("👩‍👩‍👧‍👦🏳️‍🌈 Norway 🇳🇴🇮🇸 Iceland 👍🏽."), &["ok 2"]),
        Case(
            "combining marks without end",
            "a.jsonl",
            text(&format!("Norway a{} Iceland.", "\u{301}".repeat(50_000))),
            &["ok 2"],
        ),
        Case(
            "no-break spaces and soft hyphens",
            "a.jsonl",
            text("South\u{a0}Korea met Nor\u{ad}way\u{2028}and Iceland."),
            &["ok 3"],
        ),
        Case(
            "control characters and escapes",
            "a.jsonl",
            text("\u{1b}[31mNorway\u{7} met\u{8} Iceland\u{1b}]0;x\u{7}."),
            &["ok 1"],
        ),
        Case(
            "private use and non-characters",
            "a.jsonl",
            text("\u{e000}\u{fffe}\u{10ffff} Norway."),
            &["ok 1"],
        ),
        Case(
            "a word of five million letters",
            "a.jsonl",
            text(&format!("Norway {} Iceland.", "x".repeat(5_000_000))),
            &["ok 2"],
        ),
        Case(
            "two hundred thousand full stops",
            "a.jsonl",
            text(&format!("Norway{}", ".".repeat(200_000))),
            &["ok 1"],
        ),
        Case(
            "quotation marks that never close",
            "a.jsonl",
            text(&format!("{}Norway met Iceland.", "“".repeat(50_000))),
            &["ok 2"],
        ),
        Case(
            "a thousand actors in a sentence",
            "a.txt",
            format!("{}met.", "Norway and Iceland and ".repeat(500)).into_bytes(),
            &["ok 6"],
        ),
        Case("formulas in a text", "a.jsonl", text("=HYPERLINK(\"x\") Norway."), &["ok 1"]),
        Case(
            "German",
            "a.jsonl",
            text(
                &"Die Regierung teilte am Montag mit, dass die Verhandlungen fortgesetzt würden. "
                    .repeat(5),
            ),
            &["1: it is in German (`deu`), which `dictionary` wasn't made for"],
        ),
        Case(
            "Korean",
            "a.jsonl",
            text(
                &"외무상은 월요일에 두 정부가 국경을 다시 열기로 합의하였다고 말하였다. ".repeat(3),
            ),
            &["1: it is in Korean (`kor`), which `dictionary` wasn't made for"],
        ),
        Case("text without letters", "a.jsonl", text("12 – 3 … ☃"), &["ok 0"]),
    ]
}

/// Tables with rows that don't fit, and text files.
fn tables_and_texts() -> Vec<Case> {
    vec![
        Case(
            "ragged rows",
            "a.csv",
            b"id,text\n1,Norway.\n2\n3,a,b\n4,Iceland.\n".to_vec(),
            &[
                "ok 1",
                "3: 1 cell where the header has 2",
                "4: 3 cells where the header has 2",
                "ok 1",
            ],
        ),
        Case(
            "a quote left open",
            "a.csv",
            b"text\nNorway.\n\"Iceland.\nDenmark.\n".to_vec(),
            &["ok 1", "3: a quoted cell that is never closed"],
        ),
        Case(
            "quotes in the middle of cells",
            "a.csv",
            b"text\nNorway \"met\" Iceland.\n".to_vec(),
            &["ok 2"],
        ),
        Case("a header alone", "a.csv", b"id,text\n".to_vec(), &[]),
        Case(
            "a header of one empty cell",
            "a.csv",
            b"\"\"\nNorway.\n".to_vec(),
            &["2: no text and no title: the record has `column_1`"],
        ),
        Case(
            "a header with a name twice",
            "a.csv",
            b"text,text\nNorway.,Iceland.\n".to_vec(),
            &["ok 1"],
        ),
        Case(
            "a header that is no text",
            "a.csv",
            b"te\xffxt\nNorway.\n".to_vec(),
            &["1: the header is not UTF-8 in column 1"],
        ),
        Case(
            "cells that are no text",
            "a.csv",
            b"id,text\n1,Troms\xf8\n2,Norway.\n".to_vec(),
            &["2: invalid UTF-8 after 5 bytes of column `text`", "ok 1"],
        ),
        Case(
            "old line ends",
            "a.csv",
            b"id,text\r1,Norway.\r2,Iceland.\r".to_vec(),
            &["ok 1", "ok 1"],
        ),
        Case("NULs in cells", "a.csv", b"text\nNor\0way. Norway.\n".to_vec(), &["ok 1"]),
        Case("semicolons", "a.csv", b"id;text\n1;Norway, Iceland.\n".to_vec(), &["ok 2"]),
        Case(
            "more columns than may be",
            "a.csv",
            join(&[&b"x,".repeat(10_001), b"text\n", b"1\n"]),
            &["1: the header has 10002 columns"],
        ),
        Case(
            "tabs said and commas there",
            "a.tsv",
            b"id,text\n1,Norway.\n".to_vec(),
            &["2: no text and no title: the record has `id,text`"],
        ),
        Case("an empty text file", "a.txt", vec![], &["1: the file is empty"]),
        Case("a blank text file", "a.txt", b" \n\t".to_vec(), &["1: the file is empty"]),
        Case(
            "a text file in Latin-1",
            "a.txt",
            b"Troms\xf8, Norway.".to_vec(),
            &["1: invalid UTF-8 after 5 bytes"],
        ),
        Case("a text file in UTF-16", "a.txt", utf_16("Norway met Tromsø.", true), &["ok 1"]),
        Case(
            "a text file in UTF-16 without its mark",
            "a.txt",
            utf_16("Tromsø, Norway.", false),
            &["1: invalid UTF-8 after 10 bytes"],
        ),
        Case(
            "lines in UTF-16, cut in a letter",
            "a.jsonl",
            cut(utf_16(GOOD, true), 1),
            &["1: reading stopped here: no valid UTF-16LE before byte 71"],
        ),
    ]
}

/// Files that are packed, cut or not what they say.
fn packed() -> Vec<Case> {
    let lines = GOOD.repeat(3);
    let many = GOOD.repeat(4000);
    vec![
        Case(
            "gzip cut at its end",
            "a.jsonl.gz",
            cut(gzip(lines.as_bytes()), 4),
            &["ok 2", "ok 2", "ok 2", "4: reading stopped here"],
        ),
        Case(
            "gzip with a wrong checksum",
            "a.jsonl.gz",
            {
                let mut bytes = gzip(lines.as_bytes());
                let at = bytes.len() - 8;
                bytes[at] ^= 1;
                bytes
            },
            &["ok 2", "ok 2", "ok 2", "4: reading stopped here"],
        ),
        Case("gzip of nothing", "a.jsonl.gz", gzip(b""), &[]),
        Case(
            "a gzip header alone",
            "a.jsonl.gz",
            gzip(b"")[..10].to_vec(),
            &["1: incomplete deflate stream"],
        ),
        Case(
            "gzip with rubbish behind it",
            "a.jsonl.gz",
            join(&[&gzip(GOOD.as_bytes()), b"rubbish"]),
            &["ok 2", "2: reading stopped here: unexpected end of file"],
        ),
        Case(
            "gzip in gzip",
            "a.jsonl.gz",
            gzip(&gzip(GOOD.as_bytes())),
            &["1: invalid UTF-8 after 1 bytes of the line"],
        ),
        Case(
            "zstd cut at its end",
            "a.jsonl.zst",
            cut(zstd(lines.as_bytes()), 4),
            &["1: incomplete frame"],
        ),
        Case(
            "zstd named gzip",
            "a.jsonl.gz",
            zstd(lines.as_bytes()),
            &["1: is not compressed with gzip, though its name says so"],
        ),
        Case(
            "lines named gzip",
            "a.jsonl.gz",
            lines.clone().into_bytes(),
            &["1: is not compressed with gzip, though its name says so"],
        ),
        Case("gzip named as lines", "a.jsonl", gzip(lines.as_bytes()), &["ok 2", "ok 2", "ok 2"]),
        Case(
            "a gzip bomb",
            "a.jsonl.gz",
            gzip(&vec![b'\n'; 200 << 20]),
            &["it unpacks to more than 200 times its size"],
        ),
        Case(
            "a zstd bomb",
            "a.jsonl.zst",
            zstd(&vec![b' '; 200 << 20]),
            &["1: reading stopped here: it unpacks to more than 200 times its size"],
        ),
        Case(
            "a billion characters in an article",
            "a.txt.gz",
            gzip_of_a_billion(),
            &["it unpacks to more than 200 times its size"],
        ),
        Case(
            "a zstd window beyond the limit",
            "a.jsonl.zst",
            wide_window(GOOD.as_bytes()),
            &["1: it was packed with a window of more than 128 MiB"],
        ),
        Case("Parquet that is none", "a.parquet", b"PAR1 no more".to_vec(), &["1: "]),
        Case("an empty Parquet file", "a.parquet", vec![], &["1: "]),
        Case("lines named Parquet", "a.parquet", many.into_bytes(), &["1: "]),
    ]
}

/// A billion letters, packed.
fn gzip_of_a_billion() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let piece = vec![b'x'; 1 << 20];
    (0..954).for_each(|_| encoder.write_all(&piece).unwrap());
    encoder.finish().unwrap()
}

fn wide_window(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(30).unwrap();
    encoder.include_contentsize(false).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What a run says of a file's records, in order, without warnings; checked as far as it can be checked by itself.
fn outcome(gazetteer: &Gazetteer, path: &Path, options: &Options) -> Vec<String> {
    let dictionary = Dictionary::default();
    let pipeline = Pipeline {
        gazetteer,
        anaphora: Anaphora::All,
        classifier: &dictionary,
        dictionary: &dictionary,
        languages: Languages::OfModel,
        done: None,
    };
    let inputs = [path.to_path_buf()];
    let records: Vec<Record> = read(&inputs, options).unwrap().map(Result::unwrap).collect();
    let mut articles = records.iter().filter_map(|record| match record {
        Record::Article(article) => Some(&**article),
        _ => None,
    });
    let is_one = |record: &&Record| !matches!(record, Record::Warning(_));
    let n_records = records.iter().filter(is_one).count();
    let mut outcomes = Vec::new();
    let take = |worked: Worked| {
        for entry in worked.part.entries {
            match entry {
                Entry::Scored { rows, .. } => {
                    let article = articles.find(|each| each.id == rows.article.article_id).unwrap();
                    check_offsets(article, &rows);
                    outcomes.push(format!("ok {}", rows.mentions.len()));
                }
                Entry::Skipped(skipped) => {
                    assert_eq!(skipped.path, path);
                    outcomes.push(format!("{}: {}", skipped.line, skipped.reason));
                }
                Entry::Warning(_) => {}
            }
        }
        Ok(())
    };
    let reader = read(&inputs, options).unwrap();
    pipeline.run(reader, &AtomicBool::new(false), take).unwrap();
    assert_eq!(outcomes.len(), n_records, "read = scored + skipped");
    outcomes
}

fn check_offsets(article: &Article, rows: &ArticleRows) {
    for row in &rows.mentions {
        let part = match row.part {
            Part::Title => article.title.as_deref().unwrap(),
            Part::Text => &article.text,
        };
        let under = |start: u32, end: u32| {
            Span::from_chars(part, start as usize..end as usize).unwrap().of(part)
        };
        assert_eq!(under(row.start, row.end), row.text);
        for mention in &row.mentions {
            assert_eq!(under(mention.start, mention.end), mention.surface);
        }
    }
}

fn write(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs_err::write(&path, bytes).unwrap();
    path
}

fn gazetteer() -> Gazetteer {
    Gazetteer::new(ActorList::load(Base::BuiltIn, &[]).unwrap().0).unwrap()
}

fn check(cases: Vec<Case>) {
    let gazetteer = gazetteer();
    let mut wrong = Vec::new();
    for Case(what, name, bytes, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let outcomes = outcome(&gazetteer, &write(&folder, name, &bytes), &Options::default());
        let is_as = |(outcome, expected): (&String, &&str)| outcome.contains(expected);
        if outcomes.len() != expected.len() || !outcomes.iter().zip(expected).all(is_as) {
            wrong.push(format!("{what}: {outcomes:#?} and not {expected:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bad_lines_of_json_have_their_outcome() {
    check(json_lines());
    check(json_letters());
}

#[test]
fn bad_fields_have_their_outcome() {
    check(fields());
}

#[test]
fn odd_texts_are_read_with_offsets_that_hold() {
    check(odd_texts());
}

#[test]
fn bad_tables_and_text_files_have_their_outcome() {
    check(tables_and_texts());
}

#[test]
fn packed_and_cut_files_have_their_outcome() {
    check(packed());
}

#[test]
fn what_is_said_of_a_file_is_done_to_it() {
    let (gazetteer, folder) = (gazetteer(), tempfile::tempdir().unwrap());
    let outcome = |name: &str, bytes: &[u8], options: &Options| {
        outcome(&gazetteer, &write(&folder, name, bytes), options)
    };
    let encoded = |name: &str| Options {
        encoding: Some(Encoding::named(name).unwrap()),
        ..Options::default()
    };
    assert_eq!(
        outcome(
            "a.jsonl",
            b"{\"text\":\"\x93Norway\x94 met Troms\xf8.\"}\n",
            &encoded("windows-1252")
        ),
        ["ok 1"]
    );
    assert_eq!(outcome("b.csv", b"text\nNorway met Troms\xf8.\n", &encoded("latin1")), ["ok 1"]);
    assert_eq!(outcome("c.jsonl", &utf_16(GOOD, false), &encoded("utf-16le")), ["ok 2"]);
    // A mark says more than the user.
    assert_eq!(outcome("d.jsonl", &utf_16(GOOD, true), &encoded("euc-kr")), ["ok 2"]);
    let columns =
        |name: &str| Options { columns: Columns::parse(&[name]).unwrap(), ..Options::default() };
    assert_eq!(
        outcome("e.jsonl", b"{\"a\":{\"b\":\"Norway.\"}}\n", &columns("text=a.b")),
        ["ok 1"]
    );
}

#[test]
fn there_are_at_least_sixty_cases() {
    let all = [json_lines(), json_letters(), fields(), odd_texts(), tables_and_texts(), packed()];
    let mut names: Vec<_> = all.iter().flatten().map(|case| case.0).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.iter().map(Vec::len).sum::<usize>());
    assert!(names.len() >= 60, "{}", names.len());
}
