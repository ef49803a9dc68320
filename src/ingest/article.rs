//! How does a record become an article? Its fields are told apart once, whatever format it came in.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use super::{Columns, Field, Fields, clip, date, list_names};
use crate::text::{Article, Origin};

/// An article, and what was left out of it, or why there is none.
pub(super) type Mapped = Result<(Article, Vec<String>), String>;

/// Makes articles of the records of one file.
pub(super) struct Mapping<'a> {
    pub(super) columns: &'a Columns,
    pub(super) path: &'a Arc<PathBuf>,
}

/// The fields of one record while they are being told apart.
struct Sorting<'a> {
    columns: &'a Columns,
    fields: &'a Fields,
    /// Names of fields that have found their place, and so aren't further fields.
    taken: Vec<&'a str>,
    warnings: Vec<String>,
}

impl Mapping<'_> {
    /// `record` counts from 1 in the file; `line` is where it begins.
    pub(super) fn map(&self, mut fields: Fields, record: u64, line: u64) -> Mapped {
        let mut sorting =
            Sorting { columns: self.columns, fields: &fields, taken: vec![], warnings: vec![] };
        let text = sorting.text()?;
        let title = sorting.scalar(Field::Title).map(|(_, title)| title);
        let Some(text) = text.or_else(|| title.is_some().then(String::new)) else {
            return Err(nothing_to_read(&fields));
        };
        let trimmed = |(_, value): (&str, String)| value.trim().to_owned();
        let id = sorting.scalar(Field::Id).map(trimmed);
        let date = sorting.date();
        let outlet = sorting.scalar(Field::Outlet).map(trimmed);
        let issuer = sorting.scalar(Field::Issuer).map(trimmed);
        let Sorting { taken, warnings, .. } = sorting;
        let taken: Vec<String> = taken.into_iter().map(str::to_owned).collect();
        for name in taken {
            fields.shift_remove(&name);
        }
        let id = id.unwrap_or_else(|| format!("{}#{record}", self.path.display()));
        let origin = Origin { path: Arc::clone(self.path), record, line };
        Ok((Article { id, date, outlet, issuer, title, text, extra: fields, origin }, warnings))
    }
}

impl<'a> Sorting<'a> {
    /// The body, word for word.
    fn text(&mut self) -> Result<Option<String>, String> {
        for (name, value) in self.columns.candidates(Field::Text, self.fields) {
            match value {
                Value::Null => self.taken.push(name),
                Value::String(text) if text.trim().is_empty() => self.taken.push(name),
                Value::String(text) => {
                    self.taken.push(name);
                    return Ok(Some(text.clone()));
                }
                other => return Err(format!("`{}` is {}, not text", clip(name), kind(other))),
            }
        }
        Ok(None)
    }

    /// The first candidate that says something, as text, and its name. Empty ones are dropped.
    fn scalar(&mut self, field: Field) -> Option<(&'a str, String)> {
        for (name, value) in self.columns.candidates(field, self.fields) {
            match value {
                Value::Null => self.taken.push(name),
                Value::String(text) if text.trim().is_empty() => self.taken.push(name),
                Value::String(text) => {
                    self.taken.push(name);
                    return Some((name, text.clone()));
                }
                Value::Bool(_) | Value::Number(_) => {
                    self.taken.push(name);
                    return Some((name, value.to_string()));
                }
                Value::Array(_) | Value::Object(_) => self.warn_of_nested(field, name, value),
            }
        }
        None
    }

    fn warn_of_nested(&mut self, field: Field, name: &str, value: &Value) {
        let name = clip(name);
        let within = match value.as_object() {
            Some(object) if !self.columns.is_mapped(field) => format!(
                ", which has {}; `--column {field}={name}.NAME` takes one of them",
                list_names(object.keys().map(String::as_str))
            ),
            _ => String::new(),
        };
        self.warnings.push(format!("no {field}: `{name}` is {}{within}", kind(value)));
    }

    fn date(&mut self) -> Option<Date> {
        let (name, text) = self.scalar(Field::Date)?;
        match date::parse(&text) {
            Ok(date) => Some(date),
            Err(reason) => {
                let (name, text) = (clip(name), clip(&text));
                self.warnings.push(format!("no date: `{name}` is `{text}`, which {reason}"));
                None
            }
        }
    }
}

