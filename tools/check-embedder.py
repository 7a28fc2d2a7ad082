#!/usr/bin/env python3
"""Compares our encoder with a reference computed here in double precision.

    tools/check-embedder.py MODEL.gguf CONTAINER.bin LINES.txt

CONTAINER.bin is what the carrier package holds (models/manifest.toml, `member`), MODEL.gguf
what `motcua model pull multilingual-e5-small` made of it. Reads the container by itself,
tokenizes by its own Viterbi search, runs the encoder with numpy, and prints the least and
the median cosine with the vectors of `crates/model/examples/encoder.rs`, built in release.
Needs numpy. Exit 1 when any cosine is below 0.999.
"""

import json
import math
import struct
import subprocess
import sys
import unicodedata

import numpy as np


class Reference:
    """multilingual-e5-small from its container; layout: crates/model/src/encoder/convert.rs."""

    def __init__(self, path):
        self.bytes = open(path, "rb").read()
        self.at = 8
        (self.size, self.layers, self.heads, self.inner, _, _, _) = self.take("7i")
        self.epsilon = self.take("f")[0]
        self.take("i")
        pieces = self.take("i")[0]
        self.start, self.end, _, self.unknown = self.take("4i")
        letters = self.take("Q")[0]
        offsets = self.take(f"{pieces + 1}I")
        self.scores = self.take(f"{pieces}f")
        text = self.bytes[self.at : self.at + letters]
        self.at += letters
        names = [text[a:b].decode() for a, b in zip(offsets, offsets[1:])]
        self.pieces = {name: i for i, name in reversed(list(enumerate(names))) if name}
        self.longest = max(map(len, names))
        _, table = self.take("iI")
        self.at += table
        self.tensors = {}
        for _ in range(self.take("i")[0]):
            name = self.bytes[self.at + 2 : self.at + 2 + self.take("H")[0]].decode()
            self.at += len(name)
            self.tensors[name] = self.take("BIQQ")
        self.words = self.tensor("emb.word").reshape(-1, self.size)

    def take(self, layout):
        values = struct.unpack_from("<" + layout, self.bytes, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def tensor(self, name):
        kind, count, offset, length = self.tensors[name]
        if kind == 0:
            return np.frombuffer(self.bytes, np.float32, count, offset).astype(np.float64)
        blocks = np.frombuffer(self.bytes, np.uint8, length, offset).reshape(-1, 18)
        scales = blocks[:, :2].copy().view(np.float16).astype(np.float64)
        halves = [blocks[:, 2:] & 15, blocks[:, 2:] >> 4]
        return ((np.concatenate(halves, 1).astype(np.float64) - 8) * scales).reshape(-1)

    def linear(self, name, x):
        bias = self.tensor(name + ".b")
        return x @ self.tensor(name + ".w").reshape(len(bias), -1).T + bias

    def norm(self, name, x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        x = (x - mean) / np.sqrt(variance + self.epsilon)
        return x * self.tensor(name + ".w") + self.tensor(name + ".b")

    def tokens(self, text):
        text = " ".join(unicodedata.normalize("NFKC", text).split())
        text = "\u2581" + text.replace(" ", "\u2581")
        best = [(-math.inf, 0, 0)] * (len(text) + 1)
        best[0] = (0.0, 0, 0)
        for start in range(len(text)):
            here = best[start][0]
            for end in range(start + 1, min(len(text), start + self.longest) + 1):
                piece = self.pieces.get(text[start:end])
                if piece is None and end > start + 1:
                    continue
                score = min(self.scores) - 10 if piece is None else self.scores[piece]
                if here + score > best[end][0]:
                    known = self.unknown if piece is None else piece
                    best[end] = (here + score, start, known)
        found, at = [self.end], len(text)
        while at > 0:
            found.append(best[at][2])
            at = best[at][1]
        return [self.start] + found[:0:-1] + [self.end]

    def embed(self, text):
        tokens = self.tokens(text)
        x = self.words[tokens] + self.tensor("emb.pos").reshape(-1, self.size)[: len(tokens)]
        x = self.norm("emb.ln", x + self.tensor("emb.type")[: self.size])
        for layer in range(self.layers):
            x = self.layer(f"l{layer}.", x)
        mean = x.mean(0)
        return mean / np.linalg.norm(mean)

    def layer(self, name, x):
        shape = (len(x), self.heads, -1)
        q, k, v = (self.linear(name + p, x).reshape(shape).transpose(1, 0, 2) for p in "qkv")
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed = (weights @ v).transpose(1, 0, 2).reshape(len(x), -1)
        x = self.norm(name + "aln", x + self.linear(name + "ao", mixed))
        inner = self.linear(name + "fi", x)
        erf = np.vectorize(math.erf)
        inner = 0.5 * inner * (1 + erf(inner / math.sqrt(2)))
        return self.norm(name + "oln", x + self.linear(name + "fo", inner))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    _, model, container, lines = sys.argv
    texts = [line.rstrip("\n") for line in open(lines, encoding="utf-8")]
    ours = subprocess.run(
        ["target/release/examples/encoder", "passage", model],
        input="\n".join(texts) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    reference = Reference(container)
    cosines = [
        float(np.dot(json.loads(line), reference.embed("passage: " + text)))
        for line, text in zip(ours.stdout.splitlines(), texts)
    ]
    print(f"{len(cosines)} lines: least {min(cosines):.6f}, median {np.median(cosines):.6f}")
    sys.exit(min(cosines) < 0.999)


if __name__ == "__main__":
    main()
