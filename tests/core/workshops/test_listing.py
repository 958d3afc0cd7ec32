"""What people read when they look for a session, on a screen and by SMS."""

import pytest

from core import sms
from core.answers import Listener
from core.languages import LANGUAGES
from core.messages import Kind
from core.workshops.model import Audience, SignUpState
from core.workshops.search.days import Span
from core.workshops.search.listing import about, listing
from core.workshops.search.wanted import Wanted
from tests.core.workshops.shop import (
    WEEK,
    a_session,
    at,
    signed_up,
    somebody,
    the_tables,
    the_texts,
)
from tests.world import NOON

LONG = "Accompagner son enfant dans l'usage du numérique : écrans, réseaux et jeux vidéo"
BOTH = [Listener(kind, language) for kind in Kind for language in LANGUAGES]


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        yield session


def page(session, listener=None, offset=0, **wanted):
    return listing(
        session, the_texts(), the_tables(), Wanted(**wanted), listener or Listener(), NOON, offset
    )


def detail(session, row, listener=None, now=NOON):
    return about(session, the_texts(), row.id, listener or Listener(), now)


def by_sms(bubble):
    return sms.numbered(bubble.text, [choice.label for choice in bubble.choices])


def test_a_page_says_what_when_where_how_far_and_how_many_seats(session, vault):
    row = a_session(session, "a", commune="Poitiers", starts_at=at("2027-01-12", 13), seats=12)
    signed_up(session, somebody(session, vault), row, size=9)
    bubble = page(session, communes=("Latillé",))
    assert "1. L'ENT sans stress\nmardi 12 janvier, de 14:00 à 16:00\n" in bubble.text
    assert "Salle des fêtes, Poitiers (à 21 km)\n3 places libres sur 12\n" in bubble.text
    assert [(one.label, one.does) for one in bubble.choices] == [
        ("1. 12 janv., Poitiers", f"session:{row.id}")
    ]


def test_where_it_was_asked_from_is_no_distance(session):
    a_session(session)
    assert "km" not in page(session, communes=("Latillé",)).text


@pytest.mark.parametrize(
    ("language", "free", "words"),
    [
        ("fr", 1, "1 place libre sur 12"), ("fr", 2, "2 places libres sur 12"),
        ("en", 1, "1 seat left of 12"), ("en", 2, "2 seats left of 12"),
        ("es", 1, "1 plaza libre de 12"), ("pt", 3, "3 lugares livres em 12"),
        ("tr", 3, "12 yerden 3 tanesi boş"), ("ar", 1, "مقعد واحد شاغر من 12"),
        ("ar", 2, "مقعدان شاغران من 12"), ("ar", 3, "3 مقاعد شاغرة من 12"),
        ("ar", 11, "11 مقعدا شاغرا من 12"), ("fr", 0, "complet, liste d'attente possible"),
        ("en", 0, "full, you can join the waiting list"),
    ],
)  # fmt: skip
def test_seats_are_counted_in_the_grammar_of_each_language(session, vault, language, free, words):
    row = a_session(session, seats=12)
    if free < 12:
        signed_up(session, somebody(session, vault), row, size=12 - free)
    assert words in page(session, Listener(language=language)).text


def test_pages_of_five_follow_each_other_to_the_end(session):
    for number in range(12):
        a_session(session, f"s{number:02}", starts_at=NOON + WEEK * (number + 1), seats=5)
    seen, does = [], "more:0:"
    while does:
        _, offset, wanted = does.split(":", 2)
        bubble = listing(session, the_texts(), the_tables(), Wanted.decoded(wanted), Listener(),
                         NOON, int(offset))  # fmt: skip
        chosen = [one.does for one in bubble.choices]
        seen.append([one for one in chosen if one.startswith("session:")])
        does = next((one for one in chosen if one.startswith("more:")), None)
    assert [len(page) for page in seen] == [5, 5, 2]
    assert len({one for page in seen for one in page}) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_sms_every_page_fits_in_two_and_all_are_reached(session, language):
    for number in range(7):
        a_session(session, f"s{number}", starts_at=at("2027-09-29", 12 + number), title=LONG,
                  demo=number == 0, commune="Saint-Georges-lès-Baillargeaux")  # fmt: skip
    listener, offset, reached = Listener(Kind.SMS, language), 0, 0
    while True:
        bubble = page(session, listener, offset)
        text = by_sms(bubble)
        assert sms.size(text).segments <= 2, text
        shown = [one for one in bubble.choices if one.does.startswith("session:")]
        assert shown
        reached += len(shown)
        more = [one.does for one in bubble.choices if one.does.startswith("more:")]
        if not more:
            break
        offset = int(more[0].split(":")[1])
    assert reached == 7


