"""What every SMS gateway shares: digits for buttons, and spelling."""

from core import sms
from core.messages import Outgoing


def written(outgoing: Outgoing) -> str:
    """*outgoing* as SMS text: choices become numbered lines, letters the cheap ones."""
    return sms.numbered(outgoing.text, [choice.label for choice in outgoing.choices])
