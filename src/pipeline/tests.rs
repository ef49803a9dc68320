//! What does the pipeline ask a model, and what comes out for each record?

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use super::cut::tests::article;
use super::*;
use crate::mention::ActorList;
use crate::mention::Base;
use crate::model::Task;

/// The dictionary, with a record of what it was asked.
#[derive(Default)]
struct Watched {
    dictionary: Dictionary,
    asked: Mutex<Vec<String>>,
}

impl Classifier for Watched {
    fn name(&self) -> &'static str {
        "watched"
    }

    fn tasks(&self) -> &[Task] {
        self.dictionary.tasks()
    }

    fn classify(&self, instances: &[Instance]) -> anyhow::Result<Vec<Reading>> {
        let texts = instances.iter().map(|instance| instance.text.clone());
        self.asked.lock().unwrap().extend(texts);
        self.dictionary.classify(instances)
    }
}

/// Scores an archive; gives what the model was asked, and what came out.
fn score(records: Vec<Record>, languages: Languages) -> (Vec<String>, Vec<Entry>) {
    let (list, _) = ActorList::load(Base::BuiltIn, &[]).unwrap();
    let gazetteer = Gazetteer::new(list).unwrap();
    let watched = Watched::default();
    let dictionary = Dictionary::default();
    let pipeline = Pipeline {
        gazetteer: &gazetteer,
        anaphora: Anaphora::All,
        classifier: &watched,
        dictionary: &dictionary,
        languages,
        done: None,
    };
    let mut entries = Vec::new();
    let take = |worked: Worked| {
        entries.extend(worked.part.entries);
        Ok(())
    };
    let stop = AtomicBool::new(false);
    assert_eq!(pipeline.run(records.into_iter().map(Ok), &stop, take).unwrap(), Ended::Complete);
    (watched.asked.into_inner().unwrap(), entries)
}

#[test]
fn equal_sentences_of_a_part_are_read_once_and_those_without_an_actor_never() {
    let text = "Norway condemned Iceland. It rained. Norway thanked Iceland.";
    let records = vec![article(1, text), article(2, "It snowed."), article(3, text)];
    let (asked, entries) = score(records, Languages::OfModel);
    assert_eq!(asked, ["Norway condemned Iceland.", "Norway thanked Iceland."]);
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| match entry {
            Entry::Scored { rows, .. } => rows,
            other => panic!("not scored: {other:?}"),
        })
        .collect();
    assert_eq!(rows.iter().map(|rows| rows.mentions.len()).collect::<Vec<_>>(), [4, 0, 4]);
    assert_eq!(rows[0].mentions[0].stance, rows[2].mentions[0].stance);
    assert_eq!(rows[2].dyads.len(), 8);
    assert_eq!(rows[2].article.article_id, "a3");
}

#[test]
fn articles_in_languages_that_the_model_was_not_made_for_are_skipped_and_counted() {
    let german = "Die Außenministerin von Norwegen sagte am Montag, dass beide Regierungen die Öffnung der \
        Grenze vereinbart hätten und der Hafen binnen eines Monats folgen werde, wenn die Waffenruhe bis dahin \
        halte; man habe darüber lange verhandelt und sei nun mit dem Ergebnis zufrieden.";
    let records = || vec![article(1, german), article(2, "Norway thanked Iceland.")];
    let (_, entries) = score(records(), Languages::OfModel);
    let [Entry::Skipped(skipped), Entry::Scored { .. }] = entries.as_slice() else {
        panic!("not one skipped and one scored: {entries:?}")
    };
    assert_eq!(
        skipped.to_string(),
        "a.jsonl:1: it is in German (`deu`), which `watched` wasn't made for; `--any-language` scores it all the same"
    );
    let (_, entries) = score(records(), Languages::Any);
    assert!(entries.iter().all(|entry| matches!(entry, Entry::Scored { .. })));
}

#[test]
fn an_issuer_that_nobody_is_called_is_told_once_in_the_order_of_the_archive() {
    let issued = |number, issuer: &str| match article(number, "Norway.") {
        Record::Article(mut article) => {
            article.issuer = Some(issuer.to_owned());
            Record::Article(article)
        }
        other => other,
    };
    let records = (1..300).map(|i| issued(i, if i % 2 == 0 { "Norway" } else { "Nobody at all" }));
    let (_, entries) = score(records.collect(), Languages::OfModel);
    let warnings = entries.iter().filter(|entry| matches!(entry, Entry::Warning(_)));
    assert_eq!((warnings.count(), entries.len()), (1, 300));
    assert!(matches!(&entries[0], Entry::Warning(warning) if warning.line == 1));
    let Entry::Scored { rows, .. } = &entries[2] else { panic!("not scored: {:?}", entries[2]) };
    assert_eq!(rows.article.issuer.as_deref(), Some("NOR"));
}
