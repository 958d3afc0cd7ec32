"""The steps of ``/diffuser``: what a tap or a text does to a draft, and what is shown next."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core import audit
from core.answers import Answer, Listener, Outcome
from core.broadcasts import deciding, preview
from core.broadcasts.around import Around
from core.broadcasts.attaching import File, attach
from core.broadcasts.audience import Audience
from core.broadcasts.checking import Fault, faults
from core.broadcasts.model import MOST_BUTTONS, Broadcast, BroadcastState
from core.broadcasts.screens import Screens
from core.broadcasts.team import Team
from core.broadcasts.timing import Timing
from core.broadcasts.whom import Whom
from core.broadcasts.words import template
from core.languages import FRENCH, LANGUAGES
from core.messages import Bubble
from core.talk import Talk
from core.team.members import actor_of
from core.workshops.phrases import cut
from core.workshops.reach import Reach

LONGEST_TITLE = 60
FILE = "file"  # what is asked for, where no words are


@dataclass(frozen=True)
class Drafting:
    team: Team

    @property
    def screens(self) -> Screens:
        return Screens(self.team)

    @property
    def whom(self) -> Whom:
        return Whom(self.team)

    @property
    def around(self) -> Around:
        return Around(self.team)

    @property
    def timing(self) -> Timing:
        return Timing(self.team)

    def hear(self, talk: Talk, row: Broadcast, words: str) -> Answer | None:
        """*words* answer what *row* is asking; None when it asks for none."""
        screens = self.screens
        what, _, rest = row.asking.partition(":")
        match what:
            case "text":
                return self._write(talk, row, rest, words)
            case "buttons":
                labels = [one.strip() for one in words.replace("\n", "/").split("/")]
                row.buttons = [{FRENCH: one} for one in labels if one]
                return self._or_wrong(talk, row, "boutons", self._options)
            case "schools":
                return shown(self.whom.school(row, words))
            case "around":
                asked = self.around.hear(row, words)
                return shown(asked) if asked else self._whom(talk, row)
            case "file":
                return shown(screens.file(screens.say("broadcasts.not_a_file")))
            case "when" | "times" | "urgent":
                asked = self.timing.hear(talk.session, row, words, talk.now)
                return shown(asked) if asked else self._preview(talk, row)
        return None

    def edit(self, talk: Talk, row: Broadcast, verb: str, what: str) -> Answer:
        screens, whom, session = self.screens, self.whom, talk.session
        match verb:
            case "take_up":
                return self._take_up(talk, row)
            case "drop":
                deciding.cancel(session, row.id, row.author, talk.now)
                return shown(Bubble(self.screens.say("broadcasts.dropped")))
            case "list":
                return shown(whom.ticks(row, what))
            case "page":
                name, _, start = what.partition(":")
                return shown(whom.ticks(row, name, start=int(start)))
            case "tick":
                return shown(whom.tick(row, what))
            case "around":
                return shown(self.around.ask(row))
            case "near":
                asked = self.around.hear(row, what)
                return shown(asked) if asked else self._whom(talk, row)
            case "nowhere":
                self.around.nowhere(row)
            case "sessions":
                into = "about" if what == "about" else "in"
                return shown(whom.sessions(session, row, into, talk.now))
            case "in":
                audience = Audience.from_json(row.audience)
                row.audience = replace(audience, session=int(what)).as_json()
                row.session_id = int(what)
                return self._whom(talk, row)
            case "about":
                row.session_id = int(what)
                return self._ask_text(talk, row, FRENCH)
            case "write":
                row.texts = {}
                return self._ask_text(talk, row, FRENCH)
            case "skip":
                return self._next_text(talk, row, what)
            case "signup":
                row.sign_up = not row.sign_up
                return self._or_wrong(talk, row, "inscription", self._options)
            case "buttons":
                row.asking = "buttons"
                return shown(screens.buttons())
            case "file":
                row.asking = FILE
                return shown(screens.file())
            case "unjoin":
                attach(row, None)
                return self._options(talk, row)
            case "options":
                return self._options(talk, row)
            case "when" | "again" | "often" | "times" | "at" | "wait" | "urgent":
                asked = self.timing.edit(session, row, verb, what, talk.now)
                return shown(asked) if asked else self._preview(talk, row)
            case "test":
                return self._test(talk, row)
        return self._whom(talk, row)

    def begin(self, talk: Talk, reach: Reach) -> Answer:
        """A new draft, of somebody who may write to *reach* (core.broadcasts.authors)."""
        row = Broadcast(
            author=actor_of(talk.address.contact), state=BroadcastState.DRAFT,
            audience=Audience().bounded(reach).as_json(),
            texts={}, buttons=[], created_at=talk.now, changed_at=talk.now, asking="whom",
            title=self.team.words.say("broadcasts.untitled"), occurrence=0, excluded={},
            sign_up=False, waits=False, urgent="", rrule="", file_name="", file_type="",
        )  # fmt: skip
        deciding.create(talk.session, row, talk.now)
        return self._whom(talk, row)

    def join(self, talk: Talk, row: Broadcast, name: str, content: bytes | None) -> Answer:
        """The file that was asked for; *content* is None when it could not be had."""
        if content is None:
            return shown(self.screens.file(self.screens.say("broadcasts.file_lost")))
        attach(row, File(name, content))
        wrong = self._wrong(talk, row, "piece_jointe")
        if wrong:
            attach(row, None)
            return shown(self.screens.file(wrong))
        return self._options(talk, row)

    def _take_up(self, talk: Talk, row: Broadcast) -> Answer:
        what, _, rest = row.asking.partition(":")
        match what:
            case "text":
                return self._ask_text(talk, row, rest)
            case "buttons" | "file" | "options":
                return self._options(talk, row)
            case "when" | "times" | "urgent":
                return shown(self.timing.ask(row))
            case "preview":
                return self._preview(talk, row)
        return self._whom(talk, row)

    def _whom(self, talk: Talk, row: Broadcast) -> Answer:
        row.asking, row.state = "whom", BroadcastState.DRAFT
        return shown(self.whom.ask(talk.session, row, talk.now))

    def _ask_text(self, talk: Talk, row: Broadcast, code: str, wrong: str = "") -> Answer:
        row.asking, row.state = f"text:{code}", BroadcastState.DRAFT
        count = preview.count(talk.session, self.team.means, row, talk.now)
        return shown(self.screens.text(code, count.languages()[code], wrong))

    def _write(self, talk: Talk, row: Broadcast, code: str, words: str) -> Answer:
        row.texts = {**row.texts, code: words}
        if code == FRENCH:
            row.title = cut(words.partition("\n")[0], LONGEST_TITLE)
        wrong = self._wrong(talk, row, "texte")
        if not wrong:
            return self._next_text(talk, row, code)
        row.texts = {one: text for one, text in row.texts.items() if one != code}
        return self._ask_text(talk, row, code, wrong)

    def _next_text(self, talk: Talk, row: Broadcast, code: str) -> Answer:
        """The next language that somebody of the audience reads; then the options."""
        people = preview.count(talk.session, self.team.means, row, talk.now).languages()
        for other in LANGUAGES[LANGUAGES.index(code) + 1 :]:
            if people[other]:
                return self._ask_text(talk, row, other)
        return self._options(talk, row)

    def _options(self, talk: Talk, row: Broadcast) -> Answer:
        row.asking, row.state = "options", BroadcastState.DRAFT
        return shown(self.screens.options(row))

    def _preview(self, talk: Talk, row: Broadcast) -> Answer:
        for fault in self._faults(talk, row):
            return shown(self.timing.ask(row, self.team.words.fault(fault)))
        row.asking, row.state = "preview", BroadcastState.READY
        return shown(self.screens.preview(talk.session, row, talk.now))

    def _test(self, talk: Talk, row: Broadcast) -> Answer:
        """What it looks like, to whoever writes it; then the preview again."""
        audit.record(talk.session, row.author, "broadcast.tested", row.subject, talk.now)
        listener = Listener(talk.listener.kind, talk.listener.language)
        texts = self.team.means.texts
        bubble = template(texts, row, listener, "0").bubble(
            texts.say("broadcast.example_name", listener)
        )
        return Answer((bubble, *self._preview(talk, row).bubbles), Outcome.REACTED)

    def _faults(self, talk: Talk, row: Broadcast) -> list[Fault]:
        return faults(talk.session, self.team.means, row, talk.now)

    def _wrong(self, talk: Talk, row: Broadcast, at: str) -> str:
        """What is wrong there, in words; "" when nothing is."""
        found = (one for one in self._faults(talk, row) if one.at[0] == at)
        return next(map(self.team.words.fault, found), "")

    def _or_wrong(
        self, talk: Talk, row: Broadcast, at: str, then: Callable[[Talk, Broadcast], Answer]
    ) -> Answer:
        wrong = self._wrong(talk, row, at)
        if not wrong:
            return then(talk, row)
        row.buttons, row.sign_up = row.buttons[:MOST_BUTTONS] if at != "boutons" else [], False
        (bubble,) = then(talk, row).bubbles
        return shown(replace(bubble, text=f"{wrong}\n\n{bubble.text}"))


def shown(*bubbles: Bubble) -> Answer:
    """*bubbles* as an answer that needed no model."""
    return Answer(bubbles, Outcome.REACTED)
