"""Saying that one is here, by SMS and on Telegram: what a person reads, and what is noted."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import sms
from core.languages import LANGUAGES
from core.workshops.attendance import attendance
from core.workshops.attendance.attendance import MOST_WRONG, Arrival, CheckIn
from core.workshops.attendance.checking_in import SAID
from core.workshops.model import Audience, SessionState, SignUp, SignUpState
from tests.bot.test_sign_ups import FREE, Phone
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON

CODE = "482715"
TITLE = "Un atelier dont le titre est vraiment très long, et qui le sait depuis toujours"


@pytest.fixture
def phone(sessions, vault):
    return Phone(sessions, vault)


@pytest.fixture
def screen(sessions, vault):
    return Phone(sessions, vault, "telegram")


def on_site(phone, sign_up=SignUpState.CONFIRMED, **session_values):
    """A session that begins in ten minutes, where *phone* has a sign-up in that state, if any."""
    values = {"starts_at": NOON + timedelta(minutes=10), "day_code": CODE} | session_values
    with phone.sessions.begin() as session:
        row = a_session(session, **values)
        who = somebody(session, phone.vault, 1, phone.channel)
        if sign_up is not None:
            signed_up(session, who, row, state=sign_up)
        return row.id


async def reads(screen, words):
    """What comes back, as it is written."""
    await screen.says(words)
    return "\n".join(row.text for row in screen.rows)


def noted(phone):
    return [state for state, _ in phone.sign_ups()] == [SignUpState.ATTENDED]


@pytest.mark.parametrize(
    "words",
    [
        "PRESENT 482715", "Présent : 482 715", "présente 482715 merci", "present(e) 482-715.",
        "bonjour, je suis là 482715", "ici 482715", "482715", "482 715", "here 482715",
        "I'm here 482715", "presente 482715", "¡Aquí! 482715", "estou aqui 482715",
        "burada 482715", "Buradayım 482715", "حاضر ٤٨٢٧١٥", "أنا هنا 482715", "code 482715",
    ],
)  # fmt: skip
async def test_however_it_is_written_it_is_noted_without_a_model(phone, words):
    on_site(phone)
    said = await phone.says(words)
    assert "L'ENT sans stress" in said
    assert noted(phone)
    assert phone.rasa.asked == []


async def test_a_code_that_is_scanned_is_noted_on_telegram(screen):
    on_site(screen)
    said = await reads(screen, f"/start p{CODE}")
    assert said == "Bienvenue ! Votre présence est notée : L'ENT sans stress."
    assert noted(screen)


async def test_saying_it_twice_changes_nothing(phone):
    on_site(phone)
    await phone.says("PRESENT 482715")
    assert "déjà notée" in await phone.says("482715")
    assert noted(phone)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SignUpState.WAITING, "liste d'attente"),
        (SignUpState.CANCELLED, "pas de place réservée"),
        (None, "pas de place réservée"),
    ],
)
async def test_who_has_no_seat_is_sent_to_the_host_and_takes_none(screen, state, words):
    on_site(screen, state)
    said = await reads(screen, "PRESENT 482715")
    assert said.startswith("Merci d'être là !")
    assert words in said
    assert "organisateur" in said
    assert [one for one, _ in screen.sign_ups()] == ([state] if state else [])


@pytest.mark.parametrize(
    ("minutes", "words"), [(-40, "encore un peu tôt"), (60 * 5, "trop tard pour ce code")]
)
async def test_too_early_and_too_late_say_when_it_is(screen, minutes, words):
    on_site(screen, starts_at=NOON + timedelta(minutes=10))
    screen.now = NOON + timedelta(minutes=10 + minutes)
    said = await reads(screen, "PRESENT 482715")
    assert words in said
    assert "samedi 21 novembre, de 13:10 à 15:10" in said
    assert not noted(screen)


@pytest.mark.parametrize("words", ["PRESENT 999999", "999999", "présent 48271", "PRESENT 4827155"])
async def test_a_wrong_code_says_what_to_look_at(phone, words):
    on_site(phone)
    assert "Ce code n'est pas le bon" in await phone.says(words)
    assert not noted(phone)


async def test_after_five_wrong_codes_the_host_notes_them(phone):
    on_site(phone)
    for number in range(MOST_WRONG):
        assert "pas le bon" in await phone.says(f"PRESENT 99999{number}")
    assert "Trop de codes faux" in await phone.says("PRESENT 482715")
    assert not noted(phone)


async def test_a_called_off_session_says_so(phone):
    on_site(phone, SignUpState.CANCELLED, state=SessionState.CANCELLED)
    assert await phone.says("PRESENT 482715") == "Cette séance est annulée."


async def test_while_a_form_asks_for_a_number_six_digits_alone_are_no_code(phone):
    here = on_site(phone)
    with phone.sessions.begin() as session:
        other = a_session(session, "other", starts_at=NOON + timedelta(days=9)).id
    await phone.says(f"ATELIER {other}")
    assert "Combien d'adultes" in await phone.says("1")
    await phone.says("482715")
    assert not noted(phone)
    assert "présence est notée" in await phone.says("PRESENT 482715")
    with phone.sessions.begin() as session:
        assert session.scalar(select(SignUp)).session_id == here
    assert "Et combien d'enfants" in await phone.says("2")


@pytest.mark.parametrize("words", ["ici 86000", "je suis present demain", "le 482715 c'est quoi"])
async def test_what_only_resembles_it_is_a_question(phone, words):
    on_site(phone)
    phone.rasa.answer = FREE
    assert await phone.says(words) == "C'est gratuit."
    assert not noted(phone)


async def test_the_word_at_the_door_is_answered_in_the_language_of_who_writes_it(screen):
    on_site(screen)
    with screen.sessions.begin() as session:
        somebody(session, screen.vault, 1, "telegram", language="tr")
    assert (await reads(screen, "PRESENT 482715")).startswith("Hoş geldiniz!")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("arrival", list(Arrival))
async def test_every_answer_fits_into_two_sms_in_every_language(
    phone, monkeypatch, language, arrival
):
    number = on_site(phone, title=TITLE, audience=Audience.TEACHERS, demo=True)
    with phone.sessions.begin() as session:
        somebody(session, phone.vault, 1, "sms", language=language, language_chosen=True)

    def comes_of_it(session, contact_id, code, now):
        found = arrival not in (Arrival.WRONG, Arrival.TOO_MANY)
        row = session.get(SignUp, 1).session if found else None
        assert row is None or row.id == number
        return CheckIn(arrival, row)

    monkeypatch.setattr(attendance, "check_in", comes_of_it)
    said = await phone.says("PRESENT 482715")
    assert sms.size(sms.spell(said)).segments <= 2, said
    assert "{" not in said


def test_every_way_that_it_may_go_has_its_sentence():
    assert set(SAID) == set(Arrival)
