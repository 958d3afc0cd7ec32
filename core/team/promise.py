"""When the team reads it, in the words of the person: nothing but what the office hours say."""

from datetime import datetime

from babel.dates import format_datetime

from core.answers import Listener
from core.daytime import PARIS
from core.team import office
from core.texts import Texts


def when(texts: Texts, listener: Listener, now: datetime) -> str:
    """The sentence for somebody who writes at *now*: at once, or when the team is back."""
    opens = office.next_open(now)
    if opens <= now:
        return texts.say("relay.when.now", listener)
    on_the_hour = opens.astimezone(PARIS).minute == 0
    pattern = texts.say("relay.at_hour" if on_the_hour else "relay.at_time", listener)
    moment = format_datetime(opens, pattern, tzinfo=PARIS, locale=listener.language)
    return texts.say("relay.when.then", listener, moment=moment)
