"""The poster, as a reader of PDF sees it."""

import re
import shutil
import subprocess

import pytest

from bot.poster import door_of, poster_of
from bot.poster_page import draw
from core.settings import Settings
from core.workshops.model import WorkshopKind
from tests.core.workshops.shop import a_session, at
from tests.peers.missing import missing
from tests.world import ROOT

BOTH = {"telegram_bot_name": "TneVienneBot", "sms_number": "06 39 98 00 01"}


@pytest.fixture
def posted(sessions):
    """``posted(ways_in, **session)``: the poster of a session in January."""

    def make(ways_in=BOTH, **more):
        settings = Settings(content_dir=ROOT / "content", locale_dir=ROOT / "locale", **ways_in)
        with sessions.begin() as session:
            return poster_of(a_session(session, starts_at=at("2027-01-12", 13), **more), settings)

    return make


def words(pdf, tmp_path):
    """What is written on the only page."""
    if shutil.which("pdftotext") is None:
        missing("pdftotext (apt-get install poppler-utils)")
    path = tmp_path / "poster.pdf"
    path.write_bytes(pdf)
    run = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert text.count("\f") == 1
    return text


def test_it_says_what_when_where_and_both_ways_in_in_six_languages(posted, tmp_path):
    poster = posted(kind=WorkshopKind.EVENT)
    assert poster.link == "https://t.me/TneVienneBot?start=s1"
    text = words(draw(poster), tmp_path)
    for said in (
        "ÉVÉNEMENT", "L'ENT sans", "Mardi 12 janvier 2027", "de 14:00 à 16:00",
        "Salle des fêtes, Latillé", "ATELIER 1", "06 39 98 00 01", "Organisé par Équipe TNE",
        "Pour vous inscrire, scannez le code ou envoyez ce SMS.", "To sign up, scan the code",
        "Para inscribirse,", "Para se inscrever,", "Kaydolmak için",
    ):  # fmt: skip
        assert said in text, said
    assert re.search("[\u0600-\u06ff]{2}.*AR", text)


def test_only_the_ways_in_that_exist_are_on_it(posted, tmp_path):
    by_sms = posted({"sms_number": "30 30"})
    assert (by_sms.link, by_sms.sentences[0][1]) == ("", "Pour vous inscrire, envoyez ce SMS.")
    text = words(draw(by_sms), tmp_path)
    assert "30 30" in text
    assert "Telegram" not in text
    by_code = posted({"telegram_bot_name": "TneVienneBot"}, name="b")
    assert "scannez le code avec" in by_code.sentences[0][1]
    text = words(draw(by_code), tmp_path)
    assert "@TneVienneBot" in text
    assert "SMS" not in text


def test_the_longest_title_and_place_stay_on_one_page(posted, tmp_path):
    title = " ".join(["Accompagnement"] * 13)
    place = "Médiathèque communautaire Jean-Moulin, salle polyvalente du premier étage " * 2
    text = words(draw(posted(title=title, place=place.strip())), tmp_path)
    assert text.count("Accompagnement") == 13
    assert "Latillé" in text


def test_the_page_at_the_door_welcomes_and_says_what_to_write_where(sessions, tmp_path):
    for ways_in, where, link in (
        (BOTH, "06 39 98 00 01", "https://t.me/TneVienneBot?start=p482715"),
        (
            {"telegram_bot_name": "TneVienneBot"},
            "@TneVienneBot",
            "https://t.me/TneVienneBot?start=p482715",
        ),
        ({"sms_number": "30 30"}, "30 30", ""),
    ):
        settings = Settings(content_dir=ROOT / "content", locale_dir=ROOT / "locale", **ways_in)
        with sessions.begin() as session:
            row = a_session(session, name=where, starts_at=at("2027-01-12", 13))
            page = door_of(row, "482715", settings)
        assert page.link == link
        text = words(draw(page), tmp_path)
        for said in (
            "BIENVENUE", "L'ENT sans", "de 14:00 à 16:00", "PRESENT 482715", where,
            "Vous êtes là ?", "Are you here?", "¿Ya está aquí?", "Já cá está?", "Geldiniz mi?",
        ):  # fmt: skip
            assert said in text, said
        assert "ATELIER" not in text
        assert re.search("[\u0600-\u06ff]{2}.*AR", text)
