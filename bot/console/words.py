"""Templates, and what they may say: sentences of the staff's catalogue, days and hours in Paris."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.daytime import PARIS, paris_day
from core.people.contacts import DESK
from core.wording import Wording

# Names, the same in every language; the simulator's telephones are called as they are there.
CHANNELS = {
    "sms": "SMS", "telegram": "Telegram", "simulator_sms": "SMS", "simulator_chat": "Smartphone",
}  # fmt: skip
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Words:
    """For a reader of *language*, ``fr`` or ``en``. *people* are the sentences for people, where
    staff call things as they do."""

    wording: Wording
    people: Wording
    language: str

    def t(self, key: str, **values: object) -> str:
        """The sentence *key*."""
        return self.wording.say(key, self.language, **values)

    def n(self, key: str, number: int, **values: object) -> str:
        """The sentence *key* in the plural form of *number*, which it may say as ``{number}``."""
        values["number"] = self.number(number)
        return self.wording.count(key, self.language, number, **values)

    def number(self, value: int) -> str:
        return str(format_decimal(value, locale=self.language))

    def euros(self, amount: float) -> str:
        return str(format_currency(amount, "EUR", locale=self.language))

    def fault(self, key: str, values: Mapping[str, object]) -> str:
        """The sentence *key*, languages called by their names."""
        code = values.get("language")
        named = {"language": self.tongue(str(code))} if code else {}
        return self.t(key, **(dict(values) | named))

    def day(self, moment: datetime) -> str:
        """ "mardi 12 janvier 2027"."""
        return format_date(paris_day(moment), "full", locale=self.language)

    def short_day(self, moment: datetime) -> str:
        """ "12 janv. 2027"."""
        return format_date(paris_day(moment), "d MMM y", locale=self.language)

    def hour(self, moment: datetime) -> str:
        """ "14:00", in English too: times of a day's work are read at a glance."""
        return format_time(moment, "HH:mm", tzinfo=PARIS, locale=self.language)

    def moment(self, moment: datetime) -> str:
        """ "12 janv. 2027, 14:00"."""
        return _moment(moment, self.language)

    def month(self, day: date) -> str:
        """ "janv. 2027"."""
        return format_date(day, "LLL y", locale=self.language)

    def percent(self, value: float) -> str:
        """ "33 %"; *value* is in per cent."""
        return str(
            format_percent(
                value / 100, "#,##0 %" if self.language == "fr" else "#,##0%", locale=self.language
            )
        )

    def tongue(self, code: str) -> str:
        """The language of that code, in the reader's: "arabe"."""
        return str(Locale.parse(self.language).languages.get(code, code))

    def channel(self, name: str) -> str:
        return CHANNELS.get(name) or (self.t("console.channel.desk") if name == DESK else name)

    def theme(self, name: str) -> str:
        return self.people.say(f"theme.{name}", self.language)

    def known(self) -> dict[str, object]:
        """What templates call."""
        return {
            "t": self.t, "n": self.n, "number": self.number, "day": self.day, "hour": self.hour,
            "moment": self.moment, "date": self.short_day, "tongue": self.tongue,
            "theme": self.theme, "channel": self.channel, "language": self.language,
            "euros": self.euros, "fault": self.fault,
        }  # fmt: skip


class Templates:
    """Whatever is put into them is text: autoescaped, and a name that is missing is an error."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def fill(self, name: str, words: Words, values: Mapping[str, object]) -> str:
        template = self._environment.get_template(f"{name}.html")
        return template.render(**words.known(), **values)


@lru_cache(maxsize=4096)
def _moment(moment: datetime, language: str) -> str:
    """Remembered: a list of sessions to choose from has hundreds of them, the same each time."""
    return format_datetime(moment, "d MMM y, HH:mm", tzinfo=PARIS, locale=language)
