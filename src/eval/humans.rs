//! Is a model as good as a coder? What several coders say, compared with each other and with the model.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::agreement::{Coincidences, Kappas, Level};
use super::answer::CodedAnswer;
use super::gold::Coded;
use super::interval::{Bootstrap, Documents, Estimate};
use super::tally::predicted;
use crate::model::Task;

/// How much less often than a coder a model may agree with the other coders and still count as good: 5 in 100.
pub const MARGIN: f64 = 0.05;

/// How far the coders of one task of one gold file agree, and models with them.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The gold file, as it was named.
    pub gold: String,
    /// What they labelled.
    pub task: Task,
    /// How many targets or pairs have labels of at least two coders.
    pub n: usize,
    /// How many documents they stem from.
    pub n_documents: u32,
    /// Who labelled, and how many.
    pub coders: Vec<(String, usize)>,
    /// Krippendorff's α between all coders, nominal and ordinal.
    pub alpha: [Estimate; 2],
    /// Every two coders.
    pub pairs: Vec<(String, String, Kappas)>,
    /// What each model gives in the place of a coder.
    pub models: Vec<Stranger>,
}

/// A model among coders.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// The model, as it was named.
    pub model: String,
    /// Krippendorff's α of the coders and the model together, nominal and ordinal.
    pub alpha: [Option<f64>; 2],
    /// With what most coders say.
    pub majority: Kappas,
    /// With each coder.
    pub coders: Vec<Rival>,
}

/// A model in the place of one coder.
#[derive(Clone, Debug)]
pub struct Rival {
    /// The coder.
    pub coder: String,
    /// How far the model agrees with the coder.
    pub kappas: Kappas,
    /// How much more often the model agrees with the other coders than this one does, over what this one labelled; a
    /// lost item agrees with nobody.
    pub difference: Estimate,
}

/// What a difference says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The model agrees with the others more often than the coder does.
    Better,
    /// It does so at most [`MARGIN`] less often.
    AsGood,
    /// It does so less often.
    Worse,
    /// The interval allows both.
    Open,
}

impl Verdict {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::AsGood => "as good",
            Self::Worse => "worse",
            Self::Open => "open",
        }
    }
}

impl Rival {
    /// Whether the model can stand in for the coder: the leave-one-out comparison of the alternative annotator test
    /// (Calderon et al. 2025), with an interval over documents in the place of its t-test.
    pub fn verdict(&self) -> Verdict {
        match (self.difference.low, self.difference.high) {
            (Some(low), _) if low > 0.0 => Verdict::Better,
            (Some(low), _) if low > -MARGIN => Verdict::AsGood,
            (_, Some(high)) if high < 0.0 => Verdict::Worse,
            _ => Verdict::Open,
        }
    }
}

impl Agreement {
    /// Compares coders and models over one task; `None` where fewer than two coders labelled the same.
    ///
    /// All models' answers are to the same gold, so they are in the same order.
    pub fn new(
        gold: &str,
        task: Task,
        asked: &[(&str, &[CodedAnswer<'_>])],
        bootstrap: &Bootstrap,
    ) -> Option<Self> {
        let (_, first) = asked.first()?;
        let units = units_of(first, task);
        if units.is_empty() {
            return None;
        }
        let of_both = first.iter().filter(|a| a.coded.task == task && a.coded.by.len() > 1);
        let documents = Documents::of_items(of_both.map(|answer| answer.item));
        let names: BTreeSet<&String> = units.iter().flat_map(|unit| unit.coded.by.keys()).collect();
        let coders: Vec<String> = names.into_iter().cloned().collect();
        let n_of = |coder: &String| units.iter().filter(|u| u.coded.by.contains_key(coder)).count();
        let alpha = [Level::Nominal, Level::Ordinal].map(|level| {
            let compute = |times: &[u32]| alpha(&units, times, level, false);
            estimate(units.len(), &documents, bootstrap, compute)
        });
        let models = asked.iter().map(|(model, answers)| {
            Stranger::new(model, &units_of(answers, task), &coders, &documents, bootstrap)
        });
        Some(Self {
            gold: gold.to_owned(),
            task,
            n: units.len(),
            n_documents: documents.n,
            alpha,
            pairs: pairs(&units, &coders),
            models: models.collect(),
            coders: coders.iter().map(|coder| (coder.clone(), n_of(coder))).collect(),
        })
    }

    /// The agreement in the schema of `detente eval --json`.
    pub fn to_json(&self) -> Value {
        let coder = |(coder, n): &(String, usize)| json!({"coder": coder, "n": n});
        let pair = |(a, b, kappas): &(String, String, Kappas)| {
            let mut value = kappas.to_json();
            value["a"] = json!(a);
            value["b"] = json!(b);
            value
        };
        json!({
            "gold": self.gold,
            "task": self.task.name(),
            "n": self.n,
            "n_documents": self.n_documents,
            "coders": self.coders.iter().map(coder).collect::<Vec<_>>(),
            "alpha_nominal": self.alpha[0],
            "alpha_ordinal": self.alpha[1],
            "pairs": self.pairs.iter().map(pair).collect::<Vec<_>>(),
            "models": self.models.iter().map(Stranger::to_json).collect::<Vec<_>>(),
            "margin": MARGIN,
        })
    }
}

/// What at least two coders labelled for a task.
fn units_of<'a>(answers: &[CodedAnswer<'a>], task: Task) -> Vec<Unit<'a>> {
    let of_task = answers.iter().filter(|answer| answer.coded.task == task);
    of_task.map(Unit::of).filter(|unit| unit.coded.by.len() > 1).collect()
}

