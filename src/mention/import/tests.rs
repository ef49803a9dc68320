//! Whether imported lists say what the lists said, and load.

use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{Imported, import};
use crate::mention::{ActorList, Base};

const CAMEO: &str = "# a list
RURITANIA_  [RUR] ; a state
+RURITANIAN_
+STRELSAU
RURITANIAN_ARMED_FORCES_(RAF)_
+RURITANIAN_GUARD_OF_HONOUR_ # comment
\t[RURMIL]
RUPERT_HENTZAU_
+PRESIDENT_RUPERT_HENTZAU
+RURITANIAN_PRESIDENT_RUPERT_HENTZAU
\t[RURELI 900101-991231]
\t[RURGOV 20000101-101231] ; CountryInfo
\t[RUROPP >110101]
\t[RURGOV 2004017-051231]
BLACK_MICHAEL_BRIGADE_
+BMB
\t[RURREB]
NOBODY_
!PERSON! = MAN, WOMAN
PRESIDENT [~GOV]
STATES!PERSON! [~GOV]
GENDARMERY {GENDARMERIE} [~COP]
";

const STATES: &str = "id,name,aliases,kind,parent,from,to,case,flags
RUR,Ruritania,,state,,,,,
flavia,Princess Flavia,Flavia of Ruritania,person,RUR,1999,,,
";

fn list(text: &str) -> (ActorList, Vec<crate::error::Skipped>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("base.csv");
    fs_err::write(&path, text).unwrap();
    ActorList::load(Base::Empty, &[path]).unwrap()
}

fn imported(base: &str, name: &str, text: &str) -> Imported {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs_err::write(&path, text).unwrap();
    import(&list(base).0, &[path], None).unwrap()
}

/// The base with what was imported read on top of it; whatever is wrong with it.
fn reloaded(base: &str, csv: &str) -> (ActorList, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let paths: Vec<PathBuf> =
        ["a.csv", "b.csv"].iter().map(|name| folder.path().join(name)).collect();
    fs_err::write(&paths[0], base).unwrap();
    fs_err::write(&paths[1], csv).unwrap();
    let (list, problems) = ActorList::load(Base::Empty, &paths).unwrap();
    (list, problems.iter().map(|problem| problem.reason.clone()).collect())
}

