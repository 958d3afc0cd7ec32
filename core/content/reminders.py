"""The rules of ``content/reminders.yml``: when people are reminded of a session, and of what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from core.messages import Kind

# As core.workshops.model names them; a test holds the two together.
KINDS = ("workshop", "training", "event")
AUDIENCES = ("parents", "teachers", "all")
SAYS = ("confirm", "practical", "soon", "after")
ASKS = ("confirm", "nothing")
CHANNELS = tuple(Kind)


@dataclass(frozen=True)
class Rule:
    """One reminder. One of *days_before*, *hours_before* and *days_after* says when; *at* is the
    hour in Paris for days.

    *channels* are the kinds of screen that it goes to. *releases_after* hours after it, silence
    releases the seat, in sessions where it does.
    """

    name: str
    says: str
    days_before: int | None = None
    hours_before: int | None = None
    days_after: int | None = None
    at: time | None = None
    asks: bool = False
    only_if_silent: bool = False
    channels: tuple[Kind, ...] = CHANNELS
    releases_after: int | None = None

    @property
    def before(self) -> int:
        """Hours before the session, roughly; less than 0 after it. For their order."""
        if self.hours_before is not None:
            return self.hours_before
        return 24 * (self.days_before if self.days_before is not None else -(self.days_after or 0))


@dataclass(frozen=True)
class RuleSet:
    """*rules*, in the order of time, of sessions of *kinds*; for everybody, or one *audience*."""

    kinds: tuple[str, ...]
    audience: str | None
    rules: tuple[Rule, ...]


def rules_for(sets: Sequence[RuleSet], kind: str, audience: str) -> tuple[Rule, ...]:
    """Those of the first set that fits; none when no set does."""
    fitting = (one for one in sets if kind in one.kinds and one.audience in (None, audience))
    return next((one.rules for one in fitting), ())
