"""Those who agreed are told once; staff see how many wait. On both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.answers import Answer, Listener, Outcome
from core.db import make_engine, make_sessions
from core.learning import backlog, missed, promises
from core.learning.backlog import Together
from core.learning.missed import MissedQuestion, WantsAnswer
from core.messages import Bubble, Kind
from core.outbox import claiming, posting
from core.outbox.delivery import Delivery, State
from core.people.contacts import AddressState, change_state
from tests.world import NOON, a_contact, a_library, texts_of

UNSURE = Answer((Bubble("Je ne sais pas."),), Outcome.FALLBACK)
KINDS = {"sms": Kind.SMS}
PHONES = [f"+3363998000{number}" for number in range(3)]


@pytest.fixture
def world(database_url, vault, tmp_path):
    engine = make_engine(database_url)
    yield World(make_sessions(engine), vault, texts_of(a_library(tmp_path / "content")))
    engine.dispose()


class World:
    def __init__(self, sessions, vault, texts):
        self.sessions, self.vault, self.texts = sessions, vault, texts
        self._causes = 0

    def asks(self, phone, text="ma tablette", chosen=None):
        """Somebody asks, and agrees to be told; the id of the missed question."""
        self._causes += 1
        with self.sessions.begin() as session:
            address = a_contact(session, self.vault, address=phone)
            if chosen:
                address.contact.language, address.contact.language_chosen = chosen, True
            shown = posting.reply(session, address, self._causes, UNSURE.bubbles, NOON)
            missed.learn(session, shown, text, Listener(language="pt"), UNSURE, NOON)
            missed.agree(session, shown[0], NOON)
            return session.scalars(select(MissedQuestion.id).order_by(MissedQuestion.id)).all()[-1]

    def answers(self, *ids):
        with self.sessions.begin() as session:
            backlog.answered(session, ids, "mot_de_passe")

    def keeps(self):
        with self.sessions.begin() as session:
            return promises.keep(session, self.texts, KINDS, "mot_de_passe", NOON)

    def sent(self):
        with self.sessions.begin() as session:
            return list(
                session.scalars(
                    select(Delivery).where(Delivery.cause == "answer").order_by(Delivery.id)
                )
            )


def test_everybody_who_agreed_is_told_once(world):
    ids = [world.asks(phone) for phone in (*PHONES, PHONES[0])]
    world.answers(*ids)
    with world.sessions.begin() as session:
        assert backlog.wanted_by_answer(session) == {"mot_de_passe": 3}
    assert world.keeps() == promises.Kept(told=3, lost=0)
    assert len({row.contact_id for row in world.sent()}) == 3
    assert world.keeps() == promises.Kept(told=0, lost=0)
    with world.sessions.begin() as session:
        assert session.scalars(select(WantsAnswer)).all() == []


def test_only_those_whose_question_was_answered_are_told(world):
    first, second = world.asks(PHONES[0]), world.asks(PHONES[1])
    world.answers(first)
    assert world.keeps().told == 1
    world.answers(second)
    assert world.keeps().told == 1


def test_who_cannot_be_written_to_any_more_is_counted_and_forgotten(world):
    ids = [world.asks(phone) for phone in PHONES]
    for phone, state in zip(PHONES, (AddressState.STOPPED, AddressState.UNREACHABLE), strict=False):
        with world.sessions.begin() as session:
            change_state(a_contact(session, world.vault, address=phone), state, NOON)
    world.answers(*ids)
    assert world.keeps() == promises.Kept(told=1, lost=2)


def test_the_language_is_that_of_the_question_unless_they_chose_one(world):
    world.answers(world.asks(PHONES[0]), world.asks(PHONES[1], chosen="en"))
    world.keeps()
    texts = [row.text for row in world.sent()]
    assert any(text.startswith("Pediu-me que avisasse") for text in texts)
    assert any(text.startswith("You asked me to let you know") for text in texts)


def test_a_promised_answer_is_not_sent_a_week_late(world):
    world.answers(world.asks(PHONES[0]))
    world.keeps()
    with world.sessions.begin() as session:
        claiming.claim(session, "sms", NOON + timedelta(days=9))
    assert {row.state for row in world.sent()} == {State.SKIPPED}


def test_groups_keep_their_number_when_a_question_joins(world):
    first, second = world.asks(PHONES[0], "ma tablette"), world.asks(PHONES[1], "la tablette")
    with world.sessions.begin() as session:
        (group,) = backlog.groups(session, [Together((first, second), second)])
        assert (group.number, group.texts) == (first, ["la tablette", "ma tablette"])
        assert group.wanted == 2
    third = world.asks(PHONES[1], "une tablette")
    with world.sessions.begin() as session:
        (group,) = backlog.groups(session, [Together((second, third, first), third)])
        assert (group.number, group.wanted) == (first, 2)


def test_what_is_dismissed_is_not_open_and_nobody_waits_for_it(world):
    first, second = world.asks(PHONES[0]), world.asks(PHONES[1])
    with world.sessions.begin() as session:
        backlog.dismissed(session, [first])
        assert list(backlog.open_questions(session)) == [second]
        assert [row.missed_id for row in session.scalars(select(WantsAnswer))] == [second]
