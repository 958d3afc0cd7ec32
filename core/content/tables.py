"""The lists under ``content/tables/``: collèges, places, communes, events, calls, départements."""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.content.yamlfile import Problem, YamlFile, read_yaml

Row = Mapping[str, object]


@dataclass(frozen=True)
class College:
    """A collège; *names* are all the ways people write it, its name first."""

    name: str
    commune: str
    territory: str
    pilot: bool
    names: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Somewhere that helps. *as_of* says when this was true; *mobile* that it travels."""

    name: str
    kinds: tuple[str, ...]
    commune: str
    territory: str
    address: str
    phone: str
    web: str
    mobile: bool
    as_of: str


@dataclass(frozen=True)
class Commune:
    """A commune; *latitude* and *longitude* in degrees (WGS 84)."""

    name: str
    territory: str
    latitude: float
    longitude: float
    postcodes: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class AgendaEvent:
    """A dated public event; *ends* is its last day."""

    title: str
    territory: str
    starts: date
    ends: date
    place: str


@dataclass(frozen=True)
class Call:
    """A call for projects, open from *opens* to *closes*, both days included."""

    title: str
    territory: str
    opens: date
    closes: date
    url: str


@dataclass(frozen=True)
class Departement:
    name: str
    code: str
    since: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Tables:
    colleges: tuple[College, ...] = ()
    places: tuple[Place, ...] = ()
    communes: tuple[Commune, ...] = ()
    agenda: tuple[AgendaEvent, ...] = ()
    calls: tuple[Call, ...] = ()
    departements: tuple[Departement, ...] = ()
    by_commune: Mapping[str, Commune] = field(default_factory=dict)


def read_tables(root: Path) -> tuple[Tables, list[Problem]]:
    """Every table that can be read, and what is wrong with the others."""
    problems: list[Problem] = []
    folder = root / "tables"

    def table[T](name: str, make: Callable[[Row], T]) -> tuple[T, ...]:
        return tuple(_rows(folder / f"{name}.yml", root, make, problems))

    communes = tuple(_communes(folder / "communes.csv", root, problems))
    return (
        Tables(
            colleges=table("colleges", _college),
            places=table("places", _place),
            communes=communes,
            agenda=table("agenda", _event),
            calls=table("calls", _call),
            departements=table("departements", _departement),
            by_commune={commune.name: commune for commune in communes},
        ),
        problems,
    )


def _rows[T](
    path: Path, root: Path, make: Callable[[Row], T], problems: list[Problem]
) -> Iterable[T]:
    if not path.exists():
        return
    file = read_yaml(path, root)
    if isinstance(file, Problem):
        problems.append(file)
        return
    rows = file.value
    if not isinstance(rows, list):
        problems.append(file.problem("check.not_a_list"))
        return
    for position, row in enumerate(rows):
        try:
            yield make(row)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(_bad_row(file, position, error))


def _bad_row(file: YamlFile, position: int, error: Exception) -> Problem:
    missing = error.args[0] if isinstance(error, KeyError) and error.args else str(error)
    return file.problem("check.bad_row", position, why=missing)


def _communes(path: Path, root: Path, problems: list[Problem]) -> Iterable[Commune]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                yield Commune(
                    name=row["name"],
                    territory=row["territory"],
                    latitude=float(row["lat"]),
                    longitude=float(row["lon"]),
                    postcodes=tuple(row["postcodes"].split()),
                    aliases=tuple(
                        alias.strip()
                        for alias in (row.get("aliases") or "").split("|")
                        if alias.strip()
                    ),
                )
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                name = path.relative_to(root).as_posix()
                problems.append(Problem(name, line, "check.bad_row", {"why": str(error)}))


def _college(row: Row) -> College:
    name = _text(row, "name")
    return College(
        name, _text(row, "commune"), _text(row, "territory"), bool(row.get("pilot")),
        (name, *_texts(row.get("aliases"))),
    )  # fmt: skip


def _place(row: Row) -> Place:
    return Place(
        name=_text(row, "name"),
        kinds=_texts(row["kinds"]),
        commune=_text(row, "commune"),
        territory=_text(row, "territory"),
        address=str(row.get("address") or ""),
        phone=str(row.get("phone") or ""),
        web=str(row.get("web") or ""),
        mobile=bool(row.get("mobile")),
        as_of=str(row["as_of"]),
    )


def _event(row: Row) -> AgendaEvent:
    starts = _day(row["starts"])
    ends = _day(row["ends"]) if row.get("ends") else starts
    return AgendaEvent(
        _text(row, "title"), _text(row, "territory"), starts, ends, str(row.get("place") or "")
    )


def _call(row: Row) -> Call:
    return Call(
        _text(row, "title"), _text(row, "territory"), _day(row["opens"]), _day(row["closes"]),
        str(row.get("url") or ""),
    )  # fmt: skip


def _departement(row: Row) -> Departement:
    name = _text(row, "name")
    return Departement(
        name, str(row["code"]), int(str(row["since"])), (name, *_texts(row.get("aliases")))
    )


def _text(row: Row, key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value.strip():
        raise KeyError(key)
    return value.strip()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise ValueError(f"{value!r}: AAAA-MM-JJ")
    return value
