"""How far a publication is, for whoever looks, and beginning one beside the assistant."""

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from bot.publishing import LOCK, MODEL

REPORT = MODEL.with_name("publishing.json")  # how far it is, and how the last one ended
SAID = MODEL.with_name("publishing.log")  # what one that a page began says
BEGINS = 120.0  # seconds in which one that was begun takes the lock
RUNNING = ("starting", "training", "judging_new", "judging_old")


class Report:
    """How far a publication is, in REPORT, for whoever looks: the page of the console."""

    def __init__(self) -> None:
        self._state: dict[str, Any] = {}
        self._told = 0.0

    def stage(self, name: str, **more: Any) -> None:
        """*name* is one of RUNNING, or how it ended."""
        self._state |= {"stage": name, "component": "", "done": 0, "of": 0, **more}
        self._write()

    def tell(self, **more: Any) -> None:
        """Of the same stage; a second apart at least."""
        self._state |= more
        if time.monotonic() - self._told >= 1:
            self._write()

    def _write(self) -> None:
        self._told = time.monotonic()
        REPORT.parent.mkdir(exist_ok=True)
        partial = REPORT.with_suffix(f".{os.getpid()}")
        body = {**self._state, "at": time.time()}
        partial.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        partial.replace(REPORT)


def reported() -> Mapping[str, Any]:
    """What the last publication said; empty before the first one. One that died says so."""
    try:
        said: dict[str, Any] = json.loads(REPORT.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    begins = said["stage"] == "starting" and time.time() - said["at"] < BEGINS
    if said["stage"] in RUNNING and not (begins or is_running()):
        said["stage"] = "died"
    return said


def is_running() -> bool:
    """Whether somebody is publishing, here or on the command line."""
    try:
        with LOCK.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def start(reason: str = "") -> bool:
    """Begin ``content publish`` beside us, as on the command line; False while one runs.

    *reason* puts the model in place even if it is worse. It goes on when we end.
    """
    if reported().get("stage") in RUNNING:
        return False
    Report().stage("starting")
    command = [sys.executable, "-m", "bot", "content", "publish"]
    with SAID.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [*command, *(["--even-if-worse", reason] if reason else [])],
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()  # so that no zombie is left
    return True
