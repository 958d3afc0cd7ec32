"""Rasa's REST channel logs what a person wrote when the bot stopped waiting for an answer, or when
an answer failed. The bot logs both itself, without the words."""

from __future__ import annotations

import logging

QUOTING = "rasa.core.channels.rest"


def never_quote() -> None:
    """From now on that channel logs nothing in this process."""
    logging.getLogger(QUOTING).setLevel(logging.CRITICAL)
