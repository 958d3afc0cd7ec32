"""``python -m bot broadcast``: what staff see, and what the database holds."""

import re
from datetime import datetime, timedelta

import pytest
import yaml
from sqlalchemy import select

from bot.cli.main import main
from core.audit import Audit
from core.broadcasts.model import Broadcast
from core.daytime import PARIS, next_daytime
from core.outbox.delivery import Delivery
from core.people.contacts import Contact
from core.team import members
from core.workshops.model import WorkshopSession
from tests.bot.test_sessions_cli import SOON, office  # noqa: F401  (a fixture)
from tests.core.broadcasts.crowd import someone
from tests.world import ROOT

LATER = next_daytime(SOON.replace(hour=10) - timedelta(days=3))
MOMENT = f"{LATER.astimezone(PARIS):%d/%m/%Y %H:%M}"


@pytest.fixture
def desk(office, vault, monkeypatch):  # noqa: F811
    """The command line of Anne, and 3 people by SMS, one of them in Arabic."""
    log_in(monkeypatch, "anne")
    with office.sessions.begin() as session:
        for number in range(3):
            someone(session, vault, number, language="ar" if number == 2 else "fr")
    return office


def log_in(monkeypatch, name):
    monkeypatch.setenv("LOGNAME", name)
    monkeypatch.setenv("USER", name)


def written(desk, name="b.yml", **changes):
    """A file that is right, but for *changes*."""
    body = {
        "titre": "Essai", "public": "tout le monde", "texte": {"fr": "Bonjour"}, "quand": MOMENT,
    } | changes  # fmt: skip
    path = desk.folder / name
    kept = {key: value for key, value in body.items() if value is not None}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False))
    return str(path)


