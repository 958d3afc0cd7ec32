"""Answering reminders, as a conversation: what a person reads, and what the database holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.understanding import UnderstandingError
from core.messages import Choice
from core.outbox.delivery import Cause, Delivery, State
from core.people.consents import StreamStop
from core.people.contacts import Address, AddressState
from core.workshops.model import SignUp, SignUpState
from core.workshops.reminding.hearing import Verb, heard
from tests.bot.test_sign_ups import MARCH, Phone
from tests.core.workshops.shop import a_session, signed_up

DAY = timedelta(days=1)


class Reminded(Phone):
    """A phone whose owner has a seat in each of *offers*, and was reminded of it a day later."""

    async def is_reminded(self, *offers, size=1, verbs=("come", "release", "another")):
        if not self._count:
            await self.says("/aide")  # so that we know them
        self.now += DAY
        with self.sessions.begin() as session:
            address = session.scalars(
                select(Address).where(Address.channel == self.channel).order_by(Address.id.desc())
            ).first()
            for offer in offers:
                row = a_session(session, **{"name": f"r{offer['title']}", **offer})
                sign_up = signed_up(session, address, row, size)
                choices = [Choice(f"{verb} {row.id}", f"{verb}:{sign_up.id}") for verb in verbs]
                session.add(
                    Delivery(
                        cause=Cause.REMINDER, cause_id=sign_up.id, purpose="j7:0",
                        contact_id=address.contact_id, address=address, channel=self.channel,
                        state=State.SENT, not_before=self.now, created_at=self.now,
                        sent_at=self.now, choices=[one.as_json() for one in choices],
                    )
                )  # fmt: skip
                session.flush()

    def answers(self):
        """By title: the state, and whether they said that they come."""
        with self.sessions.begin() as session:
            return {
                row.session.workshop.title: (row.state, row.answered_at is not None)
                for row in session.scalars(select(SignUp))
            }

    def prompts(self):
        return [choice.does for choice in self.rows[-1].picks()]


ENT = {"title": "L'ENT sans stress", "starts_at": MARCH}
ROBOTS = {"title": "Robots en famille", "starts_at": MARCH + DAY, "commune": "Brest"}


@pytest.fixture
def phone(sessions, vault):
    one = Reminded(sessions, vault)
    one.rasa.answer = UnderstandingError("away")  # no model is needed for any of this
    return one


@pytest.mark.parametrize(
    ("text", "verb", "people"),
    [
        ("oui je viens avec ma fille", "come", 2),
        ("on sera là", "come", None),
        ("Oui bien sûr, on vient à 3 merci", "come", 3),
        ("pas de souci on sera là", "come", None),
        ("je viens avec mon mari et mes deux enfants", "come", 4),
        ("we will be there", "come", None),
        ("sí, iremos", "come", None),
        ("sim estaremos lá", "come", None),
        ("evet geliyoruz", "come", None),
        ("سنحضر إن شاء الله", "come", None),
        ("je peux pas venir", "release", None),
        ("desole impossible", "release", None),
        ("I can't come sorry", "release", None),
        ("no puedo ir", "release", None),
        ("nao posso", "release", None),
        ("gelemem", "release", None),
        ("لن استطيع الحضور", "release", None),
        ("une autre date svp", "another", None),
        ("يوم آخر", "another", None),
    ],
)
def test_plain_words_are_understood_in_six_languages(text, verb, people):
    found = heard(text)
    assert (found.verb, found.people) == (Verb(verb), people)


@pytest.mark.parametrize(
    "text",
    [
        "c'est où ?", "ma fille veut mourir", "je viens plus tard", "j'ai oublié mon mot de passe",
        "oui mais je peux pas", "ma fille ne peut pas venir", "on sera 2 de plus", "non je viens",
        "oui pas ma fille", "bonjour", "pourquoi pas", "je sais pas encore", "la",
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_left_to_the_model(text):
    assert heard(text) is None


@pytest.mark.parametrize("said", ["1", "oui", "OUI merci", "on sera là", "نعم"])
async def test_who_says_that_they_come_is_noted_and_told_so(phone, said):
    await phone.is_reminded(ENT)
    answer = await phone.says(said)
    assert answer
    assert phone.answers() == {"L'ENT sans stress": ("confirmed", True)}
    assert "12345" not in answer


@pytest.mark.parametrize("said", ["2", "non", "je peux pas venir", "annuler", "gelemem"])
async def test_who_cannot_come_gives_the_seat_back_in_one_answer(phone, said):
    await phone.is_reminded(ENT)
    await phone.says(said)
    assert phone.answers() == {"L'ENT sans stress": ("cancelled", False)}
    assert phone.prompts()[0].startswith("reason:")


async def test_who_brings_more_people_is_told_how_to_say_so(phone):
    await phone.is_reminded(ENT)
    said = await phone.says("oui je viens avec ma fille")
    assert said.startswith("C'est noté")
    assert "Vous venez à 2, et votre inscription est pour 1" in said
    assert phone.prompts() == ["change:1"]
    assert phone.answers() == {"L'ENT sans stress": ("confirmed", True)}


async def test_who_brings_as_many_as_they_said_is_just_noted(phone):
    await phone.is_reminded(ENT, size=2)
    assert "Vous venez à" not in await phone.says("oui je viens avec ma fille")


@pytest.mark.parametrize(
    ("said", "verb"),
    [
        ("1", "come"),
        ("oui", "come"),
        ("non", "release"),
        ("2", "release"),
        ("je peux pas venir", "release"),
    ],
)
async def test_with_two_open_an_answer_is_asked_back_and_one_digit_settles_it(phone, said, verb):
    await phone.is_reminded(ENT, ROBOTS)
    asked = await phone.says(said)
    assert "L'ENT sans stress" in asked
    assert "Robots en famille" in asked
    assert phone.prompts() == [f"{verb}:1", f"{verb}:2"]
    assert {state for state, _ in phone.answers().values()} == {"confirmed"}
    await phone.says("2")
    assert phone.answers()["L'ENT sans stress"] == ("confirmed", False)
    robots = ("confirmed", True) if verb == "come" else ("cancelled", False)
    assert phone.answers()["Robots en famille"] == robots


@pytest.mark.parametrize("said", ["oui pour les robots", "oui Brest", "je viens le 4"])
async def test_with_two_open_an_answer_that_names_one_is_for_that_one(phone, said):
    await phone.is_reminded(ENT, ROBOTS)
    answer = await phone.says(said)
    assert phone.answers()["Robots en famille"] == ("confirmed", True)
    assert phone.answers()["L'ENT sans stress"] == ("confirmed", False)
    # And the other is asked for at once: the next digit is about it.
    assert "L'ENT sans stress" in answer
    await phone.says("1")
    assert phone.answers()["L'ENT sans stress"] == ("confirmed", True)


async def test_a_button_says_which_of_two_is_meant(phone):
    await phone.is_reminded(ENT, ROBOTS)
    with phone.sessions.begin() as session:
        first = session.scalars(select(Delivery.id).where(Delivery.cause == "reminder")).first()
    await phone.says(tapped=f"{first}:0")
    assert phone.answers()["L'ENT sans stress"] == ("confirmed", True)


async def test_an_answer_long_after_is_taken_while_one_reminder_is_open(phone):
    await phone.is_reminded(ENT)
    await phone.says("/menu")
    await phone.says("oui on sera là")
    assert phone.answers() == {"L'ENT sans stress": ("confirmed", True)}


async def test_a_bare_no_to_something_else_gives_nothing_back(phone):
    await phone.is_reminded(ENT)
    await phone.says("/menu")
    await phone.says("non")
    assert phone.answers() == {"L'ENT sans stress": ("confirmed", False)}


async def test_another_date_is_taken_before_the_first_is_given_back(phone, sessions, vault):
    await phone.is_reminded(ENT)
    with sessions.begin() as session:
        a_session(session, "autre", MARCH + 7 * DAY, title="L'ENT, suite")
    said = await phone.says("3")
    assert "10 déc." in said
    assert phone.answers() == {"L'ENT sans stress": ("confirmed", False)}
    done = await phone.says("1")
    assert done.startswith("C'est changé : L'ENT, suite")
    assert phone.answers() == {
        "L'ENT sans stress": ("cancelled", False),
        "L'ENT, suite": ("confirmed", True),
    }


async def test_a_date_that_is_taken_meanwhile_costs_no_seat(phone, sessions, vault):
    await phone.is_reminded(ENT)
    with sessions.begin() as session:
        other = a_session(session, "autre", MARCH + 7 * DAY, title="L'ENT, suite", seats=1).id
    await phone.says("3")
    stranger = Phone(sessions, vault, number=9)
    for words in (f"atelier {other}", "1", "1", "1", "1", "1"):
        await stranger.says(words)
    said = await phone.says("1")
    assert "reste" in said or "gardée" in said
    assert phone.answers()["L'ENT sans stress"] == ("confirmed", False)


async def test_without_another_date_the_place_is_kept(phone):
    await phone.is_reminded(ENT)
    assert "Pas d'autre date" in await phone.says("3")
    await phone.says("1")
    assert phone.answers() == {"L'ENT sans stress": ("confirmed", True)}


async def test_nobody_answers_for_another(phone, sessions, vault):
    await phone.is_reminded(ENT)
    stranger = Reminded(sessions, vault, number=7)
    await stranger.is_reminded(ROBOTS)
    with sessions.begin() as session:
        row = session.scalars(select(Delivery).where(Delivery.cause == "reminder")).all()[-1]
        row.choices = [Choice("x", "come:1").as_json()]
    assert "plus de place" in await stranger.says("1")
    assert phone.answers()["L'ENT sans stress"] == ("confirmed", False)


async def test_how_it_was_is_said_in_one_tap(phone):
    await phone.is_reminded(ENT, verbs=())
    with phone.sessions.begin() as session:
        row = session.scalars(select(Delivery).where(Delivery.cause == "reminder")).one()
        row.choices = [Choice(str(rating), f"rate:1:{rating}").as_json() for rating in (3, 2, 1)]
        session.scalars(select(SignUp)).one().state = SignUpState.ATTENDED
    assert "Merci" in await phone.says("2")
    with phone.sessions.begin() as session:
        assert session.scalars(select(SignUp)).one().rating == 2


# STOP 42


@pytest.mark.parametrize(
    "words", ["STOP {}", "stop {} svp", "arrêt atelier {}", "/stop {}", "parar {}", "durdur {}",
              "توقف {}", "STOP n°{}"],
)  # fmt: skip
async def test_stop_with_a_number_stops_one_session_is_acknowledged_once_and_keeps_the_seat(
    phone, words
):
    await phone.is_reminded(ENT)
    said = await phone.says(words.format(1))
    assert "START 1" in said
    assert phone.prompts() == ["release:1"]
    assert await phone.says(words.format(1)) == ""
    assert phone.answers() == {"L'ENT sans stress": ("confirmed", False)}
    with phone.sessions.begin() as session:
        assert session.scalars(select(StreamStop.session_id)).all() == [1]
        assert {one.state for one in session.scalars(select(Address))} == {AddressState.OPEN}


async def test_start_with_a_number_undoes_it(phone):
    await phone.is_reminded(ENT)
    await phone.says("STOP 1")
    assert "de nouveau" in await phone.says("START 1")
    with phone.sessions.begin() as session:
        assert session.scalars(select(StreamStop)).all() == []
    assert "START 1" in await phone.says("stop 1")


async def test_a_number_that_is_no_session_stops_nothing_and_says_so(phone):
    assert "Je ne connais pas la séance 999" in await phone.says("STOP 999")
    await phone.is_reminded(ENT)
    with phone.sessions.begin() as session:
        assert session.scalars(select(StreamStop)).all() == []


async def test_a_number_within_a_question_is_no_stop(phone):
    await phone.is_reminded(ENT)
    await phone.says("le bus 1 s'arrete ou")
    with phone.sessions.begin() as session:
        assert session.scalars(select(StreamStop)).all() == []


@pytest.mark.parametrize(
    "words", ["stop", "ne plus recevoir de messages", "opt out", "Darme de baja"]
)
async def test_stop_is_acknowledged_once(phone, words):
    assert await phone.says(words)
    assert await phone.says(words) == ""
    assert await phone.says("START")
    assert await phone.says(words)


async def test_start_with_a_number_of_who_stopped_everything_says_what_is_missing(phone):
    await phone.is_reminded(ENT)
    await phone.says("stop")
    assert "écrivez START" in await phone.says("start 1")
