"""What the commands about sessions and wishes share: the tables, and how people are told."""

from bot.building import KINDS
from bot.cli.desk import Desk
from core.content.load import Library, load
from core.content.tables import Tables, read_tables
from core.texts import Texts
from core.wording import Wording
from core.workshops.notices import Notices
from core.workshops.search.interest import Telling


def tables(desk: Desk) -> Tables:
    known, _ = read_tables(desk.settings.content_dir)
    return known


def notices(desk: Desk, library: Library) -> Notices:
    return Notices(Texts(lambda: library, Wording(desk.settings.locale_dir)), KINDS)


def telling(desk: Desk) -> Telling:
    library = load(desk.settings.content_dir)
    texts = Texts(lambda: library, Wording(desk.settings.locale_dir))
    return Telling(texts, library.tables, KINDS)
