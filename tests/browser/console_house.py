"""The console with people and sessions in it, on a free port of loopback, without channels.

    python -m tests.browser.console_house FOLDER

prints one line of JSON (its address, and a visit and links for a member of each role), then
serves until it is told to end.
"""

import json
import os
import shutil
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from sqlalchemy.orm import Session

from bot import publication
from bot.app import App
from bot.building import build
from bot.web import make_web
from core import audit
from core.answers import Outcome
from core.broadcasts.model import BroadcastState
from core.broadcasts.team import Team
from core.console import links, visits
from core.console.links import Purpose
from core.console.members import StaffMember, StaffRole
from core.content.drafts import Draft, path_of, written
from core.daytime import next_daytime
from core.db import Base
from core.inbound import Inbound
from core.languages import LANGUAGES
from core.learning.missed import MissedQuestion
from core.outbox.delivery import Cause, Delivery, State
from core.people import contacts
from core.people.contacts import Contact
from core.settings import Settings
from core.team import handoffs, lines
from core.team.handoffs import Reason
from core.vault import Vault, make_keyring
from core.workshops.model import NAME, NOTE, Attendee, SessionState, SignUpState, WorkshopSession
from core.workshops.wishes.wishes import Wish
from tests.core.broadcasts.crowd import KINDS, a_broadcast, someone
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import ROOT

HOSTILE = '<img src=x onerror="document.title=1"> <script>document.title=2</script>'
NAMES = ("Fatima", "Yann", "Nolwenn", "Ahmet", HOSTILE, "María José", "فاطمة", "Marie-Antoinette")
CALLED = {"administrator": "Camille Le Goff", "organizer": "Dominique", "reader": "Sacha"}
STATES = (SignUpState.CONFIRMED, SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.OFFERED)


