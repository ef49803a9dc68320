//! Which words are offices? The role nouns of CAMEO agent files: `FOREIGN_MINISTER {FOREIGN_MINISTERS} [~GOV]`.

use std::collections::BTreeSet;

use crate::mention::fold::folded;

/// Role nouns, folded, in the singular and the plural.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles {
    nouns: BTreeSet<String>,
}

impl Roles {
    /// How many there are, plurals counted.
    pub(super) fn len(&self) -> usize {
        self.nouns.len()
    }

    /// Adds a noun; its plural is the one given, none for an empty one, the regular one where nothing is given.
    pub(super) fn add(&mut self, noun: &str, plural: Option<&str>) {
        let noun = folded(noun);
        if noun.is_empty() {
            return;
        }
        match plural.map(folded) {
            None => self.nouns.insert(format!("{noun}s")),
            Some(plural) => !plural.is_empty() && self.nouns.insert(plural),
        };
        self.nouns.insert(noun);
    }

    /// The office that a longer name puts before a shorter one: `minister` in `Minister Jane Doe` beside `Jane Doe`.
    pub(super) fn office(&self, longer: &str, shorter: &str) -> Option<String> {
        let (longer, shorter) = (folded(longer), folded(shorter));
        let office = longer.strip_suffix(&shorter)?.trim_end();
        // What stands before the office is whose it is: `Polish Foreign Minister`.
        let starts = std::iter::once(0).chain(office.match_indices(' ').map(|(at, _)| at + 1));
        let mut offices = starts.map(|at| &office[at..]);
        offices.find(|office| self.nouns.contains(*office)).map(str::to_owned)
    }
}

impl IntoIterator for Roles {
    type Item = String;
    type IntoIter = std::collections::btree_set::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.nouns.into_iter()
    }
}

impl FromIterator<String> for Roles {
    fn from_iter<T: IntoIterator<Item = String>>(nouns: T) -> Self {
        Self { nouns: nouns.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::Roles;

    #[test]
    fn an_office_is_what_stands_before_the_name() {
        let mut roles = Roles::default();
        roles.add("FOREIGN_MINISTER", None);
        roles.add("GENDARMERY", Some("GENDARMERIE"));
        roles.add("POLICE", Some(""));
        assert_eq!(roles.len(), 5);
        let office = |longer| roles.office(longer, "Jane Doe");
        assert_eq!(office("Zendan Foreign Minister Jane Doe").as_deref(), Some("foreign minister"));
        assert_eq!(
            (office("Mary Jane Doe"), office("Foreign Minister Doe"), office("Jane Doe")),
            (None, None, None)
        );
    }
}
