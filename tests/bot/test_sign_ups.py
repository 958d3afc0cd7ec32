"""Signing up, as a conversation: what a person reads, and what the database holds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.ask import Ear
from bot.inbox import Inbox
from bot.understanding import UnderstandingError
from core import sms
from core.answers import Answer, Asked, Outcome
from core.messages import Bubble, Choice, Kind
from core.outbox import delivery, posting
from core.outbox.delivery import Delivery
from core.people.consents import VERSION, Consent, What
from core.workshops.model import NAME, Audience, SignUp, SignUpState
from core.workshops.signing.form import Said, SignUpForm
from core.workshops.signing.signing_up import CONSENT
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import (
    NOON,
    StubUnderstanding,
    a_relay,
    incoming,
    texts_of,
    the_languages,
    the_library,
    the_services,
)

LIBRARY = the_library()
LANGUAGES = the_languages()
UNSURE = Answer((Bubble("Je ne sais pas."),), Outcome.FALLBACK)
FREE = Answer((Bubble("C'est gratuit."),), Outcome.ANSWERED, "parents_ateliers_gratuit", 0.97)
HELP_LINE = Answer(
    (Bubble("Appelez le 3114."),), Outcome.ANSWERED, "idees_suicidaires", 0.9, sensitive=True
)
MARCH = NOON + timedelta(days=12)


class Phone:
    """One phone and the assistant; ``says`` gives the texts that come back, choices numbered."""

    def __init__(self, sessions, vault, channel="sms", number=1):
        self.sessions, self.vault = sessions, vault
        self.channel, self.number = channel, f"+336399800{number:02}"
        self.rasa = StubUnderstanding(UNSURE)
        self.now = NOON
        texts = texts_of(LIBRARY)
        channels = {"sms": Ear("sms", Kind.SMS), "telegram": Ear("telegram", Kind.CHAT)}
        self.inbox = Inbox(
            sessions, vault, texts, a_relay(texts, vault), the_services(LIBRARY, vault),
            LANGUAGES, self.rasa, channels, lambda: self.now,
        )  # fmt: skip
        self._count = 0

    async def says(self, text="", **details):
        self._count += 1
        message = incoming(
            text, self.number, self.channel, f"{self.number}-{self._count}", **details
        )
        row_id = await self.inbox.answer(message)
        with self.sessions.begin() as session:
            query = select(Delivery).where(Delivery.cause == "reply", Delivery.cause_id == row_id)
            rows = list(session.scalars(query.order_by(Delivery.id)))
            for row in rows:
                row.state = delivery.State.SENT
        self.rows = rows
        return "\n".join(
            sms.numbered(row.reveal(self.vault), [choice.label for choice in row.picks()])
            for row in rows
        )

    async def taps(self, label):
        row = self.rows[-1]
        labels = [choice.label for choice in row.picks()]
        return await self.says(tapped=f"{row.id}:{labels.index(label)}")

    def sign_ups(self):
        with self.sessions.begin() as session:
            rows = list(session.scalars(select(SignUp).order_by(SignUp.id)))
            return [
                (row.state, [(self.vault.open(one.name, NAME), one.child) for one in row.attendees])
                for row in rows
            ]


@pytest.fixture
def phone(sessions, vault):
    return Phone(sessions, vault)


def offer(sessions, **changes):
    with sessions.begin() as session:
        return a_session(session, starts_at=MARCH, **changes).id


async def test_a_parent_signs_up_two_adults_and_a_child_by_digits_only(phone, sessions):
    number = offer(sessions)
    about = await phone.says(f"ATELIER {number}")
    assert "L'ENT sans stress" in about
    asked = await phone.says("1")
    assert "Combien d'adultes" in asked
    assert "Et combien d'enfants" in await phone.says("2")
    assert "prénoms" in await phone.says("2")
    summed_up = await phone.says("1")
    assert "2 adultes, 1 enfant" in summed_up
    assert "Je confirme" in summed_up
    done = await phone.says("1")
    assert done.startswith("C'est fait !")
    assert phone.sign_ups() == [("confirmed", [("", False), ("", False), ("", True)])]


async def test_a_confirmed_seat_brings_a_file_for_the_calendar_and_a_waiting_one_none(
    sessions, vault
):
    number = offer(sessions, seats=1)
    for who, file in ((1, "calendar:1"), (2, "")):
        phone = Phone(sessions, vault, "telegram", who)
        await phone.says(f"/start s{number}")
        for digit in "11111":
            await phone.says(digit)
        assert phone.sign_ups()[-1][0] == ("confirmed" if file else "waiting")
        assert phone.rows[-1].file == file


@pytest.mark.parametrize(
    ("adults", "said", "left"),
    [("1", "C'est fait", 1), ("3", "C'est fait", 3), ("4", "autant de places", 2)],
)
async def test_who_comes_can_be_changed_afterwards(phone, sessions, adults, said, left):
    number = offer(sessions, seats=3)
    for step in (f"atelier {number}", "1", "2", "1", "1", "1", f"atelier {number}", "1", "2"):
        asked = await phone.says(step)
    assert "Combien d'adultes" in asked
    assert phone.sign_ups()[0][0] == "confirmed"  # the seats are kept meanwhile
    for step in (adults, "1", "1"):
        summed_up = await phone.says(step)
    assert "liste d'attente" not in summed_up
    assert said in await phone.says("1")
    assert [(state, len(people)) for state, people in phone.sign_ups()] == [("confirmed", left)]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("OUI", "confirmed"),
        ("نعم", "confirmed"),
        ("non merci", "cancelled"),
        ("hayır", "cancelled"),
    ],
)
async def test_a_seat_on_offer_is_taken_or_left_by_yes_or_no(sessions, vault, answer, state):
    first, second = Phone(sessions, vault, number=1), Phone(sessions, vault, number=2)
    number = offer(sessions, seats=1)
    for phone in (first, second):
        for step in (f"atelier {number}", "1", "1", "1", "1", "oui"):
            await phone.says(step)
    await first.says("1")  # gives the seat back
    with sessions.begin() as session:
        for row in session.scalars(select(Delivery).where(Delivery.cause == "sign_up")):
            row.state = delivery.State.SENT
    await second.says(answer)
    assert [found for found, _ in second.sign_ups()] == ["cancelled", state]


async def test_after_a_seat_is_taken_a_bare_no_gives_nothing_back(phone, sessions):
    for step in (f"atelier {offer(sessions)}", "1", "1", "1", "1", "1", "non"):
        await phone.says(step)
    assert phone.sign_ups()[0][0] == "confirmed"


@pytest.mark.parametrize("words", ["Annuler svp", "je peux plus venir", "gelemiyorum", "لن أحضر"])
async def test_a_plain_no_asks_no_model(phone, sessions, words):
    phone.rasa.answer = UnderstandingError("away")
    assert "inscri" in await phone.says("je ne peux plus venir")
    await phone.says(f"atelier {offer(sessions)}")
    await phone.says("1")
    assert "adultes" not in await phone.says(words)  # the form is left
    for step in ("atelier 1", "1", "1", "1", "1", "1"):
        await phone.says(step)
    await phone.says(words)
    assert [choice.does for choice in phone.rows[-1].picks()] == ["release:1"]


async def test_by_sms_every_step_fits_into_two_segments(phone, sessions):
    title = "Un atelier dont le titre est vraiment très long, et qui le sait"
    names = "Fatima, Karim et Lina"
    for step in (
        f"atelier {offer(sessions, title=title)}", "1", "2", "2", names, "2", "1", "3", "1", "1",
    ):  # fmt: skip
        said = await phone.says(step)
        assert sms.size(sms.spell(said)).segments <= 2, said
    assert phone.sign_ups()[0][0] == SignUpState.CONFIRMED


async def test_names_and_numbers_may_be_written_in_words(phone, sessions):
    await phone.says(f"atelier {offer(sessions)}")
    await phone.says("1")
    assert "prénoms" in await phone.says("moi et ma fille")
    assert "Fatima, Lina" in await phone.says("Fatima et Lina")
    await phone.says("1")
    assert phone.sign_ups() == [("confirmed", [("Fatima", False), ("Lina", True)])]


async def test_what_sums_up_their_names_is_sealed_until_it_has_left(phone, sessions):
    for words in (f"atelier {offer(sessions)}", "1", "1", "2", "Naïma et Sacha"):
        said = await phone.says(words)
    assert "Sacha" in said
    with sessions.begin() as session:
        assert "Sacha" not in " ".join(session.scalars(select(Delivery.text)))


async def test_what_was_answered_can_be_corrected_before_it_is_confirmed(phone, sessions):
    await phone.says(f"atelier {offer(sessions)}")
    for digit in ("1", "1", "1", "1"):
        await phone.says(digit)
    assert "Que faut-il corriger" in await phone.says("2")
    assert "Combien d'adultes" in await phone.says("1")
    assert "Et combien d'enfants" in await phone.says("3")
    assert "3 adultes, 1 enfant" in await phone.says("2")


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(phone, sessions):
    await phone.says(f"atelier {offer(sessions)}")
    await phone.says("1")
    phone.rasa.answer = FREE
    said = await phone.says("c'est gratuit ?")
    assert said.startswith("C'est gratuit.")
    assert "Combien d'adultes" in said
    assert "Et combien d'enfants" in await phone.says("1")


async def test_what_is_not_understood_in_the_middle_asks_for_one_thing_only(phone, sessions):
    await phone.says(f"atelier {offer(sessions)}")
    await phone.says("1")
    choices = (Choice("Les dates", "question:parents_ateliers_dates"),)
    phone.rasa.answer = Answer((Bubble("Vouliez-vous dire ? 1", choices),), Outcome.SUGGESTED)
    said = await phone.says("jsp trop koi")
    assert "Vouliez-vous" not in said
    assert "Combien d'adultes" in said
    assert "Et combien d'enfants" in await phone.says("1")


async def test_somebody_in_danger_reads_the_help_line_and_no_form(phone, sessions):
    await phone.says(f"atelier {offer(sessions)}")
    for digit in ("1", "1", "1"):
        await phone.says(digit)
    phone.rasa.answer = HELP_LINE
    assert await phone.says("veux mourir") == "Appelez le 3114."
    with sessions.begin() as session:
        form = session.scalar(select(SignUpForm))
        assert Said.opened(form.said, phone.vault).names == ()


@pytest.mark.parametrize("digits", [(), ("1",)], ids=["how many adults", "how many children"])
@pytest.mark.parametrize(
    "words", ["ma fille veut mourir", "mon fils se fait harceler au college", "my son is 12, help"]
)
async def test_words_about_a_child_in_danger_never_count_as_people(phone, sessions, words, digits):
    await phone.says(f"atelier {offer(sessions)}")
    for digit in ("1", *digits):
        await phone.says(digit)
    phone.rasa.answer = HELP_LINE
    assert await phone.says(words) == "Appelez le 3114."
    assert phone.rasa.asked[-1][1] == words


async def test_no_message_takes_more_seats_than_one_phone_may(phone, sessions):
    await phone.says(f"atelier {offer(sessions, seats=100)}")
    for digit in ("1", "1"):
        await phone.says(digit)
    assert "8 personnes au plus" in await phone.says("enfant " * 60)


async def test_the_form_works_while_the_understanding_is_away(phone, sessions):
    phone.rasa.answer = UnderstandingError("away")
    await phone.says(f"atelier {offer(sessions)}")
    for digit in ("1", "1", "1"):
        await phone.says(digit)
    assert "(Fatima)" in await phone.says("Fatima")
    assert (await phone.says("1")).startswith("C'est fait !")


async def test_a_form_is_taken_up_again_days_later_and_forgotten_after_a_week(phone, sessions):
    await phone.says(f"atelier {offer(sessions)}")
    await phone.says("1")
    phone.now += timedelta(days=3)
    assert "Et combien d'enfants" in await phone.says("2")
    phone.now += timedelta(days=8)
    assert "Aucune inscription n'est en cours" in await phone.says("1")


async def test_a_teacher_signs_up_by_free_text_and_is_told_of_the_convocation(sessions, vault):
    phone = Phone(sessions, vault, "telegram")
    number = offer(sessions, audience=Audience.TEACHERS, title="Robots en classe")
    assert "Robots en classe" in await phone.says(f"/start s{number}")
    assert "Votre prénom et votre nom" in await phone.taps("Je m'inscris")
    assert "quel établissement" in await phone.says("Anne Le Goff")
    assert "adresse académique" in await phone.says("collège Jean-Moulin, Poitiers")
    assert "Je ne reconnais pas" in await phone.says("anne@")
    assert "Anne Le Goff, collège" in await phone.says("anne.le-goff@ac-poitiers.fr")
    assert "Sofia-FMO" in await phone.taps("Je confirme")
    with sessions.begin() as session:
        row = session.scalar(select(SignUp))
        assert b"poitiers" not in row.details
        assert Said.opened(row.details, vault).email == "anne.le-goff@ac-poitiers.fr"


async def test_a_full_session_says_so_and_gives_a_place_in_the_list(phone, sessions, vault):
    number = offer(sessions, seats=1)
    first = Phone(sessions, vault, number=2)
    for words in (f"atelier {number}", "1", "1", "1", "1", "1"):
        await first.says(words)
    await phone.says(f"atelier {number}")
    for digit in ("1", "1", "1"):
        await phone.says(digit)
    assert "complet" in await phone.says("1")
    assert "numéro 1" in await phone.says("1")
    assert [state for state, _ in phone.sign_ups()] == ["confirmed", "waiting"]


async def test_who_is_signed_up_is_not_signed_up_twice(phone, sessions):
    number = offer(sessions)
    for words in (f"atelier {number}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    await phone.says(f"atelier {number}")
    assert "déjà sur la liste" in await phone.says("1")
    assert len(phone.sign_ups()) == 1


async def test_two_sessions_at_the_same_time_are_warned_of(phone, sessions):
    for name in ("un", "deux"):
        number = offer(sessions, name=name)
        for words in (f"atelier {number}", "1", "1", "1", "1"):
            said = await phone.says(words)
        if name == "un":
            await phone.says("1")
    assert "vous avez déjà une séance" in said


async def test_a_seat_is_given_back_in_words_and_goes_to_the_next(phone, sessions, vault):
    number = offer(sessions, seats=1)
    for words in (f"atelier {number}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    with sessions.begin() as session:
        row = session.scalar(select(SignUp)).session
        signed_up(session, somebody(session, vault, 3), row, state=SignUpState.WAITING)
    phone.rasa.answer = Answer(
        (Bubble("Merci."),), Outcome.ANSWERED, "place_rendre", 0.95, asked=Asked("je viens pas")
    )
    assert "Quelle place voulez-vous rendre" in await phone.says("je peux plus venir")
    assert "Votre place est rendue" in await phone.says("1")
    assert [state for state, _ in phone.sign_ups()] == ["cancelled", "offered"]
    assert "Merci de l'avoir dit" in await phone.says("3")
    with sessions.begin() as session:
        assert session.scalar(select(SignUp).order_by(SignUp.id)).reason == "transport"


@pytest.mark.parametrize(
    "words",
    ["finalement je ne pourrai pas venir à l'atelier", "je peux pas venir mardi desole",
     "no puedo ir al taller", "لن أستطيع الحضور غدا"],
)  # fmt: skip
async def test_who_has_a_place_and_plainly_cannot_come_is_shown_it(phone, sessions, words):
    phone.rasa.answer = FREE
    before = await phone.says(words)
    assert before == "C'est gratuit."  # nothing to give back: the model is asked
    for step in (f"atelier {offer(sessions)}", "1", "1", "1", "1", "1"):
        await phone.says(step)
    phone.rasa.answer = UnderstandingError("away")
    await phone.says(words)
    assert [choice.does for choice in phone.rows[-1].picks()] == ["release:1"]
    assert phone.sign_ups()[0][0] == "confirmed"


@pytest.mark.parametrize(
    "words", ["je peux pas me connecter", "il ne peut pas venir en classe ?", "non", "impossible"]
)
async def test_what_else_cannot_be_done_is_for_the_model(phone, sessions, words):
    for step in (f"atelier {offer(sessions)}", "1", "1", "1", "1", "1"):
        await phone.says(step)
    phone.rasa.answer = FREE
    assert await phone.says(words) == "C'est gratuit."


async def test_where_the_model_doubts_who_has_a_place_is_asked_whether_they_give_it_back(
    phone, sessions
):
    doubts = (
        replace(FREE, also=("place_rendre",)),
        replace(UNSURE, closest="place_rendre"),
    )
    for doubt in doubts:
        phone.rasa.answer = doubt
        assert "Quelle place" not in await phone.says("la voiture est au garage, tant pis")
    for step in (f"atelier {offer(sessions)}", "1", "1", "1", "1", "1"):
        await phone.says(step)
    for doubt in (*doubts, replace(UNSURE, closest="parents_ateliers_gratuit")):
        phone.rasa.answer = doubt
        said = await phone.says("la voiture est au garage, tant pis")
        assert ("Quelle place" in said) is (doubt in doubts)
    assert phone.sign_ups()[0][0] == "confirmed"


async def test_nobody_gives_back_the_seat_of_another(phone, sessions, vault):
    number = offer(sessions)
    for words in (f"atelier {number}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    stranger = Phone(sessions, vault, number=5)
    await stranger.says("bonjour")
    with sessions.begin() as session:
        address = somebody(session, vault, 5)
        posting.reply(session, address, 900, [Bubble("?", phone.rows[-1].picks())], NOON)
        session.scalars(select(Delivery).order_by(Delivery.id.desc())).first().state = "sent"
    assert "plus de place" in await stranger.says("1")
    assert phone.sign_ups()[0][0] == SignUpState.CONFIRMED


async def test_dates_are_read_from_the_database_when_there_are_some(phone, sessions):
    offer(sessions)
    phone.rasa.answer = Answer(
        (Bubble("Je n'ai pas de date."),), Outcome.ANSWERED, "parents_ateliers_dates", 0.95,
        asked=Asked("quand sont les ateliers ?"),
    )  # fmt: skip
    assert "L'ENT sans stress" in await phone.says("quand sont les ateliers ?")


async def test_a_help_line_beside_another_answer_is_never_replaced(phone, sessions):
    for words in (f"atelier {offer(sessions)}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    for question in ("place_rendre", "parents_ateliers_dates"):
        phone.rasa.answer = Answer(
            (Bubble("Voici."), Bubble("Appelez le 3919.")), Outcome.ANSWERED, question, 0.95,
            also=("violences_conjugales",), sensitive=True, asked=Asked("je viens plus"),
        )  # fmt: skip
        said = await phone.says("je peux plus venir mon mari me frappe")
        assert said == "Voici.\nAppelez le 3919."


@pytest.mark.parametrize(
    ("second", "from_the_database"),
    [("parents_ateliers_lieux", True), ("parents_ateliers_gratuit", False)],
)
async def test_two_near_answers_that_the_database_both_knows_are_one(
    phone, sessions, second, from_the_database
):
    offer(sessions)
    phone.rasa.answer = Answer(
        (Bubble("Je n'ai pas de date."), Bubble("Demandez.")), Outcome.ANSWERED,
        "parents_ateliers_dates", 0.7, also=(second,), asked=Asked("ou et quand ?"),
    )  # fmt: skip
    said = await phone.says("ou et quand ?")
    assert ("places" in said) is from_the_database
    assert ("Je n'ai pas de date." in said) is not from_the_database


@pytest.mark.parametrize(
    ("details", "shown", "offered"),
    [
        ({"theme": ("ent",)}, True, False),
        ({"theme": ("robotique",)}, False, False),
        ({}, False, True),
    ],
)
async def test_a_general_question_about_workshops_leads_to_the_sessions_it_names(
    phone, sessions, details, shown, offered
):
    offer(sessions)
    phone.rasa.answer = Answer(
        (Bubble("On y apprend à s'en servir."),), Outcome.ANSWERED, "parents_ateliers_quoi", 0.95,
        asked=Asked("c'est quoi les ateliers ?", details=details),
    )  # fmt: skip
    said = await phone.says("c'est quoi les ateliers ?")
    assert ("places" in said) is shown
    assert ("Voir les dates" in said) is offered
    assert ("On y apprend" in said) is not shown
    if offered:
        assert "L'ENT sans stress" in await phone.says("1")


async def test_of_two_near_answers_the_one_about_sessions_wins_where_one_fits(phone, sessions):
    offer(sessions)
    phone.rasa.answer = Answer(
        (Bubble("Un."), Bubble("Deux.")), Outcome.ANSWERED, "ent_mdp_oublie", 0.7,
        also=("parents_ateliers_quoi",), asked=Asked("atelier ent ?", details={"theme": ("ent",)}),
    )  # fmt: skip
    assert "L'ENT sans stress" in await phone.says("atelier ent ?")


@pytest.mark.parametrize(
    ("text", "found"), [("atelier a latille ?", True), ("poterie a latille ?", False)]
)
async def test_what_was_not_understood_but_names_workshops_and_a_town_finds_them(
    phone, sessions, text, found
):
    offer(sessions)
    phone.rasa.answer = replace(UNSURE, asked=Asked(text, communes=("Latillé",)))
    assert ("L'ENT sans stress" in await phone.says(text)) is found


async def test_without_dates_the_general_answer_stands_with_an_offer_to_tell_them(phone, sessions):
    phone.rasa.answer = Answer(
        (Bubble("Je n'ai pas de date."),), Outcome.ANSWERED, "parents_ateliers_dates", 0.95,
        asked=Asked("quand sont les ateliers ?"),
    )  # fmt: skip
    said = await phone.says("quand sont les ateliers ?")
    assert said.startswith("Je n'ai pas de date.")
    assert "Me prévenir" in said


async def test_what_a_sign_up_agreed_to_is_recorded_with_its_version(phone, sessions):
    for words in (f"atelier {offer(sessions)}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    await phone.says("STOP")
    with sessions.begin() as session:
        rows = session.scalars(select(Consent).order_by(Consent.id))
        assert [(row.what, row.given, row.version) for row in rows] == [
            (What.SIGN_UP, True, CONSENT),
            (What.MESSAGES, False, VERSION),
        ]
