"""Two members who change one thing at once lose nothing, and the second is told.

A form brings back what it showed (*was*) beside what was written (*mine*). Where the database says
something else by now (*current*), and *mine* is as it was, the database is right; where both
changed, the second decides, with both before their eyes. That is found from the values themselves,
whoever wrote them: another form, a file, the command line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Values = Mapping[str, str]


@dataclass(frozen=True)
class Merged:
    """*values* is what the form shows now; *theirs* what others wrote where both changed, *taken*
    the fields that were taken over from them."""

    values: Values
    theirs: Values
    taken: frozenset[str]

    @property
    def to_be_seen(self) -> bool:
        """Whether whoever wrote *mine* must look again before it is kept."""
        return bool(self.theirs or self.taken)


def merge(fields: Iterable[str], was: Values, mine: Values, current: Values) -> Merged:
    fields = tuple(fields)
    since = {name for name in fields if current[name] != was.get(name, current[name])}
    both = {name for name in since if mine[name] not in (was[name], current[name])}
    return Merged(
        {name: current[name] if name in since - both else mine[name] for name in fields},
        {name: current[name] for name in sorted(both)},
        frozenset(name for name in since - both if mine[name] != current[name]),
    )
