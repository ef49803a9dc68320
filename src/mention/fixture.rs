//! What should be found? Sentences with the expected mentions marked by carets below them.

use jiff::civil::Date;
use serde_json::Map;
use std::path::PathBuf;
use std::sync::Arc;

use super::{ActorList, Base, Gazetteer};
use crate::text::Article;
use crate::text::Document;
use crate::text::Origin;
use crate::text::Part;
use crate::text::Sentence;
use crate::text::Span;

/// A small list with every kind of entry.
pub(super) const ACTORS: &str = "\
id,name,aliases,kind,parent,from,to,case,flags
USA,United States,United States|United States of America,state,,,,,
USA,,US|U.S.|USA|U.S.A.,,,,,exact,acronym
USA,,American|Americans,,,,,,demonym
USA,,America,,,,,,ambiguous
USA,,Washington,,,,,,capital|ambiguous
USA,,White House,,,,,,metonym
USA,,Great Satan,,,,,,epithet
PRK,North Korea,North Korea|Democratic People's Republic of Korea|north Korea|DPRK,state,,,,,
PRK,,North Korean|North Koreans,,,,,,demonym
PRK,,Korea,,,,,,ambiguous
PRK,,Korean|Koreans,,,,,,demonym|ambiguous
PRK,,Pyongyang,,,,,,capital
KOR,South Korea,South Korea|Republic of Korea|south Korea,state,,,,,
KOR,,South Korean|South Koreans,,,,,,demonym
KOR,,Korea,,,,,,ambiguous
KOR,,Korean|Koreans,,,,,,demonym|ambiguous
KOR,,Seoul,,,,,,capital
KOR,,puppet regime,,,,,any,epithet
JPN,Japan,,state,,,,,
JPN,,Japanese,,,,,,demonym
CHN,China,People's Republic of China,state,,,,,
CHN,,Chinese,,,,,,demonym
CHN,,Beijing,,,,,,capital
RUS,Russia,Russian Federation,state,,,,,
RUS,,Russian|Russians,,,,,,demonym
RUS,,Moscow,,,,,,capital
RUS,,the Kremlin,,,,,,metonym
SUN,Soviet Union,USSR|U.S.S.R.,state,,1922-12-30,1991-12-26,,
FRA,France,,state,,,,,
FRA,,French,,,,,,demonym
FRA,,Paris,,,,,,capital
GBR,United Kingdom,Britain,state,,,,,
GBR,,British,,,,,,demonym
GBR,,London,,,,,,capital
DEU,Germany,,state,,,,,
DEU,,German|Germans,,,,,,demonym
DEU,,Berlin,,,,,,capital
AUT,Austria,,state,,,,,
AUT,,Vienna,,,,,,capital|ambiguous
IND,India,,state,,,,,
IND,,Indian|Indians,,,,,,demonym
IRN,Iran,Islamic Republic of Iran,state,,,,,
IRN,,Iranian|Iranians,,,,,,demonym
IRN,,Tehran,,,,,,capital
ISR,Israel,,state,,,,,
ISR,,Israeli|Israelis,,,,,,demonym
JOR,Jordan,Hashemite Kingdom,state,,,,,
JOR,,Jordan,,,,,,ambiguous
JOR,,Jordanian|Jordanians,,,,,,demonym
TCD,Chad,Republic of Chad,state,,,,,
TCD,,Chad,,,,,,ambiguous
GEO,Georgia,Republic of Georgia,state,,,,,
GEO,,Georgia,,,,,,ambiguous
GEO,,Georgian|Georgians,,,,,,demonym
TUR,Turkey,Türkiye,state,,,,,
TUR,,Turkey,,,,,,ambiguous
TUR,,Turkish|Turks,,,,,,demonym
TUR,,Ankara,,,,,,capital
COD,Democratic Republic of the Congo,DR Congo,state,,,,,
COD,,Congo,,,,,,ambiguous
COG,Republic of the Congo,Congo-Brazzaville,state,,,,,
COG,,Congo,,,,,,ambiguous
COG,,Brazzaville,,,,,,capital
BEL,Belgium,,state,,,,,
BEL,,Brussels,,,,,,capital|ambiguous
EU,European Union,,body,,,,,
EU,,Brussels,,,,,,metonym|ambiguous
apple,Apple Inc.,,company,USA,,,,
apple,,Apple,,,,,,ambiguous
GIN,Guinea,,state,,,,,
GNB,Guinea-Bissau,,state,,,,,
GNQ,Equatorial Guinea,,state,,,,,
NER,Niger,,state,,,,,
NGA,Nigeria,,state,,,,,
IRL,Ireland,,state,,,,,
WSM,Samoa,,state,,,,,
MLI,Mali,,state,,,,,
OMN,Oman,,state,,,,,
TGO,Togo,,state,,,,,
LBN,Lebanon,,state,,,,,
CUB,Cuba,,state,,,,,
CUB,,Cuban|Cubans,,,,,,demonym
MEX,Mexico,,state,,,,,
SYR,Syria,,state,,,,,
SYR,,Damascus,,,,,,capital
MMR,Myanmar,,state,,,,,
MMR,,Burma,,,,1989-06-18,,
UKR,Ukraine,,state,,,,,
UKR,,Ukrainian|Ukrainians,,,,,,demonym
BHS,Bahamas,The Bahamas,state,,,,,
UNO,United Nations,,body,,,,,
UNO,,UN|U.N.,,,,,exact,acronym
WHO,World Health Organization,,body,UNO,,,,
WHO,,WHO,,,,,exact,acronym
boe,Bank of England,,body,GBR,,,,
HRW,Human Rights Watch,,group,,,,,
houthi,the Houthis,Houthi rebels,group,,,,,
kim-jong-il,Kim Jong Il,,person,PRK,1994-07-08,2011-12-17,,office:chairman
kim-jong-il,,Kim,,,,,,surname|ambiguous
kim-jong-un,Kim Jong Un,,person,PRK,2011-12-17,,,office:chairman
kim-jong-un,,Kim,,,,,,surname|ambiguous
park-geun-hye,Park Geun-hye,,person,KOR,2013-02-25,2017-03-10,,
park-geun-hye,,Park,,,,,,surname
putin,Vladimir Putin,,person,RUS,,,,
putin,,Putin,,,,,,surname
blinken,Antony Blinken,,person,USA,2021-01-26,2025-01-20,,
blinken,,Blinken,,,,,,surname
may,Theresa May,,person,GBR,2016-07-13,2019-07-24,,
may,,May,,,,,,surname
bush-sr,George H. W. Bush,George Bush,person,USA,1989-01-20,1993-01-20,,office:president
bush-sr,,Bush,,,,,,surname
jeb,Jeb Bush,,person,,,,,
jeb,,Bush,,,,,,surname
erdogan,Recep Tayyip Erdoğan,Erdoğan,person,TUR,,,,
xi,Xi Jinping,,person,CHN,2012-11-15,,,
xi,,Xi,,,,,,surname
beida,北京,,body,CHN,,,,
bukhan,북한,,group,PRK,,,,
";

