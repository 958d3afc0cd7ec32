"""Interface sentences, in six languages, from the Babel catalogues under ``locale/``.

Code names a sentence by its key; the French text too lives in a catalogue. Catalogues are
compiled in memory when they are read: what an editor saves is what people see.
"""

import gettext
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.languages import FRENCH, LANGUAGES

PEOPLE = "tne"
STAFF = "staff"


class Wording:
    """Every sentence that is not an answer from ``content/``.

    *domain* is ``PEOPLE`` (six languages) or ``STAFF`` (French and English).
    """

    def __init__(self, locale_dir: Path, domain: str = PEOPLE) -> None:
        paths = {one: locale_dir / one / "LC_MESSAGES" / f"{domain}.po" for one in LANGUAGES}
        self._catalogues = {one: _load(path, one) for one, path in paths.items() if path.exists()}

    def has(self, key: str) -> bool:
        return self._catalogues[FRENCH].gettext(key) != key

    def say(self, key: str, language: str, /, **values: object) -> str:
        """The sentence *key*; in French when *language* lacks it. KeyError when none has it."""
        return self._found(key, language, lambda one: one.gettext(key)).format(**values)

    def count(self, key: str, language: str, number: int, /, **values: object) -> str:
        """The sentence *key* in the plural form that *number* takes in *language*. KeyError."""
        found = self._found(key, language, lambda one: one.ngettext(key, key, number))
        return found.format(**values)

    def _found(
        self, key: str, language: str, look: Callable[[gettext.GNUTranslations], str]
    ) -> str:
        for catalogue in (self._catalogues.get(language), self._catalogues[FRENCH]):
            text = look(catalogue) if catalogue else key
            if text != key:
                return text
        raise KeyError(key)


def _load(path: Path, language: str) -> gettext.GNUTranslations:
    return _compiled(path, language, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _compiled(path: Path, language: str, saved_at: int) -> gettext.GNUTranslations:
    """Read once for each time that it was saved: it takes a tenth of a second."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
