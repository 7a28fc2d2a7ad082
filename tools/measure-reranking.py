#!/usr/bin/env python3
"""Whether re-ranking search hits by a generator's likelihoods pays.

    tools/measure-reranking.py ask SUITE.jsonl ADDRESS > HITS.jsonl
    cargo run --release -p model --example likelihood -- MODEL.gguf < HITS.jsonl > LIKELIHOODS.jsonl
    tools/measure-reranking.py judge HITS.jsonl LIKELIHOODS.jsonl

`ask` takes the first five hits of each question that has a right one from `motcua serve` at
ADDRESS (http://127.0.0.1:8080). `judge` adds to a hit's share of the best score, times a
weight, the log-likelihood of the question after its name or of the name after the question,
summed or a token. The weight is chosen on every other question and used on the rest, and the
other way round. Prints hit@1 before and after with the paired 95 % bootstrap interval of the
difference, and the time.
"""
import json
import random
import sys
import urllib.parse
import urllib.request

FIRST = 5
WEIGHTS = [0.0] + [0.001 * 1.5**step for step in range(20)]


def ask(suite, address):
    for line in open(suite):
        item = json.loads(line)
        if not item["gold_codes"]:
            continue
        question = ". ".join(item["turns"])
        query = urllib.parse.urlencode({"q": question, "k": FIRST})
        hits = json.load(urllib.request.urlopen(f"{address}/v1/search?{query}"))["hits"]
        print(json.dumps({
            "question": question,
            "titles": [hit["name"] for hit in hits],
            "scores": [hit["score"] for hit in hits],
            "right": [hit["code"] in item["gold_codes"] for hit in hits],
        }, ensure_ascii=False))


def lines(path):
    return [json.loads(line) for line in open(path)]


def first_right(asked, values, weight):
    best = asked["scores"][0]
    fused = [score / best + weight * value for score, value in zip(asked["scores"], values)]
    return int(asked["right"][fused.index(max(fused))])


def rerank(questions, values):
    """Of each question whether the first is right, by the weight that the other half chose."""
    after = [0] * len(questions)
    chosen = []
    for half in (0, 1):
        def right(weight, of):
            return sum(first_right(questions[i], values[i], weight) for i in range(of, len(questions), 2))
        weight = max(WEIGHTS, key=lambda weight: (right(weight, 1 - half), -weight))
        chosen.append(weight)
        for i in range(half, len(questions), 2):
            after[i] = first_right(questions[i], values[i], weight)
    return after, chosen


def interval(differences):
    chance = random.Random(1)
    means = sorted(sum(chance.choices(differences, k=len(differences))) / len(differences) for _ in range(4000))
    return 100 * means[100], 100 * means[3900]


def judge(hits, likelihoods):
    questions, found = lines(hits), lines(likelihoods)
    questions = questions[: len(found)]
    before = [int(q["right"][0]) for q in questions]
    print(f"{len(questions)} questions, hit@1 {100 * sum(before) / len(before):.1f}, "
          f"right one in the first {FIRST}: {100 * sum(any(q['right']) for q in questions) / len(before):.1f}")
    for side in ("question", "title"):
        for how in ("sum", "mean"):
            values = [[s if how == "sum" else s / max(n, 1) for s, n in f[side]] for f in found]
            alone = [first_right(q, v, 1e6) for q, v in zip(questions, values)]
            after, chosen = rerank(questions, values)
            low, high = interval([a - b for a, b in zip(after, before)])
            print(f"{how} of the {side}: alone {100 * sum(alone) / len(alone):.1f}, fused "
                  f"{100 * sum(after) / len(after):.1f}, difference {100 * (sum(after) - sum(before)) / len(after):+.1f} "
                  f"[{low:.1f}, {high:.1f}], weights {chosen[0]:.3f} {chosen[1]:.3f}")
    times = sorted(f["seconds"] for f in found)
    print(f"both sides: median {times[len(times) // 2]:.1f} s")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("ask", "judge"):
        sys.exit(__doc__)
    (ask if sys.argv[1] == "ask" else judge)(*sys.argv[2:])