/// One target or pair with what coders and the model said.
struct Unit<'a> {
    coded: &'a Coded,
    /// The model's class; `None` where the item is lost.
    said: Option<usize>,
}

impl<'a> Unit<'a> {
    fn of(answer: &CodedAnswer<'a>) -> Self {
        Self { coded: answer.coded, said: answer.read.map(predicted) }
    }

    /// The share of the coders but `coder` who gave this class; `None` without others.
    fn shared(&self, coder: &str, class: Option<usize>) -> Option<f64> {
        let others = self.coded.by.iter().filter(|(name, _)| *name != coder);
        let (mut n, mut n_agree) = (0u32, 0u32);
        for (_, other) in others {
            n += 1;
            n_agree += u32::from(class == Some(*other));
        }
        (n > 0).then(|| f64::from(n_agree) / f64::from(n))
    }
}

impl Stranger {
    fn new(
        model: &str,
        units: &[Unit<'_>],
        coders: &[String],
        documents: &Documents,
        bootstrap: &Bootstrap,
    ) -> Self {
        let once = vec![1; units.len()];
        let majority = units.iter().filter_map(|unit| Some((unit.coded.majority()?, unit.said?)));
        let rival = |coder: &String| {
            let both = units.iter().filter_map(|u| Some((*u.coded.by.get(coder)?, u.said?)));
            let gains: Vec<Option<f64>> = units
                .iter()
                .map(|unit| {
                    let own = unit.coded.by.get(coder).copied()?;
                    Some(unit.shared(coder, unit.said)? - unit.shared(coder, Some(own))?)
                })
                .collect();
            let difference =
                estimate(units.len(), documents, bootstrap, |times| mean(&gains, times));
            Rival { coder: coder.clone(), kappas: Kappas::of(both), difference }
        };
        Self {
            model: model.to_owned(),
            alpha: [Level::Nominal, Level::Ordinal].map(|level| alpha(units, &once, level, true)),
            majority: Kappas::of(majority),
            coders: coders.iter().map(rival).collect(),
        }
    }

    /// How many coders it can stand in for.
    pub fn n_matched(&self) -> usize {
        let matched = |rival: &&Rival| matches!(rival.verdict(), Verdict::Better | Verdict::AsGood);
        self.coders.iter().filter(matched).count()
    }

    fn to_json(&self) -> Value {
        let coder = |rival: &Rival| {
            let mut value = rival.kappas.to_json();
            value["coder"] = json!(rival.coder);
            value["difference"] = json!(rival.difference);
            value["verdict"] = json!(rival.verdict().name());
            value
        };
        json!({
            "model": self.model,
            "alpha_nominal": self.alpha[0],
            "alpha_ordinal": self.alpha[1],
            "majority": self.majority.to_json(),
            "coders": self.coders.iter().map(coder).collect::<Vec<_>>(),
            "n_matched": self.n_matched(),
        })
    }
}

fn pairs(units: &[Unit<'_>], coders: &[String]) -> Vec<(String, String, Kappas)> {
    let mut pairs = Vec::new();
    for (at, a) in coders.iter().enumerate() {
        for b in &coders[at + 1..] {
            let both = |unit: &Unit<'_>| Some((*unit.coded.by.get(a)?, *unit.coded.by.get(b)?));
            pairs.push((a.clone(), b.clone(), Kappas::of(units.iter().filter_map(both))));
        }
    }
    pairs
}

fn alpha(units: &[Unit<'_>], times: &[u32], level: Level, with_model: bool) -> Option<f64> {
    let mut all = Coincidences::default();
    for (unit, &times) in units.iter().zip(times).filter(|(_, times)| **times > 0) {
        let mut counts = unit.coded.counts();
        if let Some(said) = unit.said.filter(|_| with_model) {
            counts[said] += 1;
        }
        all.add(counts, f64::from(times));
    }
    all.alpha(level)
}

fn mean(values: &[Option<f64>], times: &[u32]) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0.0);
    for (value, &times) in values.iter().zip(times) {
        if let Some(value) = value {
            sum += value * f64::from(times);
            n += f64::from(times);
        }
    }
    super::tally::ratio(sum, n)
}

fn estimate(
    n: usize,
    documents: &Documents,
    bootstrap: &Bootstrap,
    compute: impl Fn(&[u32]) -> Option<f64>,
) -> Estimate {
    let sample = bootstrap.resamples(documents).filter_map(|times| compute(&times)).collect();
    bootstrap.estimate(compute(&vec![1; n]), sample)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Agreement, Verdict};
    use crate::batch::Instance;
    use crate::eval::answer::CodedAnswer;
    use crate::eval::gold::{Coded, GoldItem};
    use crate::eval::interval::Bootstrap;
    use crate::model::Task;

