"""`python -m nlu.serve`: Rasa on the current model, and on the next one without a pause.

When models/tne.tar.gz is replaced, a second Rasa starts on the other of two ports. Once it answers,
its address is written where the bot reads it, and the first one is ended. A model that does not
answer is left aside. Two processes, because loading a model inside a running Rasa leaks memory.

Standard library only. Environment: RASA_PORT (and the port after it), RASA_URL_FILE, and what Rasa
itself reads (see the Procfile).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

log = logging.getLogger("serve")
HOST = "127.0.0.1"
LOOK_EVERY = 1.0
GREETING = {"sender": "serve", "message": "bonjour"}
FIRST_ANSWER = 10.0  # seconds; the first message of a process is slow
ENDING = 4.0  # seconds between SIGTERM and SIGKILL; honcho gives all of us 5
LONGEST_WAIT = 60.0  # seconds between two restarts; lived longer, a process counts as healthy


class Options(NamedTuple):
    """`program`: the command that takes Rasa's arguments; `ready_within`: seconds a new Rasa has to
    give its first answer; `grace`: seconds the old one lives on, longer than a question may take
    (RASA_TIMEOUT)."""

    program: Sequence[str]
    model: Path
    url_file: Path
    port: int
    ready_within: float
    grace: float


class Rasa:
    """One process, on a link of its own to the model, so that a restart loads the same one."""

    def __init__(self, program: Sequence[str], model: Path, port: int) -> None:
        self.url = f"http://{HOST}:{port}"
        self.port, self.model = port, model
        self.digest = digest(model)
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [
                *program, "run", "--interface", HOST, "--port", str(port), "--model", str(model),
                "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
            ]
        )  # fmt: skip

    @property
    def ended(self) -> Optional[int]:
        """Its exit code, once it has ended."""
        return self._process.poll()

    def answers(self) -> bool:
        """Whether a message is answered: a Rasa without its model is up too, and answers `[]`."""
        request = urllib.request.Request(
            f"{self.url}/webhooks/rest/webhook",
            json.dumps(GREETING).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            urllib.request.urlopen(self.url, timeout=1).close()
            with urllib.request.urlopen(request, timeout=FIRST_ANSWER) as response:
                return bool(json.load(response))
        except (OSError, ValueError, http.client.HTTPException):
            return False

    def end(self) -> None:
        """Politely, then not."""
        if self.ended is None:
            self._process.terminate()
            try:
                self._process.wait(ENDING)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()


class Stop:
    """The handler of SIGTERM and Ctrl-C: SystemExit, but only where waiting may be cut short.

    Anywhere else it is put off until the next such wait: between the start of a process and the
    line that remembers it, it would leave a Rasa that nobody ends."""

    def __init__(self) -> None:
        self._asked = self._waiting = False

    def __call__(self, number: int, frame: object) -> None:
        """Called by a signal."""
        self._asked = True
        if self._waiting:
            raise SystemExit(0)

    @contextlib.contextmanager
    def may_cut(self) -> Iterator[None]:
        """Around a wait that changes nothing."""
        self._waiting = True
        try:
            if self._asked:
                raise SystemExit(0)
            yield
        finally:
            self._waiting = False


class Keeper:
    """Keeps one Rasa running; `look` is called every second."""

    def __init__(self, options: Options, stop: Stop) -> None:
        self._options, self._stop = options, stop
        self._seen = stamp(options.model)
        self._changing: Optional[Tuple[int, int]] = None
        self._next: Optional[Rasa] = None
        self._leaving: Optional[Rasa] = None
        self._leaves_at = 0.0
        self._deaths = 0
        self._revive_at: Optional[float] = None
        self._current = self._start(options.port)
        self._announce()

    def look(self) -> None:
        """Does what is due, and at most one thing that takes time."""
        self._let_go()
        self._revive()
        if self._next is not None:
            self._promote(self._next)
        elif self._leaving is None and self._model_changed():
            self._begin_swap()

    def end(self) -> None:
        """Ends every process; the address is no longer told."""
        running: List[Rasa] = [
            one for one in (self._current, self._next, self._leaving) if one is not None
        ]
        self._options.url_file.unlink(missing_ok=True)
        for one in running:
            one.end()
            one.model.unlink(missing_ok=True)

    def _start(self, port: int) -> Rasa:
        model = self._options.model
        own = model.with_name(f"serving-{port}.tar.gz")
        own.unlink(missing_ok=True)
        os.link(model, own)
        return Rasa(self._options.program, own, port)

    def _announce(self) -> None:
        """In one step, so that nobody reads half an address."""
        file = self._options.url_file
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.{os.getpid()}")
        partial.write_text(self._current.url + "\n", encoding="utf-8")
        partial.replace(file)

    def _model_changed(self) -> bool:
        """Whether the file is another one than before, and was the same at the last two looks."""
        now = stamp(self._options.model)
        if now is None or now == self._seen:
            return False
        if now != self._changing:
            self._changing = now
            return False
        self._seen, self._changing = now, None
        return digest(self._options.model) != self._current.digest

    def _begin_swap(self) -> None:
        first = self._options.port
        port = first + 1 if self._current.port == first else first
        log.info("a new model: starting a second Rasa on port %d", port)
        self._next = self._start(port)

    def _promote(self, new: Rasa) -> None:
        if new.ended is not None:
            self._refuse(new, f"it ended with code {new.ended}")
        elif self._answers(new):
            old, self._current, self._next = self._current, new, None
            self._announce()
            self._leaving, self._leaves_at = old, time.monotonic() + self._options.grace
            self._deaths, self._revive_at = 0, None
            log.info("the new model answers on port %d", new.port)
        elif time.monotonic() - new.started > self._options.ready_within:
            self._refuse(new, f"no answer within {self._options.ready_within:.0f} s")

    def _answers(self, new: Rasa) -> bool:
        with self._stop.may_cut():
            return new.answers()

    def _refuse(self, new: Rasa, why: str) -> None:
        log.error("the new model is left aside (%s); the one before goes on answering", why)
        self._next = None
        new.end()
        new.model.unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._leaving is not None and time.monotonic() >= self._leaves_at:
            leaving, self._leaving = self._leaving, None
            leaving.end()
            leaving.model.unlink(missing_ok=True)
            log.info("the Rasa on port %d has ended", leaving.port)

    def _revive(self) -> None:
        """Starts again what died, each time later: 1, 2, 4 ... 60 seconds."""
        if self._current.ended is None:
            return
        now = time.monotonic()
        if self._revive_at is None:
            if now - self._current.started > LONGEST_WAIT:
                self._deaths = 0
            wait = min(2.0**self._deaths, LONGEST_WAIT)
            self._deaths += 1
            self._revive_at = now + wait
            log.error(
                "Rasa ended with code %d: starting again in %.0f s", self._current.ended, wait
            )
        elif now >= self._revive_at:
            self._revive_at = None
            self._current = Rasa(self._options.program, self._current.model, self._current.port)


def digest(path: Path) -> str:
    """Of the content: a file that was only touched is the same."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()


