"""The files of nlu/data: one entry a line, `#` before a comment, a tab between two columns."""

from __future__ import annotations

from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
LATIN = ("fr", "en", "es", "pt", "tr")
"""Languages that have a file of words."""


@cache
def words_of(language: str) -> tuple[str, ...]:
    """The words of a language, the most frequent first."""
    text = (DATA / f"words_{language}.txt").read_text(encoding="utf-8")
    return tuple(text.split("\n")[:-1])


@cache
def listed(name: str) -> tuple[str, ...]:
    """The lines of the file `name` that are not comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def table(name: str) -> dict[str, str]:
    """First column -> second."""
    rows = (line.split("\t") for line in listed(name))
    return {" ".join(written.split()): meant for written, meant in rows}
