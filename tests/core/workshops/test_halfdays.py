"""Half-days and themes as people write them, and the dates that half-days fall on."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.workshops.themes import THEMES
from core.workshops.wishes.halfdays import HALF_DAYS, covered, named_in, said_in, school_days
from core.workshops.wishes.topics import OFFERED, WORDS
from core.workshops.wishes.topics import named_in as themes_in
from core.workshops.wishes.topics import said_in as themes_said
from tests.core.workshops.shop import at

MORNINGS = ("mon-am", "tue-am", "wed-am", "thu-am", "fri-am")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mardi après-midi et mercredi matin", ("tue-pm", "wed-am")),
        ("lundi et jeudi matin", ("mon-am", "thu-am")),
        ("lundi matin et après-midi, jeudi", ("mon-am", "mon-pm", "thu-am", "thu-pm")),
        ("je suis dispo le mer. aprem", ("wed-pm",)),
        ("mardi toute la journée", ("tue-am", "tue-pm")),
        ("samedi", ("sat-am",)),
        ("tous les matins", MORNINGS),
        ("toute la semaine", HALF_DAYS[:10]),
        ("Tuesday afternoon and Wednesday morning", ("tue-pm", "wed-am")),
        ("mornings of Monday and Friday", ("mon-am", "fri-am")),
        ("lunes y martes por la mañana", ("mon-am", "tue-am")),
        ("terça-feira à tarde e sexta de manhã", ("tue-pm", "fri-am")),
        ("salı öğleden sonra ve perşembe sabah", ("tue-pm", "thu-am")),
        ("الاثنين صباحا والخميس بعد الظهر", ("mon-am", "thu-pm")),
        ("صباح الاثنين ومساء الثلاثاء", ("mon-am", "tue-pm")),
    ],
)
def test_half_days_are_read_in_six_languages(text, named):
    assert said_in(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "ma fille veut mourir mardi",
        "mon fils est libre",
        "sauf le lundi",
        "dimanche",
        "ce jour",
    ],
)
def test_what_says_more_than_half_days_is_not_taken_for_them(text):
    assert said_in(text) == ()


def test_a_day_that_is_ruled_out_is_not_ticked():
    assert named_in("le mardi ça m'irait bien") == ("tue-am", "tue-pm")
    assert named_in("tout me va sauf le mardi") == ()


@given(st.text())
@settings(deadline=None)
def test_no_text_breaks_the_reading(text):
    assert set(named_in(text)) <= set(HALF_DAYS)
    assert set(themes_in(text, {})) <= set(THEMES)


@pytest.mark.parametrize(
    ("starts", "ends", "halves"),
    [
        (at("2027-01-12", 13), at("2027-01-12", 15), {"tue-pm"}),
        (at("2027-01-12", 8), at("2027-01-12", 11, 30), {"tue-am"}),
        (at("2027-01-12", 8), at("2027-01-12", 15), {"tue-am", "tue-pm"}),
        (at("2027-01-16", 13), at("2027-01-16", 15), {"sat-pm"}),
        (at("2027-01-12", 13), at("2027-01-13", 10), {"tue-pm", "wed-am"}),
        # At nine in Paris, whatever the season.
        (datetime(2027, 7, 6, 7, tzinfo=UTC), datetime(2027, 7, 6, 10, tzinfo=UTC), {"tue-am"}),
    ],
)
def test_a_session_covers_the_half_days_that_it_lies_in(starts, ends, halves):
    assert covered(starts, ends) == halves | ({"tue-pm"} if len(halves) > 1 else set())


def test_there_is_no_school_on_sundays_saturday_afternoons_and_public_holidays():
    days = list(school_days(date(2027, 5, 1), date(2027, 5, 9)))
    dates = [day.day for day, _ in days]
    assert set(dates) == {3, 4, 5, 7}  # the 1st and 8th, and Ascension Day on the 6th, are holidays
    assert {half for _, half in school_days(date(2027, 1, 9), date(2027, 1, 10))} == {"sat-am"}


def test_every_theme_is_offered_and_has_words():
    assert set(OFFERED) == set(WORDS) == set(THEMES)
    assert len(OFFERED) == len(THEMES)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("robotique et IA", ("robotique", "ia")),
        ("la robotique, l'IA et les écrans interactifs", ("robotique", "ia", "ecran_interactif")),
        ("jeux vidéo et vidéo", ("jeux_video", "video")),
        ("classes mobiles", ("tablettes",)),
        ("AI and coding", ("ia", "programmation")),
        ("yapay zeka ve kodlama", ("ia", "programmation")),
        ("الروبوتيك والذكاء الاصطناعي", ("robotique", "ia")),
    ],
)
def test_themes_are_read_in_words(text, named):
    assert themes_said(text, {"ia": "AI"}) == named


@pytest.mark.parametrize(
    "text", ["ma fille veut mourir à cause de tiktok", "j'ai un problème d'ENT", "pas la robotique"]
)
def test_what_says_more_than_themes_is_not_taken_for_them(text):
    assert themes_said(text, {}) == ()
