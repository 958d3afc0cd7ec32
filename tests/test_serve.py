"""The model is replaced while people ask: what answers, what does not, and what stays behind."""

import contextlib
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.peers.programs import Program
from tests.peers.waiting import listening, two_free_ports, until_now
from tests.world import ROOT

GRACE = "0.2"
READY_WITHIN = "10"  # a busy machine starts a process slowly
STUB = ROOT / "tests/peers/stub_rasa.py"


class Served:
    """``python -m nlu.serve`` on the stub, in *folder*."""

    def __init__(self, folder: Path, **model: object) -> None:
        self.folder = folder
        self.model = folder / "models/tne.tar.gz"
        self.url_file = folder / "var/rasa.url"
        self.port = two_free_ports()
        program = folder / "rasa"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -I {STUB} "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.model.parent.mkdir()
        self.replace(**model)
        command = [
            sys.executable, "-m", "nlu.serve", "--program", str(program),
            "--model", str(self.model), "--url-file", str(self.url_file),
            "--port", str(self.port), "--grace", GRACE, "--ready-within", READY_WITHIN,
        ]  # fmt: skip
        self.program = Program(command, folder / "serve.log", grace=8, cwd=ROOT)

    def replace(self, **model: object) -> None:
        """A new model in the place of the old, as publishing does it."""
        partial = self.model.with_name("partial")
        partial.write_text(json.dumps(model))
        partial.replace(self.model)

    @property
    def url(self) -> str:
        return self.url_file.read_text().strip()

    def ask(self, text: str = "bonjour") -> str | None:
        """Which model answers where the bot would ask; None when nobody does."""
        try:
            body = {"sender": "1", "message": text}
            answer = httpx.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=5).json()
        except (httpx.HTTPError, FileNotFoundError):
            return None
        return str(answer[0]["custom"]) if answer else "nothing"

    def until_answered_by(self, name: str) -> None:
        self.program.wait_for(lambda: self.ask() == name, name)

    def until_said(self, words: str) -> None:
        self.program.wait_for(lambda: words in self.program.output(), repr(words))

    def listening(self) -> list[bool]:
        return [listening(port) for port in (self.port, self.port + 1)]


@contextlib.contextmanager
def served(folder: Path, **model: object) -> Iterator[Served]:
    one = Served(folder, **model)
    try:
        yield one
    finally:
        one.program.stop()


def test_a_new_model_takes_over_and_nobody_is_left_without_an_answer(tmp_path):
    with served(tmp_path, name="old") as rasa:
        rasa.until_answered_by("old")
        rasa.replace(name="new")
        heard: list[str | None] = []

        def new_only() -> bool:
            heard.append(rasa.ask())
            return rasa.listening() == [False, True]

        until_now(new_only, "the old process to end")
        assert set(heard) == {"old", "new"}
        assert heard == sorted(heard, reverse=True)  # never back to the old one
        assert rasa.ask() == "new"
        rasa.replace(name="newest")
        rasa.until_answered_by("newest")
        assert rasa.url.endswith(str(rasa.port))  # back on the first port


@pytest.mark.parametrize(
    ("model", "why"),
    [({"name": "x", "dies": True}, "ended with code 3"), ({"empty": True}, "no answer within")],
)
def test_a_model_that_does_not_answer_is_left_aside_and_another_try_is_welcome(
    tmp_path, model, why
):
    with served(tmp_path, name="old") as rasa:
        rasa.until_answered_by("old")
        rasa.replace(**model)
        rasa.until_said(why)
        assert rasa.ask() == "old"
        until_now(lambda: rasa.listening() == [True, False], "the failed one to end")
        rasa.replace(name="mended")
        rasa.until_answered_by("mended")


def test_after_a_failed_swap_a_crash_brings_back_the_model_that_worked(tmp_path):
    with served(tmp_path, name="old") as rasa:
        rasa.until_answered_by("old")
        rasa.replace(name="x", dies=True)
        rasa.until_said("left aside")
        assert rasa.ask("die") is None
        rasa.until_said("ended with code -9")
        rasa.until_answered_by("old")


def test_a_file_that_was_only_touched_starts_nothing(tmp_path):
    with served(tmp_path, name="old") as rasa:
        rasa.until_answered_by("old")
        os.utime(rasa.model)
        rasa.replace(name="old")
        rasa.ask("die")
        rasa.until_answered_by("old")  # several looks later
        assert "a new model" not in rasa.program.output()


def test_sigterm_ends_every_process_and_leaves_nothing(tmp_path):
    with served(tmp_path, name="old") as rasa:
        rasa.until_answered_by("old")
        rasa.replace(empty=True)
        rasa.until_said("a new model")
        rasa.program.stop()
        assert rasa.listening() == [False, False]
        assert not rasa.url_file.exists()
        assert [path.name for path in rasa.model.parent.iterdir()] == ["tne.tar.gz"]


def test_one_that_does_not_listen_to_sigterm_is_killed(tmp_path):
    with served(tmp_path, name="old", deaf=True) as rasa:
        rasa.until_answered_by("old")
        rasa.replace(name="new")
        rasa.until_answered_by("new")
        until_now(lambda: rasa.listening() == [False, True], "the old process to be killed")


def test_without_a_model_or_with_a_port_that_is_taken_it_says_what_to_do(tmp_path):
    with served(tmp_path, name="old") as rasa:
        rasa.until_answered_by("old")
        command = [sys.executable, "-m", "nlu.serve", "--port", str(rasa.port), "--model"]
        for model, said in ((rasa.model, "set RASA_PORT"), (tmp_path / "none", "make train")):
            second = Program([*command, str(model)], tmp_path / "second.log", cwd=ROOT)
            until_now(lambda said=said, second=second: said in second.output(), said)
            second.stop()
        assert rasa.ask() == "old"
