#!/usr/bin/env python3
"""Score predictions on the challenge pairs: a pair counts when its focus is read right in both sentences.

    detente eval --gold eval/challenge/pairs.jsonl --model NAME --predictions said.jsonl
    eval/challenge/score.py said.jsonl [--json]
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

PAIRS = Path(__file__).with_name("pairs.jsonl")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def first(row, actor):
    """Where an actor is first mentioned."""
    return min((m["start"], m["end"]) for m in row["mentions"] if m["actor"] == actor)


def focus(row):
    """The source and target of the pair that counts, as `--predictions` names them, and its label."""
    source, target = row["focus"]["source"], row["focus"]["target"]
    listed = (s["stance"] for s in row["stances"] if (s["source"], s["target"]) == (source, target))
    where = source if source == "author" else first(row, source)
    return (row["id"], where, first(row, target)), next(listed, "neutral")


def said(predictions):
    """What each model said of each dyad."""
    models = defaultdict(dict)
    for line in predictions:
        if line["task"] != "dyad":
            continue
        source = line["source"]
        if isinstance(source, dict):
            source = (source["start"], source["end"])
        key = (line["id"], source, (line["start"], line["end"]))
        models[line["model"]][key] = line["label"]
    return models


def score(rows, labels):
    """Per kind: pairs, pairs right in both sentences, in one, in none, pairs with one same label twice, lost."""
    pairs = defaultdict(list)
    for row in rows:
        key, gold = focus(row)
        pairs[row["kind"], row["pair"]].append((labels.get(key), gold))
    kinds = defaultdict(lambda: dict.fromkeys(("pairs", "both", "one", "none", "same", "lost"), 0))
    for (kind, pair), read in pairs.items():
        if len(read) != 2:
            sys.exit(f"{pair}: {len(read)} sentences, not 2")
        right = sum(label == gold for label, gold in read)
        for count in (kinds[kind], kinds["all"]):
            count["pairs"] += 1
            count[("none", "one", "both")[right]] += 1
            count["same"] += read[0][0] == read[1][0] is not None
            count["lost"] += sum(label is None for label, _ in read)
    kinds["all"] = kinds.pop("all")
    for count in kinds.values():
        count["both_share"] = count["both"] / count["pairs"]
        count["sentence_share"] = (2 * count["both"] + count["one"]) / (2 * count["pairs"])
    return dict(kinds)


def table(scores):
    head = f"{'kind':<12} {'pairs':>5} {'both right':>10} {'same label':>10} {'sentences':>9} {'lost':>4}"
    out = [head]
    for kind, s in scores.items():
        same = s["same"] / s["pairs"]
        out.append(
            f"{kind:<12} {s['pairs']:>5} {s['both_share']:>10.1%} {same:>10.1%} "
            f"{s['sentence_share']:>9.1%} {s['lost']:>4}"
        )
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("predictions", help="what `detente eval --predictions` wrote")
    parser.add_argument("--pairs", default=PAIRS, help="the gold pairs (default: beside this script)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    args = parser.parse_args()
    rows = lines(args.pairs)
    models = said(lines(args.predictions))
    if not models:
        sys.exit("no dyad predictions in the file")
    scores = {model: score(rows, labels) for model, labels in models.items()}
    if args.json:
        print(json.dumps(scores, indent=2))
    else:
        print("\n\n".join(f"{model}\n{table(s)}" for model, s in scores.items()))


if __name__ == "__main__":
    main()
