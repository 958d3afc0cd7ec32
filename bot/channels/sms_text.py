"""What every SMS gateway shares: digits for buttons, spelling, numbers in E.164."""

import phonenumbers

from core import sms
from core.messages import Outgoing

# A French mobile may be registered overseas: 0692... is Réunion (its numbering plan differs).
REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT")


class NotANumber(ValueError):
    """The sender is no phone number (a short code, a brand name)."""


def e164(raw: str) -> str:
    """*raw* as ``+33639980000``. Raises NotANumber."""
    for region in REGIONS:
        try:
            number = phonenumbers.parse(raw, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise NotANumber("not a phone number")


def written(outgoing: Outgoing) -> str:
    """*outgoing* as SMS text: choices become numbered lines, letters the cheap ones."""
    lines = [f"{number} {choice.label}" for number, choice in enumerate(outgoing.choices, start=1)]
    return sms.spell("\n".join([outgoing.text, *lines]))
