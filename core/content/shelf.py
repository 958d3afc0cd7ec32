"""The library at hand: read once, and again when a file under ``content/`` changed."""

import logging
from collections.abc import Callable
from pathlib import Path

from core.content.load import ContentError, Library, load

log = logging.getLogger(__name__)
LOOK_EVERY = 2.0


class Shelf:
    """Call it for the current library. *clock* counts seconds (``time.monotonic``).

    A change that does not read well is logged and left aside: the last good library stays.
    Raises ContentError when the very first reading fails.
    """

    def __init__(self, root: Path, clock: Callable[[], float]) -> None:
        self._root = root
        self._clock = clock
        self._state = self._fingerprint()
        self._library = load(root)
        self._looked = clock()

    def __call__(self) -> Library:
        if self._clock() - self._looked >= LOOK_EVERY:
            self._looked = self._clock()
            self._refresh()
        return self._library

    def _refresh(self) -> None:
        state = self._fingerprint()
        if state == self._state:
            return
        self._state = state
        try:
            self._library = load(self._root)
            log.info("content: read again")
        except ContentError as error:
            log.error("content: change left aside, %d problem(s)", len(error.problems))

    def _fingerprint(self) -> frozenset[tuple[str, int]]:
        files = (path for end in ("*.yml", "*.csv") for path in self._root.rglob(end))
        return frozenset((str(path), path.stat().st_mtime_ns) for path in files)
