//! Which field means what? By its usual names, or as the user says.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use anyhow::{anyhow, bail};
use serde_json::Value;

use super::{Fields, list_names};
use crate::error::WithHint;

/// A field of an article that a record's field can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Its id.
    Id,
    /// Its day of publication.
    Date,
    /// Who published it.
    Outlet,
    /// The actor whose own voice it is.
    Issuer,
    /// Its headline.
    Title,
    /// Its body.
    Text,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Id, Self::Date, Self::Outlet, Self::Issuer, Self::Title, Self::Text];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        self.usual_names()[0]
    }

    /// The names that it usually has, in lower case; of several in one record the first here is taken.
    pub fn usual_names(self) -> &'static [&'static str] {
        match self {
            Self::Id => &["id", "article_id", "uid", "guid"],
            Self::Date => &[
                "date",
                "published",
                "published_at",
                "publish_date",
                "pubdate",
                "datetime",
                "created_at",
                "time",
            ],
            Self::Outlet => &["outlet", "source", "publisher", "newspaper", "media", "publication"],
            Self::Issuer => &["issuer"],
            Self::Title => &["title", "headline"],
            Self::Text => &["text", "body", "content", "article", "full_text", "maintext"],
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> anyhow::Result<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name).ok_or_else(|| {
            let names = list_names(Self::ALL.iter().map(|field| field.name()));
            anyhow!("an article has no field `{name}`; its fields are {names}")
        })
    }
}

/// What the user says about columns: `FIELD=NAME`.
///
/// A name is matched as written, else in any case, else as a path into nested objects (`source.name`).
/// Fields that aren't spoken of are found by their usual names, in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    mapped: BTreeMap<Field, String>,
}

impl Columns {
    /// Reads `FIELD=NAME` arguments.
    ///
    /// # Errors
    /// When one has no `=`, names no field of an article, or speaks of a field a second time.
    pub fn parse<S: AsRef<str>>(arguments: &[S]) -> anyhow::Result<Self> {
        let mut mapped = BTreeMap::new();
        for argument in arguments {
            let argument = argument.as_ref();
            let Some((field, name)) = argument.split_once('=') else {
                bail!("`{argument}` is not of the form `FIELD=NAME`");
            };
            if mapped.insert(field.parse()?, name.to_owned()).is_some() {
                bail!("the column of `{field}` is given twice");
            }
        }
        Ok(Self { mapped })
    }

    /// Whether a column of this name could be `field`.
    pub(super) fn names(&self, field: Field, name: &str) -> bool {
        match self.mapped.get(&field) {
            Some(mapped) => mapped.eq_ignore_ascii_case(name),
            None => field.usual_names().iter().any(|usual| usual.eq_ignore_ascii_case(name)),
        }
    }

    /// Whether the user says which column is `field`.
    pub(super) fn is_mapped(&self, field: Field) -> bool {
        self.mapped.contains_key(&field)
    }

    /// The columns of a record that could be `field`, the best first, and their values.
    pub(super) fn candidates<'a>(
        &'a self,
        field: Field,
        fields: &'a Fields,
    ) -> Vec<(&'a str, &'a Value)> {
        match self.mapped.get(&field) {
            Some(name) => look_up(fields, name).into_iter().collect(),
            None => field
                .usual_names()
                .iter()
                .flat_map(|usual| {
                    fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case(usual))
                })
                .map(|(name, value)| (name.as_str(), value))
                .collect(),
        }
    }

    /// Fails if a column that the user names isn't among these.
    pub(super) fn check(&self, fields: &Fields) -> anyhow::Result<()> {
        for (field, name) in &self.mapped {
            if look_up(fields, name).is_none() {
                let there_are = list_names(fields.keys().map(String::as_str));
                return Err(anyhow!("no column `{name}` to take the {field} from"))
                    .hint(|| format!("the first record has {there_are}"));
            }
        }
        Ok(())
    }
}

fn look_up<'a>(fields: &'a Fields, name: &'a str) -> Option<(&'a str, &'a Value)> {
    let in_any_case = || fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    if let Some((key, value)) = fields.get_key_value(name).or_else(in_any_case) {
        return Some((key, value));
    }
    let (outer, inner) = name.split_once('.')?;
    let nested = fields.get(outer)?.as_object()?;
    // The name as given is no key, so the object that it leads into is carried through as a whole.
    look_up(nested, inner).map(|(_, value)| (name, value))
}

#[cfg(test)]
mod tests {
    use super::{Columns, Field};
    use serde_json::{Value, json};

    fn first<'a>(columns: &'a Columns, field: Field, record: &'a Value) -> Option<&'a str> {
        columns.candidates(field, record.as_object().unwrap()).first().map(|(name, _)| *name)
    }

    #[test]
    fn usual_names_match_in_any_case_and_the_first_wins() {
        let columns = Columns::default();
        let record = json!({"Content": "c", "BODY": "b", "Headline": "h"});
        assert_eq!(first(&columns, Field::Text, &record), Some("BODY"));
        assert_eq!(first(&columns, Field::Title, &record), Some("Headline"));
        assert_eq!(first(&columns, Field::Issuer, &record), None);
    }

    #[test]
    fn a_mapped_column_overrides_the_usual_names_and_may_lie_in_an_object() {
        let columns = Columns::parse(&["text=Story", "outlet=source.name"]).unwrap();
        let record = json!({"text": "t", "story": "s", "source": {"name": "n"}});
        assert_eq!(first(&columns, Field::Text, &record), Some("story"));
        let outlet = columns.candidates(Field::Outlet, record.as_object().unwrap());
        assert_eq!(outlet, [("source.name", &json!("n"))]);
    }

    #[test]
    fn a_mapped_column_that_is_not_there_is_an_error_that_lists_what_is() {
        let columns = Columns::parse(&["text=story"]).unwrap();
        let error =
            columns.check(json!({"body": "b", "url": "u"}).as_object().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "no column `story` to take the text from");
        let hinted = error.downcast_ref::<crate::error::Hinted>().unwrap();
        assert_eq!(hinted.hint, "the first record has `body`, `url`");
    }

    #[test]
    fn a_bad_mapping_is_named() {
        for (arguments, expected) in [
            (&["text"][..], "`text` is not of the form `FIELD=NAME`"),
            (
                &["txt=a"],
                "an article has no field `txt`; its fields are `id`, `date`, `outlet`, `issuer`, `title`, `text`",
            ),
            (&["text=a", "text=b"], "the column of `text` is given twice"),
        ] {
            assert_eq!(Columns::parse(arguments).unwrap_err().to_string(), expected);
        }
    }
}
