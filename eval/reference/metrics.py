"""Writes metrics.json, agreement.json and tests.json: answers, and what scikit-learn, krippendorff, statsmodels and scipy
say of them.

    pip install scikit-learn numpy krippendorff statsmodels scipy
    python eval/reference/metrics.py

A lost item is a prediction of a fourth class; measures that take probabilities, the order of classes or missing values
into account are over the items read. Probabilities are multiples of 1/64, so that they are exact as 32-bit
floats and sum to 1. scikit-learn has no calibration errors and no area under the
risk-coverage curve: they are computed here, bin by bin and item by item.
"""

import json
import math
import random
import warnings
from pathlib import Path

import krippendorff
import numpy as np
from scipy.stats import binomtest
from sklearn import metrics
from statsmodels.stats.multitest import multipletests

LOST = 3
N_BINS = 15


def label(p):
    """The most probable class; of equals the more neutral, then the more hostile."""
    return max((1, 0, 2), key=lambda c: p[c])


def calibration_errors(gold, predicted, p):
    """Expected and maximum; bins are open below and closed above."""
    if not len(p):
        return None, None
    confidence = p[np.arange(len(p)), predicted]
    expected, largest = 0.0, 0.0
    for b in range(N_BINS):
        inside = (confidence > b / N_BINS) & (confidence <= (b + 1) / N_BINS)
        if inside.any():
            gap = abs((gold == predicted)[inside].mean() - confidence[inside].mean())
            expected += inside.mean() * gap
            largest = max(largest, gap)
    return expected, largest


def area_under_risk(gold, predicted, p):
    """The mean share of wrong ones among the k most confident; among equals each is as wrong as all on average."""
    if not len(p):
        return None
    confidence = p[np.arange(len(p)), predicted]
    wrong = (gold != predicted).astype(float)
    wrong = np.array([wrong[confidence == c].mean() for c in confidence])
    wrong = wrong[np.argsort(-confidence, kind="stable")]
    return (np.cumsum(wrong) / np.arange(1, len(p) + 1)).mean()


def auc(gold, p, c):
    is_class = gold == c
    return metrics.roc_auc_score(is_class, p[:, c]) if is_class.any() and not is_class.all() else None


def weighted_kappa(gold, predicted, weights):
    value = metrics.cohen_kappa_score(gold, predicted, labels=[0, 1, 2], weights=weights) if len(gold) else math.nan
    return None if math.isnan(value) else value


def alpha(codes, level):
    """A row a coder; None where all comparable codes are one class, or nothing can be compared."""
    codes = np.array(codes, dtype=float)
    if codes.size:
        codes = codes[:, (~np.isnan(codes)).sum(axis=0) > 1]
    if len(np.unique(codes[~np.isnan(codes)])) < 2:
        return None
    return krippendorff.alpha(codes, level_of_measurement=level, value_domain=[0, 1, 2])


def expected(gold, read):
    gold = np.array(gold)
    predicted = np.array([LOST if p is None else label(p) for p in read])
    is_read = predicted != LOST
    p = np.array([p for p in read if p is not None]).reshape(-1, 3)
    either = sorted((set(gold.tolist()) | set(predicted.tolist())) - {LOST})
    posneg = [c for c in either if c != 1]
    rest = dict(zero_division=0.0)
    f1 = lambda labels, average: metrics.f1_score(gold, predicted, labels=labels, average=average, **rest)
    kappa = metrics.cohen_kappa_score(gold, predicted)
    read_gold, read_label = gold[is_read], predicted[is_read]
    ece, mce = calibration_errors(read_gold, read_label, p)
    aucs = [auc(read_gold, p, c) for c in range(3)]
    defined = [a for a in aucs if a is not None]
    values = {
        "f1_macro": f1(either, "macro"),
        "f1_posneg": f1(posneg, "macro") if posneg else None,
        "accuracy": metrics.accuracy_score(gold, predicted),
        "average_recall": metrics.recall_score(gold, predicted, labels=sorted(set(gold.tolist())), average="macro", **rest),
        "ece": ece,
        "mce": mce,
        "kappa_linear": weighted_kappa(read_gold, read_label, "linear"),
        "kappa_quadratic": weighted_kappa(read_gold, read_label, "quadratic"),
        "alpha_nominal": alpha([read_gold, read_label], "nominal"),
        "alpha_ordinal": alpha([read_gold, read_label], "ordinal"),
        "auc": np.mean(defined) if defined else None,
        "aurc": area_under_risk(read_gold, read_label, p),
        "f1_weighted": f1([0, 1, 2], "weighted"),
        "matthews": metrics.matthews_corrcoef(gold, predicted),
        "kappa": None if math.isnan(kappa) else kappa,
        "log_loss": metrics.log_loss(gold[is_read], p, labels=[0, 1, 2]) if len(p) else None,
        "brier": metrics.brier_score_loss(gold[is_read], p, labels=[0, 1, 2], scale_by_half=False) if len(p) else None,
    }
    precision, recall, f1s, support = metrics.precision_recall_fscore_support(gold, predicted, labels=[0, 1, 2], **rest)
    return {
        "metrics": {k: None if v is None else float(v) for k, v in values.items()},
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1s.tolist(),
        "support": support.tolist(),
        "auc": [None if a is None else float(a) for a in aucs],
        "confusion": metrics.confusion_matrix(gold, predicted, labels=[0, 1, 2, LOST])[:3, :3].tolist(),
    }