def stamp(path: Path) -> Optional[Tuple[int, int]]:
    """When the file was written, and its size; None when it is not there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def free(port: int) -> bool:
    """Whether nobody else listens there: we would take their answers for our Rasa's."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Serve until SIGTERM or Ctrl-C: 0; 1 when there is no model or no port."""
    options = _options(arguments)
    logging.basicConfig(level="INFO", format="%(name)s: %(message)s")
    if not options.model.exists():
        log.error("%s is not there: make train", options.model)
        return 1
    taken = [port for port in (options.port, options.port + 1) if not free(port)]
    if taken:
        log.error("port %d is used by another program: set RASA_PORT", taken[0])
        return 1
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    keeper = Keeper(options, stop)
    try:
        while True:
            keeper.look()
            with stop.may_cut():
                time.sleep(LOOK_EVERY)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        keeper.end()


def _options(arguments: Optional[Sequence[str]]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m nlu.serve", description=__doc__)
    lean_rasa = (sys.executable, "-m", "nlu.lean_rasa")
    parser.add_argument("--program", nargs="+", default=lean_rasa, metavar="WORD")
    parser.add_argument("--model", type=Path, default=Path("models/tne.tar.gz"))
    url_file = os.environ.get("RASA_URL_FILE") or "var/rasa.url"
    parser.add_argument("--url-file", type=Path, default=Path(url_file))
    parser.add_argument("--port", type=int, default=int(os.environ.get("RASA_PORT") or 5005))
    parser.add_argument("--ready-within", type=float, default=300.0, metavar="SECONDS")
    parser.add_argument("--grace", type=float, default=10.0, metavar="SECONDS")
    return Options(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    raise SystemExit(main())
