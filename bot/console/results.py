"""Results: what came of sign-ups, questions and SMS, as tables, charts and files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from bot.console.pages import Ask, Give, Page, Reply, Show
from bot.console.sheets import TYPES
from bot.console.words import Words
from core.console.members import Right
from core.console.results import tables
from core.console.results.counting import DIMENSIONS, NONE, UNANSWERED
from core.console.results.period import Period
from core.console.results.tables import LAST_YEAR, Asked, Number, Results, Table
from core.content.model import LAYERS
from core.texts import Texts
from core.workshops.model import WorkshopKind
from core.workshops.sheets import spreadsheet

# Of each table what its lines are, where that is not chosen.
LINES = {
    "seats": "month", "reasons": "reason", "questions": "subject", "sms": "month",
    "causes": "cause", "ratings": "theme",
}  # fmt: skip
NAMES = ("signed", *LINES)
MOST_BARS = 12


@dataclass(frozen=True)
class Drawn:
    """A table as it is read: what each column and line is called, and what its cells say.

    *charts* are what a browser draws of it.
    """

    name: str
    head: Sequence[str]
    lines: Sequence[tuple[str, Sequence[str]]]
    total: Sequence[str]
    charts: Sequence[Mapping[str, object]]


def show(ask: Ask) -> Reply:
    found = _results(ask)
    asked = found.asked
    came, missed = (found.signed.total[found.signed.columns.index(c)] for c in ("came", "missed"))
    values = {
        "drawn": {table.name: _drawn(ask, asked, table) for table in found.tables},
        "asked": asked,
        "total": dict(zip(found.signed.columns, found.signed.total, strict=True)),
        "known": came is not None and missed is not None,
        "last_year": LAST_YEAR,
        "periods": [(str(one), _period(ask.words, one)) for one in _choices(ask)],
        "territories": LAYERS,
        "kinds": WorkshopKind,
        "dimensions": DIMENSIONS,
        "query": _query(asked),
    }
    return Show("results", values)


def export(name: str) -> Page:
    def give(ask: Ask) -> Reply:
        found = _results(ask)
        table = next(one for one in found.tables if one.name == name)
        say, label = ask.words.t, _labels(ask, _lines(found.asked, name))
        head = [say(f"console.results.{_lines(found.asked, name)}"), *_head(ask.words, table)]
        hidden = say("console.results.hidden")
        rows = [
            [label(value), *(_cell(one, hidden) for one in cells)]
            for value, cells in table.rows.items()
        ]
        rows.append([say("console.results.total"), *(_cell(one, hidden) for one in table.total)])
        content = spreadsheet.as_csv(head, rows)
        return Give(f"resultats-{name}-{found.asked.period}.csv", content, TYPES["csv"])

    return Page(f"/results/{name}.csv", Right.LOOK, give)


def _results(ask: Ask) -> Results:
    texts = ask.house.telling().texts
    price = ask.house.settings.sms_price
    return tables.results(ask.session, texts, ask.member, _asked(ask), price)


def _asked(ask: Ask) -> Asked:
    """What the address asks for; what it says wrongly is as if it did not."""
    territory, kind = ask.query.get("territory", ""), ask.query.get("kind", "")
    by = ask.query.get("by", "")
    return Asked(
        Period.read(ask.query.get("period", "")) or Period.of(ask.now),
        territory if territory in LAYERS else "",
        kind if kind in set(WorkshopKind) else "",
        by if by in DIMENSIONS else "month",
    )


def _choices(ask: Ask) -> Sequence[Period]:
    return tables.choices(ask.session, ask.member, ask.now)


def _query(asked: Asked) -> Mapping[str, str]:
    return {
        "period": str(asked.period), "territory": asked.territory, "kind": asked.kind,
        "by": asked.by,
    }  # fmt: skip


def _lines(asked: Asked, name: str) -> str:
    return LINES.get(name, asked.by)


def _drawn(ask: Ask, asked: Asked, table: Table) -> Drawn:
    lines = _lines(asked, table.name)
    label, say = _labels(ask, lines), partial(_say, ask.words)
    head = _head(ask.words, table)
    return Drawn(
        table.name,
        [ask.words.t(f"console.results.{lines}"), *head],
        [
            (label(value), [say(*one) for one in zip(table.columns, cells, strict=True)])
            for value, cells in table.rows.items()
        ],
        [say(*one) for one in zip(table.columns, table.total, strict=True)],
        _charts(table, label, head),
    )


def _charts(
    table: Table, label: Callable[[str], str], head: Sequence[str]
) -> list[dict[str, object]]:
    """Counts on the one; on another how many per cent did not come, beside LAST_YEAR."""
    rows = list(table.rows.items())[:MOST_BARS]
    labels = [label(value) for value, _ in rows]
    series: dict[str, dict[str, Any]] = {
        name: {"label": title, "values": [cells[place] for _, cells in rows]}
        for place, (name, title) in enumerate(zip(table.columns, head, strict=True))
    }
    if not rows or table.name == "ratings":
        return []
    if "cost" in series:
        return [{"labels": labels, "series": [series["cost"]], "unit": "€"}]
    rate = series.pop("rate", None)
    if rate is None:
        return [{"labels": labels, "series": list(series.values())}]
    nested = [series[name] for name in ("signed", "seat", "came")]
    rates = {"labels": labels, "series": [rate], "unit": "%", "line": LAST_YEAR}
    known = any(one is not None for one in rate["values"])
    return [{"labels": labels, "series": nested, "nested": True}, *([rates] if known else [])]


def _head(words: Words, table: Table) -> list[str]:
    return [words.t(f"console.results.{name}") for name in table.columns]


def _labels(ask: Ask, lines: str) -> Callable[[str], str]:
    words, texts = ask.words, ask.house.telling().texts

    def label(value: str) -> str:
        match lines:
            case "month":
                return words.month(date.fromisoformat(value))
            case "theme" if value != NONE:
                return words.theme(value)
            case "place" if value != NONE:
                return value
            case "channel":
                return words.channel(value)
            case "language":
                return words.tongue(value)
            case "subject" if value not in (NONE, UNANSWERED):
                return _subject(texts, value, words.language)
        return words.t(f"console.results.{lines}.{value}")

    return label


def _subject(texts: Texts, subject: str, language: str) -> str:
    return texts.subject_title(subject, language)


def _say(words: Words, column: str, number: Number) -> str:
    if number is None:
        return "–"
    if column == "rate":
        return words.percent(number)
    return words.euros(number) if column == "cost" else words.number(int(number))


def _cell(number: Number, hidden: str) -> str | int | float:
    return hidden if number is None else round(number, 2)


def _period(words: Words, period: Period) -> str:
    year = words.t("console.results.year", first=period.year, last=period.year + 1)
    if not period.term:
        return year
    first, last = (words.month(day) for day in (period.months[0], period.months[-1]))
    return words.t("console.results.term", first=first, last=last)


PAGES = (Page("/results", Right.LOOK, show), *(export(name) for name in NAMES))
