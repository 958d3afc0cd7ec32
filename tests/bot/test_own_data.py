"""``/mesdonnees`` and ``/oublier``: what a person reads, and what is left of them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.forgetting import Forgetting
from bot.understanding import UnderstandingError
from core import sms
from core.answers import Answer, Outcome
from core.files import Files
from core.languages import LANGUAGES
from core.messages import Bubble, Kind
from core.outbox import claiming
from core.outbox.delivery import Delivery
from core.people import erasure
from core.people.contacts import Address, Contact
from core.people.own_data import data_maker
from core.people.personal import PARTS
from core.workshops.model import SignUp, SignUpState
from tests.bot.test_sign_ups import Phone, offer
from tests.core.lives import a_life
from tests.core.workshops.hall import notices_of
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON, has_left, mine

ASKED = {
    "fr": ("mes données", "oubliez-moi svp"),
    "en": ("My data, please", "Delete my data"),
    "es": ("mis datos", "borrar mis datos"),
    "pt": ("os meus dados", "apagar os meus dados"),
    "ar": ("بياناتي", "احذفوا بياناتي"),
    "tr": ("Verilerim", "Verilerimi silin lütfen"),
}


class Reader(Phone):
    """A phone, what lies in the database of the last answer, and the clock."""

    @property
    def stored(self):
        return "\n".join(row.text for row in self.rows)

    def count(self, table):
        with self.sessions.begin() as session:
            return session.scalar(select(func.count()).select_from(table))

    async def leaves(self, understanding=None):
        """What is queued leaves, and the clock goes round."""
        with self.sessions.begin() as session:
            for row in claiming.claim(session, self.channel, self.now):
                has_left(mine(session, row), "1", None, self.now)
        await Forgetting(self.sessions, understanding or self.rasa)()
        with self.sessions.begin() as session:
            erasure.complete(session, self.now)


@pytest.fixture
def phone(sessions, vault):
    return Reader(sessions, vault)


@pytest.fixture
def chat(sessions, vault):
    return Reader(sessions, vault, "telegram")


def live(phone, number=1):
    """They used everything."""
    with phone.sessions.begin() as session:
        address = somebody(session, phone.vault, number, phone.channel)
        a_life(session, phone.vault, address, a_session(session))
        return address.contact_id


async def test_on_a_screen_all_that_matters_is_read_and_the_rest_is_a_file(chat):
    contact_id = live(chat)
    said = await chat.says("/mesdonnees")
    for words in ("Telegram : +33639980001", "L'ENT sans stress", "Fatima, Lina", "Brest"):
        assert words in said
    assert chat.rows[-1].file == f"mydata:{contact_id}"
    assert "Lina" not in chat.stored
    assert "+336" not in chat.stored
    with chat.sessions.begin() as session:
        row = session.get(Delivery, chat.rows[-1].id)
        files = Files({"mydata": data_maker(chat.vault)}, {"telegram": Kind.CHAT})
        made = files.made(session, row, NOON)
    assert made.name == "mes-donnees.json"
    assert b'"name": "Lina"' in made.content


@pytest.mark.parametrize("language", LANGUAGES)
async def test_by_sms_it_comes_in_pages_of_two_segments_to_the_end(phone, language):
    contact_id = live(phone)
    with phone.sessions.begin() as session:
        contact = session.get(Contact, contact_id)
        contact.language, contact.language_chosen, contact.territory = language, True, "finistere"
    said, pages = await phone.says("mes données"), []
    while True:
        pages.append(said)
        assert sms.size(said).segments <= 2, said
        if phone.rows[-1].picks()[0].does == "forget":
            break
        said = await phone.says("1")
    whole = "\n".join(pages)
    for words in ("+33639980001", "Fatima, Lina", "Brest", "90"):
        assert words in whole
    assert 1 < len(pages) < 12


@pytest.mark.parametrize("language", LANGUAGES)
async def test_both_are_understood_in_every_language(phone, language):
    data, forget = ASKED[language]
    await phone.says(data)
    assert phone.rows[-1].sealed
    assert phone.rasa.asked == []
    await phone.says(forget)
    assert [one.does for one in phone.rows[-1].picks()] == ["erase", "keep"]
    assert phone.rasa.asked == []


async def test_a_sentence_about_forgetting_is_a_question(phone):
    await phone.says("j'ai oublié mon mot de passe")
    assert len(phone.rasa.asked) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("digit", ["1", "2"])
async def test_the_question_and_what_comes_of_it_fit_into_two_sms(phone, language, digit):
    await phone.says(f"/langue {language}")
    for words in ("/oublier", digit):
        said = await phone.says(words)
        assert sms.size(sms.spell(said)).segments <= 2, said


async def test_a_no_erases_nothing(phone):
    live(phone)
    assert "Tout effacer" not in await phone.says("SUPPRIMER")
    assert "Rien n'est effacé" in await phone.says("2")
    assert phone.count(SignUp) == 1


async def test_a_yes_erases_everything_and_says_so(phone):
    before = {part.name: phone.count(part.table) for part in PARTS}
    live(phone)
    assert "D'accord ?" in await phone.says("oubliez-moi")
    assert "tout est effacé" in await phone.says("1")
    assert phone.count(SignUp) == 0
    assert phone.count(Contact) == 1
    await phone.leaves()
    assert {part.name: phone.count(part.table) for part in PARTS} == before


async def test_rasa_is_asked_to_forget_and_asked_again_while_it_is_away(phone):
    await phone.says("bonjour")
    uid = phone.rasa.asked[0][0]
    await phone.says("/oublier")
    await phone.says("1")

    class Away:
        async def forget(self, sender):
            raise UnderstandingError("away")

    await phone.leaves(Away())
    assert phone.count(Contact) == 1
    await phone.leaves()
    assert phone.rasa.forgotten == [uid]
    assert phone.count(Contact) == 0


async def test_whoever_writes_again_is_new_even_before_the_last_message_has_left(phone):
    await phone.says("bonjour")
    await phone.says("/oublier")
    await phone.says("1")
    await phone.says("bonjour")
    assert phone.rasa.asked[0][0] != phone.rasa.asked[1][0]
    await phone.leaves()
    assert phone.count(Contact) == phone.count(Address) == 1
    # The answer to "bonjour" is theirs.
    assert phone.count(Delivery) == 1


async def test_a_digit_long_after_the_question_erases_nobody_new(phone):
    await phone.says("/oublier")
    await phone.says("1")
    await phone.leaves()
    assert "tout est effacé" not in await phone.says("1")


async def test_the_seat_goes_to_the_next(phone, sessions, vault):
    number = offer(sessions, seats=1)
    for words in (f"atelier {number}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    with sessions.begin() as session:
        row = session.scalar(select(SignUp)).session
        signed_up(session, somebody(session, vault, 3), row, state=SignUpState.WAITING)
    await phone.says("/oublier")
    await phone.says("1")
    assert [state for state, _ in phone.sign_ups()] == ["offered"]


async def test_while_a_message_waits_for_the_model_the_person_may_be_erased(phone):
    asked = phone.rasa.ask

    async def slow(sender, text, listener):
        with phone.sessions.begin() as session:
            address = somebody(session, phone.vault)
            erasure.begin(session, notices_of(), address.contact, NOON)
        return await asked(sender, text, listener)

    phone.rasa.ask = slow
    assert await phone.says("bonjour") == ""
    phone.now += timedelta(days=2)
    await phone.leaves()
    assert phone.count(Contact) == 0


@pytest.mark.parametrize("words", ["ok merci", "oui", "d'accord", "evet"])
async def test_a_polite_word_erases_nothing(phone, words):
    await phone.says("/oublier")
    phone.rasa.answer = Answer((Bubble("De rien."),), Outcome.SMALLTALK, "merci", 0.9)
    await phone.says(words)
    assert phone.count(erasure.Erasure) == 0
    assert phone.count(Contact) == 1


async def test_who_asks_how_data_is_erased_can_say_yes_at_once(phone):
    phone.rasa.answer = Answer(
        (Bubble("Écrivez OUBLIER."),), Outcome.ANSWERED, "assistant_effacer_donnees", 0.97
    )
    said = await phone.says("comment faire supprimer ce que vous savez sur moi ?")
    assert said.startswith("Écrivez OUBLIER.")
    assert [choice.does for choice in phone.rows[-1].picks()] == ["erase", "keep"]
