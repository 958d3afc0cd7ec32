"""The file for a person's own calendar, read back by another parser than the one that wrote it."""

import re

import pytest

from core.answers import Listener
from core.workshops.calendar import calendar_file
from tests.core.workshops.shop import a_session, at, signed_up, somebody, the_texts
from tests.world import NOON


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        yield session


def lines(session, vault, cancelled=False, language="fr", **more):
    row = a_session(session, starts_at=at("2027-01-12", 13), **more)
    sign_up = signed_up(session, somebody(session, vault), row, size=2)
    data = calendar_file(sign_up, the_texts(), Listener(language=language), NOON, cancelled)
    assert re.search(rb"(?<!\r)\n", data) is None
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    unfolded = data.decode().replace("\r\n ", "")
    return dict(line.split(":", 1) for line in unfolded.strip().split("\r\n"))


def test_it_says_what_when_and_where(session, vault):
    read = lines(session, vault, street="1 place de la Mairie")
    assert read["METHOD"] == "PUBLISH"
    assert read["UID"] == "signup-1@tne-assistant"
    assert (read["DTSTART"], read["DTEND"]) == ("20270112T130000Z", "20270112T150000Z")
    assert read["DTSTAMP"] == "20261121T120000Z"
    assert read["SUMMARY"] == "L'ENT sans stress"
    assert read["LOCATION"] == "Salle des fêtes\\, 1 place de la Mairie\\, Latillé"
    assert (read["SEQUENCE"], read["STATUS"]) == ("0", "CONFIRMED")
    assert "Vous ne pouvez plus venir ?" in read["DESCRIPTION"]
    assert "VALARM" not in "".join(read.values())


def test_a_change_of_the_session_replaces_what_was_there(session, vault):
    assert lines(session, vault, revision=3)["SEQUENCE"] == "3"


def test_a_cancelled_one_is_struck_out_under_the_same_name(session, vault):
    read = lines(session, vault, cancelled=True, revision=3)
    assert (read["STATUS"], read["SEQUENCE"]) == ("CANCELLED", "4")
    assert read["UID"] == "signup-1@tne-assistant"


def test_a_remote_one_gives_its_link(session, vault):
    read = lines(session, vault, remote=True, link="https://visio.example/1", language="en")
    assert read["LOCATION"] == "online"
    assert read["URL"] == "https://visio.example/1"
    assert "https://visio.example/1" in read["DESCRIPTION"]
