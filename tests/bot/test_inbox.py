"""From a message to the outbox, with a stub where Rasa stands."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bot.ask import Ear
from bot.inbox import Inbox, NotItsTurn
from bot.understanding import UnderstandingError
from core.answers import Answer, Outcome
from core.inbound import AT_WORK, REST, Inbound
from core.messages import Bubble, Choice, Event, Kind
from core.outbox import delivery
from core.outbox.delivery import Delivery
from core.people import contacts
from core.people.contacts import AddressState, Contact, find
from tests.world import (
    A_NUMBER,
    NOON,
    StubUnderstanding,
    a_library,
    a_question,
    a_relay,
    incoming,
    texts_of,
    the_languages,
    the_services,
)

UNDERSTOOD = Answer((Bubble("Le secrétariat."),), Outcome.ANSWERED, "mot_de_passe", 0.9)
LANGUAGES = the_languages()


@pytest.fixture
def world(sessions, vault, tmp_path):
    return World(sessions, vault, tmp_path)


class World:
    """An inbox, and short ways to write to it and to see what it answered."""

    def __init__(self, sessions, vault, tmp_path):
        self.sessions, self.vault = sessions, vault
        self.understanding = StubUnderstanding(UNDERSTOOD)
        self.now = NOON
        territory = a_question(title=None, examples=None, answer="Vienne !", sms="Vienne !")
        library = a_library(
            tmp_path / "content", a_question(), a_question("humain", kind="handoff"),
            vienne=[territory],
        )  # fmt: skip
        texts = texts_of(library)
        channels = {"sms": Ear("sms", Kind.SMS), "telegram": Ear("telegram", Kind.CHAT)}
        self.inbox = Inbox(
            sessions, vault, texts, a_relay(texts, vault), the_services(library, vault),
            LANGUAGES, self.understanding, channels,
            lambda: self.now,
        )  # fmt: skip
        self._count = 0

    async def write(self, text="", **details):
        """One message; the texts that answer it."""
        self._count += 1
        message = incoming(text, provider_id=str(self._count), **details)
        row_id = await self.inbox.answer(message)
        with self.sessions.begin() as session:
            # As if they had been sent: a prompt counts only once it left.
            rows = list(
                session.scalars(
                    select(Delivery).where(Delivery.cause_id == row_id).order_by(Delivery.id)
                )
            )
            for row in rows:
                row.state = delivery.State.SENT
            return rows

    async def say(self, text="", **details):
        return [row.text for row in await self.write(text, **details)]

    def address(self, channel="sms"):
        with self.sessions.begin() as session:
            row = find(session, self.vault, channel, A_NUMBER)
            assert row.contact
            return row

    def last(self) -> Inbound:
        with self.sessions.begin() as session:
            return session.scalars(select(Inbound).order_by(Inbound.id.desc())).first()


async def test_a_question_is_understood_and_answered(world):
    assert await world.say("g oublié le mdp") == ["Le secrétariat."]
    ((sender, text, listener),) = world.understanding.asked
    assert text == "g oublié le mdp"
    assert A_NUMBER not in sender
    assert listener.kind is Kind.SMS
    row = world.last()
    assert (row.outcome, row.question_id, row.confidence) == ("answered", "mot_de_passe", 0.9)
    assert row.sealed_text is None


async def test_a_warning_is_read_first_whatever_the_answer_becomes(world):
    for question_id in ("mot_de_passe", "humain", None):
        world.understanding.answer = replace(
            UNDERSTOOD, question_id=question_id, warning=Bubble("Appelez le 112.")
        )
        first, *rest = await world.say("une question")
        assert first == "Appelez le 112."
        assert rest


async def test_the_same_message_twice_is_answered_once(world):
    message = incoming("bonjour", provider_id="twice")
    assert await world.inbox.answer(message) is not None
    assert await world.inbox.answer(message) is None
    with world.sessions.begin() as session:
        assert len(session.scalars(select(Delivery)).all()) == 1


async def test_two_first_messages_of_somebody_at_the_same_moment_are_both_kept(world, monkeypatch):
    """By two processes: the second one to write fails, and looks again."""
    unseen = [None]
    known = contacts.find
    monkeypatch.setattr(
        contacts, "find", lambda *a, **more: unseen.pop() if unseen else known(*a, **more)
    )
    with world.sessions.begin() as session:
        contacts.meet(session, world.vault, "sms", A_NUMBER, NOON)
    unseen.append(None)
    assert await world.say("bonjour") == ["Le secrétariat."]


async def test_a_question_costs_few_statements(world):
    """It was 26 once: half of what the bot does for a message is to ask its database."""
    await world.say("bonjour")
    engine, counted = world.sessions.kw["bind"], []
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    await world.inbox.answer(incoming("g oublié le mdp", provider_id="counted"))
    assert len([one for one in counted if not one.startswith("BEGIN")]) <= 17, counted


@pytest.mark.parametrize("text", ["STOP", "stop svp", "Désinscrire", "/stop"])
async def test_stop_is_obeyed_without_asking_any_model(world, text):
    world.understanding.answer = AssertionError("STOP never waits for a model")
    (reply,) = await world.say(text)
    assert "START" in reply
    assert world.address().state == AddressState.STOPPED


async def test_start_undoes_stop(world):
    await world.say("STOP")
    (reply,) = await world.say("START")
    assert "STOP" in reply
    assert world.address().state == AddressState.OPEN


async def test_who_stopped_can_still_ask_and_stays_stopped(world):
    await world.say("STOP")
    assert await world.say("et mon mot de passe ?") == ["Le secrétariat."]
    assert world.address().state == AddressState.STOPPED


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "\u200f\u202e", "\ufeff"])
async def test_an_empty_message_gets_a_clear_sentence(world, text):
    (reply,) = await world.say(text)
    assert "vide" in reply
    assert world.understanding.asked == []


async def test_a_message_of_3000_characters_is_asked_back(world):
    (reply,) = await world.say("mot " * 750)
    assert "une ou deux phrases" in reply
    assert world.understanding.asked == []


async def test_control_and_direction_marks_never_reach_the_model(world):
    await world.say("mot\x00 de\u202e passe\n oublié")
    assert world.understanding.asked[0][1] == "mot de passe oublié"


@pytest.mark.parametrize(
    "text", ["/educonnect_mot_de_passe", "/restart", " /nlu_fallback", "\u200f/session_start", "/"]
)
async def test_text_beginning_with_a_slash_never_reaches_rasa(world, text):
    (reply,) = await world.say(text)
    assert "commande" in reply
    assert world.understanding.asked == []


@pytest.mark.parametrize("event", list(Event))
async def test_what_is_not_text_gets_a_kind_reaction(world, event):
    (reply,) = await world.say(event=event)
    assert len(reply) > 20
    assert world.last().outcome == "reacted"


@pytest.mark.parametrize(
    "failure", [UnderstandingError("ReadTimeout"), UnderstandingError("empty answer")]
)
async def test_when_rasa_fails_the_person_gets_an_honest_sentence_and_the_menu(world, failure):
    world.understanding.answer = failure
    (row,) = await world.write("mon mot de passe ?")
    assert "panne" in row.text
    assert [choice["does"] for choice in row.choices] == ["subject:ent", "human"]
    world.understanding.answer = UNDERSTOOD
    assert await world.say("mon mot de passe ?") == ["Le secrétariat."]


async def test_digits_still_work_when_rasa_is_down(world):
    world.understanding.answer = UnderstandingError("down")
    await world.say("mon mot de passe ?")
    (subject,) = await world.say("1")
    assert "L'ENT" in subject
    assert "secretariat" in (await world.say("1"))[0]


@pytest.mark.parametrize("text", ["1", " 1. ", "le 1", "n°1", "١", "Vienne (86)", "vienne 86"])
async def test_a_choice_is_picked_by_digit_or_by_its_words(world, text):
    await world.say("menu")
    await world.say("1")
    with world.sessions.begin() as session:
        session.scalars(select(Contact)).one().territory = None
    await world.write("1")  # the question that depends on where they live
    assert await world.say(text) == ["Vienne !"]
    assert world.address().contact.territory == "vienne"


async def test_a_digit_out_of_the_list_is_said_to_be(world):
    await world.say("menu")
    (reply,) = await world.say("9")
    assert "chiffre" in reply


async def test_a_digit_when_nothing_was_asked_is_said_to_be(world):
    (reply,) = await world.say("3")
    assert "chiffre" in reply
    assert world.understanding.asked == []


async def test_a_button_works_only_for_who_was_shown_it(world):
    (menu,) = await world.write("menu", channel="telegram", address="100")
    tapped = f"{menu.id}:0"
    (mine,) = await world.say(tapped=tapped, channel="telegram", address="100")
    assert "L'ENT" in mine
    (other,) = await world.say(tapped=tapped, channel="telegram", address="200")
    assert "L'ENT :" not in other


@pytest.mark.parametrize(
    "tapped", ["", "x", "1:x", "9999:0", "1:99", "-1:0", "1:0:0", "é:1", "9" * 99 + ":0"]
)
async def test_a_malformed_button_is_no_crash(world, tapped):
    await world.write("menu", channel="telegram", address="100")
    assert await world.say(tapped=tapped or ":", channel="telegram", address="100")


@pytest.mark.parametrize("number", ["99", "9" * 5000, "-1", "²"])
async def test_a_menu_that_there_is_not_is_the_menu(world, number):
    assert await world.say(f"/menu {number}") == await world.say("/menu")


async def test_a_deep_link_tells_where_they_live(world):
    await world.say("/start vienne", channel="telegram", address=A_NUMBER)
    assert world.address("telegram").contact.territory == "vienne"


async def test_where_they_live_is_asked_once(world):
    asks = Answer(UNDERSTOOD.bubbles, Outcome.ANSWERED, "mot_de_passe", 0.9, asks_territory=True)
    world.understanding.answer = asks
    await world.say("mon mot de passe ?")
    await world.say("mon mot de passe ?")
    first, second = (listener for _, _, listener in world.understanding.asked)
    assert (first.may_ask_territory, second.may_ask_territory) == (True, False)


async def test_the_language_chosen_is_kept_whatever_is_written_next(world):
    await world.say("/langue")
    await world.say("6")
    await world.say("slt g oublié le mdp de l'ENT, qui peut m'aider ?")
    assert world.understanding.asked[0][2].language == "tr"


async def test_the_language_of_a_question_is_the_language_of_its_answer(world):
    await world.say("I forgot my password for the school website")
    assert world.understanding.asked[0][2].language == "en"


async def test_what_was_kept_and_not_answered_is_answered_after_a_restart(world):
    assert world.inbox._accept(incoming("bonjour")) is not None
    assert await world.inbox.resume() == 1
    await world.inbox.idle()
    with world.sessions.begin() as session:
        assert session.scalars(select(Delivery.text)).all() == ["Le secrétariat."]


async def test_what_another_process_left_is_taken_up_once_it_must_be_dead(world):
    await world.inbox.resume()  # at the start, when there was nothing
    world.inbox._accept(incoming("bonjour"))
    assert await world.inbox.resume() == 0
    world.now = NOON + AT_WORK + REST + timedelta(seconds=1)
    assert await world.inbox.resume() == 1
    await world.inbox.idle()
    with world.sessions.begin() as session:
        assert session.scalars(select(Delivery.text)).all() == ["Le secrétariat."]


async def test_a_message_waits_for_the_one_before_it_that_another_process_answers(world):
    first = world.inbox._accept(incoming("une", provider_id="a"))
    second = world.inbox._accept(incoming("deux", provider_id="b"))
    with pytest.raises(NotItsTurn):
        world.inbox._plan(second[0])
    world.now = NOON + AT_WORK + timedelta(seconds=1)  # it died
    assert world.inbox._plan(second[0]) is not None
    assert world.inbox._plan(first[0]) is not None


async def test_what_is_too_old_is_left_alone_after_a_restart(world):
    world.inbox._accept(incoming("bonjour"))
    world.now = NOON + timedelta(days=1)
    assert await world.inbox.resume() == 0


async def test_the_answers_of_one_person_keep_the_order_of_their_messages(world):
    for number in range(5):
        await world.inbox.receive(incoming(f"question {number}", provider_id=f"o{number}"))
    await world.inbox.idle()
    assert [text for _, text, _ in world.understanding.asked] == [
        f"question {number}" for number in range(5)
    ]


async def test_no_log_holds_an_address_or_words(world, caplog):
    caplog.set_level("DEBUG")
    world.understanding.answer = UnderstandingError("ReadTimeout")
    await world.say("mon secret à moi")
    world.understanding.answer = RuntimeError("boom")
    await world.inbox.answer(incoming("mon secret à moi", provider_id="boom"))
    assert "secret" not in caplog.text
    assert A_NUMBER not in caplog.text
    assert caplog.records


def test_choices_say_what_they_do_and_nothing_else():
    from core.conversation import PICKS

    assert set(PICKS) == {
        "question", "subject", "menu", "territory", "language", "human", "reword", "withdraw",
        "notify", "good", "bad",
    }  # fmt: skip
    assert Choice.from_json(Choice("a", "menu").as_json()) == Choice("a", "menu")
