"""What Rasa understood, out of its tracker and into our own nouns."""

from collections.abc import Mapping
from typing import Any

from core.answers import Asked, Decision, Listener, Understood

COMMUNE, COLLEGE = "commune", "college"
FALLBACK = "nlu_fallback"  # stands first in the ranking when nothing was sure


def listener(latest: Mapping[str, Any]) -> Listener:
    """Who asked, as the front end said it; a plain listener when it said nothing."""
    metadata = latest.get("metadata") or {}
    try:
        return Listener.from_json(metadata)
    except (KeyError, ValueError):
        return Listener()


def understood(latest: Mapping[str, Any]) -> Understood:
    """The names found in the message, the questions nearest to it, and what to do with them."""
    questions = [
        (str(one["name"]), float(one["confidence"]))
        for one in latest.get("intent_ranking") or []
        if one.get("name") and one["name"] != FALLBACK
    ]
    outcome = latest.get("outcome")
    return Understood(
        Asked(
            text=str(latest.get("text") or ""),
            reading=str(latest.get("reading") or ""),
            communes=_named(latest, COMMUNE),
            colleges=_named(latest, COLLEGE),
        ),
        Decision(outcome) if outcome in set(Decision) else Decision.FALLBACK,
        tuple(questions),
    )


def _named(latest: Mapping[str, Any], entity: str) -> tuple[str, ...]:
    entities = latest.get("entities") or []
    return tuple(str(one["value"]) for one in entities if one.get("entity") == entity)