def test_new_keeps_it_shows_what_it_would_do_and_sends_nothing(desk, capsys):
    assert main(["broadcast", "new", written(desk)]) == 0
    shown = capsys.readouterr()
    assert f"Diffusion 1 (prête, {MOMENT}) : Essai" in shown.out
    assert "Pour 3 personne(s) : SMS 3." in shown.out
    assert "français 2, arabe 1" in shown.out
    assert "Pas de traduction : 1 personne(s) liront le français" in shown.out
    assert "arabe 1, français 1 ; 3 en tout, 0,15 €" in shown.out.replace("\xa0", " ")
    assert f"Départ : {MOMENT}" in shown.out
    assert "— Exemple (SMS, français) —\nBonjour" in shown.out
    assert "broadcast confirm 1" in shown.err
    assert desk.all(Delivery) == []
    [row] = desk.all(Broadcast)
    assert (row.author, row.state, row.start_at) == ("cli:anne", "ready", LATER)


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        ({"titre": None}, 1, "il faut un titre"),
        ({"public": None}, 1, "tout le monde"),
        ({"public": {"territoire": ["vienne", "landes"]}}, 3, "« landes » n'est pas connu"),
        ({"texte": {"fr": "Bonjour", "en": "Hello {name}"}}, 5, "« {name} » n'est pas un champ"),
        ({"texte": {"en": "Hello"}}, 3, "le texte français manque"),
        ({"quand": "hier"}, 5, "Écrivez par exemple"),
        ({"quand": "12/01/2020 10:00"}, 5, "est passé"),
        ({"quand": "12/01/2030 22:00"}, 5, "12/01/2030 22:00 est une heure calme"),
        ({"piece_jointe": "absent.pdf"}, 6, "Vérifiez le chemin"),
        ({"inscription": "peut-être"}, 6, "Possibles : oui, non"),
        ({"couleur": "bleu"}, 6, "« couleur » n'est pas connu"),
        ({"seance": 99}, 6, "Il n'y a pas de séance numéro 99"),
        ({"repetition": "chaque mardi"}, 6, "FREQ=WEEKLY"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_kept(
    desk, capsys, changes, line, words
):
    path = written(desk, **changes)
    assert main(["broadcast", "new", path]) == 1
    shown = capsys.readouterr()
    said = rf"^{re.escape(path)}:{line}: .*{re.escape(words)}"
    assert re.search(said, shown.out, re.MULTILINE), shown.out
    assert desk.all(Broadcast) == []


def test_no_file_no_yaml_and_no_broadcast_are_refused(desk, capsys):
    assert main(["broadcast", "new", str(desk.folder / "nothing.yml")]) == 2
    bad = desk.folder / "bad.yml"
    bad.write_text("titre: [\n")
    assert main(["broadcast", "new", str(bad)]) == 1
    assert "bad.yml:2: ce n'est pas du YAML" in capsys.readouterr().out
    for action in ("show", "preview", "confirm", "pause", "resume", "cancel", "report"):
        assert main(["broadcast", action, "7"]) == 2
    assert "pas de diffusion numéro 7" in capsys.readouterr().err


def test_beyond_the_size_that_is_set_a_second_login_confirms(desk, capsys, monkeypatch):
    monkeypatch.setenv("BROADCAST_SECOND_AT", "2")
    main(["broadcast", "new", written(desk)])
    assert main(["broadcast", "confirm", "1"]) == 0
    assert "attend une deuxième personne" in capsys.readouterr().err
    assert main(["broadcast", "confirm", "1"]) == 2
    assert "une autre personne" in capsys.readouterr().err
    log_in(monkeypatch, "bruno")
    assert main(["broadcast", "confirm", "1"]) == 0
    [row] = desk.all(Broadcast)
    assert (row.state, row.author, row.confirmer) == ("scheduled", "cli:anne", "cli:bruno")
    done = [(one.actor, one.action) for one in desk.all(Audit)]
    assert done == [
        ("cli:anne", "broadcast.created"),
        ("cli:anne", "broadcast.asked"),
        ("cli:bruno", "broadcast.confirmed"),
    ]


def test_it_is_paused_resumed_cancelled_and_listed(desk, capsys):
    main(["broadcast", "new", written(desk)])
    main(["broadcast", "confirm", "1"])
    assert [main(["broadcast", one, "1"]) for one in ("pause", "resume", "cancel")] == [0, 0, 0]
    assert main(["broadcast", "pause", "1"]) == 2
    capsys.readouterr()
    main(["broadcast", "list"])
    assert capsys.readouterr().out == ""
    main(["broadcast", "list", "--all"])
    assert "Diffusion 1 (annulée" in capsys.readouterr().out
    main(["broadcast", "show", "1"])
    assert "[fr] Bonjour" in capsys.readouterr().out


def test_a_test_goes_to_one_number_that_wrote_to_us(desk, capsys):
    main(["broadcast", "new", written(desk)])
    assert main(["broadcast", "test", "1", "--to", "06 39 98 00 99"]) == 2
    assert main(["broadcast", "test", "1", "--to", "bonjour"]) == 2
    assert main(["broadcast", "test", "1", "--to", "06 39 98 00 01"]) == 0
    [row] = desk.all(Delivery)
    assert (row.cause, row.lane, row.purpose[:2]) == ("broadcast", 0, "0-")


def test_the_report_and_the_list_to_phone_back(desk, capsys):
    main(["broadcast", "new", written(desk)])
    with desk.sessions.begin() as session:
        [row] = session.scalars(select(Broadcast))
        row.occurrence, row.state = 1, "finished"
        for contact, state in zip(
            session.scalars(select(Contact).order_by(Contact.id)),
            ("delivered", "failed", "skipped"),
            strict=True,
        ):
            session.add(_row(row.id, contact, state))
    path = desk.folder / "rappels.csv"
    assert main(["broadcast", "report", "1", "--phone-list", str(path)]) == 0
    shown = capsys.readouterr()
    assert "Arrivés : 1\nÉchecs : 1\n  « refused » : 1\nPas envoyés : 1\n" in shown.out
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines[0] == "numero;prenom;langue;territoire;raison"
    assert lines[1].startswith("06 39 98 00 01;")
    assert path.stat().st_mode & 0o077 == 0
    assert desk.all(Audit)[-1].action == "broadcast.phone_list"
    assert main(["broadcast", "report", "1", "--phone-list", str(path)]) == 2


def _row(number, contact, state):
    return Delivery(
        cause="broadcast", cause_id=number, purpose="1", channel="sms", contact_id=contact.id,
        address_id=contact.addresses[0].id, state=state, not_before=LATER, created_at=LATER,
        reason="refused" if state == "failed" else "unreachable",
    )  # fmt: skip


def test_the_example_of_the_documentation_is_right(desk, capsys, monkeypatch):
    text = (ROOT / "docs/broadcasts.md").read_text()
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1]
    desk.adds(closes_at=SOON)
    with desk.sessions.begin() as session:
        number = session.scalars(select(WorkshopSession.id)).one()
    (desk.folder / "affiche.pdf").write_bytes(b"%PDF-")
    path = desk.folder / "example.yml"
    example = example.replace("seance: 42", f"seance: {number}").replace("12/01/2027 10:00", MOMENT)
    path.write_text(example)
    assert main(["broadcast", "new", str(path)]) == 0, capsys.readouterr().out
    [row] = desk.all(Broadcast)
    assert (row.sign_up, row.file_name, row.file_type) == (True, "affiche.pdf", "application/pdf")
    assert row.audience["communes"] == ["Latillé"]
    assert isinstance(row.start_at, datetime)


def test_a_code_makes_somebody_a_member_and_the_list_names_nobody(desk, vault, capsys):
    assert main(["staff", "add"]) == 0
    code = capsys.readouterr().out.strip()
    with desk.sessions.begin() as session:
        contact = session.scalars(select(Contact).order_by(Contact.id)).first()
        assert not members.join(session, vault, contact, "WRONG", SOON - timedelta(days=20))
        assert members.join(session, vault, contact, code.lower(), SOON - timedelta(days=20))
        assert not members.join(session, vault, contact, code, SOON - timedelta(days=20))
        uid = contact.uid
    main(["staff"])
    assert uid in capsys.readouterr().out
    assert main(["staff", "remove", uid]) == 0
    assert main(["staff", "remove", uid]) == 2
    assert [one.action for one in desk.all(Audit)] == ["staff.code", "staff.joined", "staff.left"]
