"""A session in a person's words: its title, when, where, and how many seats are left."""

from datetime import datetime

from babel.dates import format_date, format_datetime, format_time

from core.answers import Listener
from core.daytime import PARIS, paris_day
from core.messages import Kind
from core.texts import Texts
from core.workshops.model import DEMO, WorkshopSession
from core.workshops.search.finding import Found


class Phrases:
    """For one listener. Dates and hours are those of Paris."""

    def __init__(self, texts: Texts, listener: Listener) -> None:
        self._texts = texts
        self._listener = listener

    def title(self, row: WorkshopSession, most: int = 200) -> str:
        """At most *most* characters of it; demonstration data says first that it is."""
        title = row.workshop.title.removeprefix(DEMO).strip()
        if row.workshop.demo:
            mark = self._texts.say("find.demo", self._listener)
            title = f"{mark} {title}"
        return cut(title, most)

    def when(self, row: WorkshopSession, year: bool = False) -> str:
        """ "mardi 12 janvier, de 14:00 à 16:00"."""
        return self._texts.say(
            "find.when", self._listener, day=self.day(row, year), hours=self.hours(row)
        )

    def hours(self, row: WorkshopSession) -> str:
        """ "de 14:00 à 16:00"; the second with its day when that is another."""
        starts, ends = self.hour(row.starts_at), self.hour(row.ends_at)
        if paris_day(row.starts_at) != paris_day(row.ends_at):
            ends = f"{self._dated('find.short_day', row.ends_at)} {ends}"
        return self._texts.say("find.hours", self._listener, starts=starts, ends=ends)

    def day(self, row: WorkshopSession, year: bool = False) -> str:
        return self._dated("find.day_with_year" if year else "find.day", row.starts_at)

    def short_day(self, row: WorkshopSession) -> str:
        """ "12 janv."."""
        return self._dated("find.short_day", row.starts_at)

    def hour(self, moment: datetime) -> str:
        """ "14:00"."""
        here = moment.astimezone(PARIS)
        return format_time(here, "short", tzinfo=PARIS, locale=self._listener.language)

    def closes(self, row: WorkshopSession) -> str:
        """ "10 janvier 2027, 23:59"."""
        day = format_date(paris_day(row.closes_at), "long", locale=self._listener.language)
        return f"{day}, {self.hour(row.closes_at)}"

    def moment(self, moment: datetime) -> str:
        """ "dimanche 10 janvier à 14 h"; by SMS "dim. 10/1 14h"."""
        minutes = moment.astimezone(PARIS).minute
        pattern = self._texts.say("notice.at_time" if minutes else "notice.at_hour", self._listener)
        return format_datetime(moment, pattern, tzinfo=PARIS, locale=self._listener.language)

    def town(self, row: WorkshopSession) -> str:
        return self._texts.say("find.remote", self._listener) if row.remote else row.commune

    def where(self, row: WorkshopSession) -> str:
        """Place, street and commune; by SMS without the street."""
        if row.remote:
            return self.town(row)
        street = "" if self._listener.kind is Kind.SMS else row.street
        commune = "" if row.commune.casefold() in row.place.casefold() else row.commune
        return ", ".join(part for part in (row.place, street, commune) if part)

    def away(self, found: Found) -> str:
        """ " (à 12 km)" when it is over 0 km away, else nothing."""
        km = round(found.km or 0)
        if not km:
            return ""
        away = self._texts.say("place.away", self._listener, km=km)
        return f" ({away})"

    def seats(self, found: Found) -> str:
        """ "3 places libres sur 12"."""
        if not found.free:
            return self._texts.say("find.full", self._listener)
        free, seats = found.free, found.session.seats
        return self._texts.count("find.free", self._listener, free, free=free, seats=seats)

    def _dated(self, pattern: str, moment: datetime) -> str:
        """The day of *moment*, in the order that the sentence *pattern* gives."""
        order = self._texts.say(pattern, self._listener)
        return format_date(paris_day(moment), order, locale=self._listener.language)


def cut(text: str, most: int) -> str:
    """At most *most* characters of *text*."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,;:.-") + "…"
