"""What broadcasts are made with: sentences, keys, tables, channels and what staff have set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.content.tables import Tables
from core.messages import Kind
from core.texts import Texts
from core.vault import Vault


@dataclass(frozen=True)
class Means:
    """*tables* is called each time, as the library behind it may be newer.

    *kinds* says what sort of screen each channel has, and *paces* how many messages a second it
    may send (0, or none given: as many as can be). *price* is that of one SMS part, in euros. For
    more than *second_at* people a second member confirms. *group* is the fingerprint of the team's
    own chat, "" when there is none: it is nobody's.
    """

    texts: Texts
    vault: Vault
    tables: Callable[[], Tables]
    kinds: Mapping[str, Kind]
    paces: Mapping[str, float]
    price: float
    second_at: int
    group: str = ""

    def channels(self, kind: Kind | None = None) -> list[str]:
        """Those of *kind*, the ones to prefer first: a screen costs nothing."""
        fitting = [name for name, one in self.kinds.items() if kind in (None, one)]
        return sorted(fitting, key=lambda name: (self.kinds[name] is not Kind.CHAT, name))
