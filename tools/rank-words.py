#!/usr/bin/env python3
"""Ranks the segmenter's word list, and mines further words from a text.

    tools/rank-words.py RECORDS.txt TREEBANK.conllu... --data crates/vitext/data

RECORDS.txt is plain text, for example the national records
(`tar xOzf ../shared/national/records-txt.tar.gz > records.txt`). Reads `words.txt` (what we
wrote), and writes it again with each pair of syllables under its rank, and `mined.txt` with
the pairs of the text that are ranked high and are not in it.

A rank is the probability that the treebank writes the pair as one word, by gradient
boosting over association measures in the text (count, PMI, NPMI, conditional
probabilities, entropy of the neighbours), how the treebank uses either syllable
elsewhere (alone or in words, and as which part of speech), and how many words of the list
begin and end with it. Pairs that the treebank has are ranked by a model that did not see
them (ten folds), so that the rank means the same for them and for all others.
Needs numpy and scikit-learn. Deterministic.
"""

import argparse
import collections
import math
import pathlib
import re
import sys
import unicodedata

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict

# Lower bounds of ranks 1 to 7; a pair of less is left out of the list.
RANKS = [0.10, 0.25, 0.45, 0.65, 0.80, 0.90, 0.96]
# Words of three and more syllables are not ranked by the model: few are in the treebank.
LONG = 5
# A mined pair stands at least so often in the text, and is ranked at least so high.
MINED_COUNT, MINED = 8, 0.65
TAGS = ["N", "V", "Adj", "Adv", "Pre", "Num", "Pro", "NNP", "Nc", "SC", "Det", "Prt", "C", "AUX", "CC"]
Counter = collections.Counter


def entropy(counts):
    total = sum(counts.values())
    return -sum(n / total * math.log(n / total) for n in counts.values())


class Text:
    """Counts of syllables, pairs and their neighbours; each distinct line counts once."""

    def __init__(self, path):
        self.one, self.two = Counter(), Counter()
        self.left, self.right = collections.defaultdict(Counter), collections.defaultdict(Counter)
        for line in sorted(set(open(path, encoding="utf8"))):
            for span in re.split(r"[^\w\s]|\d", unicodedata.normalize("NFC", line).lower()):
                self.add(span.split())
        self.total = sum(self.one.values())

    def add(self, span):
        self.one.update(span)
        for at, pair in enumerate(zip(span, span[1:])):
            self.two[pair] += 1
            self.left[pair][span[at - 1] if at else ""] += 1
            self.right[pair][span[at + 2] if at + 2 < len(span) else ""] += 1

    def measures(self, pair):
        count, ones = self.two[pair], [self.one[s] for s in pair]
        logs = [math.log1p(n) for n in (count, *ones)]
        if count < 2:
            return logs + [math.nan] * 6
        pmi = math.log(count * self.total / ones[0] / ones[1])
        shares = [math.log(count / n) for n in ones]
        npmi = pmi / -math.log(count / self.total)
        return logs + [pmi, npmi, *shares, entropy(self.left[pair]), entropy(self.right[pair])]


class Treebank:
    """How often pairs are one word and are not, and what single syllables are."""

    def __init__(self, paths):
        self.joined, self.apart = Counter(), Counter()
        self.alone, self.inside = Counter(), Counter()
        self.tags = collections.defaultdict(Counter)
        for line in (line for path in paths for line in open(path, encoding="utf8")):
            fields = line.split("\t")
            if fields[0] == "1":
                before = None
            if fields[0].isdigit():
                before = self.add(before, fields[1].lower().split(), fields[4])

    def add(self, before, word, tag):
        if before:
            self.apart[before, word[0]] += 1
        if len(word) == 2:
            self.joined[tuple(word)] += 1
        if len(word) == 1:
            self.alone[word[0]] += 1
            self.tags[word[0]][tag] += 1
        else:
            self.inside.update(word)
        return word[-1]

    def use(self, syllable, pair):
        """Counts without the pair itself."""
        alone = max(self.alone[syllable] - self.apart[pair], 0)
        inside = max(self.inside[syllable] - self.joined[pair], 0)
        tags = self.tags[syllable]
        total = sum(tags.values()) or 1
        share = (alone + 0.5) / (alone + inside + 1)
        return [share, math.log1p(alone), math.log1p(inside)] + [tags[t] / total for t in TAGS]


def read_list(path):
    words = set()
    for line in path.read_text(encoding="utf8").splitlines():
        if ":" in line and not line.startswith("#"):
            head, tails = line.split(":")
            words.update(f"{head} {tail.replace('_', ' ')}" for tail in tails.split())
    return {tuple(unicodedata.normalize("NFC", word).split()) for word in words}


def write_list(path, title, ranked):
    ranks = collections.defaultdict(lambda: collections.defaultdict(set))
    for word, rank in ranked.items():
        ranks[rank][word[0]].add("_".join(word[1:]))
    lines = [f"# {title}", "# `= N` begins rank N. `head: tail tail` is `head tail` for each tail."]
    for rank in sorted(ranks, reverse=True):
        lines.append(f"= {rank}")
        lines += [f"{head}: {' '.join(sorted(ranks[rank][head]))}" for head in sorted(ranks[rank])]
    path.write_text("\n".join(lines) + "\n", encoding="utf8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("records")
    parser.add_argument("treebank", nargs="+")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    args = parser.parse_args()
    text, treebank = Text(args.records), Treebank(args.treebank)
    words = read_list(args.data / "words.txt")
    first, last = Counter(w[0] for w in words), Counter(w[-1] for w in words)
    pairs = sorted(w for w in words if len(w) == 2)
    letters = lambda pair: all(s.isalpha() and len(s) < 8 for s in pair)
    often = sorted(p for p, n in text.two.items() if n >= MINED_COUNT and p not in words and letters(p))

    def features(pair):
        uses = [x for s in pair for x in treebank.use(s, pair)]
        lists = [math.log1p(n) for s in pair for n in (first[s], last[s])]
        alike = [pair in words, pair[0] == pair[1], pair[0][0] == pair[1][0]]
        return text.measures(pair) + uses + lists + alike

    everything = pairs + often
    seen = [p for p in everything if treebank.joined[p] + treebank.apart[p]]
    known, is_word = np.array([features(p) for p in seen]), np.array([treebank.joined[p] > treebank.apart[p] for p in seen])
    model = HistGradientBoostingClassifier(
        max_iter=120, max_depth=4, learning_rate=0.06, min_samples_leaf=15, l2_regularization=1.0, random_state=1)
    held_out = cross_val_predict(model, known, is_word, cv=10, method="predict_proba")[:, 1]
    model.fit(known, is_word)
    probability = dict(zip(everything, model.predict_proba(np.array([features(p) for p in everything]))[:, 1]))
    probability.update(zip(seen, held_out))

    rank = lambda pair: int(np.searchsorted(RANKS, probability[pair], side="right"))
    written = {p: rank(p) for p in pairs if rank(p)} | {w: LONG for w in words if len(w) > 2}
    write_list(args.data / "words.txt", "Words of two and more syllables, written by us. Ranked by tools/rank-words.py.", written)
    mined = {p: rank(p) for p in often if probability[p] >= MINED}
    write_list(args.data / "mined.txt", "Words mined from the national records by tools/rank-words.py.", mined)
    print(f"{len(seen)} pairs are in the treebank; {len(written)} words kept, {len(mined)} mined", file=sys.stderr)


if __name__ == "__main__":
    main()
