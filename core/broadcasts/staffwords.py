"""A broadcast as staff read it: what it would do, what it did, and the list to phone back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from babel.numbers import format_currency

from core.broadcasts import recurring
from core.broadcasts.checking import Fault
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.people import Why
from core.broadcasts.preview import Example, Preview
from core.broadcasts.report import Report, Unreached
from core.daytime import PARIS
from core.languages import FRENCH
from core.messages import Kind
from core.outbox.delivery import State
from core.wording import Wording
from core.workshops.sheets.spreadsheet import Cell

SCREENS = {Kind.CHAT: "Telegram", Kind.SMS: "SMS"}
STATES = {
    BroadcastState.DRAFT: "broadcasts.draft",
    BroadcastState.READY: "broadcasts.ready",
    BroadcastState.WAITING: "broadcasts.waiting",
    BroadcastState.SCHEDULED: "broadcasts.scheduled",
    BroadcastState.RUNNING: "broadcasts.running",
    BroadcastState.PAUSED: "broadcasts.paused",
    BroadcastState.FINISHED: "broadcasts.finished",
    BroadcastState.CANCELLED: "broadcasts.cancelled",
}
OUTCOMES = {
    State.DELIVERED: "broadcasts.of.delivered",
    State.SENT: "broadcasts.of.sent",
    State.QUEUED: "broadcasts.of.queued",
    State.FAILED: "broadcasts.of.failed",
    State.UNCERTAIN: "broadcasts.of.uncertain",
    State.SKIPPED: "broadcasts.of.skipped",
    State.CANCELLED: "broadcasts.of.cancelled",
}
# Why somebody got nothing, as the outbox and the select say it; the rest is shown as it is.
REASONS = {
    Why.NO_ADDRESS: "broadcasts.why.no_address",
    Why.NEVER_WROTE: "broadcasts.why.never_wrote",
    Why.STOPPED: "broadcasts.why.stopped",
    Why.STOPPED_SESSION: "broadcasts.why.stopped_session",
    Why.UNREACHABLE: "broadcasts.why.unreachable",
    Why.CAPPED: "broadcasts.why.capped",
    "too late": "broadcasts.why.late",
    "quiet hours": "broadcasts.why.late",
    "withdrawn": "broadcasts.why.withdrawn",
    "no longer of use": "broadcasts.why.withdrawn",
    "reported by the operator": "broadcasts.why.operator",
    "": "broadcasts.why.unknown",
}
# How often it comes, as core.broadcasts.recurring.RULES says it.
OFTEN = {
    "semaine": "console.cast.weekly",
    "quinzaine": "console.cast.fortnightly",
    "mois": "console.cast.monthly",
}
COMING = 3  # times that are shown of what comes again


@dataclass(frozen=True)
class StaffWords:
    wording: Wording
    kinds: Mapping[str, Kind]

    def say(self, key: str, **values: object) -> str:
        return self.wording.say(key, FRENCH, **values)

    def fault(self, fault: Fault) -> str:
        return self.say(fault.key, **fault.values)

    def often(self, rule: str) -> str:
        """How often it comes by *rule*, within a sentence; the rule itself where it is another."""
        often, times = recurring.chosen(rule) or ("", "")
        if not often:
            return rule
        words = self.say(OFTEN[often])
        words = words[:1].lower() + words[1:]
        return self.say("broadcasts.often", often=words, count=times) if times else words

    def line(self, broadcast: Broadcast) -> str:
        """ "12  prête  Réunion ENT"."""
        state = self.say(STATES[BroadcastState(broadcast.state)])
        when = broadcast.next_at or broadcast.start_at
        return self.say(
            "broadcasts.line", number=broadcast.id, state=state, title=broadcast.title,
            when=moment(when) if when else self.say("broadcasts.at_once"),
        )  # fmt: skip

    def preview(self, broadcast: Broadcast, seen: Preview) -> list[str]:
        """All that staff must know before they confirm, without the examples."""
        return [*self._who(seen), *self._cost(broadcast, seen), *self._when(broadcast, seen)]

    def example(self, one: Example) -> str:
        labels = [f"[ {choice.label} ]" for choice in one.bubble.choices]
        return self.say(
            "broadcasts.example", screen=SCREENS[self.kinds[one.channel]],
            language=language(one.language), text="\n".join([one.bubble.text, *labels]),
        )  # fmt: skip

    def report(self, broadcast: Broadcast, told: Report) -> list[str]:
        lines = [self.line(broadcast)]
        if broadcast.occurrence > 1 or broadcast.rrule:
            lines.append(self.say("broadcasts.nth", number=broadcast.occurrence))
        for state, key in OUTCOMES.items():
            if count := told.outcomes[state]:
                lines.append(self.say(key, count=count))
                lines += [
                    f"  {self.reason(why)} : {number}"
                    for (of, why), number in told.reasons.most_common()
                    if of == state
                ]
        lines += self._left_out(told.left_out.items())
        for labels, count in zip(broadcast.buttons, told.answers, strict=True):
            lines.append(self.say("broadcasts.answers", label=labels[FRENCH], count=count))
        return lines

    def reason(self, why: str) -> str:
        key = REASONS.get(why)
        return self.say(key) if key else self.say("broadcasts.why.other", why=why)

    def columns(self) -> list[str]:
        return [self.say(key) for key in COLUMNS]

    def rows(self, people: Iterable[Unreached]) -> list[list[Cell]]:
        """The list to phone back."""
        return [
            [
                one.number,
                one.first_name,
                language(one.language),
                one.territory,
                self.reason(one.reason),
            ]
            for one in people
        ]

    def _who(self, seen: Preview) -> Iterator[str]:
        screens = ", ".join(
            f"{SCREENS[kind]} {count}" for kind, count in sorted(seen.by_kind(self.kinds).items())
        )
        languages = ", ".join(
            f"{language(code)} {count}" for code, count in seen.people.languages().most_common()
        )
        yield self.say("broadcasts.size", count=seen.people.size, screens=screens or "0")
        if languages:
            yield self.say("broadcasts.languages", languages=languages)
        for code, count in seen.untranslated.items():
            yield self.say("broadcasts.untranslated", count=count, language=language(code))
        yield from self._left_out(seen.people.left_out.items())

    def _left_out(self, left_out: Iterable[tuple[str, int]]) -> Iterator[str]:
        counted = [(why, count) for why, count in left_out if count]
        if counted:
            yield self.say("broadcasts.left_out", count=sum(count for _, count in counted))
        for why, count in counted:
            yield f"  {self.reason(why)} : {count}"

    def _cost(self, broadcast: Broadcast, seen: Preview) -> Iterator[str]:
        if seen.sizes:
            parts = ", ".join(
                f"{language(code)} {size.segments}" for code, size in sorted(seen.sizes.items())
            )
            cost = format_currency(seen.cost, "EUR", locale=FRENCH)
            yield self.say("broadcasts.parts", each=parts, all=seen.parts, cost=cost)
        if broadcast.file_name:
            yield self.say("broadcasts.file", name=broadcast.file_name)

    def _when(self, broadcast: Broadcast, seen: Preview) -> Iterator[str]:
        yield self.say(
            "broadcasts.times", begins=moment(seen.begins), finishes=moment(seen.finishes)
        )
        if broadcast.rrule:
            coming = recurring.upcoming(broadcast.rrule, broadcast.start_at or seen.begins)
            more = [] if len(coming) <= COMING else ["…"]
            moments = ", ".join([*map(moment, coming[:COMING]), *more])
            often = self.often(broadcast.rrule)
            yield self.say("broadcasts.again", often=often, moments=moments)
        if broadcast.urgent:
            yield self.say("broadcasts.urgent", why=broadcast.urgent)


COLUMNS: Sequence[str] = (
    "broadcasts.column.number",
    "broadcasts.column.first_name",
    "broadcasts.column.language",
    "broadcasts.column.territory",
    "broadcasts.column.reason",
)


def moment(when: datetime) -> str:
    """ "01/12/2026 09:00", on the clock of Paris."""
    return f"{when.astimezone(PARIS):%d/%m/%Y %H:%M}"


def language(code: str) -> str:
    return str(Locale(FRENCH).languages[code])
