"""What is wrong with a broadcast before anybody is asked to confirm it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from core.answers import Listener
from core.broadcasts import recurring
from core.broadcasts.audience import Audience
from core.broadcasts.means import Means
from core.broadcasts.model import LONGEST_LABEL, LONGEST_TITLE, MOST_BUTTONS, Broadcast
from core.broadcasts.recurring import BadRule
from core.broadcasts.words import FIELDS, fields_of, is_balanced, template
from core.daytime import PARIS, is_quiet, next_daytime, paris_day
from core.languages import FRENCH, LANGUAGES
from core.messages import Kind
from core.workshops.model import SessionState, WorkshopSession

LONGEST_TEXT = 3000
MOST_SEGMENTS = 6  # of one SMS, with the longest name in it
BIGGEST_FILE = 2_000_000  # bytes
LATE = timedelta(minutes=10)  # to be confirmed after the moment that was chosen
NOON = time(12)


@dataclass(frozen=True)
class Fault:
    """Something to mend: *at* is the way to it in the file, *key* names the sentence."""

    at: tuple[str | int, ...]
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


BAD_FILE = Fault(("piece_jointe",), "broadcasts.bad_file", {"most": BIGGEST_FILE // 1000})


def faults(session: Session, means: Means, broadcast: Broadcast, now: datetime) -> list[Fault]:
    """All that is wrong with *broadcast*, if it were to be confirmed at *now*."""
    about = broadcast.session
    if broadcast.session_id is not None and about is None:
        about = session.get(WorkshopSession, broadcast.session_id)
        if about is None:
            return [Fault(("seance",), "sessions.unknown", {"number": broadcast.session_id})]
    broadcast.session = about
    found = [*_title(broadcast), *_texts(broadcast), *_buttons(broadcast)]
    found += _sign_up(broadcast, now)
    if not found:
        found += _sms(means, broadcast)
    return [*found, *_file(broadcast), *_time(broadcast, now), *_urgent(broadcast, now)]


def _title(broadcast: Broadcast) -> Iterator[Fault]:
    if not 0 < len(broadcast.title) <= LONGEST_TITLE:
        yield Fault(("titre",), "broadcasts.no_title", {"most": LONGEST_TITLE})


def _texts(broadcast: Broadcast) -> Iterator[Fault]:
    if not broadcast.texts.get(FRENCH, "").strip():
        yield Fault(("texte",), "broadcasts.no_french")
        return
    french = fields_of(broadcast.texts[FRENCH])
    for language, text in broadcast.texts.items():
        at = ("texte", language)
        if language not in LANGUAGES:
            yield _unknown_language(at, language)
            continue
        used = fields_of(text)
        unknown = [name for name in used if name not in FIELDS]
        if not text.strip():
            yield Fault(at, "broadcasts.empty_text", {"language": language})
        elif len(text) > LONGEST_TEXT:
            yield Fault(at, "broadcasts.too_long", {"found": len(text), "most": LONGEST_TEXT})
        elif unknown:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            yield Fault(
                at, "broadcasts.unknown_field", {"found": f"{{{unknown[0]}}}", "known": known}
            )
        elif not is_balanced(text):
            yield Fault(at, "broadcasts.lone_brace")
        elif used and broadcast.session_id is None:
            yield Fault(at, "broadcasts.needs_session", {"found": f"{{{used[0]}}}"})
        elif set(used) != set(french):
            other = sorted(set(used) ^ set(french))
            names = ", ".join(f"{{{name}}}" for name in other)
            yield Fault(at, "broadcasts.other_fields", {"language": language, "names": names})


def _buttons(broadcast: Broadcast) -> Iterator[Fault]:
    if len(broadcast.buttons) > MOST_BUTTONS:
        yield Fault(("boutons",), "broadcasts.too_many_buttons", {"most": MOST_BUTTONS})
    for place, labels in enumerate(broadcast.buttons):
        if not labels.get(FRENCH):
            yield Fault(("boutons", place), "broadcasts.no_french")
        for language, label in labels.items():
            at = ("boutons", place, language)
            if language not in LANGUAGES:
                yield _unknown_language(at, language)
            elif not 0 < len(label) <= LONGEST_LABEL:
                yield Fault(at, "broadcasts.bad_label", {"most": LONGEST_LABEL})
    french = [labels.get(FRENCH, "").casefold() for labels in broadcast.buttons]
    if len(set(french)) < len(french):
        yield Fault(("boutons",), "broadcasts.same_label")


def _sign_up(broadcast: Broadcast, now: datetime) -> Iterator[Fault]:
    if not broadcast.sign_up:
        return
    row = broadcast.session
    if row is None:
        yield Fault(("inscription",), "broadcasts.sign_up_alone")
    elif row.state != SessionState.OPEN or row.closes_at <= (broadcast.start_at or now):
        yield Fault(("inscription",), "broadcasts.sign_up_closed", {"number": row.id})


def _sms(means: Means, broadcast: Broadcast) -> Iterator[Fault]:
    if Audience.from_json(broadcast.audience).kind is Kind.CHAT:
        return
    for language in broadcast.texts:
        size = template(means.texts, broadcast, Listener(Kind.SMS, language), "0").size()
        if size.segments > MOST_SEGMENTS:
            yield Fault(
                ("texte", language),
                "broadcasts.too_many_segments",
                {"language": language, "found": size.segments, "most": MOST_SEGMENTS},
            )


def _file(broadcast: Broadcast) -> Iterator[Fault]:
    if broadcast.file_name and not 0 < len(broadcast.file or b"") <= BIGGEST_FILE:
        yield BAD_FILE


def _time(broadcast: Broadcast, now: datetime) -> Iterator[Fault]:
    """Quiet hours are never silently waited for: staff choose what becomes of it."""
    begins = broadcast.start_at or now
    if begins < now - LATE and broadcast.confirmed_at is None:
        yield Fault(("quand",), "broadcasts.past")
        return
    moments = [begins]
    if broadcast.rrule:
        try:
            recurring.check(broadcast.rrule, begins)
            moments = recurring.upcoming(broadcast.rrule, begins)
        except BadRule as error:
            yield Fault(("repetition",), error.key)
            return
    quiet = next((moment for moment in moments if is_quiet(moment)), None)
    if quiet is not None and not broadcast.waits and not broadcast.urgent:
        shown, morning = quiet.astimezone(PARIS), next_daytime(quiet).astimezone(PARIS)
        yield Fault(
            ("repetition" if broadcast.rrule else "quand",),
            "broadcasts.quiet",
            {"when": f"{shown:%d/%m/%Y %H:%M}", "morning": f"{morning:%d/%m/%Y %H:%M}"},
        )


def _urgent(broadcast: Broadcast, now: datetime) -> Iterator[Fault]:
    """Only those are woken who would leave home for nothing."""
    if not broadcast.urgent:
        return
    if not could_be_urgent(broadcast, now):
        yield Fault(("urgent",), "broadcasts.not_urgent")
    elif not 5 <= len(broadcast.urgent) <= 200:
        yield Fault(("urgent",), "broadcasts.no_reason")


def could_be_urgent(broadcast: Broadcast, now: datetime) -> bool:
    """Whether it is for the people of a session of that day, or of the next morning."""
    row, begins = broadcast.session, broadcast.start_at or now
    people = Audience.from_json(broadcast.audience).session
    return row is not None and people == row.id and not broadcast.rrule and _is_near(row, begins)


def _is_near(row: WorkshopSession, begins: datetime) -> bool:
    day, starts = paris_day(begins), row.starts_at.astimezone(PARIS)
    tomorrow = starts.date() == day + timedelta(days=1) and starts.time() <= NOON
    return row.ends_at > begins and (starts.date() == day or tomorrow)


def _unknown_language(at: tuple[str | int, ...], found: str) -> Fault:
    return Fault(at, "broadcasts.unknown_language", {"found": found, "known": ", ".join(LANGUAGES)})