def main(folder: Path) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = with_channels(build(settings_in(folder), channels=[]))
    fill_drafts(app.settings.content_dir)
    fill_publication(folder)
    Base.metadata.create_all(app.engine)
    with app.sessions.begin() as session:
        fill(session, app.vault)
        broadcasts(session, app.vault)
        told = {"url": address, "roles": {one: let_in(session, app, one) for one in StaffRole}}
    print(json.dumps(told), flush=True)
    config = uvicorn.Config(make_web(app), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def with_channels(app: App) -> App:
    """Broadcasts are counted for the channels of tests; none is there to send them."""
    means = replace(app.house.team.means, kinds=KINDS, paces={"telegram": 25.0, "sms": 5.0})
    return replace(app, house=replace(app.house, team=Team(means, app.house.team.words)))


def settings_in(folder: Path) -> Settings:
    make_keyring(folder / "keys.json")
    return Settings(
        database_url=f"sqlite:///{folder / 'console.db'}",
        keys_file=folder / "keys.json",
        content_dir=Path(shutil.copytree(ROOT / "content", folder / "content")),
        locale_dir=ROOT / "locale",
        telegram_bot_name="tne_bot",
        rasa_url="http://127.0.0.1:9",
    )


def fill_drafts(root: Path) -> None:
    draft = Draft(
        "tablette_cassee", "parents", "Tablette cassée",
        {"fr": ["ma tablette est cassée, qui la répare ?"]}, "Apportez-la au collège.",
        "Apportez-la au college.", ["guide-tablettes.md §2"], datetime.now(UTC).date(),
    )  # fmt: skip
    path = path_of(root, draft.id)
    path.parent.mkdir(exist_ok=True)
    path.write_text(written(draft, dict.fromkeys(LANGUAGES, "il manque des exemples")))


def fill_publication(folder: Path) -> None:
    """One that ended badly, in a place of its own."""
    os.chdir(folder)
    rows = [
        {"group": group, "asked": asked, "right": [right, right - lost], "wrong": [9, 9 + lost],
         "worse": lost > 3}
        for group, asked, right, lost in (
            ("français", 812, 741, 2), ("arabe", 240, 201, 9), ("sujets sensibles", 96, 95, 0),
        )
    ]  # fmt: skip
    publication.Report().stage("worse", rows=rows, spoilt=["وين نلقى كلمة السر", "mdp ent svp"])


def let_in(session: Session, app: App, role: StaffRole) -> dict[str, object]:
    """A visit of a member of *role*, and links for two more."""
    now = datetime.now(UTC)
    member = StaffMember(
        contact=Contact(created_at=now, seen_at=now), role=role, changed_at=now,
        name=CALLED[role],
        territory="vienne" if role is StaffRole.ORGANIZER else None,
    )  # fmt: skip
    session.add(member)
    session.flush()
    secrets = [
        links.make(session, app.vault, member.contact_id, Purpose.ENTER, now) for _ in range(2)
    ]
    return {"token": visits.begin(session, app.vault, member, now), "links": secrets}


def fill(session: Session, vault: Vault) -> None:
    """A week of work: what is now, to come, over, cancelled, and what waits for somebody."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    opens = {"opens_at": now - timedelta(days=30)}
    today = a_session(session, "today", now - timedelta(minutes=30), 2, **opens)
    coming = a_session(
        session, "coming", now + timedelta(days=2), title="ÉduConnect et l'ENT sur son téléphone",
        commune="Brest", territory="finistere", seats=10, **opens,
    )  # fmt: skip
    later = a_session(session, "later", now + timedelta(days=5), title=HOSTILE, seats=20, **opens)
    over = a_session(session, "over", now - timedelta(days=3), title="Premiers pas", **opens)
    a_session(
        session, "remote", now + timedelta(days=6), title="Classe virtuelle Pix", remote=True,
        link="https://visio.example.org/pix", state=SessionState.DRAFT, **opens,
    )  # fmt: skip
    a_session(
        session, "off", now + timedelta(days=4), title="Robotique", state=SessionState.CANCELLED,
        **opens,
    )  # fmt: skip
    for number, name in enumerate(NAMES):
        for at, row in enumerate((today, coming, later, over)):
            state = SignUpState.CONFIRMED if row in (today, over) else STATES[number % 4]
            address = somebody(session, vault, number + 1, language="ar" if number == 6 else "fr")
            sign_up = signed_up(session, address, row, 1 + number % 2, state)
            sign_up.attendees = [
                Attendee(name=vault.seal(one, NAME), child=child)
                for one, child in [(name, False), ("Lina", True)][: sign_up.size]
            ]
            sign_up.created_at = now - timedelta(days=6, hours=number + at)
            if state is SignUpState.OFFERED:
                sign_up.offered_until = now + timedelta(hours=20)
            if number < 2:
                sign_up.answered_at = now
    to_call(session, vault, later, now)
    for number in range(60):
        a_session(session, f"many-{number}", now + timedelta(days=20 + number), **opens)
    fill_results(session, vault, now)
    fill_wishes(session, vault)
    fill_log(session, now)
    waits = somebody(session, vault, 1)
    fill_conversations(session, vault, now)
    fill_knowledge(session, now)
    a_broadcast(session, state=BroadcastState.PAUSED, title="Réunion ENT")
    for number, state in enumerate((State.SENT, State.DELIVERED, State.FAILED, State.QUEUED)):
        session.add(
            Delivery(
                cause=Cause.REPLY, cause_id=900 + number, purpose="1", contact_id=waits.contact_id,
                address_id=waits.id, channel="sms", state=state, created_at=now, not_before=now,
                ended_at=None if state is State.QUEUED else now,
            )
        )  # fmt: skip


def to_call(session: Session, vault: Vault, row: WorkshopSession, now: datetime) -> None:
    """Two who left no number: a seat is held for the one, the other waits."""
    for name, state in (("Jeannine Le Bihan", SignUpState.OFFERED), ("Paul", SignUpState.WAITING)):
        address = contacts.write_down(session, vault, now, "fr")
        sign_up = signed_up(session, address, row, 2, state)
        sign_up.attendees = [
            Attendee(name=vault.seal(name, NAME), child=False),
            Attendee(name=vault.seal("", NAME), child=False),
        ]
        sign_up.created_at, sign_up.offers = now - timedelta(days=1), 1
        sign_up.note = vault.seal("Voir avec la mairie, elle passe le mardi.", NOTE)
        if state is SignUpState.OFFERED:
            sign_up.offered_until = now + timedelta(hours=20)


def fill_wishes(session: Session, vault: Vault) -> None:
    """Teachers of two collèges, and one who did not say of which."""
    schools = ("Collège Jules Verne", "Collège Jean Rostand", "")
    for number in range(12):
        address = somebody(session, vault, 60 + number, territory="vienne", role="teacher")
        session.add(
            Wish(
                contact_id=address.contact_id, address_id=address.id, changed_at=address.state_at,
                college=schools[number % 3], themes=["pix", "ent", "ecrans"][: 1 + number % 3],
                half_days=["mon-am", "wed-pm", "thu-pm"][number % 3 :],
            )
        )  # fmt: skip


def fill_log(session: Session, now: datetime) -> None:
    """What a week of work leaves there."""
    for minutes, (who, action, subject) in enumerate(
        (
            ("cli:anne", "broadcast.created", "broadcast:2"),
            ("assistant", "quiet_hours.waived", "session:2"),
            ("cli:anne", "broadcast.confirmed", "broadcast:5"),
            ("clock", "broadcast.begun", "broadcast:5"),
            ("cli:anne", "session.changed", "session:1"),
            ("cli:anne", "question.published", "question:ent_mdp_oublie"),
        )
    ):
        details = {"columns": ["debut", "fin"]} if action == "session.changed" else {}
        audit.record(
            session, who, action, subject, now - timedelta(minutes=90 - minutes), **details
        )


TALK = {
    1: ("tr", "vienne", Reason.ASKED, "Merhaba, çocuğumun tableti bozuldu. Kime sorabilirim?"),
    2: ("ar", None, Reason.FAILURES, "كيف أدخل إلى حساب ابني؟ نسيت كلمة السر ولا أفهم الموقع"),
    3: ("fr", "finistere", Reason.SENSITIVE, "Ma fille ne veut plus aller au collège, on se moque "
        "d'elle sur un groupe de la classe."),
    4: ("fr", "vienne", Reason.ASKED, HOSTILE),
    5: ("pt", "national", Reason.ASKED, "Bom dia, queria falar com alguém sobre a inscrição."),
}  # fmt: skip


def fill_conversations(session: Session, vault: Vault, now: datetime) -> None:
    """People who wait, and one whom the team has answered."""
    for number, (language, territory, reason, words) in TALK.items():
        address = somebody(session, vault, number, language=language, territory=territory)
        since = now - timedelta(minutes=50 - 7 * number)
        handoff, _ = handoffs.begin(session, address, reason, None, since)
        lines.note(session, vault, handoff.id, lines.PERSON, words, since)
        if number == 4:
            lines.note(session, vault, handoff.id, lines.GROUP, "Bonjour ! Je regarde.", now)
            lines.note(session, vault, handoff.id, lines.PERSON, "Merci, j'attends.", now)
            handoffs.answered(handoff, now)


MISSED = {
    "fr": ("ma tablette est cassée, qui la répare ?", "tablette cassée qui répare", "la piscine ?",
           "ma tablette est cassee qui repare", HOSTILE),
    "ar": ("أين المسبح؟",),
    "tr": ("tablet bozuldu kim tamir eder",),
}  # fmt: skip


def fill_knowledge(session: Session, now: datetime) -> None:
    for language, texts in MISSED.items():
        for text in texts:
            session.add(
                MissedQuestion(
                    text=text, language=language, reason="unanswered", asked_on=now.date(),
                    question_id="tablette" if "tablet" in text else None,
                )
            )  # fmt: skip


def broadcasts(session: Session, vault: Vault) -> None:
    """People to write to, and a broadcast in each state: number 1 is paused, by ``fill``."""
    now = datetime.now(UTC)
    people = [
        someone(
            session, vault, 20 + number, ("sms", "telegram")[number % 2], language=language,
            territory=("vienne", "finistere")[number % 3 == 2], role="parent",
        )
        for number, language in enumerate(("fr", "fr", "ar", "tr", "fr", "ar", "es", "fr", "pt"))
    ]  # fmt: skip
    texts = {
        "fr": "Bonjour {prenom|à tous}, on parle de l'ENT le {date} à {heure} : {lieu}. Venez !",
        "ar": "مرحبا {prenom|بكم}، نتحدث عن ENT يوم {date} على {heure}: {lieu}. مرحبا بكم!",
    }
    buttons = [{"fr": "Je viens", "ar": "سأحضر"}, {"fr": "Je ne peux pas ce jour-là"}]
    about = {"session_id": 2, "texts": texts, "buttons": buttons, "author": "cli:anne"}
    morning = next_daytime(now + timedelta(days=1))
    a_broadcast(session, title="Réunion ENT de Brest", start_at=morning, sign_up=True, **about)
    a_broadcast(
        session, title=HOSTILE, texts={"fr": HOSTILE}, state=BroadcastState.DRAFT,
        audience={"reach": "vienne", "roles": ["parent"]}, author="cli:anne",
        start_at=datetime(2027, 1, 10, 21, tzinfo=UTC),
    )  # fmt: skip
    a_broadcast(
        session, title="À toutes les familles", state=BroadcastState.WAITING, start_at=morning,
        audience={"roles": ["parent"]}, **about,
    )  # fmt: skip
    for title, state in (
        ("Les salles changent", BroadcastState.RUNNING),
        ("Merci d'être venus", BroadcastState.FINISHED),
    ):
        row = a_broadcast(
            session, title=title, state=state, occurrence=1, size=9, start_at=now,
            started_at=now, finished_at=now if state is BroadcastState.FINISHED else None,
            excluded={"never wrote": 4, "stopped": 2}, **about,
        )  # fmt: skip
        waits = State.QUEUED if state is BroadcastState.RUNNING else State.FAILED
        states = (State.DELIVERED, State.SENT, State.DELIVERED, State.FAILED, State.UNCERTAIN)
        for number, address in enumerate(people):
            became = states[number] if number < len(states) else waits
            session.add(
                Delivery(
                    cause=Cause.BROADCAST, cause_id=row.id, purpose="1", state=became,
                    contact_id=address.contact_id, address_id=address.id, channel=address.channel,
                    reason="reported by the operator" if became is State.FAILED else None,
                    created_at=now, not_before=now, not_after=now + timedelta(days=3),
                )
            )  # fmt: skip


def fill_results(session: Session, vault: Vault, now: datetime) -> None:
    """Sessions that are over, with enough people that their numbers may be shown."""
    came, absent, gone = SignUpState.ATTENDED, SignUpState.ABSENT, SignUpState.CANCELLED
    places = ("Brest", "Latillé", "Saint-Jean-de-Sauves-et-Saint-Julien-l'Ars")
    for number in range(9):
        row = a_session(
            session, f"held-{number}", now - timedelta(days=5 * number + 4), title="Pix",
            theme=("pix", "ent", "ecrans")[number % 3],
            opens_at=now - timedelta(days=60), closes_at=now - timedelta(days=5 * number + 4),
        )  # fmt: skip
        row.commune = places[number % 3]
        for person in range(14 + 2 * number):
            state = (came, absent, came, gone, came, absent, came)[(person + number) % 7]
            language = ("fr", "ar", "fr")[person * 7 % 11 % 3]
            channel = ("sms", "telegram")[person * 5 % 7 % 2]
            address = somebody(session, vault, 20 + person, channel, language=language)
            sign_up = signed_up(session, address, row, state=state)
            if state is gone:
                sign_up.settled_at, sign_up.reason = now, ("work", "illness")[person % 2]
            sign_up.offers = person % 4 == 0
            sign_up.rating = 1 + person % 3 if state is came else None
        for asked in range(6):
            question = ("ent_mdp_oublie", "pix_parents", None)[number % 3]
            session.add(
                Inbound(
                    channel="sms", provider_id=f"{number}-{asked}", address_id=address.id,
                    received_at=now, handled_at=now, question_id=question, details={},
                    outcome=Outcome.ANSWERED if question else Outcome.FALLBACK,
                )
            )  # fmt: skip
        session.add(
            Delivery(
                cause=Cause.REMINDER, cause_id=800 + number, purpose="1", channel="sms",
                contact_id=address.contact_id, address_id=address.id, state=State.SENT,
                created_at=now, not_before=now, ended_at=now, segments=20 + number,
                sent_at=now - timedelta(days=9 * number),
            )
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