    /// Units that anna, ben and carl labelled as `by` says; `None` for no label.
    fn items(n: usize, by: impl Fn(usize) -> [Option<usize>; 3]) -> Vec<GoldItem> {
        let item = |i: usize| {
            let said = ["anna", "ben", "carl"].map(str::to_owned).into_iter().zip(by(i));
            let by: BTreeMap<String, usize> =
                said.filter_map(|(coder, class)| Some((coder, class?))).collect();
            GoldItem {
                instance: Instance { text: i.to_string(), ..Instance::default() },
                coded: vec![Coded { task: Task::Stance, slot: 0, by }],
                ..GoldItem::default()
            }
        };
        (0..n).map(item).collect()
    }

    fn agreement(items: &[GoldItem], said: impl Fn(usize) -> Option<usize>) -> Option<Agreement> {
        let sure = |class: usize| [0, 1, 2].map(|c| if c == class { 1.0 } else { 0.0 });
        let answers: Vec<CodedAnswer<'_>> = items
            .iter()
            .enumerate()
            .map(|(i, item)| CodedAnswer { item, coded: &item.coded[0], read: said(i).map(sure) })
            .collect();
        let bootstrap = Bootstrap { resamples: 200, ..Bootstrap::default() };
        Agreement::new("g", Task::Stance, &[("m", &answers)], &bootstrap)
    }

    #[test]
    fn a_model_that_says_what_the_others_say_is_better_than_one_who_often_errs() {
        let items = items(90, |i| {
            let truth = i % 3;
            [Some(if i % 4 == 0 { (truth + 1) % 3 } else { truth }), Some(truth), Some(truth)]
        });
        let agreement = agreement(&items, |i| Some(i % 3)).unwrap();
        let verdicts: Vec<_> =
            agreement.models[0].coders.iter().map(super::Rival::verdict).collect();
        assert_eq!(verdicts, [Verdict::Better, Verdict::AsGood, Verdict::AsGood]);
        assert_eq!(agreement.models[0].n_matched(), 3);
        assert_eq!(agreement.pairs[2].2.kappa[0], Some(1.0));
        assert!(agreement.alpha[0].value.unwrap() < agreement.models[0].alpha[0].unwrap());
    }

    #[test]
    fn a_model_that_guesses_is_worse_than_every_coder() {
        let items = items(90, |i| [Some(i % 3); 3]);
        let agreement = agreement(&items, |_| Some(1)).unwrap();
        assert!(agreement.models[0].coders.iter().all(|rival| rival.verdict() == Verdict::Worse));
        assert_eq!(agreement.models[0].n_matched(), 0);
        assert_eq!(agreement.alpha[1].value, Some(1.0));
    }

    #[test]
    fn too_few_units_leave_it_open() {
        let items = items(8, |i| [Some(i % 2), Some(i % 2), Some(usize::from(i == 0))]);
        let agreement = agreement(&items, |i| Some(usize::from(i < 3))).unwrap();
        assert_eq!(agreement.models[0].coders[2].verdict(), Verdict::Open);
    }

    #[test]
    fn a_lost_item_agrees_with_nobody() {
        let items = items(30, |i| [Some(i % 3); 3]);
        let agreement = agreement(&items, |_| None).unwrap();
        assert_eq!(agreement.models[0].coders[0].difference.value, Some(-1.0));
        assert_eq!(agreement.models[0].majority.n, 0);
    }

    #[test]
    fn without_two_coders_of_the_same_there_is_no_agreement() {
        let items = items(5, |i| [Some(i % 3), None, None]);
        assert!(agreement(&items, Some).is_none());
    }
}
