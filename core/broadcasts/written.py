"""A broadcast that staff wrote as a YAML file (docs/broadcasts.md), and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from core.broadcasts import audience
from core.broadcasts.attaching import File, attach
from core.broadcasts.audience import Audience, BadAudience
from core.broadcasts.checking import BAD_FILE, BIGGEST_FILE, faults
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast, BroadcastState
from core.content.yamlfile import Keys, Problem, YamlFile
from core.languages import FRENCH
from core.people.consent import plain
from core.workshops.sheets.moments import BadMoment, read_moment

KEYS = (
    "titre", "public", "texte", "boutons", "seance", "inscription", "piece_jointe", "quand",
    "la_nuit", "repetition", "urgent",
)  # fmt: skip
EVERYBODY = "tout le monde"
NOW = "maintenant"
YES_NO = {"oui": True, "non": False, "true": True, "false": False}
NIGHT = {"attendre": True, "refuser": False}


@dataclass
class _Form:
    """The file as it is read; each mistake is noted where it is."""

    file: YamlFile
    values: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, at: Keys, key: str, **values: object) -> None:
        self.problems.append(self.file.problem(key, *at, **values))

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, dict | list):
            self.wrong((name,), "broadcasts.not_a_text", name=name)
            return ""
        return str(value).strip()

    def one_of(self, name: str, known: Mapping[str, bool]) -> bool:
        value = self.text(name).casefold()
        if value and value not in known:
            self.wrong((name,), "broadcasts.unknown_value", found=value, known=", ".join(known))
        return known.get(value, False)


def read(
    session: Session, means: Means, file: YamlFile, folder: Path, author: str, now: datetime
) -> tuple[Broadcast, list[Problem]]:
    """The broadcast, not kept yet, and all that is wrong with it: then it must not be.

    A file that goes with it is looked for in *folder*.
    """
    if not isinstance(file.value, dict):
        return Broadcast(), [file.problem("check.not_a_mapping")]
    form = _Form(file, {str(key): value for key, value in file.value.items()})
    for name in form.values:
        if name not in KEYS:
            form.wrong((name,), "broadcasts.unknown_key", found=name, known=", ".join(KEYS))
    broadcast = Broadcast(
        state=BroadcastState.READY,
        author=author,
        title=form.text("titre"),
        audience=_audience(form, means).as_json(),
        texts=_texts(form, ("texte",), form.values.get("texte")),
        buttons=_buttons(form),
        session_id=_session(form),
        sign_up=form.one_of("inscription", YES_NO),
        start_at=_moment(form),
        waits=form.one_of("la_nuit", NIGHT),
        rrule=form.text("repetition"),
        urgent=form.text("urgent"),
        occurrence=0,
        excluded={},
        asking="",
        created_at=now,
        changed_at=now,
    )
    _attach(form, broadcast, folder)
    found = [] if form.problems else faults(session, means, broadcast, now)
    return broadcast, [
        *form.problems,
        *(file.problem(fault.key, *fault.at, **fault.values) for fault in found),
    ]


def _audience(form: _Form, means: Means) -> Audience:
    value = form.values.get("public")
    if isinstance(value, str) and plain(value) == EVERYBODY:
        return Audience()
    if not isinstance(value, dict) or not value:
        form.wrong(("public",), "broadcasts.no_audience")
        return Audience()
    try:
        return audience.read({str(key): one for key, one in value.items()}, means.tables())
    except BadAudience as error:
        form.wrong(("public", error.at), error.key, **error.values)
        return Audience()


def _texts(form: _Form, at: Keys, value: object) -> dict[str, str]:
    """Texts by language; a text alone is French."""
    if isinstance(value, str):
        return {FRENCH: value.strip()}
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        form.wrong(at, "broadcasts.not_texts")
        return {}
    return {str(language): text.strip() for language, text in value.items()}


def _buttons(form: _Form) -> list[dict[str, str]]:
    value = form.values.get("boutons") or []
    if not isinstance(value, list):
        form.wrong(("boutons",), "check.not_a_list")
        return []
    return [_texts(form, ("boutons", place), one) for place, one in enumerate(value)]


def _session(form: _Form) -> int | None:
    text = form.text("seance")
    if text and not (text.isdecimal() and len(text) < 10):
        form.wrong(("seance",), "broadcasts.not_a_number", found=text[:20], most=999_999_999)
        return None
    return int(text) if text else None


def _moment(form: _Form) -> datetime | None:
    value = form.values.get("quand", NOW)
    if isinstance(value, str) and value.strip().casefold() == NOW:
        return None
    try:
        return read_moment(value)
    except BadMoment as error:
        form.wrong(("quand",), error.key, found=value)
        return None


def _attach(form: _Form, broadcast: Broadcast, folder: Path) -> None:
    name = form.text("piece_jointe")
    attach(broadcast, None)
    if not name:
        return
    path = folder / name
    try:
        if path.stat().st_size > BIGGEST_FILE:
            form.wrong(BAD_FILE.at, BAD_FILE.key, **BAD_FILE.values)
            return
        attach(broadcast, File(path.name, path.read_bytes()))
    except OSError as error:
        form.wrong(("piece_jointe",), "ask.no_file", path=path, why=error.strerror)
