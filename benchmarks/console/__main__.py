"""`python -m benchmarks.console`: pages with 20,000 contacts and 500 sessions, on SQLite.

From the request to the last byte of the page, in this process. Writes benchmarks/results/console.*.
"""

import json
import os
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from core.db import Base, make_engine, make_sessions
from core.people.contacts import Address, Contact
from core.vault import Vault, make_keyring
from core.workshops.model import NAME, Attendee, SignUp
from tests.console.office import Office
from tests.core.broadcasts.crowd import a_broadcast
from tests.core.workshops.shop import a_session
from tests.world import NOON

RESULTS = Path(__file__).parents[2] / "benchmarks/results"
PEOPLE, SESSIONS, TRIES = 20_000, 500, 60
PAGES = (
    "", "/sessions?when=all", "/sessions?words=ent", "/sessions/7", "/results", "/results?by=place",
    "/people", "/people?words=fat", "/people/7", "/broadcasts", "/broadcasts/new?session=7",
    "/broadcasts/1", "/conversations", "/knowledge", "/audit",
)  # fmt: skip


def fill(office: Office) -> None:
    """Each contact signed up for one of the sessions, every second of them on its list."""
    with office.sessions.begin() as session:
        ids = range(1, PEOPLE + 1)
        known = {"language": "fr", "nearest": [], "created_at": NOON, "seen_at": NOON}
        session.execute(insert(Contact), [{"id": one, **known} for one in ids])
        reached = {"channel": "sms", "sealed": b"", "state": "open", "state_at": NOON}
        session.execute(
            insert(Address),
            [{"id": one, "contact_id": one, "fingerprint": f"f{one}", **reached} for one in ids],
        )
        for number in range(SESSIONS):
            a_session(session, f"s{number}", starts_at=NOON + timedelta(hours=number), seats=100)
        told = {"size": 1, "created_at": NOON, "changed_at": NOON, "consent": "1", "offers": 0}
        session.execute(
            insert(SignUp),
            [
                {
                    "session_id": 1 + one % SESSIONS, "contact_id": one, "address_id": one,
                    "state": ("confirmed", "waiting")[one % 2], "revision": 0, **told,
                }
                for one in ids
            ],
        )  # fmt: skip
        a_broadcast(session)
        name = office.vault.seal("Fatima", NAME)
        people = [{"sign_up_id": one, "name": name, "child": False} for one in ids]
        session.execute(insert(Attendee), people)


def measure(folder: Path) -> dict[str, dict[str, float]]:
    engine = make_engine(f"sqlite:///{folder}/tne.db")
    Base.metadata.create_all(engine)
    make_keyring(folder / "keys.json")
    office = Office(make_sessions(engine), Vault.read(folder / "keys.json"))
    fill(office)
    browser, found = office.signed_in(), {}
    for page in PAGES:
        assert browser.get(page).status_code == 200  # the first time templates are read
        took = []
        for _ in range(TRIES):
            begun = time.perf_counter()
            browser.get(page)
            took.append(1000 * (time.perf_counter() - begun))
        p95 = sorted(took)[int(TRIES * 0.95) - 1]
        found[f"/console{page}"] = {"p50_ms": statistics.median(took), "p95_ms": p95}
    engine.dispose()
    return found


def markdown(body: dict[str, Any]) -> str:
    lines = [
        "# Pages of the console, measured",
        "",
        f"{body['date']}, {body['machine']}; {PEOPLE} contacts, {SESSIONS} sessions, SQLite. "
        "Made by `make bench`.",
        "",
        "| page | p50 ms | p95 ms |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{page}` | {times['p50_ms']:.0f} | {times['p95_ms']:.0f} |"
        for page, times in body["pages"].items()
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        pages = measure(Path(folder))
    body = {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, load average before {busy:.1f}",
        "pages": pages,
    }
    text = markdown(body)
    (RESULTS / "console.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    (RESULTS / "console.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
