"""A program that is started for a test and surely ended after it."""

import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.peers.waiting import until_now

GRACE = 2.0


class Program:
    """Runs *command* with its output in *log*; ``stop`` ends it by its pid.

    *polite* is the signal that asks it to end: after *grace* seconds (GRACE) it is killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        polite: signal.Signals = signal.SIGTERM,
        grace: float | None = None,
        **options: Any,
    ) -> None:
        self._log = log
        self._polite = polite
        self._grace = grace
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, seconds: float) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait(seconds)

    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, ready: Callable[[], bool], what: str) -> None:
        """Return when it is *ready*; its own output is in the AssertionError when it never is."""

        def ready_or_dead() -> bool:
            return self._process.poll() is not None or ready()

        try:
            until_now(ready_or_dead, what)
            assert self._process.poll() is None, f"it ended with {self._process.returncode}"
        except AssertionError as error:
            self.stop()
            raise AssertionError(f"{error}\n{self.output()[-3000:]}") from None

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(self._polite)
            try:
                self._process.wait(self._grace or GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
