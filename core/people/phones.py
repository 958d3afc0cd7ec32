"""Phone numbers: read as people write them, and which of them we write to."""

import contextlib
from collections.abc import Iterator

import phonenumbers

# A French mobile may be registered overseas: 0692... is Réunion (its numbering plan differs).
REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT")
# French mobiles, at home and overseas: an SMS there costs what we think it does.
MOBILES = ("+336", "+337", "+262692", "+262693", "+262639", "+590690", "+590691", "+594694",
           "+596696", "+596697")  # fmt: skip


class NotANumber(ValueError):
    """It is no phone number (a short code, a brand name)."""


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


def mobile(raw: str) -> str:
    """The French mobile that *raw* names, in E.164. Raises NotANumber for anything else."""
    number = e164(raw)
    if not number.startswith(MOBILES):
        raise NotANumber("not a French mobile")
    return number


def national(number: str) -> str:
    """A number in E.164 as France dials it (``06 39 98 00 00``); what is none stays as it is."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.NATIONAL)


def _readings(raw: str) -> Iterator[phonenumbers.PhoneNumber]:
    for region in REGIONS:
        with contextlib.suppress(phonenumbers.NumberParseException):
            yield phonenumbers.parse(raw, region)
