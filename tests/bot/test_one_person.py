"""``/lier``: a Telegram chat and a phone become one person, by a code or the shared number."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core import sms
from core.languages import LANGUAGES
from core.messages import Event
from core.outbox.delivery import Cause, Delivery
from core.people import linking
from core.people.consents import Consent, What
from core.people.contacts import Address, AddressState, Contact
from core.workshops.model import SignUp
from core.workshops.wishes.wishes import Wish
from tests.bot.test_own_data import Reader
from tests.bot.test_sign_ups import offer
from tests.world import has_left, leaving

NUMBER = "+33639980001"
TYPED = "06 39 98 00 01"


class Chat(Reader):
    def __init__(self, sessions, vault):
        super().__init__(sessions, vault, "telegram", 50)


@pytest.fixture
def chat(sessions, vault):
    return Chat(sessions, vault)


@pytest.fixture
def phone(sessions, vault):
    return Reader(sessions, vault)


def codes(phone):
    """The codes that went to phones by SMS, sent now, oldest first."""
    with phone.sessions.begin() as session:
        found = []
        for row in leaving(session, phone.now, "sms"):
            if row.cause == Cause.LINK:
                found.append(row.reveal(phone.vault))
            has_left(row, "1", None, phone.now)
    return ["".join(filter(str.isdigit, text.split(".")[0])) for text in found]


def contacts_of(phone):
    with phone.sessions.begin() as session:
        return session.scalar(select(func.count(func.distinct(Address.contact_id))))


async def test_a_number_is_typed_and_its_code_typed_back(chat, phone):
    await phone.says("bonjour")
    await chat.says("/lier")
    assert "code par SMS" in await chat.says(TYPED)
    assert NUMBER not in chat.stored
    (code,) = codes(chat)
    assert "une seule personne" in await chat.says(f"{code[:3]} {code[3:]}")
    assert contacts_of(chat) == 1
    with chat.sessions.begin() as session:
        rows = session.scalars(select(Consent).where(Consent.what == What.LINKING)).all()
        assert sorted(row.channel for row in rows) == ["sms", "telegram"]


async def test_the_code_lies_nowhere_open(chat):
    await chat.says(f"/lier {TYPED}")
    with chat.sessions.begin() as session:
        row = session.scalars(select(Delivery).where(Delivery.cause == Cause.LINK)).one()
        assert row.text == ""
        code = "".join(filter(str.isdigit, row.reveal(chat.vault).split(".")[0]))
        assert code not in session.scalars(select(linking.LinkCode)).one().hashed


async def test_the_number_that_telegram_vouches_for_needs_no_code(chat, phone):
    await phone.says("bonjour")
    await chat.says("/lier")
    assert chat.rows[-1].picks()[0].shares_number
    said = await chat.says(NUMBER, event=Event.CONTACT)
    assert "une seule personne" in said
    assert contacts_of(chat) == 1
    assert "déjà fait" in await chat.says(NUMBER, event=Event.CONTACT)


async def test_anybody_elses_card_is_declined_as_before(chat):
    assert "je ne le garde pas" in await chat.says(event=Event.CONTACT)


async def test_lier_by_sms_gives_a_code_for_telegram(chat, phone):
    said = await phone.says("LIER")
    code = said.split("start=l")[1][:6]
    assert code not in phone.stored
    # Somebody else may have sent them the link: nothing is joined before a yes.
    assert "si vous l'avez demandé" in await chat.says(f"/start l{code}")
    assert chat.count(Contact) == 2
    assert "une seule personne" in await chat.taps("Oui, c'est mon téléphone")
    assert contacts_of(chat) == 1


async def test_a_code_is_good_once_and_for_ten_minutes(chat, phone):
    code = (await phone.says("LIER")).split("start=l")[1][:6]
    chat.now += timedelta(minutes=11)
    assert "plus valable" in await chat.says(f"/lier {code}")
    phone.now = chat.now
    code = (await phone.says("LIER")).split("start=l")[1][:6]
    assert "une seule personne" in await chat.says(f"/lier {code}")
    assert "plus valable" in await chat.says(f"/lier {code}")


async def test_six_digits_that_nobody_asked_for_are_a_code_of_the_day(chat, phone):
    code = (await phone.says("LIER")).split("start=l")[1][:6]
    assert "une seule personne" not in await chat.says(code)
    await chat.says("/lier")
    assert "une seule personne" in await chat.says(code)


async def test_a_code_that_a_chat_asked_for_is_good_in_that_chat_only(chat, sessions, vault):
    await chat.says(f"/lier {TYPED}")
    (code,) = codes(chat)
    stranger = Reader(sessions, vault, "telegram", 60)
    assert "plus valable" in await stranger.says(f"/lier {code}")
    assert "une seule personne" in await chat.says(code)


async def test_after_five_wrong_codes_the_right_one_waits_for_tomorrow(chat):
    await chat.says(f"/lier {TYPED}")
    (code,) = codes(chat)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert "plus valable" in await chat.says(wrong)
    assert "demain" in await chat.says(code)


async def test_three_codes_a_day_for_a_chat_and_for_a_number(chat, sessions, vault):
    for _ in range(3):
        assert "code par SMS" in await chat.says(f"/lier {TYPED}")
    assert "demain" in await chat.says(f"/lier {TYPED}")
    assert "demain" in await chat.says("/lier 06 39 98 00 02")
    other = Reader(sessions, vault, "telegram", 60)
    assert "demain" in await other.says(f"/lier {TYPED}")
    assert len(codes(chat)) == 3
    with sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(Address)) == 3


@pytest.mark.parametrize("number", ["0549000000", "+1 202 555 0101", "0899 12 34 56", "12345678"])
async def test_only_french_mobiles_are_written_to(chat, number):
    assert "pas un numéro de mobile" in await chat.says(f"/lier {number}")
    assert codes(chat) == []


async def test_a_wrong_number_may_be_written_again_or_let_be(chat):
    await chat.says("/lier")
    assert "pas un numéro de mobile" in await chat.says("0549000000")
    assert "code par SMS" in await chat.says(TYPED)
    await chat.says("/lier")
    assert "Rien n'est relié" in await chat.says("Non merci")
    await chat.says(TYPED)
    assert chat.rasa.asked  # nobody asked for a number: it is a message like another


async def test_a_number_that_stopped_gets_nothing_and_whoever_asked_learns_nothing(chat, phone):
    await phone.says("STOP")
    first = await chat.says(f"/lier {TYPED}")
    assert codes(chat) == []
    assert await chat.says("/lier 06 39 98 00 02") == first


async def test_a_number_that_was_typed_and_never_heard_of_is_forgotten_in_a_day(chat):
    await chat.says(f"/lier {TYPED}")
    with chat.sessions.begin() as session:
        linking.forget_old(session, chat.now)
        assert session.scalar(select(func.count()).select_from(Contact)) == 2
        linking.forget_old(session, chat.now + timedelta(days=1, minutes=1))
        assert session.scalar(select(func.count()).select_from(Contact)) == 1
        assert session.scalars(select(Address.channel)).all() == ["telegram"]


async def test_one_sign_up_is_seen_and_given_back_on_both(chat, phone):
    number = offer(phone.sessions)
    for words in (f"atelier {number}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    await chat.says(NUMBER, event=Event.CONTACT)
    await chat.says(f"/start s{number}")
    assert "déjà sur la liste" in await chat.taps("Je m'inscris")
    assert "place est rendue" in await chat.taps("Rendre ma place")
    assert [state for state, _ in phone.sign_ups()] == ["cancelled"]


async def test_stop_is_for_where_it_is_written_and_the_rest_goes_on_elsewhere(chat, phone):
    number = offer(phone.sessions)
    for words in (f"atelier {number}", "1", "1", "1", "1", "1"):
        await phone.says(words)
    await chat.says(NUMBER, event=Event.CONTACT)
    with phone.sessions.begin() as session:
        address = session.scalars(select(Address).where(Address.channel == "sms")).one()
        session.add(Wish(contact_id=address.contact_id, address=address, changed_at=phone.now))
    assert "STOP TOUT" in await phone.says("STOP")
    with phone.sessions.begin() as session:
        states = dict(session.execute(select(Address.channel, Address.state)).all())
        assert states == {"sms": AddressState.STOPPED, "telegram": AddressState.OPEN}
        assert session.scalars(select(SignUp)).one().address.channel == "telegram"
        assert session.scalars(select(Wish)).one().address.channel == "telegram"
    assert "ni ici ni ailleurs" in await phone.says("stop tout svp")
    with phone.sessions.begin() as session:
        assert set(session.scalars(select(Address.state))) == {AddressState.STOPPED}


async def test_stop_everything_from_one_who_has_one_way_is_a_stop(phone):
    assert "ailleurs" not in await phone.says("STOP TOUT")
    with phone.sessions.begin() as session:
        assert session.scalars(select(Address.state)).all() == [AddressState.STOPPED]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_sms_of_it_fits_into_two_segments(chat, phone, language):
    await chat.says(f"/langue {language}")
    await phone.says(f"/langue {language}")
    said = await phone.says("lier")
    assert sms.size(sms.spell(said)).segments <= 2, said
    await chat.says(f"/lier {TYPED}")
    with chat.sessions.begin() as session:
        row = session.scalars(select(Delivery).where(Delivery.cause == Cause.LINK)).one()
        text = sms.spell(row.reveal(chat.vault))
    assert sms.size(text).segments <= 2, text
    await chat.says(NUMBER, event=Event.CONTACT)
    for words in ("STOP", "stop all"):
        said = await phone.says(words)
        assert sms.size(sms.spell(said)).segments <= 2, said


async def test_no_number_is_ever_logged(chat, phone, caplog):
    caplog.set_level("DEBUG")
    await chat.says(f"/lier {TYPED}")
    await chat.says(NUMBER, event=Event.CONTACT)
    assert "639980001" not in caplog.text.replace(" ", "")
