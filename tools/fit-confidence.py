#!/usr/bin/env python3
"""Fits the weights of crates/retrieval/src/confidence.rs.

    cargo run --release --example hits -- INDEX SUITE.jsonl --evidence >> FILE
    tools/fit-confidence.py FILE

Each suite is asked with the vectors of the index and without them, so that one fit serves
both. For the fit on a small corpus the national suite is asked of the small index too: what it
does not hold is then a wrong first hit (the constants were made with those of the kinds
direct, typo, no_diacritics, dialect and abbrev).

Logistic regression with a small penalty, by gradient descent; prints the weights, and
with each question left out of the fit that judges it (ten folds) the area under the
curve and what each threshold would call sure.
"""
import math
import random
import sys

PENALTY, STEPS, RATE = 0.01, 3000, 0.5

# As in confidence.rs: a cosine is taken from here, and one that is missing weighs nothing.
USUAL_COSINE = 0.87


def read(paths):
    rows = []
    for path in paths:
        for line in open(path):
            if line.startswith("evidence\t"):
                right, *values = line.split("\t")[1:]
                pairs, said, lead, cosine = (float(value) for value in values)
                nearness = cosine - USUAL_COSINE if cosine else 0.0
                rows.append((int(right), [pairs, said, lead, nearness]))
    return rows


def chance(weights, values):
    return 1 / (1 + math.exp(-weights[-1] - sum(w * v for w, v in zip(weights, values))))


def fit(rows):
    count = len(rows[0][1])
    mean = [sum(v[i] for _, v in rows) / len(rows) for i in range(count)]
    spread = [math.sqrt(sum((v[i] - mean[i]) ** 2 for _, v in rows) / len(rows)) for i in range(count)]
    scaled = [(right, [(v[i] - mean[i]) / spread[i] for i in range(count)]) for right, v in rows]
    weights = [0.0] * (count + 1)
    for _ in range(STEPS):
        slope = [PENALTY * w for w in weights[:-1]] + [0.0]
        for right, values in scaled:
            error = (chance(weights, values) - right) / len(rows)
            for i, value in enumerate(values + [1.0]):
                slope[i] += error * value
        weights = [w - RATE * s for w, s in zip(weights, slope)]
    plain = [w / s for w, s in zip(weights, spread)]
    return plain + [weights[-1] - sum(w * m for w, m in zip(plain, mean))]


def area(judged):
    right = [c for r, c in judged if r]
    wrong = [c for r, c in judged if not r]
    return sum((a > b) + 0.5 * (a == b) for a in right for b in wrong) / (len(right) * len(wrong))


def main():
    rows = read(sys.argv[1:])
    if not rows:
        sys.exit(__doc__)
    random.Random(1).shuffle(rows)
    judged = []
    for fold in range(10):
        weights = fit([row for at, row in enumerate(rows) if at % 10 != fold])
        judged += [(right, chance(weights, values)) for right, values in rows[fold::10]]
    print("questions", len(rows), "right", sum(r for r, _ in rows), "area %.3f" % area(judged))
    for least in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        sure = [r for r, c in judged if c >= least]
        print("sure from %.1f: %d of %d right are kept, %d of %d wrong"
              % (least, sum(sure), sum(r for r, _ in rows), len(sure) - sum(sure), sum(1 - r for r, _ in rows)))
    print("weights", " ".join("%.2f" % w for w in fit(rows)))


if __name__ == "__main__":
    main()
