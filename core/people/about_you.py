"""What is held about a person, as lines that they can read."""

from collections.abc import Iterator
from datetime import datetime

from babel import Locale
from babel.dates import format_date

from core.answers import Listener
from core.daytime import paris_day
from core.messages import Kind
from core.people.personal import Held
from core.texts import Texts

WAYS = {Kind.CHAT: "Telegram", Kind.SMS: "SMS"}
ROLES = {"parent": "mydata.parent", "teacher": "mydata.teacher"}
SMS_TITLE = 24


class AboutYou:
    """Lines for one listener; the whole of it is in the file (core.people.personal.as_json)."""

    def __init__(self, texts: Texts, listener: Listener, held: Held) -> None:
        self._texts = texts
        self._listener = listener
        self._held = held

    def lines(self) -> list[str]:
        return [
            self._say("mydata.opening"),
            *self._you(),
            *self._sign_ups(),
            *self._waits(),
            *self._numbers(),
        ]

    def _you(self) -> Iterator[str]:
        (you,) = self._held["you"]
        language = Locale(self._listener.language).languages[you["language"]]
        yield self._say("mydata.language", language=language)
        if you["territory"]:
            yield self._say(
                "mydata.territory",
                territory=self._texts.say(f"territory.{you['territory']}", self._listener),
            )
        if you["role"] in ROLES:
            yield self._say(ROLES[you["role"]])
        for one in self._held["addresses"]:
            way = WAYS[Kind.SMS if "sms" in one["channel"] else Kind.CHAT]
            yield self._say("mydata.address", way=way, address=one["content"] or "?")
        first, last = self._day(you["created_at"]), self._day(you["seen_at"])
        yield self._say("mydata.since", first=first, last=last)

    def _sign_ups(self) -> Iterator[str]:
        for one in self._held["sign_ups"]:
            said = one["details"] or {}
            names = [
                person["name"]
                for person in self._held["people_who_come"]
                if person["sign_up_id"] == one["id"] and person["name"]
            ]
            who = [said.get("school"), said.get("email")] if said else []
            people = ", ".join([*(names or [str(one["size"])]), *filter(None, who)])
            yield self._say(
                "mydata.sign_up",
                title=self._short(one["workshop"]),
                day=self._day(one["starts_at"]),
                people=people,
            )
        for one in self._held["sign_up_begun"]:
            yield self._say("mydata.form", title=self._short(one["workshop"]))

    def _waits(self) -> Iterator[str]:
        for one in self._held["to_be_told_of"]:
            named = [one["theme"], one["commune"]]
            what = ", ".join(filter(None, named)) or self._say("mydata.anything")
            yield self._say("mydata.interest", what=what)
        for one in self._held["wishes"]:
            themes = [self._texts.say(f"theme.{name}", self._listener) for name in one["themes"]]
            what = self._short(", ".join([*themes, one["college"] or ""]).rstrip(", "))
            yield self._say("mydata.wishes", what=what)
        for one in self._held["answers_to_be_told"]:
            yield self._say("mydata.answer", question=self._short(one["question"] or "?"))
        for one in self._held["requests_to_the_team"]:
            yield self._say("mydata.handoff", day=self._day(one["opened_at"]))

    def _numbers(self) -> Iterator[str]:
        yield self._say("mydata.agreements", number=len(self._held["agreements"]))
        messages = len(self._held["messages_received"]) + len(self._held["messages_sent"])
        yield self._say("mydata.messages", number=messages)

    def _day(self, moment: datetime) -> str:
        return format_date(paris_day(moment), "short", locale=self._listener.language)

    def _short(self, text: str) -> str:
        """By SMS the beginning of it."""
        if self._listener.kind is not Kind.SMS or len(text) <= SMS_TITLE:
            return text
        return text[: SMS_TITLE - 1].rstrip() + "…"

    def _say(self, key: str, **values: object) -> str:
        return self._texts.say(key, self._listener, **values)
