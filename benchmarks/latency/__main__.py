"""`python -m benchmarks.latency`: message in → reply handed to the channel, and how many a second.

Sends development questions, each from a new person, at an even pace: first at a busy evening's rate,
then at one that should still be borne. A rate is borne when the messages that wait at the end of it
are no more than two seconds' worth. Prints a table and writes benchmarks/results/latency.*.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.latency.house import ROOT, House, open_house
from core.inbound import Inbound

RESULTS = ROOT / "benchmarks/results"
WARMING = 30  # messages that are not measured
WAITING_IS_FINE = 2.0  # seconds' worth of messages
LAST_REPLY = 60.0  # seconds after the last message


async def measure(
    house: House, questions: Sequence[str], rate: int, seconds: int
) -> dict[str, Any]:
    """*rate* messages a second for *seconds*; milliseconds, and what was left waiting."""
    said: dict[str, float] = {}
    computed = house.processor_seconds()
    began = time.perf_counter()
    for number in range(rate * seconds):
        await asyncio.sleep(began + number / rate - time.perf_counter())
        person = f"{rate}-{number}"
        said[person] = time.perf_counter()
        asyncio.create_task(house.say(person, questions[number % len(questions)]))  # noqa: RUF006
    waiting = _waiting(house, said)
    answered, took = len(said) - waiting, time.perf_counter() - began
    ends = time.perf_counter() + LAST_REPLY
    while _waiting(house, said) and time.perf_counter() < ends:
        await asyncio.sleep(0.1)
    heard = house.ear.heard
    times = sorted(1000 * (heard[one] - at) for one, at in said.items() if one in heard)
    spent = {
        name: 1000 * (now - computed[name]) / len(said)
        for name, now in house.processor_seconds().items()
    }
    return {
        "rate": rate,
        "seconds": seconds,
        "sent": len(said),
        "answered": len(times),
        "p50_ms": statistics.median(times),
        "p95_ms": times[int(0.95 * len(times))],
        "longest_ms": times[-1],
        "waiting_at_the_end": waiting,
        "answered_a_second": answered / took,
        "processor_ms_a_message": spent,
        "borne": waiting <= WAITING_IS_FINE * rate,
        "outcomes": await asyncio.to_thread(_outcomes, house, f"{rate}-"),
    }


def _waiting(house: House, said: dict[str, float]) -> int:
    return len(said.keys() - house.ear.heard.keys())


def _outcomes(house: House, prefix: str) -> dict[str, int]:
    with house.app.sessions.begin() as session:
        rows = session.scalars(select(Inbound).where(Inbound.provider_id.startswith(prefix)))
        return dict(Counter(row.outcome or "waiting" for row in rows))


async def run(options: argparse.Namespace) -> dict[str, Any]:
    questions = _questions()
    with tempfile.TemporaryDirectory() as folder:
        async with open_house(Path(folder)) as house:
            for number in range(WARMING):
                await house.say(f"warm-{number}", questions[-number])
            while len(house.ear.heard) < WARMING:
                await asyncio.sleep(0.1)
            at_rest = house.resident_mb()
            busy_before = os.getloadavg()[0]
            rates = []
            for rate in options.rates:
                print(f"{rate}/s for {options.seconds} s", file=sys.stderr, flush=True)
                rates.append(await measure(house, questions, rate, options.seconds))
            return {
                "date": date.today().isoformat(),
                "machine": f"{os.cpu_count()} cores, load average before {busy_before:.1f}",
                "rates": rates,
                "resident_mb": {"at rest": at_rest, "after": house.resident_mb()},
            }


def markdown(body: dict[str, Any]) -> str:
    lines = [
        "# Latency, measured",
        "",
        f"{body['date']}, {body['machine']}; the bot on SQLite with a channel that takes no time. "
        "Made by `make bench`.",
        "",
        "| messages a second | for s | p50 ms | p95 ms | longest ms | answered a second | waiting at the end | borne |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {m['rate']} | {m['seconds']} | {m['p50_ms']:.0f} | {m['p95_ms']:.0f} | {m['longest_ms']:.0f} | "
        f"{m['answered_a_second']:.1f} | {m['waiting_at_the_end']} | {'yes' if m['borne'] else 'no'} |"
        for m in body["rates"]
    ]
    lines += ["", "| processor ms a message | rasa | actions | bot |", "|---|---|---|---|"]
    for m in body["rates"]:
        spent = " | ".join(f"{ms:.1f}" for ms in m["processor_ms_a_message"].values())
        lines.append(f"| at {m['rate']}/s | {spent} |")
    lines += ["", "| resident MB | rasa | actions | bot | all |", "|---|---|---|---|---|"]
    for when, by_process in body["resident_mb"].items():
        values = [*by_process.values(), sum(by_process.values())]
        lines.append(f"| {when} | " + " | ".join(f"{value:.0f}" for value in values) + " |")
    return "\n".join(lines) + "\n"


def _questions() -> list[str]:
    """All development questions, in an order that is the same each time."""
    paths = sorted((ROOT / "benchmarks/questions").glob("dev_*.jsonl"))
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    questions = [str(json.loads(line)["question"]) for line in lines]
    random.Random(1).shuffle(questions)
    return questions


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[10, 40], metavar="A_SECOND")
    parser.add_argument("--seconds", type=int, default=60)
    body = asyncio.run(run(parser.parse_args(arguments)))
    text = markdown(body)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "latency.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    (RESULTS / "latency.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
