"""`python -m benchmarks.soak`: a broadcast goes on whatever happens, and nobody is missed.

The senders and the emulated Telegram are processes of their own. Each case ends with what arrived:
everybody once, but for what was on the wire when a sender was killed or its connection cut. Writes
benchmarks/results/soak.*; ends with 1 when a promise was broken.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.sending.post_office import (
    FIRST_CHAT,
    PostOffice,
    most_in_a_second,
    post_office,
)
from benchmarks.soak import both
from bot.sending.pump import ON_THE_WIRE
from core.outbox.delivery import Delivery, State
from tests.peers.postgres import Postgres

RESULTS = Path(__file__).parents[2] / "benchmarks/results"
PACE = 30
KILLS = 10
PATIENCE = 3600.0  # seconds
WRONG = 0.1  # of Telegram's answers
Sender = subprocess.Popen[bytes]
Case = dict[str, Any]


def outcome(office: PostOffice, people: int, kills: int) -> Case:
    """What arrived, and whether that is as promised."""
    arrivals = [one for one in office.arrivals() if one.chat >= FIRST_CHAT]
    times = sorted(one.at for one in office.arrivals())
    count = Counter(one.chat for one in arrivals)
    with office.sessions.begin() as session:
        marked = session.scalar(select(func.count()).where(Delivery.repeated)) or 0
        doubted = session.scalar(select(func.count()).where(Delivery.state == State.UNCERTAIN))
    twice = sum(number - 1 for number in count.values())
    return {
        "people": people,
        "reached": len(count),
        "twice": twice,
        "marked": marked,
        "uncertain": doubted or 0,
        "kills": kills,
        "a_second": (len(times) - 1) / (times[-1] - times[0]),
        "most_in_a_second": most_in_a_second(times),
        "states": dict(office.states()),
    }


def kills(office: PostOffice, people: int) -> int:
    """kill -9 at random, started again each time."""
    chance, sender = random.Random(3), office.sender(PACE)
    whole = people / PACE
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.4) * whole / KILLS)
        if not office.left():
            break
        os.kill(sender.pid, signal.SIGKILL)
        sender.wait()
        sender = office.sender(PACE)
    office.wait(PATIENCE)
    return KILLS


def many(number: int) -> Callable[[PostOffice, int], int]:
    """*number* senders at once; one of them is killed half-way."""

    def senders(office: PostOffice, people: int) -> int:
        running = [office.sender(PACE) for _ in range(number)]
        time.sleep(0.4 * people / PACE)
        os.kill(running[-1].pid, signal.SIGKILL)
        running[-1].wait()
        office.wait(PATIENCE)
        return 1

    return senders


def restart(server: Postgres) -> Callable[[PostOffice, int], int]:
    """PostgreSQL restarts twice while a sender works."""

    def run(office: PostOffice, people: int) -> int:
        office.sender(PACE)
        for _ in range(2):
            time.sleep(0.3 * people / PACE)
            server.restart()
        office.wait(PATIENCE)
        return 0

    return run


def plain(office: PostOffice, people: int) -> int:
    """Nothing happens but what Telegram does (faults), and somebody who is answered meanwhile."""
    office.sender(PACE)
    asked: list[float] = []
    office.wait(PATIENCE, lambda: asked.append(office.reply(len(asked))))
    arrivals = {one.chat: one.at for one in office.arrivals() if one.chat < FIRST_CHAT}
    waits = [arrivals[FIRST_CHAT - 1 - number] - at for number, at in enumerate(asked)
             if FIRST_CHAT - 1 - number in arrivals]  # fmt: skip
    if not office.faults:
        REPLIES.append(max(waits))
    return 0


REPLIES: list[float] = []


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--only", nargs="+", metavar="CASE")
    options = parser.parse_args(arguments)
    server = Postgres(careful=True)
    cases: dict[str, tuple[bool, float, Callable[[PostOffice, int], int]]] = {
        "nothing happens": (False, 0.0, plain),
        "kill -9, ten times": (False, 0.0, kills),
        "kill -9, ten times, PostgreSQL": (True, 0.0, kills),
        "PostgreSQL restarts": (True, 0.0, restart(server)),
        "two senders, one is killed": (True, 0.0, many(2)),
        "four senders, one is killed": (True, 0.0, many(4)),
        "429, 502 and cut connections": (False, WRONG, plain),
    }
    body: dict[str, Any] = {"date": date.today().isoformat(), "pace": PACE, "cases": {}}
    if not options.only or "both" in options.only:
        print("both channels", file=sys.stderr, flush=True)
        body["both"] = asyncio.run(both.run(options.people))
    try:
        for name, (on_server, faults, run) in cases.items():
            if options.only and not any(word in name for word in options.only):
                continue
            print(name, file=sys.stderr, flush=True)
            url = server.fresh_database(with_tables=False) if on_server else None
            with post_office(url, faults) as office:
                office.post(options.people)
                killed = run(office, options.people)
                body["cases"][name] = case = outcome(office, options.people, killed)
            case["broken"] = broken(case)
            print(case, file=sys.stderr, flush=True)
            keep(body)
    finally:
        server.stop()
    print(keep(body))
    whole = [*body["cases"].values(), *filter(None, [body.get("both")])]
    return 1 if any(case["broken"] for case in whole) else 0


def keep(body: dict[str, Any]) -> str:
    """Write down what is known so far, and return it: all of it takes the better part of an hour."""
    body["slowest_reply_s"] = max(REPLIES, default=None)
    text = markdown(body)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "soak.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    (RESULTS / "soak.md").write_text(text, encoding="utf-8")
    return text


def broken(case: Case) -> list[str]:
    """Which promises this case did not keep."""
    promises = {
        "somebody was missed": case["reached"] + case["uncertain"] >= case["people"],
        "too many were written to twice": case["twice"] <= ON_THE_WIRE * case["kills"],
        "somebody was written to twice unmarked": case["twice"] <= case["marked"],
        "too many in a second": case["most_in_a_second"] <= PACE,
    }
    return [promise for promise, kept in promises.items() if not kept]


def markdown(body: dict[str, Any]) -> str:
    lines = [
        "# What happens to a broadcast",
        "",
        f"{body['date']}; by Telegram's emulator, at {body['pace']} messages a second. "
        "Made by `make soak`.",
        "",
        "| what happens | people | reached | uncertain | twice | of those on the wire at a kill | "
        "a second | most in any second | promises |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {case['people']} | {case['reached']} | {case['uncertain']} | {case['twice']} | "
        f"{case['kills'] * ON_THE_WIRE} | {case['a_second']:.1f} | {case['most_in_a_second']} | "
        f"{'; '.join(case['broken']) or 'kept'} |"
        for name, case in body["cases"].items()
    ]
    if body["slowest_reply_s"] is not None:
        lines += [
            "",
            f"The slowest reply while nothing else happens took {body['slowest_reply_s']:.2f} s.",
        ]
    if whole := body.get("both"):
        lines += [
            "",
            f"To {whole['people']} people on both channels, half by SMS through Kannel, "
            f"{whole['seconds']:.0f} s:",
            "",
            "| the report says | number | what arrived says |",
            "|---|---|---|",
        ]
        lines += [f"| {name} | {told} | {true} |" for name, (told, true) in whole["checks"].items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
