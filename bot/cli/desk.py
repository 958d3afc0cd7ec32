"""What every command needs: the settings, sentences for staff, and a way to refuse."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from sqlalchemy.orm import Session

from core.content.yamlfile import Problem
from core.db import make_engine, make_sessions
from core.languages import FRENCH
from core.settings import Settings
from core.wording import STAFF, Wording


class AddCommand(Protocol):
    """``command(name, do)``: a new command that calls ``do(desk, options)``; its parser."""

    def __call__(
        self, name: str, do: Callable[["Desk", Any], int | None]
    ) -> argparse.ArgumentParser: ...


class Refusal(Exception):
    """The command stops with this sentence, already in the reader's language."""


class Desk:
    """The settings, and sentences for staff."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._wording = Wording(settings.locale_dir, STAFF)

    def say(self, key: str, **values: object) -> str:
        return self._wording.say(key, FRENCH, **values)

    def tell(self, key: str, **values: object) -> None:
        print(self.say(key, **values), file=sys.stderr)

    def refuse(self, key: str, **values: object) -> Refusal:
        return Refusal(self.say(key, **values))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction on the assistant's own database."""
        engine = make_engine(self.settings.database_url)
        try:
            with make_sessions(engine).begin() as session:
                yield session
        finally:
            engine.dispose()

    def show(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            where = f"{self.settings.content_dir / problem.file}:{problem.line}"
            print(f"{where}: {self.say(problem.key, **problem.values)}")
