//! Where does one part of an archive end and the next begin? By counts of what was read alone, so that the same
//! archive is always cut in the same places.

use std::path::Path;

use crate::digest::Sha256;
use crate::ingest::Record;
use crate::text::Article;

/// Articles of a part: a few seconds' work, and enough sentences to fill batches of similar length.
const MOST_ARTICLES: usize = 64;

/// Bytes of text of a part, at which it ends however few articles there are.
const MOST_BYTES: usize = 256 << 10;

/// Records of a part, the skipped ones and warnings among them.
const MOST_RECORDS: usize = 1024;

/// Cuts an archive into parts.
pub(super) struct Cut<R> {
    records: R,
    /// What went wrong in reading, behind the part that came before it.
    failure: Option<anyhow::Error>,
}

impl<R> Cut<R> {
    pub(super) fn new(records: R) -> Self {
        Self { records, failure: None }
    }
}

impl<R: Iterator<Item = anyhow::Result<Record>>> Iterator for Cut<R> {
    type Item = anyhow::Result<Vec<Record>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(failure) = self.failure.take() {
            return Some(Err(failure));
        }
        let (mut part, mut n_articles, mut n_bytes) = (Vec::new(), 0, 0);
        while n_articles < MOST_ARTICLES && n_bytes < MOST_BYTES && part.len() < MOST_RECORDS {
            match self.records.next() {
                Some(Ok(record)) => {
                    if let Record::Article(article) = &record {
                        (n_articles, n_bytes) = (n_articles + 1, n_bytes + article.text.len());
                    }
                    part.push(record);
                }
                Some(Err(error)) => {
                    self.failure = Some(error);
                    break;
                }
                None => break,
            }
        }
        if part.is_empty() { self.failure.take().map(Err) } else { Some(Ok(part)) }
    }
}

/// SHA-256 over everything that a part's records say, their places in the archive included.
pub(super) fn digest_of(part: &[Record]) -> String {
    let mut hash = Fields::default();
    for record in part {
        match record {
            Record::Article(article) => {
                hash.field(Some("article"));
                hash.article(article);
                hash.place(&article.origin.path, article.origin.line);
                hash.field(Some(&article.origin.record.to_string()));
            }
            Record::Skipped(skipped) => {
                hash.field(Some("skipped"));
                hash.place(&skipped.path, skipped.line);
                hash.field(Some(&skipped.reason));
            }
            Record::Warning(warning) => {
                hash.field(Some("warning"));
                hash.place(&warning.path, warning.line);
                hash.field(Some(&warning.reason));
            }
        }
    }
    hash.0.finish()
}

/// SHA-256 over everything that an article says, its place in the archive left out.
pub(super) fn content_of(article: &Article) -> String {
    let mut hash = Fields::default();
    hash.article(article);
    hash.0.finish()
}

/// Hashes fields so that none can pass for two, nor a missing one for an empty one.
#[derive(Default)]
struct Fields(Sha256);

impl Fields {
    fn field(&mut self, text: Option<&str>) {
        match text {
            None => self.0.update(u64::MAX.to_le_bytes()),
            Some(text) => {
                self.0.update((text.len() as u64).to_le_bytes());
                self.0.update(text);
            }
        }
    }

    fn article(&mut self, article: &Article) {
        let date = article.date.map(|date| date.to_string());
        let extra = serde_json::Value::Object(article.extra.clone()).to_string();
        self.field(Some(&article.id));
        self.field(date.as_deref());
        self.field(article.outlet.as_deref());
        self.field(article.issuer.as_deref());
        self.field(article.title.as_deref());
        self.field(Some(&article.text));
        self.field(Some(&extra));
    }

    fn place(&mut self, path: &Path, line: u64) {
        self.field(Some(&path.to_string_lossy()));
        self.field(Some(&line.to_string()));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::Skipped;
    use crate::text::Origin;
    use proptest::prelude::*;
    use std::path::PathBuf;
    use std::sync::Arc;

    /// An article that stands at a place in the archive.
    pub(in crate::pipeline) fn article(number: u64, text: &str) -> Record {
        Record::Article(Box::new(Article {
            id: format!("a{number}"),
            date: None,
            outlet: None,
            issuer: None,
            title: None,
            text: text.to_owned(),
            extra: serde_json::Map::new(),
            origin: Origin {
                path: Arc::new(PathBuf::from("a.jsonl")),
                record: number,
                line: number,
            },
        }))
    }

    fn skipped(line: u64) -> Record {
        Record::Skipped(Skipped { path: "a.jsonl".into(), line, reason: "no".into() })
    }

    proptest! {
        #[test]
        fn parts_hold_every_record_once_in_order_and_keep_their_bounds(
            sizes in proptest::collection::vec(prop_oneof![4 => 0usize..3000, 1 => 100_000usize..300_000], 0..200),
        ) {
            let records: Vec<Record> = (1..).zip(&sizes)
                .map(|(i, &size)| if size % 7 == 0 { skipped(i) } else { article(i, &"x".repeat(size)) })
                .collect();
            let parts: Vec<Vec<Record>> =
                Cut::new(records.clone().into_iter().map(Ok)).map(Result::unwrap).collect();
            for part in &parts {
                let texts = part.iter().map(|record| match record {
                    Record::Article(article) => article.text.len(),
                    _ => 0,
                });
                let before_last: usize = texts.take(part.len() - 1).sum();
                prop_assert!(!part.is_empty() && before_last < MOST_BYTES);
                prop_assert!(part.iter().filter(|r| matches!(r, Record::Article(_))).count() <= MOST_ARTICLES);
            }
            prop_assert_eq!(parts.concat(), records);
        }
    }

    #[test]
    fn an_error_in_reading_comes_behind_the_records_before_it() {
        let records = [Ok(skipped(1)), Err(anyhow::anyhow!("torn"))];
        let mut cut = Cut::new(records.into_iter());
        assert_eq!(cut.next().unwrap().unwrap().len(), 1);
        assert_eq!(cut.next().unwrap().unwrap_err().to_string(), "torn");
        assert!(cut.next().is_none());
    }

    #[test]
    fn a_digest_feels_every_field_and_a_content_digest_all_but_the_place() {
        let base = article(1, "text");
        let change = |change: &dyn Fn(&mut Article)| {
            let Record::Article(mut article) = base.clone() else { panic!("an article") };
            change(&mut article);
            (digest_of(&[Record::Article(article.clone())]), content_of(&article))
        };
        let (digest, content) = change(&|_| {});
        let changes: [&dyn Fn(&mut Article); 7] = [
            &|a| a.id = "b".into(),
            &|a| a.date = Some(jiff::civil::date(2024, 1, 31)),
            &|a| a.outlet = Some(String::new()),
            &|a| a.issuer = Some(String::new()),
            &|a| a.title = Some(String::new()),
            &|a| a.text = "Text".into(),
            &|a| {
                a.extra.insert("x".into(), 1.into());
            },
        ];
        for (i, each) in changes.into_iter().enumerate() {
            let (other_digest, other_content) = change(each);
            assert!(other_digest != digest && other_content != content, "change {i}");
        }
        for (i, each) in [
            &(|a: &mut Article| a.origin.record = 2) as &dyn Fn(&mut Article),
            &|a| a.origin.line = 2,
            &|a| a.origin.path = Arc::new("b".into()),
        ]
        .into_iter()
        .enumerate()
        {
            let (other_digest, other_content) = change(each);
            assert!(other_digest != digest && other_content == content, "place {i}");
        }
    }
}
