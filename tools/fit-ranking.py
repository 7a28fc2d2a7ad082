#!/usr/bin/env python3
"""Fits the weights of crates/retrieval/src/rerank.rs.

    cargo run --release --example candidates -- INDEX SUITE.jsonl > SUITE.words
    tools/fit-ranking.py [--try SIGNAL,...] [--drop NAME,...] FILE...

Ask each suite with the vectors of the index (SUITE.vectors) and without (SUITE.words), so that
one fit serves both; what differs only after the dot is one question and lies in one fold.

A candidate's features are read back from its signals: a share of the best first score is weight
times feature, with the weights that rerank.rs has now, so none of them may be 0. Listwise softmax
over the first POOL candidates of the first stage, whose own score keeps its weight of 1: the
weights printed are ratios to it. L2 on standardised features. Prints hit@1 before and after with
each question left out of the fit that judges it (ten folds, drawn five times), the same with each suite left out
(another author's questions), a paired bootstrap interval over questions, what the loss would be
without each feature, and the weights. `--try` adds signals of the first stage (`act`, `body`) as
features, `--drop` leaves some out. Needs numpy and scipy.
"""
import json
import os
import re
import sys

import numpy as np
from scipy.optimize import minimize

PENALTY = 3.0
FOLDS, DRAWS, SAMPLES = 10, 5, 2000
SOURCE = os.path.join(os.path.dirname(__file__), "../crates/retrieval/src/rerank.rs")


def constants():
    """The weights by name, and the size of the pool."""
    text = open(SOURCE).read()
    weights = re.findall(r'\("(\w+)", (-?[\d.]+)\)', text)
    pool = int(re.search(r"POOL: usize = (\d+)", text).group(1))
    return {name: float(weight) for name, weight in weights}, pool


class Lists:
    """Candidates of all questions, padded to the pool."""

    def __init__(self, paths, extra, drop):
        weights, pool = constants()
        self.names = ["score"] + [n for n in weights if n not in drop] + extra
        rows, right, self.suite, self.question = [], [], [], []
        for path in paths:
            suite = os.path.basename(path).rsplit(".", 1)[0]
            for line in open(path):
                item = json.loads(line)
                gold = set(item["gold"] or [])
                if not gold or not item["hits"]:
                    continue
                hits = [self.first_stage(hit, weights) for hit in item["hits"]]
                hits.sort(key=lambda hit: -hit[0])
                best, rows_here, right_here = hits[0][0], [], []
                for score, hit in hits[:pool]:
                    share = lambda n: hit["signals"].get(n, 0.0) / best
                    value = [share(n) / weights[n] if n in weights else share(n) for n in self.names[1:]]
                    rows_here.append([score / best] + value)
                    right_here.append(bool(gold & set(hit["codes"])))
                rows.append(rows_here)
                right.append(right_here)
                self.suite.append(os.path.basename(path))
                self.question.append(suite + item["id"])
        shape = (len(rows), pool)
        self.values = np.zeros(shape + (len(self.names),))
        self.right, self.there = np.zeros(shape), np.zeros(shape, bool)
        for at, (row, ok) in enumerate(zip(rows, right)):
            self.values[at, : len(row)], self.right[at, : len(row)] = row, ok
            self.there[at, : len(row)] = True
        self.suite = np.array(self.suite)

    @staticmethod
    def first_stage(hit, weights):
        return hit["score"] - sum(hit["signals"].get(n, 0.0) for n in weights), hit

    def chances(self, weights, at, columns):
        logits = np.where(self.there[at], self.values[at][:, :, columns] @ weights, -1e9)
        logits = np.exp(logits - logits.max(1, keepdims=True))
        return logits / logits.sum(1, keepdims=True)

    def fit(self, at, columns):
        """Weights that make the right candidates likely, of questions that have one."""
        at = at[self.right[at].any(1)]
        spread = self.values[at][self.there[at]].std(0)[columns] + 1e-9
        values, right, there = self.values[at][:, :, columns] / spread, self.right[at], self.there[at]
        penalty = PENALTY * (np.arange(len(columns)) > 0)

        def loss(weights):
            logits = np.where(there, values @ weights, -1e9)
            odds = np.exp(logits - logits.max(1, keepdims=True))
            odds /= odds.sum(1, keepdims=True)
            found = (odds * right).sum(1) + 1e-12
            slope = np.einsum("qn,qnk->k", odds - odds * right / found[:, None], values)
            return -np.log(found).sum() + 0.5 * (penalty * weights**2).sum(), slope + penalty * weights

        start = np.zeros(len(columns))
        return minimize(loss, start, jac=True, method="L-BFGS-B").x / spread

    def judged(self, folds, columns):
        """Whether the first is right, and the loss, each question judged by a fit without its fold."""
        hit, loss = np.zeros(len(folds)), np.zeros(len(folds))
        for fold in np.unique(folds):
            others, here = np.where(folds != fold)[0], np.where(folds == fold)[0]
            odds = self.chances(self.fit(others, columns), here, columns)
            hit[here] = self.right[here, odds.argmax(1)]
            loss[here] = -np.log((odds * self.right[here]).sum(1) + 1e-12)
        return hit, loss[self.right.any(1)].mean()


