"""The services that the bot offers, in the order in which they are heard."""

from collections.abc import Callable

from core.content.tables import Tables
from core.services import Services
from core.texts import Texts
from core.vault import Vault
from core.workshops.checking_in import CheckingIn
from core.workshops.desk import Desk
from core.workshops.holdings import Holdings
from core.workshops.notices import Notices
from core.workshops.signing_up import SigningUp
from core.workshops.voice import Voice
from core.workshops.wishing import Wishing


def offered(texts: Texts, vault: Vault, notices: Notices, tables: Callable[[], Tables]) -> Services:
    """*tables* is called for each answer, as the library behind it may be newer."""
    voice = Voice(texts)
    holdings = Holdings(voice, notices)
    signing_up = SigningUp(voice, vault, holdings)
    checking_in = CheckingIn(voice, (signing_up,))
    wishing = Wishing(voice, tables)  # takes words only while its question is the last one shown
    return Services(checking_in, Desk(voice, tables), holdings, wishing, signing_up)
