#!/usr/bin/env python3
"""Wrong sentences made of true paraphrases, for the sentence gate.

    tools/turn-pairs.py eval/grounding/pairs-dev*.jsonl > FILE.jsonl
    motcua eval --gate FILE.jsonl

The mutations of `motcua eval --gate FOLDER` change a line of a record, so that their words stay the
record's own. These turn the true sentence of each pair in its grammar and leave its words: its
halves change places, "hoặc" becomes "và", "được" "phải", a condition is left out, a "không" is put
in or taken away. Not every one is false of its record ("nộp trực tiếp và qua bưu chính", a condition
that the question makes), so a share is worth comparing with an earlier one, not with 1 %.
Same pairs in, same sentences out; standard library only.
"""
import json
import re
import sys

CONDITION = r"(?:Nếu|Khi|Trường hợp|Với|Riêng|Đối với)"


def order(text):
    for word in (" rồi mới ", " xong thì mới ", " rồi ", " sau đó "):
        if word in text:
            first, then = text.split(word, 1)
            return then.rstrip(",") + word + first[0].lower() + first[1:]
    return None


def before(text):
    if re.search(r"\btrước (khi|ngày)\b", text):
        return re.sub(r"\btrước (khi|ngày)\b", r"sau \1", text, count=1)
    return re.sub(r"\bsau (khi|ngày)\b", r"trước \1", text, count=1)


def both(text):
    return re.sub(r" (hoặc|hay) ", " và ", text)


def swap(text):
    found = re.match(r"(.*?) thì (.*?),? (?:còn|và|nhưng) (.*?) thì (.*)$", text)
    return found and "{0} thì {3}, còn {2} thì {1}".format(*found.groups())


def bare(text):
    found = re.match(CONDITION + r" .*?(?: thì|,) (.*)$", text) or re.match(r".{4,60}? thì (.*)$", text)
    return found[1] if found and " thì " not in found[1] else None


def duty(text):
    for said, other in ((" phải ", " có thể "), (" có thể ", " phải "), (" được ", " phải ")):
        if said in text:
            return text.replace(said, other, 1)
    return None


def denied(text):
    if " không " in text or " chưa " in text:
        plain = not re.search("không (phải|được|cần)", text)
        return re.sub(r" (không|chưa) ", " ", text, count=1) if plain else None
    found = re.search(r" (phải|được|cần|nộp|có) ", text)
    return found and text[: found.start()] + " không" + text[found.start() :]


TURNS = {
    "order": order,
    "before": before,
    "both": both,
    "swap": swap,
    "bare": bare,
    "duty": duty,
    "denied": denied,
}


def main(paths):
    for path in paths:
        for line in open(path, encoding="utf-8"):
            pair = json.loads(line)
            text = pair["good"].rstrip(".")
            for kind, turn in TURNS.items():
                wrong = turn(text)
                if wrong and wrong != text:
                    wrong = wrong[0].upper() + wrong[1:] + "."
                    turned = dict(pair, id=f"{pair['id']}-{kind}", kind=kind, wrong=wrong)
                    print(json.dumps(turned, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
