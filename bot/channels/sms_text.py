"""What every SMS gateway shares: digits for buttons, spelling, numbers in E.164."""

import contextlib
from collections.abc import Iterator

import phonenumbers

from core import sms
from core.messages import Outgoing

# A French mobile may be registered overseas: 0692... is Réunion (its numbering plan differs).
REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT")


class NotANumber(ValueError):
    """The sender is no phone number (a short code, a brand name)."""


def e164(raw: str) -> str:
    """*raw* as ``+33639980000``. Raises NotANumber.

    The library knows neither the newest ranges nor those kept for fiction; a message that came
    from there proves the number, so the right length is enough.
    """
    numbers = list(_readings(raw))
    for fits in (phonenumbers.is_valid_number, phonenumbers.is_possible_number):
        for number in filter(fits, numbers):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise NotANumber("not a phone number")


def _readings(raw: str) -> Iterator[phonenumbers.PhoneNumber]:
    for region in REGIONS:
        with contextlib.suppress(phonenumbers.NumberParseException):
            yield phonenumbers.parse(raw, region)


def written(outgoing: Outgoing) -> str:
    """*outgoing* as SMS text: choices become numbered lines, letters the cheap ones."""
    return sms.numbered(outgoing.text, [choice.label for choice in outgoing.choices])
