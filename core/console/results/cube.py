"""All that is counted of a school year, as cells that add up (core.console.results.hiding).

A cell is a *measure* (who came), of one *value* of one *dimension* (language: Arabic) or of all,
in one part of the year, one territory and one kind of session, or in all of them. A territory may
have its collèges: each is an area of its own, and the rest of it one more, which no page shows.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from core.console.results.hiding import hidden

ALL = ""
OF = "/"  # between a territory and what is a part of it


class Where(NamedTuple):
    """What is filtered by; ALL where it is not."""

    term: str = ALL
    territory: str = ALL
    kind: str = ALL


class Cell(NamedTuple):
    measure: str
    dimension: str = ALL
    value: str = ALL
    where: Where = Where()


# measure: (of which list, the measure that the list adds up to)
Tree = Mapping[str, tuple[str, str]]


class Cube:
    """*atoms* are cells without any ALL but for the dimension's; *tree* says which measures add
    up to which, *across* which others split one of them in another way; *between* are on no page.
    What is asked for is a number, 0, or None where it is hidden.
    """

    def __init__(
        self, atoms: Mapping[Cell, int], tree: Tree, across: Tree, between: Collection[str]
    ) -> None:
        self._cells = _with_sums(atoms, tree)
        self._hidden = hidden(
            self._cells,
            _sums(self._cells, {**tree, **across}),
            lambda cell: cell.measure in between or cell.where.territory.endswith(OF),
        )

    def number(self, cell: Cell) -> int | None:
        return None if cell in self._hidden else self._cells.get(cell, 0)

    def values(self, dimension: str, where: Where) -> list[str]:
        """The values of *dimension* of which anything was counted there, the most first."""
        counted: Counter[str] = Counter()
        for cell, number in self._cells.items():
            if cell.dimension == dimension and cell.where == where:
                counted[cell.value] = max(counted[cell.value], number)
        return sorted(counted, key=lambda value: (-counted[value], value))


def _with_sums(atoms: Mapping[Cell, int], tree: Tree) -> dict[Cell, int]:
    cells: Counter[Cell] = Counter()
    for cell, number in atoms.items():
        if not number:
            continue
        for measure in _upwards(cell.measure, tree):
            for where in _wider(cell.where):
                cells[Cell(measure, cell.dimension, cell.value, where)] += number
    return dict(cells)


def _upwards(measure: str, tree: Tree) -> Iterator[str]:
    yield measure
    while measure in tree:
        measure = tree[measure][1]
        yield measure


def area(territory: str, college: str = "") -> str:
    """What is counted of *college*; without one, of the rest of a territory that has some."""
    return f"{territory}{OF}{college}"


def _around(territory: str) -> str:
    """What an area is a part of."""
    return territory.partition(OF)[0] if OF in territory else ALL


def _wider(where: Where) -> Iterator[Where]:
    around = _around(where.territory)
    for term in {where.term, ALL}:
        for territory in {where.territory, around, ALL}:
            for kind in {where.kind, ALL}:
                yield Where(term, territory, kind)


def _sums(cells: Collection[Cell], tree: Tree) -> dict[Cell, list[list[Cell]]]:
    """For each cell the lists that add up to it: by measure, by dimension, by each filter."""
    lists: defaultdict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        measure, dimension, value, where = cell
        if measure in tree:
            name, above = tree[measure]
            lists[Cell(above, dimension, value, where), name].append(cell)
        if dimension:
            lists[Cell(measure, where=where), dimension].append(cell)
        for axis, name in zip(where, Where._fields, strict=True):
            if axis:
                wider = _around(axis) if name == "territory" else ALL
                whole = Cell(measure, dimension, value, where._replace(**{name: wider}))
                lists[whole, name].append(cell)
    sums: defaultdict[Cell, list[list[Cell]]] = defaultdict(list)
    for (whole, _), parts in lists.items():
        if whole in cells:
            sums[whole].append(parts)
    return sums
