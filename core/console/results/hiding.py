"""Numbers so small that they tell about somebody are not shown, nor what they could be worked
out from.

Every number that any page may show is one *cell*, and each sum that ties some of them together
(all languages make the total, all territories the whole, who came and who did not the seats) is
known to whoever reads. What is hidden is decided over all of them at once: whoever filters, or
reads two tables, gets no further. A sum in which one cell alone is missing, or in which those that
are missing are too few together, hides the smallest of its others too, until there is none.

That is the method of statistics offices (secondary suppression) in its plainest form: it is proof
against subtraction within each sum, and not against solving all of them as one system.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence

FEW = 5  # less is not shown


def hidden[Cell: Hashable](
    cells: Mapping[Cell, int],
    sums: Mapping[Cell, Sequence[Sequence[Cell]]],
    between: Callable[[Cell], bool] = lambda cell: False,
) -> set[Cell]:
    """Those of *cells* that are not to be shown; none of them is 0, which is always shown.

    *sums* gives for a cell each list of cells that it is the sum of. What lies *between* others is
    on no page, and no harm when it is small; it can be worked out, unless it must be kept dark for
    the sake of others, which costs nobody anything: so that is done first.
    """
    dark = {cell for cell, number in cells.items() if number < FEW and not between(cell)}
    known = [(whole, parts) for whole, lists in sums.items() for parts in lists]
    touching: defaultdict[Cell, list[Sequence[Cell]]] = defaultdict(list)
    for whole, parts in known:
        for cell in (whole, *parts):
            touching[cell].append((whole, *parts))

    def cost(cell: Cell) -> tuple[bool, int, int, str]:
        """In how many sums it would be the first to be missed, and draw others after it."""
        first = sum(dark.isdisjoint(tied) for tied in touching[cell])
        return not between(cell), first, cells[cell], str(cell)

    while True:
        before = len(dark)
        for whole, parts in known:
            _protect(cells, cost, whole, parts, dark)
        if len(dark) == before:
            return dark


def _protect[Cell: Hashable](
    cells: Mapping[Cell, int],
    cost: Callable[[Cell], tuple[bool, int, int, str]],
    whole: Cell,
    parts: Sequence[Cell],
    dark: set[Cell],
) -> None:
    missing = [part for part in parts if part in dark]
    if whole in dark:
        if not missing:
            dark.add(min(parts, key=cost))
        return
    while missing and (len(missing) == 1 or sum(cells[part] for part in missing) < FEW):
        left = [part for part in parts if part not in dark]
        if not left:
            dark.add(whole)
            return
        more = min(left, key=cost)
        dark.add(more)
        missing.append(more)
