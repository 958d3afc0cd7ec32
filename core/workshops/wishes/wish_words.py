"""What is asked and said about a wish: the lists to tick, the summary, what can be changed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from babel.dates import format_date

from core.answers import Listener
from core.direction import directed
from core.messages import Bubble, Choice, Kind
from core.speaker import fits
from core.texts import Texts
from core.workshops.phrases import cut
from core.workshops.wishes.halfdays import HALF_DAYS, MORNING, NAMES
from core.workshops.wishes.ticklist import Ticklist
from core.workshops.wishes.topics import OFFERED
from core.workshops.wishes.wishes import Ask, Wish

PICK = "wish:"  # what all of its choices begin with (core.workshops.wishes.wishing)
A_MONDAY = date(2027, 1, 4)
LENGTHS = (200, 60, 40, 28, 18, 10)  # of each list in an SMS, until all fits


@dataclass(frozen=True)
class WishWords:
    """For one listener."""

    texts: Texts
    listener: Listener

    @cached_property
    def themes(self) -> dict[str, str]:
        return {name: self._say(f"theme.{name}") for name in OFFERED}

    @cached_property
    def half_days(self) -> dict[str, str]:
        """ "lundi matin", by SMS "lun. matin"."""
        return {name: self._half_day(name) for name in HALF_DAYS}

    def ask(
        self, wish: Wish, ask: Ask, near: str = "", start: int = 0, wrong: bool = False
    ) -> Bubble:
        """The question, with the page of its list that begins at *start*, or that *near* is on.

        *wrong*: what they answered is none.
        """
        opening = self._say(f"wish.wrong.{ask}") if wrong else ""
        if ask is Ask.COLLEGE:
            skip = self._choice("wish.skip.label", "skip")
            # A name is asked for: the text itself says what the one digit does.
            return Bubble(f"{opening} {self._say(f'wish.ask.{ask}')}".strip(), (skip,))
        ticked = wish.themes if ask is Ask.THEMES else wish.half_days
        listed = self._listed(ask, again=bool(ticked))
        if ticked and not wrong:
            names = ", ".join(listed.labels[name] for name in ticked)
            opening = self._say("wish.chosen", names=names)
        at = listed.start_of(near) if near in listed.labels else start
        return listed.page(ticked, at, opening)

    def changes(self) -> Bubble:
        """What can be changed, to choose from."""
        choices = [self._choice(f"wish.change.{ask}.label", f"change:{ask}") for ask in Ask]
        return self.texts.offer("wish.change", self.listener, *choices)

    def sum_up(self, wish: Wish, stopped: bool) -> Bubble:
        """All that was said, and what becomes of it; *stopped*: they want no messages."""
        choices = (
            self._choice("wish.change.label", "change"),
            self._choice("wish.erase.label", "erase"),
        )
        themes = ", ".join(self.themes[name] for name in wish.themes)
        half_days = ", ".join(self.half_days[name] for name in wish.half_days)
        college = wish.college or self._say("wish.no_college")
        telling = self._say("wish.untold" if stopped else "wish.told")
        if self.listener.kind is not Kind.SMS:
            bubble = self.texts.offer(
                "wish.done", self.listener, *choices,
                themes=themes, half_days=half_days, college=college, telling=telling,
            )  # fmt: skip
            return replace(bubble, text=directed(bubble.text, self.listener.language))
        for most in LENGTHS:
            bubble = self.texts.offer(
                "wish.done", self.listener, *choices, themes=cut(themes, most),
                half_days=cut(half_days, most), college=cut(college, most), telling=telling,
            )  # fmt: skip
            if fits(bubble):
                break
        return bubble

    def _listed(self, ask: Ask, again: bool) -> Ticklist:
        """On a screen all is explained once. By SMS the text stays, for pages depend on it."""
        themes = ask is Ask.THEMES
        short = again and self.listener.kind is not Kind.SMS
        return Ticklist(
            self.listener,
            self._say("wish.else" if short else f"wish.ask.{ask}"),
            self.themes if themes else self.half_days,
            f"{PICK}theme:" if themes else f"{PICK}half:",
            f"{PICK}page:{ask}:",
            self._say(f"wish.more.{ask}.label"),
            self._choice("wish.done.label", f"done:{ask}"),
        )

    def _half_day(self, name: str) -> str:
        day, half = name.split("-")
        pattern = "EEE" if self.listener.kind is Kind.SMS else "EEEE"
        when = A_MONDAY + timedelta(days=NAMES.index(day))
        said = format_date(when, pattern, locale=self.listener.language)
        return self._say("wish.morning" if half == MORNING else "wish.afternoon", day=said)

    def _choice(self, key: str, verb: str) -> Choice:
        return Choice(self._say(key), f"{PICK}{verb}")

    def _say(self, key: str, **values: object) -> str:
        return self.texts.say(key, self.listener, **values)
