"""``/console`` on Telegram, and the first administrator's link on the command line."""

from sqlalchemy import select

from bot.cli.main import main
from core import sms
from core.console import links
from core.console.links import Purpose
from core.console.members import StaffMember, StaffRole
from core.db import Base, make_engine, make_sessions
from core.people.contacts import Contact
from tests.bot.test_sign_ups import Phone
from tests.world import NOON, ROOT


def a_member(phone: Phone) -> int:
    with phone.sessions.begin() as session:
        contact = Contact(created_at=NOON, seen_at=NOON)
        member = StaffMember(
            contact=contact, role=StaffRole.ORGANIZER, territory="vienne", name="D", changed_at=NOON
        )
        session.add(member)
        session.flush()
        return member.contact_id


def a_code(phone: Phone, contact_id: int) -> str:
    with phone.sessions.begin() as session:
        return links.make(session, phone.vault, contact_id, Purpose.JOIN, NOON)


def members(phone: Phone) -> list[StaffMember]:
    with phone.sessions.begin() as session:
        return list(session.scalars(select(StaffMember)))


async def test_a_code_makes_whoever_writes_the_member_and_console_gives_links(sessions, vault):
    phone = Phone(sessions, vault, "telegram")
    code = a_code(phone, a_member(phone))
    await phone.says(f"/console {code.lower()}")
    row = phone.rows[-1]
    assert row.sealed
    assert not row.text
    assert "https://console.example/console/enter/" in row.reveal(vault)
    (member,) = members(phone)
    assert member.contact_id == row.contact_id
    await phone.says("/console")
    assert "/console/enter/" in phone.rows[-1].reveal(vault)
    await phone.says(f"/console {code}")
    assert "Je ne connais pas cette commande" in phone.rows[-1].reveal(vault)


async def test_whoever_is_no_member_learns_nothing_of_the_console(sessions, vault):
    phone = Phone(sessions, vault, "telegram")
    for words in ("/console", "/console ABCDEFGHJK"):
        assert "Je ne connais pas cette commande" in await phone.says(words)
    assert "console" not in phone.rows[-1].text


async def test_by_sms_there_is_no_console(sessions, vault):
    phone = Phone(sessions, vault)
    code = a_code(phone, a_member(phone))
    said = await phone.says(f"/console {code}")
    assert "enter" not in said
    assert sms.size(sms.spell(said)).segments <= 2


async def test_five_links_at_a_time_are_enough(sessions, vault):
    phone = Phone(sessions, vault, "telegram")
    await phone.says(f"/console {a_code(phone, a_member(phone))}")
    for _ in range(5):
        await phone.says("/console")
    assert "Cinq liens attendent" in phone.rows[-1].reveal(vault)


def test_the_first_administrator_is_let_in_from_the_command_line(tmp_path, monkeypatch, capsys):
    engine = make_engine(f"sqlite:///{tmp_path}/c.db")
    Base.metadata.create_all(engine)
    settings = {
        "DATABASE_URL": str(engine.url), "KEYS_FILE": str(tmp_path / "keys.json"),
        "LOCALE_DIR": str(ROOT / "locale"), "CONTENT_DIR": str(ROOT / "content"),
        "PUBLIC_URL": "https://tne.example.org/", "TELEGRAM_TOKEN": "",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert main(["keys"]) == 0
    for _ in range(2):
        assert main(["console-link"]) == 0
        shown = capsys.readouterr()
        assert shown.out.startswith("https://tne.example.org/console/enter/")
    with make_sessions(engine).begin() as session:
        (member,) = session.scalars(select(StaffMember)).all()
        assert member.role == StaffRole.ADMINISTRATOR
    engine.dispose()