fn nothing_to_read(fields: &Fields) -> String {
    let usual = |field: Field| field.usual_names().iter().copied();
    let has = |name: &str| fields.keys().any(|key| key.eq_ignore_ascii_case(name));
    if usual(Field::Text).chain(usual(Field::Title)).any(has) {
        return "text and title are empty".into();
    }
    let names = list_names(fields.keys().map(String::as_str));
    if names.is_empty() {
        return "no text and no title: the record has no fields".into();
    }
    format!("no text and no title: the record has {names}; name them with `--column text=NAME`")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Mapped, Mapping};
    use serde_json::{Value, json};
    use std::path::PathBuf;
    use std::sync::Arc;

    fn map(columns: &[&str], record: Value) -> Mapped {
        let columns = Columns::parse(columns).unwrap();
        let path = Arc::new(PathBuf::from("a.jsonl"));
        let Value::Object(fields) = record else { panic!("not an object") };
        Mapping { columns: &columns, path: &path }.map(fields, 3, 7)
    }

    fn reason(record: Value) -> String {
        map(&[], record).unwrap_err()
    }

    #[test]
    fn fields_find_their_place_and_all_others_are_carried_in_order() {
        let record = json!({"url": "u", "Title": "T", "guid": 17, "body": " x\n", "n": {"a": [1]},
            "published": "2024-01-31", "publisher": " P ", "issuer": "KCNA", "source": null});
        let (article, warnings) = map(&[], record).unwrap();
        assert_eq!((article.id.as_str(), article.text.as_str()), ("17", " x\n"));
        assert_eq!(article.title.as_deref(), Some("T"));
        assert_eq!(article.outlet.as_deref(), Some("P"));
        assert_eq!(article.issuer.as_deref(), Some("KCNA"));
        assert_eq!(article.date.unwrap().to_string(), "2024-01-31");
        let extra = serde_json::to_string(&article.extra).unwrap();
        assert_eq!(extra, r#"{"url":"u","n":{"a":[1]}}"#);
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn of_two_usual_names_the_first_is_taken_and_the_other_carried() {
        let (article, _) = map(&[], json!({"content": "c", "text": "t", "headline": "h"})).unwrap();
        assert_eq!((article.text.as_str(), article.title.as_deref()), ("t", Some("h")));
        assert_eq!(article.extra["content"], "c");
    }

    #[test]
    fn an_empty_field_gives_way_to_the_next_usual_name() {
        let (article, _) =
            map(&[], json!({"text": " ", "body": "b", "id": "", "uid": "u"})).unwrap();
        assert_eq!((article.text.as_str(), article.id.as_str()), ("b", "u"));
        assert!(article.extra.is_empty());
    }

    #[test]
    fn without_an_id_path_and_record_number_stand_for_it() {
        assert_eq!(map(&[], json!({"text": "t"})).unwrap().0.id, "a.jsonl#3");
    }

    #[test]
    fn a_wrong_date_is_reported_and_the_article_kept() {
        let (article, warnings) = map(&[], json!({"text": "t", "pubdate": "01/02/2024"})).unwrap();
        assert_eq!(article.date, None);
        assert_eq!(
            warnings,
            [
                "no date: `pubdate` is `01/02/2024`, which leaves open which is the day and which the \
              month; write year-month-day"
            ]
        );
    }

    #[test]
    fn a_nested_outlet_is_reported_with_the_way_to_map_it() {
        let (article, warnings) = map(&[], json!({"text": "t", "source": {"name": "n"}})).unwrap();
        assert_eq!(article.outlet, None);
        assert_eq!(article.extra["source"], json!({"name": "n"}));
        assert_eq!(
            warnings,
            ["no outlet: `source` is an object, which has `name`; `--column outlet=source.NAME` \
              takes one of them"]
        );
        let (article, warnings) =
            map(&["outlet=source.name"], json!({"text": "t", "source": {"name": "n"}})).unwrap();
        assert_eq!((article.outlet.as_deref(), warnings.len()), (Some("n"), 0));
        assert!(article.extra.contains_key("source"));
    }

    #[test]
    fn a_record_with_nothing_to_read_says_what_it_has() {
        assert_eq!(
            reason(json!({"story": "s", "url": "u"})),
            "no text and no title: the record has `story`, `url`; name them with `--column text=NAME`"
        );
        assert_eq!(reason(json!({})), "no text and no title: the record has no fields");
        assert_eq!(reason(json!({"text": "", "title": null})), "text and title are empty");
        assert_eq!(reason(json!({"body": ["p1", "p2"]})), "`body` is a list, not text");
        assert_eq!(reason(json!({"text": 5})), "`text` is a number, not text");
    }

    #[test]
    fn a_title_alone_is_an_article() {
        let (article, _) = map(&[], json!({"title": true})).unwrap();
        assert_eq!((article.title.as_deref(), article.text.as_str()), (Some("true"), ""));
    }
}
