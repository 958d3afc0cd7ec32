"""A program that dies in the middle: ``python -m tests.core.workshops.dying KEYS URL``.

Each line of its input is one act, and the step at which a child process, forked for it, kills
itself with SIGKILL: before its n-th statement, before its commit, or right after it. It answers
with how the child ended: "killed", or "done" when the act has fewer steps. What dies at step 0
is done by the program itself, which lives; its children then have nothing left to compile.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Engine, event

from core.db import make_engine, make_sessions
from core.people import erasure
from core.people.contacts import Address
from core.vault import Vault
from core.workshops import rounds
from core.workshops.booking import seats
from tests.core.workshops.hall import notices_of, party


def die_at(step: int) -> Callable[..., None]:
    """To be called at each step; at *step* it does not come back."""
    passed = 0

    def here(*_: object) -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return here


def act(engine: Engine, vault: Vault, order: dict) -> None:
    notices, now = notices_of(), datetime.fromisoformat(order["now"])
    with make_sessions(engine).begin() as session:
        match order["act"]:
            case "sign up":
                who = session.get_one(Address, order["who"])
                seats.sign_up(session, who, order["session"], party(2), "1", vault, now)
            case "release":
                seats.release(session, notices, order["sign_up"], None, now)
            case "erase":
                who = session.get_one(Address, order["who"])
                erasure.begin(session, notices, who.contact, now)
            case "erase the rest":
                erasure.complete(session, now)
            case "tick":
                rounds.due(notices, session, now)


def die_acting(engine: Engine, vault: Vault, order: dict) -> NoReturn:
    engine.dispose(close=False)  # its connections are the parent's
    here = die_at(order["step"])
    event.listen(engine, "before_cursor_execute", here)
    event.listen(engine, "commit", here)
    act(engine, vault, order)
    here()
    os._exit(0)


def main() -> None:
    vault, engine = Vault.read(Path(sys.argv[1])), make_engine(sys.argv[2])
    for line in sys.stdin:
        order = json.loads(line)
        if order["step"] == 0:
            act(engine, vault, order)
            engine.dispose()
            print("done", flush=True)
            continue
        child = os.fork()
        if child == 0:
            die_acting(engine, vault, order)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if status == 0 else "failed", flush=True)


if __name__ == "__main__":
    main()