/// The gazetteer of [`ACTORS`].
pub(super) fn gazetteer() -> Gazetteer {
    let folder = tempfile::TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("actors.csv");
    fs_err::write(&path, ACTORS).unwrap();
    let (list, problems) = ActorList::load(Base::Empty, &[path]).unwrap();
    assert_eq!(problems, []);
    Gazetteer::new(list).unwrap()
}

/// A document with each line of `lines` as a sentence; a first line `# …` is the title.
pub(super) fn document(lines: &[&str], date: Option<Date>) -> Document {
    let title = lines.first().and_then(|line| line.strip_prefix("# ")).map(str::to_owned);
    let body = &lines[usize::from(title.is_some())..];
    let text = body.join("\n");
    let span = |text: &str, line: &str, from: usize| Span::new(text, from..from + line.len());
    let mut sentences = Vec::new();
    if let Some(title) = &title {
        sentences.extend(span(title, title, 0).map(|span| Sentence {
            part: Part::Title,
            index: 0,
            span,
        }));
    }
    let mut from = 0;
    for (index, line) in (0..).zip(body) {
        sentences.extend(span(&text, line, from).map(|span| Sentence {
            part: Part::Text,
            index,
            span,
        }));
        from += line.len() + 1;
    }
    let origin = Origin { path: Arc::new(PathBuf::from("-")), record: 1, line: 1 };
    let (id, outlet, issuer, extra) = ("a".to_owned(), None, None, Map::new());
    Document {
        article: Article { id, date, outlet, issuer, title, text, extra, origin },
        sentences,
    }
}

/// Checks that the sentences of one article mention just what the carets below them say, in an article of no date.
pub(super) fn check_mentions(fixture: &str) {
    check(fixture, None);
}

/// Checks the same in an article of a day.
pub(super) fn check_mentions_on(date: Date, fixture: &str) {
    check(fixture, Some(date));
}

/// A mark: first column, number of columns, id.
type Mark = (usize, usize, String);

fn check(fixture: &str, date: Option<Date>) {
    let mut sentences: Vec<&str> = Vec::new();
    let mut expected: Vec<Vec<Mark>> = Vec::new();
    for line in fixture.lines().filter(|line| !line.trim().is_empty()) {
        if line.trim_start().starts_with('^') {
            expected.last_mut().expect("marks stand below a sentence").extend(marks_in(line));
        } else {
            sentences.push(line);
            expected.push(Vec::new());
        }
    }
    for marks in &mut expected {
        marks.sort();
    }
    let found = found(&sentences, date);
    assert!(
        found == expected,
        "expected\n{}\nbut found\n{}",
        show(&sentences, &expected),
        show(&sentences, &found)
    );
}

fn found(sentences: &[&str], date: Option<Date>) -> Vec<Vec<Mark>> {
    let gazetteer = gazetteer();
    let document = document(sentences, date);
    let mut found = vec![Vec::new(); sentences.len()];
    for mention in gazetteer.find(&document) {
        let sentence = &document.sentences[mention.sentence as usize];
        let text = sentence.span.of(document.part(sentence.part));
        let columns = mention.span.relative_to(sentence.span.start()).unwrap().chars(text);
        let from = columns.start + 2 * usize::from(sentence.part == Part::Title);
        let id = gazetteer.actors().get(mention.actor).id.clone();
        found[mention.sentence as usize].push((from, columns.len(), id));
    }
    found
}

fn marks_in(line: &str) -> Vec<Mark> {
    let chars: Vec<char> = line.chars().collect();
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(start) = (at..chars.len()).find(|&at| chars[at] == '^') {
        let end = (start..chars.len()).find(|&at| chars[at] != '^').unwrap_or(chars.len());
        at = (end..chars.len()).find(|&at| chars[at] == '^').unwrap_or(chars.len());
        marks.push((
            start,
            end - start,
            chars[end..at].iter().collect::<String>().trim().to_owned(),
        ));
    }
    marks
}

/// The sentences with marks below, one line a mark.
fn show(sentences: &[&str], marks: &[Vec<Mark>]) -> String {
    let lines = sentences.iter().zip(marks).flat_map(|(sentence, marks)| {
        let marks = marks
            .iter()
            .map(|(from, len, id)| format!("{}{} {id}", " ".repeat(*from), "^".repeat(*len)));
        std::iter::once((*sentence).to_owned()).chain(marks)
    });
    lines.collect::<Vec<_>>().join("\n")
}
