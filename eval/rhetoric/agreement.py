"""How far do the two annotators of the rhetoric corpus agree? Prints the table of README.md; no dependencies.

    python3 eval/rhetoric/agreement.py
"""

import json
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent


def rows(name):
    with open(HERE / name, encoding="utf-8") as file:
        return {row["id"]: row for row in map(json.loads, file)}


def pairs(row, actors):
    """Label and modality of every ordered pair, the author's among them; unlisted ones are neutral."""
    listed = {(s["source"], s["target"]): (s["stance"], s["modality"]) for s in row["stances"]}
    ordered = ((a, b) for a in ["author", *actors] for b in actors if a != b)
    return [listed.get(pair, ("neutral", None)) for pair in ordered]


def agreement(first, second):
    """Number of labels, share that is equal, Cohen's kappa, F1-macro of the one against the other."""
    n = len(first)
    observed = sum(a == b for a, b in zip(first, second)) / n
    a, b = Counter(first), Counter(second)
    by_chance = sum(a[label] * b[label] for label in a) / n**2
    both = Counter(x for x, y in zip(first, second) if x == y)
    f1 = sum(2 * both[label] / (a[label] + b[label]) for label in a | b) / len(a | b)
    return n, observed, (observed - by_chance) / (1 - by_chance), f1


def main():
    first, second = rows("extension.jsonl"), rows("second.jsonl")
    stance, modality, sentiment = ([], []), ([], []), ([], [])
    for id, other in second.items():
        row = first[id]
        actors = list(row["sentiment"])
        for (a, how_a), (b, how_b) in zip(pairs(row, actors), pairs(other, actors)):
            stance[0].append(a)
            stance[1].append(b)
            if a == b != "neutral":
                modality[0].append(how_a)
                modality[1].append(how_b)
        for actor in actors:
            sentiment[0].append(row["sentiment"][actor])
            sentiment[1].append(other["sentiment"][actor])
    print("| what | labels | equal | Cohen's κ | F1-macro |\n|---|--:|--:|--:|--:|")
    for what, labels in [
        ("stance of every ordered pair", stance),
        ("modality, where both see the same stance", modality),
        ("sentiment toward each actor", sentiment),
    ]:
        n, equal, kappa, f1 = agreement(*labels)
        print(f"| {what} | {n:,} | {equal:.1%} | {kappa:.2f} | {f1:.2f} |")


if __name__ == "__main__":
    main()
