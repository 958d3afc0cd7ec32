"""All that is held about a person is known in one place, and shown to them."""

import json

import pytest
from sqlalchemy import Table

from core.answers import Listener
from core.db import Base
from core.languages import LANGUAGES
from core.messages import Kind
from core.people import personal
from core.people.about_you import AboutYou
from core.people.personal import PARTS, TIES, UNTOLD
from core.vault import Vault, make_keyring
from tests.core.lives import a_life
from tests.core.workshops.shop import a_session, somebody, the_texts
from tests.world import NOON

PERSON = ("contact", "address")


@pytest.fixture
def sessions(kept_sessions):
    return kept_sessions


def leads_to_a_person(table: Table) -> bool:
    """By a foreign key, or by another table's."""
    above = {key.column.table for key in table.foreign_keys} - {table}
    return table.name in PERSON or any(map(leads_to_a_person, above))


def test_every_table_that_leads_to_a_person_is_shown_and_erased_or_explained():
    leading = {table.name for table in Base.metadata.sorted_tables if leads_to_a_person(table)}
    known = {part.table.__tablename__ for part in PARTS}
    assert leading == known | set(UNTOLD)
    assert not known & set(UNTOLD)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_column_is_shown_or_is_known_to_say_nothing(part):
    columns = {column.name for column in part.table.__table__.columns}
    named = [*part.tells, *part.opens, *part.works]
    assert len(named) == len(set(named))
    assert columns - TIES == set(named) - TIES


def test_all_of_a_life_is_there_and_nothing_of_another(sessions, vault):
    with sessions.begin() as session:
        row = a_session(session)
        address, other = somebody(session, vault, 1), somebody(session, vault, 2)
        a_life(session, vault, address, row)
        a_life(session, vault, other, row)
        held = personal.collect(session, vault, address.contact_id)
    assert {name for name, rows in held.items() if not rows} == set()
    assert [one["content"] for one in held["addresses"]] == ["+33639980001"]
    assert [one["name"] for one in held["people_who_come"]] == ["Fatima", "Lina"]
    assert held["sign_ups"][0]["details"]["email"] == "f@ac.fr"
    assert held["sign_up_begun"][0]["said"]["adults"] == 2
    assert held["messages_received"][0]["text"] == "piscine"
    assert held["answers_to_be_told"][0]["question"] == "piscine"
    assert all(len(held[one]) == 1 for one in ("sign_ups", "addresses", "messages_sent", "you"))
    read = json.loads(personal.as_json(held, NOON))
    assert read["made_at"] == "2026-11-21T12:00:00+00:00"
    assert read["sign_ups"][0]["workshop"] == "L'ENT sans stress"


def test_what_no_key_opens_any_more_is_said_to_be_there_and_empty(sessions, vault, tmp_path):
    make_keyring(tmp_path / "others.json")
    with sessions.begin() as session:
        address = somebody(session, vault)
        other = Vault.read(tmp_path / "others.json")
        held = personal.collect(session, other, address.contact_id)
    assert [(one["channel"], one["content"]) for one in held["addresses"]] == [("sms", None)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
def test_the_lines_tell_what_matters(sessions, vault, kind, language):
    with sessions.begin() as session:
        address = somebody(session, vault, territory="vienne", role="teacher")
        a_life(session, vault, address, a_session(session))
        held = personal.collect(session, vault, address.contact_id)
    lines = AboutYou(the_texts(), Listener(kind, language), held).lines()
    text = "\n".join(lines)
    for words in ("+33639980001", "L'ENT sans stress", "Lina", "f@ac.fr", "Brest", "piscine"):
        assert words in text
    assert "90" in text
    assert len(lines) == len(set(lines))
