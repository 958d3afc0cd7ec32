"""Interface sentences, in six languages, from the Babel catalogues under ``locale/``.

Code names a sentence by its key; the French text too lives in a catalogue. Catalogues are
compiled in memory when they are read: what an editor saves is what people see.
"""

import gettext
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
        for catalogue in (self._catalogues.get(language), self._catalogues[FRENCH]):
            text = catalogue.gettext(key) if catalogue else key
            if text != key:
                return text.format(**values)
        raise KeyError(key)


def _load(path: Path, language: str) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