def probabilities(rng):
    a, b = sorted((rng.randint(0, 64), rng.randint(0, 64)))
    return [a / 64, (b - a) / 64, (64 - b) / 64]


def case(name, seed, n, classes, lost=0.0, say=None):
    rng = random.Random(seed)
    gold = [rng.choice(classes) for _ in range(n)]
    read = [None if rng.random() < lost else (say or probabilities(rng)) for _ in range(n)]
    return {"name": name, "gold": gold, "read": read, **expected(gold, read)}


def coders(name, seed, n_coders, n_units, gaps, classes=(0, 1, 1, 2), noise=0.3):
    """Coders who mostly say the same, with gaps."""
    rng = random.Random(seed)
    truth = [rng.choice(classes) for _ in range(n_units)]
    say = lambda t: None if rng.random() < gaps else rng.choice(classes) if rng.random() < noise else t
    codes = [[say(t) for t in truth] for _ in range(n_coders)]
    filled = [[math.nan if c is None else c for c in coder] for coder in codes]
    return {"name": name, "codes": codes, "nominal": alpha(filled, "nominal"), "ordinal": alpha(filled, "ordinal")}


def agreement():
    return [
        coders("two coders, no gaps", 1, 2, 60, 0.0),
        coders("three coders, gaps", 2, 3, 50, 0.2),
        coders("five coders, most missing", 3, 5, 40, 0.6),
        coders("two classes", 4, 4, 30, 0.1, classes=(0, 2)),
        coders("mere chance", 5, 3, 80, 0.1, noise=1.0),
        coders("no disagreement", 6, 3, 20, 0.1, noise=0.0),
        coders("one class", 7, 3, 10, 0.0, classes=(1,)),
    ]


def significance():
    """McNemar's exact test by the binomial one, and Holm's correction by statsmodels."""
    pairs = [(0, 0), (1, 0), (0, 7), (10, 2), (12, 30), (25, 25), (70, 41), (600, 480), (5000, 5300)]
    families = [[0.01], [0.04, 0.03, 0.001], [0.2, 0.01, 0.01, 0.6, 0.03], [0.5, 0.5, 1.0]]
    exact = lambda a, b: 1.0 if a + b == 0 else binomtest(a, a + b).pvalue
    return {
        "mcnemar": [{"only_a": a, "only_b": b, "p": exact(a, b)} for a, b in pairs],
        "holm": [{"p": ps, "corrected": multipletests(ps, method="holm")[1].tolist()} for ps in families],
    }


def main():
    warnings.simplefilter("ignore")
    cases = [
        case("all three classes", 1, 200, [0, 1, 1, 1, 2]),
        case("some items lost", 2, 150, [0, 0, 1, 2], lost=0.2),
        case("a class that gold never has", 3, 80, [0, 1]),
        case("a class that neither has", 4, 40, [0, 1], say=[0.625, 0.25, 0.125]),
        case("one class, all right", 5, 10, [1], say=[0.0, 1.0, 0.0]),
        case("one class, all wrong", 6, 10, [2], say=[1.0, 0.0, 0.0]),
        case("only neutral said, ties among them", 7, 30, [0, 1, 2], say=[0.375, 0.375, 0.25]),
        case("everything lost", 8, 12, [0, 1, 2], lost=1.0),
        case("one item", 9, 1, [0]),
    ]
    folder = Path(__file__).parent
    for name, rows in (("metrics", cases), ("agreement", agreement())):
        (folder / f"{name}.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    (folder / "tests.json").write_text(json.dumps(significance(), indent=1) + "\n")


if __name__ == "__main__":
    main()
