#!/usr/bin/env python3
"""Card times of a running server under load: how long until the facts are on the screen.

    motcua serve --index DIR &
    python3 tools/load.py SUITE.jsonl [--users 50] [--rounds 4] [--url 127.0.0.1:8080] [--cards]

In each round every user sends one question of the suite (its first turn) at the same moment, over
a connection of its own, as server-sent events, and reads its stream to the end (`--cards`: to the
first card or words, then hangs up). Printed are
milliseconds from sending to the first `card`, and to the first `delta` of answers that the model
wrote; p95 is the nearest rank. The client runs on the machine that it measures: its own work is in
the figures. Standard library only.
"""

import argparse
import asyncio
import json
import os
import time


async def ask(host, port, question, leaves):
    """One question; the milliseconds of its first events, and who wrote the answer."""
    body = json.dumps({"message": question, "stream": True}).encode()
    head = (
        f"POST /v1/chat HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Accept: text/event-stream\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    seen = {}
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 22)
    writer.write(head.encode() + body)
    name = None
    while line := await reader.readline():
        if line.startswith(b"event:"):
            name = line[6:].strip().decode()
            seen.setdefault(name, (time.perf_counter() - started) * 1000)
            if leaves and name in ("card", "delta"):
                break
        elif line.startswith(b"data:") and name == "final":
            answer = json.loads(line[5:])
            seen["by"], seen["route"] = answer["written_by"], answer["route"]
        elif line.startswith(b"data:") and name == "error" or line.startswith(b"HTTP/1.1 ") and b" 200 " not in line:
            seen["error"] = line.decode().strip()
    writer.close()
    return seen


def rank(times, share):
    times = sorted(times)
    return times[max(0, -(-len(times) * share // 100) - 1)] if times else float("nan")


def line(what, times):
    figures = " ".join(f"p{share} {rank(times, share):.0f}" for share in (50, 95, 100))
    print(f"{what:<34} {len(times):>4}  {figures} ms".replace("p100", "most"))


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--cards", action="store_true")
    parser.add_argument("--url", default="127.0.0.1:8080")
    args = parser.parse_args()
    host, port = args.url.rsplit(":", 1)
    with open(args.suite, encoding="utf-8") as lines:
        questions = [json.loads(text)["turns"][0] for text in lines if text.strip()]
    print("load average before", os.getloadavg())
    seen = []
    for turn in range(args.rounds):
        asked = [questions[(turn * args.users + user) % len(questions)] for user in range(args.users)]
        seen += await asyncio.gather(*(ask(host, int(port), question, args.cards) for question in asked))
    line("card", [one["card"] for one in seen if "card" in one])
    line("first words of the model", [one["delta"] for one in seen if one.get("by") == "model"])
    line("first words of the record", [one["delta"] for one in seen if one.get("by") == "record"])
    line("whole answer", [one["final"] for one in seen if "final" in one])
    failed = sum(not {"final", "card", "delta"} & one.keys() for one in seen)
    for error in sorted({one["error"] for one in seen if "error" in one}):
        print(error)
    print(f"{len(seen)} questions, {failed} without an answer; load average after", os.getloadavg())


asyncio.run(main())