def test_by_sms_the_digits_carry_what_is_needed_to_choose(session):
    a_session(session, starts_at=at("2027-01-12", 13), seats=3)
    assert by_sms(page(session, Listener(Kind.SMS))) == (
        "Inscriptions ouvertes. Répondez 1.\n1 12 janv. 14:00 Latillé: L'ENT sans stress (3 places)"
    )


@pytest.mark.parametrize("listener", BOTH, ids=str)
def test_nothing_open_offers_to_be_told(session, listener):
    bubble = page(session, listener, communes=("Latillé",), themes=("ia",))
    does = [one.does for one in bubble.choices]
    assert does[0].startswith("interest:")
    assert Wanted.decoded(does[0].partition(":")[2]) == Wanted(
        communes=("Latillé",), themes=("ia",)
    )
    assert does[1] == "menu"
    if listener.kind is Kind.SMS:
        assert sms.size(by_sms(bubble)).segments <= 2


def test_nothing_at_that_time_shows_the_others_and_says_so(session):
    row = a_session(session, starts_at=at("2027-01-12", 13))
    december = (Span(at("2026-12-01").date(), at("2026-12-31").date()),)
    bubble = page(session, spans=december)
    assert bubble.text.startswith("Rien à ces dates.")
    assert bubble.choices[0].does == f"session:{row.id}"


def test_the_last_page_is_shown_when_there_are_fewer_than_before(session):
    a_session(session)
    assert page(session, offset=5).choices[0].does.startswith("session:")


@pytest.mark.parametrize(
    ("language", "mark"), [("fr", "[Démonstration] L'ENT"), ("en", "[Demonstration] L'ENT")]
)
def test_demonstration_data_says_that_it_is(session, language, mark):
    row = a_session(session, title="[Démonstration] L'ENT", demo=True)
    listener = Listener(language=language)
    assert mark in page(session, listener).text
    assert detail(session, row, listener).text.startswith(mark)


def test_one_session_in_full_and_what_to_do_with_it(session):
    row = a_session(
        session, starts_at=at("2027-01-12", 13), street="1 place de la Mairie", seats=3,
        audience=Audience.ALL, languages=["fr", "ar"], closes_at=at("2027-01-10", 19),
    )  # fmt: skip
    bubble = detail(session, row)
    assert bubble.text == (
        "L'ENT sans stress\n\nOn vient avec son téléphone.\n\n"
        "mardi 12 janvier 2027, de 14:00 à 16:00\n"
        "Salle des fêtes, 1 place de la Mairie, Latillé\n"
        "3 places libres sur 3\nPour tout le monde\nOn y parle : français et arabe\n"
        "Organisé par Équipe TNE\nInscription jusqu'au 10 janvier 2027, 20:00"
    )
    assert [(one.label, one.does) for one in bubble.choices] == [
        ("Je m'inscris", f"signup:{row.id}"), ("Autres séances", "more:0:")
    ]  # fmt: skip


def test_a_full_one_offers_its_waiting_list_and_keeps_its_link_to_itself(session, vault):
    row = a_session(session, seats=1, remote=True, link="https://visio.example/secret")
    signed_up(session, somebody(session, vault), row, state=SignUpState.CONFIRMED)
    bubble = detail(session, row)
    assert bubble.choices[0].label == "Liste d'attente"
    assert "à distance" in bubble.text
    assert "visio" not in bubble.text


def test_one_that_is_closed_says_so_and_leads_back(session):
    row = a_session(session)
    bubble = detail(session, row, now=row.closes_at)
    assert bubble.text == "Cette séance n'est plus ouverte aux inscriptions."
    assert bubble.choices[0].does == "more:0:"


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_sms_one_session_fits_in_two(session, language):
    row = a_session(session, title=LONG, starts_at=at("2027-09-29", 13), hours=30,
                    place="Médiathèque communautaire du Pays de Landivisiau, salle polyvalente",
                    commune="Saint-Georges-lès-Baillargeaux")  # fmt: skip
    text = by_sms(detail(session, row, Listener(Kind.SMS, language)))
    assert sms.size(text).segments <= 2, text


def test_arabic_lines_that_begin_in_french_still_run_right_to_left(session):
    a_session(session)
    text = page(session, Listener(language="ar")).text
    assert "\u200fSalle des fêtes, Latillé" in text
