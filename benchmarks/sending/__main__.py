"""`python -m benchmarks.sending`: how many messages a second leave, and how evenly.

As fast as can be, against what one would write in an afternoon (a plain python-telegram-bot loop with
a commit for each message), both with the same emulated Telegram, by turns in one run; and at
Telegram's own pace, with somebody who is answered meanwhile. Writes benchmarks/results/sending.*.
"""

import argparse
import json
import os
import statistics
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.sending.post_office import (
    FIRST_CHAT,
    PostOffice,
    most_in_a_second,
    post_office,
)
from tests.peers.postgres import Postgres

RESULTS = Path(__file__).parents[2] / "benchmarks/results"
PACE = 30
PATIENCE = 1800.0  # seconds


def ours(office: PostOffice, people: int) -> None:
    office.sender(0)
    office.wait(PATIENCE)


def plain(office: PostOffice, people: int) -> None:
    office.ready("benchmarks.sending.plain").wait()


def fastest(people: int, rounds: int, server: Postgres) -> dict[str, dict[str, float]]:
    """Messages a second of each, on each database: the median of *rounds*, by turns."""
    ways: dict[str, Callable[[PostOffice, int], None]] = {"ours": ours, "plain loop": plain}
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for database in ("SQLite", "PostgreSQL"):
            for name, way in ways.items():
                url = server.fresh_database(with_tables=False) if database != "SQLite" else None
                with post_office(url) as office:
                    office.post(people)
                    way(office, people)
                    times = sorted(one.at for one in office.arrivals())
                assert len(times) == people, f"{len(times)} of {people} arrived"
                speed = (people - 1) / (times[-1] - times[0])
                found.setdefault(database, {}).setdefault(name, []).append(speed)
    return {
        database: {name: statistics.median(speeds) for name, speeds in ways.items()}
        for database, ways in found.items()
    }


def at_a_pace(people: int) -> dict[str, float]:
    """At Telegram's pace: how many a second, at most in any second, and how long replies take."""
    asked: list[float] = []
    with post_office() as office:
        office.post(people)
        office.sender(PACE)
        office.wait(PATIENCE, lambda: asked.append(office.reply(len(asked))))
        arrivals = office.arrivals()
    times = sorted(one.at for one in arrivals)
    at = {one.chat: one.at for one in arrivals}
    waits = sorted(
        at[FIRST_CHAT - 1 - number] - moment
        for number, moment in enumerate(asked)
        if FIRST_CHAT - 1 - number in at
    )
    return {
        "people": people,
        "replies": len(waits),
        "a_second": (len(times) - 1) / (times[-1] - times[0]),
        "most_in_a_second": most_in_a_second(times),
        "reply_p50_s": statistics.median(waits),
        "reply_longest_s": waits[-1],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sending", description=__doc__)
    parser.add_argument("--people", type=int, default=3000, help="as fast as can be")
    parser.add_argument("--paced", type=int, default=5000, help="at Telegram's pace")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    busy = os.getloadavg()[0]
    server = Postgres(careful=True)
    try:
        body = {
            "date": date.today().isoformat(),
            "machine": f"{os.cpu_count()} cores, load average before {busy:.1f}",
            "fastest": fastest(options.people, options.rounds, server),
            "paced": at_a_pace(options.paced),
        }
    finally:
        server.stop()
    text = markdown(body)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "sending.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    (RESULTS / "sending.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


def markdown(body: dict[str, Any]) -> str:
    lines = [
        "# Sending, measured",
        "",
        f"{body['date']}, {body['machine']}. Telegram is emulated in a process of its own, which takes "
        "most of a core. Made by `make bench`.",
        "",
        "| as fast as can be, messages a second | ours | plain loop | times |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {database} | {speeds['ours']:.0f} | {speeds['plain loop']:.0f} | "
        f"{speeds['ours'] / speeds['plain loop']:.2f} |"
        for database, speeds in body["fastest"].items()
    ]
    paced = body["paced"]
    lines += [
        "",
        f"At {PACE} a second: {paced['people']} people and {paced['replies']} replies at "
        f"{paced['a_second']:.2f} a second ({100 * paced['a_second'] / PACE:.1f} % of the limit), at most "
        f"{paced['most_in_a_second']} in any one second. A reply meanwhile took "
        f"{1000 * paced['reply_p50_s']:.0f} ms (median), {1000 * paced['reply_longest_s']:.0f} ms at most.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
