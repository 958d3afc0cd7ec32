"""``python -m bot handoffs``: who waits, without words or addresses."""

import pytest
from sqlalchemy import select

from bot.cli.main import main
from core.outbox.delivery import Delivery
from core.team.handoffs import Handoff, Reason, begin
from core.vault import Vault, make_keyring
from tests.world import A_NUMBER, NOON, a_contact


@pytest.fixture
def opened(tmp_path, engine, sessions, monkeypatch):
    """One open handoff, in the database that the command line is set to."""
    keys = tmp_path / "cli-keys.json"
    make_keyring(keys)
    settings = {
        "DATABASE_URL": str(engine.url), "KEYS_FILE": str(keys),
        "TELEGRAM_TOKEN": "1:a", "TELEGRAM_STAFF_GROUP": "-100123",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with sessions.begin() as session:
        begin(session, a_contact(session, Vault.read(keys)), Reason.SENSITIVE, None, NOON)


def test_the_list_says_who_waits_and_nothing_about_them(opened, capsys):
    assert main(["handoffs"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "#1  ouverte le 21/11/2026 13:00  sensitive  fr  rappels : 0\n"
    assert "1 demande" in shown.err
    assert A_NUMBER not in shown.out


def test_closing_by_hand_tells_the_person_and_the_group(opened, sessions, capsys):
    assert main(["handoffs", "close", "1"]) == 0
    assert "close" in capsys.readouterr().err
    with sessions.begin() as session:
        assert session.get_one(Handoff, 1).ending == "team"
        channels = set(session.scalars(select(Delivery.channel)))
    assert channels == {"sms", "telegram"}
    assert main(["handoffs", "close", "1"]) == 2
    assert "numéro 1" in capsys.readouterr().err
    assert main(["handoffs"]) == 0
    assert capsys.readouterr().out == ""