def interval(difference, questions, random):
    """95 % of the mean over resampled questions."""
    names, group = np.unique(questions, return_inverse=True)
    total, count = np.bincount(group, difference), np.bincount(group)
    drawn = random.randint(len(names), size=(SAMPLES, len(names)))
    return np.percentile(100 * total[drawn].sum(1) / count[drawn].sum(1), [2.5, 97.5])


def main():
    args, extra, drop = sys.argv[1:], [], []
    while args and args[0].startswith("--"):
        kind, list_, *args = args
        (extra if kind == "--try" else drop).extend(list_.split(","))
    if not args:
        sys.exit(__doc__)
    lists = Lists(args, extra, drop)
    random = np.random.RandomState(1)
    names = np.unique(lists.question)
    group = {name: at for at, name in enumerate(names)}
    of = np.array([group[name] for name in lists.question])
    draws = [(random.permutation(len(names)) % FOLDS)[of] for _ in range(DRAWS)]
    columns = list(range(len(lists.names)))
    stem = np.array([name.rsplit(".", 1)[0] for name in lists.suite])
    runs = [lists.judged(draw, columns) for draw in draws]
    after, loss = np.mean([hit for hit, _ in runs], 0), np.mean([loss for _, loss in runs])
    apart, apart_loss = lists.judged(stem, columns) if len(set(stem)) > 1 else (after, loss)
    before = lists.right[:, 0]
    print("%-28s %9s %7s %7s %11s" % ("hit@1", "questions", "before", "folds", "other suite"))
    for suite in sorted(set(lists.suite)) + ["all"]:
        here = (lists.suite == suite) | (suite == "all")
        print("%-28s %9d" % (suite, here.sum()), *("%7.1f" % (100 * v[here].mean()) for v in (before, after, apart)))
    for label, hit in (("folds", after), ("other suite", apart)):
        low, high = interval(hit - before, lists.question, random)
        print("difference, %s: %.1f [%.1f, %.1f]" % (label, 100 * (hit - before).mean(), low, high))
    print("loss %.4f, other suite %.4f; without" % (loss, apart_loss))
    for at in columns[1:]:
        rest = [c for c in columns if c != at]
        run = [lists.judged(draw, rest) for draw in draws[:2]]
        other_hit, other = lists.judged(stem, rest)
        print("  %-16s loss %.4f hit@1 %.1f; other suite %.4f %.1f"
              % (lists.names[at], np.mean([r[1] for r in run]), 100 * np.mean([r[0] for r in run]), other, 100 * other_hit.mean()))
    weights = lists.fit(np.arange(len(lists.question)), columns)
    print("weights", ", ".join("%s %.3f" % (n, w / weights[0]) for n, w in zip(lists.names[1:], weights[1:])))


if __name__ == "__main__":
    main()
