"""Writes metrics.json: answers, and what scikit-learn says of them.

    pip install scikit-learn numpy
    python eval/reference/metrics.py

A lost item is a prediction of a fourth class. Probabilities are multiples of 1/64, so that they are exact as 32-bit
floats and sum to 1. scikit-learn has no expected calibration error: it is computed here, bin by bin.
"""

import json
import math
import random
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics

LOST = 3
N_BINS = 15


def label(p):
    """The most probable class; of equals the more neutral, then the more hostile."""
    return max((1, 0, 2), key=lambda c: p[c])


def calibration_error(gold, predicted, p):
    """Bins are open below and closed above."""
    confidence = p[np.arange(len(p)), predicted]
    error = 0.0
    for b in range(N_BINS):
        inside = (confidence > b / N_BINS) & (confidence <= (b + 1) / N_BINS)
        if inside.any():
            gap = abs((gold == predicted)[inside].mean() - confidence[inside].mean())
            error += inside.mean() * gap
    return error


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
    values = {
        "f1_macro": f1(either, "macro"),
        "f1_posneg": f1(posneg, "macro") if posneg else None,
        "accuracy": metrics.accuracy_score(gold, predicted),
        "average_recall": metrics.recall_score(gold, predicted, labels=sorted(set(gold.tolist())), average="macro", **rest),
        "ece": calibration_error(gold[is_read], predicted[is_read], p) if len(p) else None,
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
    path = Path(__file__).with_suffix(".json")
    path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
