"""What the pages of the console are made with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.broadcasts.team import Team
from core.content.load import Library
from core.content.tables import Tables
from core.db import Sessions
from core.settings import Settings
from core.team.relay import Relay
from core.vault import Vault
from core.wording import Wording
from core.workshops.notices import Notices
from core.workshops.search.interest import Telling


@dataclass(frozen=True)
class House:
    """*words* are the sentences for staff, *people* those for people; *tables* is
    called for each page, as the library behind it may be newer; *understands* says whether Rasa
    answers; *relay* is the way between people and the team, *library*
    what can be said now; *publish* begins to train and publish (bot.publication.start); *team*
    makes and tells of broadcasts; *sms* is the channel by which people who telephone are written
    to, and *erased* tells the team that a contact is being erased."""

    settings: Settings
    sessions: Sessions
    vault: Vault
    words: Wording
    people: Wording
    notices: Notices
    tables: Callable[[], Tables]
    telling: Callable[[], Telling]
    understands: Callable[[], Awaitable[bool]]
    clock: Callable[[], datetime]
    relay: Relay
    library: Callable[[], Library]
    publish: Callable[[str], bool]
    team: Team
    sms: str = "sms"
    erased: Callable[[Session, int, datetime], None] = lambda session, contact_id, now: None
