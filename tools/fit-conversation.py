#!/usr/bin/env python3
"""Fits the weights of crates/assistant/src/decide/goes_on.rs: which procedure a message inside a
conversation means.

    cargo run --release --example turns -- INDEX SUITE.jsonl > AUTHOR.turns
    tools/fit-conversation.py [--drop NAME,...] AUTHOR.turns...

A file an author. Conditional logit over the candidates of each last turn (several may be right),
ridge PENALTY on every weight. Prints how many dialogues have the right procedure first with each
author judged by a fit to the others, with the weights that the source has now, without each
feature, and the weights fitted to all. Messages that name nothing stay with the procedure at hand
and are counted but not fitted. Needs numpy and scipy.
"""
import json
import os
import re
import sys

import numpy as np
from scipy.optimize import minimize

PENALTY = 0.2
SOURCE = os.path.join(os.path.dirname(__file__), "../crates/assistant/src/decide/goes_on.rs")


def weights_now():
    pairs = re.findall(r'\("(\w+)", (-?[\d.]+)\)', open(SOURCE).read())
    return {name: float(weight) for name, weight in pairs}


def read(path):
    """Rows of (candidates' features, which are right), and what needs no choice: asked, right."""
    rows, plain, right = [], 0, 0
    for line in open(path):
        item = json.loads(line)
        gold, found = set(item["gold"]), item["candidates"]
        hit = np.array([bool(gold & set(one["codes"])) for one in found], bool)
        if not found or not found[0]["speaks"]:
            plain, right = plain + 1, right + int(hit.any())
        else:
            rows.append(([one["speaks"] for one in found], hit))
    return rows, plain, right


def matrix(row, names):
    return np.array([[one[name] for name in names] for one in row[0]]), row[1]


def fit(rows, names):
    data = [(x, y) for x, y in (matrix(row, names) for row in rows) if y.any()]

    def loss(w):
        value, slope = PENALTY * w @ w, 2 * PENALTY * w
        for x, y in data:
            e = np.exp(x @ w - (x @ w).max())
            p, q = e / e.sum(), e * y / (e * y).sum()
            value, slope = value - np.log(p[y].sum()), slope - x.T @ (q - p)
        return value, slope

    return minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x


def first(rows, names, w):
    return sum(int(y[(x @ w).argmax()]) for x, y in (matrix(row, names) for row in rows))


def apart(authors, names):
    """Right first, each author by a fit to the others."""
    result = []
    for path in authors:
        others = [row for other in authors if other != path for row in authors[other][0]]
        result.append(first(authors[path][0], names, fit(others, names)))
    return result


def main():
    args = sys.argv[1:]
    drop = []
    if args[:1] == ["--drop"]:
        drop, args = args[1].split(","), args[2:]
    now = weights_now()
    names = [name for name in now if name not in drop]
    authors = {path: read(path) for path in args}
    every = [row for rows, _, _ in authors.values() for row in rows]
    sizes = [len(rows) for rows, _, _ in authors.values()]
    print("to choose", sizes, sum(sizes), "right one among them", sum(int(y.any()) for _, y in every))
    plain = [(right, asked) for _, asked, right in authors.values()]
    print("no choice to make: right, asked", plain)
    by = apart(authors, names)
    print("each author by a fit to the others", by, sum(by))
    w = np.array([now[name] for name in names])
    print("with the weights of the source", [first(rows, names, w) for rows, _, _ in authors.values()])
    for name in names:
        print(f"  without {name}", sum(apart(authors, [other for other in names if other != name])))
    for name, weight in zip(names, fit(every, names)):
        print(f'    ("{name}", {weight:.2f}),')


main()
