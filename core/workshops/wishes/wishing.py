"""Wishes, as a conversation: themes and half-days to tick, the collège, and what becomes of them.

    themes ─(C'est tout)→ half-days ─(C'est tout)→ collège ─(its name, or skipped)→ summed up

What is ticked counts at once. Summed up, each can be changed, and all of it erased.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.answers import Answer, Asked, Outcome
from core.content.tables import Tables
from core.learning.redaction import redact
from core.people.consent import plain
from core.people.contacts import AddressState
from core.services import Handler, Service
from core.talk import Talk
from core.workshops.signing import told
from core.workshops.themes import THEMES
from core.workshops.voice import Voice, reacted
from core.workshops.wishes import halfdays, topics, wishes
from core.workshops.wishes.wish_words import PICK, WishWords
from core.workshops.wishes.wishes import LONGEST_COLLEGE, Ask, Wish

SERVICE = "wishes"  # of a question in content/
BETWEEN = {"et", "and", "y", "e", "ve", "و"}
SURE = 0.9
SEVERAL = re.compile(r"\d{1,2}(?: \d{1,2})+")


@dataclass(frozen=True)
class Wishing(Service):
    """*tables* is called for each answer, as the library behind it may be newer."""

    voice: Voice
    tables: Callable[[], Tables]

    def commands(self) -> Mapping[str, Handler]:
        return {"souhaits": self.open, "wishes": self.open}

    def picks(self) -> Mapping[str, Handler]:
        return {"wishes": self.open, "wish": self.fill}

    # What is picked

    def open(self, talk: Talk, rest: str) -> Answer:
        """``wishes``: what was not said yet, or all that was."""
        return self._go_on(talk, wishes.of(talk.session, talk.address, talk.now))

    def fill(self, talk: Talk, what: str) -> Answer:
        """``wish:VERB`` or ``wish:VERB:WHAT``."""
        wish = wishes.of(talk.session, talk.address, talk.now)
        verb, _, rest = what.partition(":")
        match verb:
            case "theme" | "half":
                ask = Ask.THEMES if verb == "theme" else Ask.HALF_DAYS
                wish.toggle(ask, [rest], talk.now)
                return self._ask(talk, wish, ask, near=rest)
            case "page":
                which, _, start = rest.partition(":")
                return self._ask(talk, wish, Ask(which), start=int(start))
            case "done" if not wish.said(Ask(rest)):
                return self._ask(talk, wish, Ask(rest), wrong=True)
            case "skip":
                wish.college = ""
            case "change" if rest:
                return self._ask(talk, wish, Ask(rest))
            case "change":
                return reacted(self._words(talk).changes())
            case "erase":
                wishes.erase(talk.session, talk.address.contact_id)
                again = self.voice.label(talk, "wish.again.label", "wishes")
                return self.voice.say(talk, "wish.erased", again)
        return self._go_on(talk, wish)

    # What is written

    def is_asking(self, talk: Talk) -> bool:
        """Whether what they were shown last is a question of ours."""
        return self._asked(talk) is not None

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """Several digits, or words that name themes or half-days and nothing else."""
        asked = self._asked(talk)
        if asked is None or self.voice.texts.danger(Asked(text)):
            return None
        wish, ask = asked
        return self._several(talk, text) or self._take(talk, wish, ask, text, strictly=True)

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """They want to say what they wish; what they said of it already is ticked."""
        if not self._serves(answer):
            return answer
        wish = wishes.of(talk.session, talk.address, talk.now)
        asked = answer.asked or Asked()
        named = [name for name in asked.details.get("theme", ()) if name in THEMES]
        wish.add(Ask.THEMES, named, talk.now)
        wish.add(Ask.HALF_DAYS, halfdays.named_in(asked.text), talk.now)
        return replace(answer, bubbles=self._go_on(talk, wish).bubbles, asks_territory=False)

    def after(self, talk: Talk, text: str, answer: Answer) -> Answer:
        """A question in the middle is answered, and then ours is asked again."""
        asked = self._asked(talk)
        if asked is None or answer.sensitive or self._serves(answer):
            return answer
        wish, ask = asked
        if not _asks(ask, text, answer):
            taken = self._take(talk, wish, ask, text, strictly=False)
            if taken is not None:
                return taken
        ours = self._ask(talk, wish, ask).bubbles
        # One thing is asked at a time, and a digit answers us.
        said = tuple(replace(bubble, choices=()) for bubble in answer.bubbles if not bubble.asks)
        return replace(answer, bubbles=(*said, *ours), asks_territory=False)

    def _asked(self, talk: Talk) -> tuple[Wish, Ask] | None:
        wish = wishes.current(talk.session, talk.address.contact_id)
        ask = wish.asks_at(talk.now) if wish else None
        if wish is None or ask is None:
            return None
        prompt = talk.last_prompt
        ours = prompt is not None and all(one.does.startswith(PICK) for one in prompt.picks())
        return (wish, ask) if ours else None

    def _serves(self, answer: Answer) -> bool:
        return self.voice.texts.services(answer) == {SERVICE}

    def _several(self, talk: Talk, text: str) -> Answer | None:
        """ "1 3 4": each of what they were shown last is picked, in this order."""
        words = plain(unicodedata.normalize("NFKC", text)).split()
        digits = " ".join(word for word in words if word not in BETWEEN)
        if not SEVERAL.fullmatch(digits):
            return None
        prompt = talk.last_prompt
        choices = prompt.picks() if prompt else ()
        numbers = dict.fromkeys(map(int, digits.split()))
        if not all(1 <= number <= len(choices) for number in numbers):
            return self.voice.texts.guidance("choice.unknown", talk.listener, Outcome.REACTED)
        picked = [choices[number - 1].does.removeprefix(PICK) for number in numbers]
        return [self.fill(talk, what) for what in picked][-1]

    def _take(
        self, talk: Talk, wish: Wish, ask: Ask, text: str, *, strictly: bool
    ) -> Answer | None:
        """What *text* answers to *ask*; *strictly*: when it says nothing else."""
        match ask:
            case Ask.THEMES:
                find = topics.said_in if strictly else topics.named_in
                named = find(text, self._words(talk).themes)
            case Ask.HALF_DAYS:
                named = halfdays.said_in(text) if strictly else halfdays.named_in(text)
            case Ask.COLLEGE:
                return None if strictly else self._take_college(talk, wish, text)
        if not named:
            return None
        wish.add(ask, named, talk.now)
        return self._ask(talk, wish, ask, near=named[-1])

    def _take_college(self, talk: Talk, wish: Wish, text: str) -> Answer:
        college = college_of(self.tables(), text)
        if college is None:
            return self._ask(talk, wish, Ask.COLLEGE, wrong=True)
        wish.college = college
        return self._go_on(talk, wish)

    # What is answered

    def _go_on(self, talk: Talk, wish: Wish) -> Answer:
        ask = wish.still_to_ask()
        if ask is not None:
            return self._ask(talk, wish, ask)
        wish.ask(None, talk.now)
        stopped = talk.address.state == AddressState.STOPPED
        return reacted(self._words(talk).sum_up(wish, stopped))

    def _ask(
        self, talk: Talk, wish: Wish, ask: Ask, near: str = "", start: int = 0, wrong: bool = False
    ) -> Answer:
        wish.ask(ask, talk.now)
        return reacted(self._words(talk).ask(wish, ask, near, start, wrong))

    def _words(self, talk: Talk) -> WishWords:
        return WishWords(self.voice.texts, talk.listener)


def _asks(ask: Ask, text: str, answer: Answer) -> bool:
    """Whether *text* is a question, answered by *answer*, rather than what we asked for.

    The name of a school is answered by what is known of it, so there no model is sure enough.
    """
    if answer.outcome in (Outcome.HANDOFF, Outcome.FORWARDED) or "?" in text:
        return True
    if answer.outcome is not Outcome.ANSWERED or ask is Ask.COLLEGE:
        return False
    return (answer.confidence or 1.0) >= SURE


def college_of(tables: Tables, text: str) -> str | None:
    """The collège that *text* names, as the table spells it; else *text* itself.

    None when that is no name of a school: too long, or what could name or reach somebody.
    """
    words = f" {plain(text)} "
    known = [
        one.name
        for one in tables.colleges
        if any(f" {plain(name)} " in words for name in one.names)
    ]
    if len(known) == 1:
        return known[0]
    school = told.school(text)
    if school is None or len(school) > LONGEST_COLLEGE or redact(school) != school:
        return None
    return school
