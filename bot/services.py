"""The services that the bot offers, in the order in which they are heard."""

from collections.abc import Callable

from core.broadcasts.answering import Answering
from core.broadcasts.desk import Desk
from core.broadcasts.team import Team
from core.console.entering import Entering
from core.content.tables import Tables
from core.people.one_person import OnePerson
from core.people.own_data import OwnData
from core.services import Services
from core.team.members import Joining
from core.team.relay import Relay
from core.texts import Texts
from core.vault import Vault
from core.workshops.attendance.checking_in import CheckingIn
from core.workshops.notices import Notices
from core.workshops.reminding.answering import Answering as Confirming
from core.workshops.reminding.streams import Streams
from core.workshops.search.desk import Desk as Search
from core.workshops.signing.holdings import Holdings
from core.workshops.signing.leaving import Leaving
from core.workshops.signing.signing_up import SigningUp
from core.workshops.voice import Voice
from core.workshops.wishes.wishing import Wishing


def offered(
    texts: Texts,
    vault: Vault,
    notices: Notices,
    relay: Relay,
    tables: Callable[[], Tables],
    sms: str = "",
    bot: str = "",
    team: Team | None = None,
    url: str = "",
) -> Services:
    """*tables* is called for each answer, as the library behind it may be newer.

    *sms* is the channel for SMS, *bot* our name on Telegram; "" where there is none. *team* sends
    broadcasts; without one nobody does. *url* is where our pages are, "" for no console.
    """
    voice = Voice(texts)
    holdings = Holdings(voice, notices)
    confirming = Confirming(voice, vault, holdings)
    signing_up = SigningUp(voice, vault, holdings, confirming)
    return Services(
        *((Desk(team),) if team else ()),  # first: what a member writes is read by nobody else
        OnePerson(texts, vault, notices, sms, bot),  # before codes of the day: it asked for one
        CheckingIn(voice, (signing_up,)),
        Search(voice, tables),
        holdings,
        confirming,
        Streams(voice, holdings),
        Wishing(voice, tables),  # takes words only while its question is the last one shown
        signing_up,
        Leaving(voice, holdings),  # after whatever was asked
        OwnData(texts, vault, notices, relay),
        Answering(texts),
        Joining(texts, vault),
        Entering(texts, vault, notices, url),
    )
