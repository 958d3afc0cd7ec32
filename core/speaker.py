"""The sentences of the catalogue, as one listener reads them: short on SMS, choices under them."""

from collections.abc import Sequence

from babel.lists import format_list

from core import sms
from core.answers import Listener
from core.lookups import SMS_SEGMENTS
from core.messages import Bubble, Choice, Kind
from core.wording import Wording

SPELLED_OUT = 4  # up to so many digits are named one by one


class Speaker:
    """Says what *wording* holds."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def offer(self, key: str, listener: Listener, *choices: Choice, **values: object) -> Bubble:
        """One interface sentence with *choices* under it."""
        return self._offer(self.say(key, listener, **values), choices, listener)

    def under(self, text: str, listener: Listener, *choices: Choice) -> Bubble:
        """*text*, which is no sentence of ours, with *choices* under it, if any."""
        return self._offer(text, choices, listener) if choices else Bubble(text)

    def say(self, key: str, listener: Listener, **values: object) -> str:
        """The sentence *key*; on SMS its short form ``KEY.sms`` where there is one."""
        return self._wording.say(self._variant(key, listener), listener.language, **values)

    def count(self, key: str, listener: Listener, number: int, **values: object) -> str:
        """The sentence *key* in the plural form that *number* takes, short on SMS as in ``say``."""
        return self._wording.count(
            self._variant(key, listener), listener.language, number, **values
        )

    def _variant(self, key: str, listener: Listener) -> str:
        short = listener.kind is Kind.SMS and self._wording.has(f"{key}.sms")
        return f"{key}.sms" if short else key

    def _offer(self, text: str, choices: Sequence[Choice], listener: Listener) -> Bubble:
        """*text* with *choices* under it; on SMS it says which digits to answer."""
        if listener.kind is Kind.SMS:
            text = f"{text} {self._digits(len(choices), listener)}"
        return Bubble(text, tuple(choices))

    def _digits(self, count: int, listener: Listener) -> str:
        if count > SPELLED_OUT:
            return self.say("sms.range", listener, last=count)
        digits = [str(number) for number in range(1, count + 1)]
        joined = format_list(digits, style="or", locale=listener.language)
        return self.say("sms.pick", listener, digits=joined)


def fits(bubble: Bubble) -> bool:
    """Whether *bubble* goes into two SMS with its choices."""
    text = sms.numbered(bubble.text, [choice.label for choice in bubble.choices])
    return sms.size(text).segments <= SMS_SEGMENTS