#[test]
fn the_format_of_event_coders_becomes_rows_with_dates_offices_and_codes() {
    let found = imported(STATES, "x.txt", CAMEO);
    insta::assert_snapshot!(found.csv, @r"
    id,name,aliases,kind,parent,from,to,case,flags
    RUR,,Ruritanian,,,,,,
    RUR,,Strelsau,,,,,,capital
    ruritanian-armed-forces,Ruritanian Armed Forces,Ruritanian Armed Forces|Ruritanian Guard of Honour,body,,,,,
    ruritanian-armed-forces,,RAF,,,,,exact,acronym
    ruritanian-armed-forces,,,,RUR,,,,code:RURMIL
    rupert-hentzau,Rupert Hentzau,Rupert Hentzau|President Rupert Hentzau|Ruritanian President Rupert Hentzau,person,,,,,
    rupert-hentzau,,,,RUR,2000-01-01,2010-12-31,,code:RURGOV|unchecked|office:president
    rupert-hentzau,,,,RUR,2011-01-01,,,code:RUROPP|unchecked|office:president
    black-michael-brigade,Black Michael Brigade,Black Michael Brigade,group,,,,,
    black-michael-brigade,,BMB,,,,,exact,acronym
    black-michael-brigade,,,,RUR,,,,code:RURREB
    ");
    let problems: Vec<String> =
        found.problems.iter().map(|one| format!("{}: {}", one.line, one.reason)).collect();
    assert_eq!(
        problems,
        [
            "14: bad date `2004017`: write YYMMDD or YYYYMMDD",
            "18: a name without a code: `NOBODY_`"
        ]
    );
    assert_eq!((found.n_new, found.n_extended, found.n_terms, found.n_role_nouns), (3, 1, 4, 6));
}

#[test]
fn what_is_imported_loads_and_says_the_same() {
    let (list, problems) = reloaded(STATES, &imported(STATES, "x.txt", CAMEO).csv);
    assert_eq!(problems, [""; 0]);
    let hentzau = list.index_of("rupert-hentzau").unwrap();
    let top =
        |year| list.get(list.state_of(hentzau, Some(jiff::civil::date(year, 6, 1)))).id.as_str();
    assert_eq!((top(1995), top(2005), top(2020)), ("rupert-hentzau", "RUR", "RUR"));
    assert_eq!(list.resolve("raf"), list.index_of("ruritanian-armed-forces"));
}

#[test]
fn a_table_from_wikidata_becomes_rows_of_items() {
    let table = "item,itemLabel,itemAltLabel,typeLabel,iso3,parentLabel,positionLabel,start,end
http://www.wikidata.org/entity/Q1,Graustark,\"Kingdom of Graustark, GRK\",sovereign state,GRA,,,,
http://www.wikidata.org/entity/Q2,Yetive Ganlook,Yetive|Ganlook,human,,Graustark,head of state,1901-02-03T00:00:00Z,
http://www.wikidata.org/entity/Q2,Yetive Ganlook,,human,,Axphain,envoy,1890,1891-05
Q3,Princess Flavia,Flavia Elphberg,human,,Graustark,,,
Q4,,,human,,,,,
Q5,Edelweiss Times,,daily newspaper,,Q1,,t12,
Q6,Edelweiss Guard,,royal guard corps,,,,,
Q7,Edelweiss Mail,,daily newspaper,,Q1,,,
";
    let found = imported(STATES, "x.csv", table);
    insta::assert_snapshot!(found.csv, @r"
    id,name,aliases,kind,parent,from,to,case,flags
    GRA,Graustark,Graustark|Kingdom of Graustark,state,,,,,code:Q1
    GRA,,GRK,,,,,exact,acronym
    yetive-ganlook,Yetive Ganlook,Yetive Ganlook,person,,,,,code:Q2
    yetive-ganlook,,Yetive,,,,,,ambiguous
    yetive-ganlook,,Ganlook,,,,,,surname
    yetive-ganlook,,,,GRA,1901-02-03,,,office:head of state|unchecked
    flavia,,Flavia Elphberg,,,,,,
    edelweiss-mail,Edelweiss Mail,Edelweiss Mail,company,,,,,code:Q7
    edelweiss-mail,,,,GRA,,,,
    ");
    assert_eq!(found.problems.iter().map(|one| one.line).collect::<Vec<_>>(), [6, 7, 8]);
    assert_eq!(found.n_terms_left_out, 2);
    assert_eq!(reloaded(STATES, &found.csv).1, [""; 0]);
}

#[test]
fn a_name_of_another_known_actor_is_left_out() {
    let found =
        imported(STATES, "x.txt", "DUKE_OF_STRELSAU\n+RURITANIA\n+FLAVIA_OF_RURITANIA\n[RURGOV]\n");
    assert_eq!((found.n_taken, found.n_names), (2, 1));
}

#[test]
fn a_file_in_no_known_form_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.csv");
    fs_err::write(&path, "a,b\n").unwrap();
    let error = import(&ActorList::default(), &[path], None).unwrap_err();
    assert!(error.to_string().contains("in no form"), "{error}");
}

proptest! {
    #[test]
    fn whatever_is_in_a_list_what_is_imported_loads(
        lines in prop::collection::vec("[+\\[\\]A-Z_~!=;#<>() {}|,\"0-9é'.-]{0,24}", 0..12),
        ending in "txt|csv",
    ) {
        let text = match ending.as_str() {
            "csv" => format!("item,itemLabel,itemAltLabel,kind,parent,start\n{}", lines.join("\n")),
            _ => format!("A_[RUR]\n{}", lines.join("\n")),
        };
        let (_, problems) = reloaded(STATES, &imported(STATES, &format!("x.{ending}"), &text).csv);
        prop_assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn names_terms_and_dates_of_a_list_come_back(
        names in prop::collection::btree_set("[B-DF-HJ-N][aeiou][b-z]{2,5}", 1..6),
        year in 1931i16..2031,
    ) {
        let names: Vec<String> = names.into_iter().collect();
        let mut text = String::new();
        for name in &names {
            text += &format!("JANE_{}_\n+{}ICA_JANE\n\t[RURGOV {year}0102-{year}0203]\n", name.to_uppercase(), name.to_uppercase());
        }
        let (list, problems) = reloaded(STATES, &imported(STATES, "x.txt", &text).csv);
        prop_assert_eq!(problems, [""; 0]);
        for name in &names {
            let actor = list.resolve(&format!("Jane {name}"));
            let further = list.resolve(&format!("{name}ica Jane"));
            prop_assert!(actor.is_some() && actor == further);
            let terms = &list.get(actor.unwrap()).affiliations;
            prop_assert_eq!(terms.len(), 1);
            prop_assert_eq!(terms[0].from, Some(jiff::civil::date(year, 1, 2)));
            prop_assert_eq!(terms[0].to, Some(jiff::civil::date(year, 2, 3)));
        }
    }
}
