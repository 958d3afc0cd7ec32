"""What a page is: where it is, what it asks of a member, what it does, and what it replies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.console.house import House
from bot.console.words import Words
from core.console.members import Right, StaffMember
from core.languages import FRENCH

PREFIX = "/console"
LONGEST_PAGE = 4  # digits of the number of a page


@dataclass(frozen=True)
class Upload:
    """A file that somebody chose. *name* is theirs: it is shown, and opens nothing."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Ask:
    """A request of *member*, in one transaction. *path* holds the numbers of the address,
    *names* what else is in it, *form* what was posted; *piece* when only a piece of the page is to
    be replaced; *understands* whether Rasa answers, None where the page did not want to know;
    *language* is that of the reader.
    """

    session: Session
    member: StaffMember
    now: datetime
    house: House
    path: Mapping[str, int]
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    piece: bool = False
    understands: bool | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    language: str = FRENCH

    @property
    def page(self) -> int:
        """Which page of a long list the address asks for, from 1; what it says wrongly is 1."""
        text = self.query.get("page", "")
        return int(text) if text.isdecimal() and 0 < len(text) <= LONGEST_PAGE else 1

    @property
    def words(self) -> Words:
        """What is said to the reader."""
        return Words(self.house.words, self.house.people, self.language)


@dataclass(frozen=True)
class Show:
    """A template, filled in with *values*."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class GoTo:
    """Another page of ours; *said* names the sentence that it shows above (``console.said.X``)."""

    path: str
    said: str = ""
    count: int = 0


@dataclass(frozen=True)
class Give:
    """A file; *name* is ours and holds ASCII only."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Nothing:
    """What the browser shows is what there is."""


@dataclass(frozen=True)
class Slow:
    """What takes seconds and needs no database: *work* is done after the transaction, in which the
    assistant could write nothing (SQLite), and *then* replies with what came of it, in another."""

    work: Callable[[], Any]
    then: Callable[["Ask", Any], "Reply"]


Reply = Show | GoTo | Give | Nothing | Slow


@dataclass(frozen=True)
class Page:
    """*path* comes after PREFIX; ``{id:int}`` is a number of it, ``{name}`` a name that
    the page looks up among those it knows. *needs* is the right that it asks
    for before anything else; *asks_rasa*: it shows whether Rasa answers; *polls*: it is
    asked for by itself, which is no sign of somebody being there."""

    path: str
    needs: Right
    do: Callable[[Ask], Reply]
    method: str = "GET"
    asks_rasa: bool = False
    polls: bool = False
