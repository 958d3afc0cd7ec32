"""What is kept of a question that was missed, for how long, and what leads to a person."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, inspect, select

from core.answers import Answer, Listener, Outcome
from core.db import make_engine, make_sessions
from core.learning import missed, thumbs
from core.learning.missed import MissedQuestion, MissedTrail, WantsAnswer
from core.learning.thumbs import Feedback, Thumb
from core.messages import Bubble, Choice
from core.outbox import claiming, delivery, posting, prompts
from core.people.contacts import forget
from tests.world import NOON, a_contact

UNSURE = Answer((Bubble("Je ne sais pas."),), Outcome.FALLBACK, closest="ent_mdp")
OFFERED = Answer((Bubble("Est-ce … ?"),), Outcome.SUGGESTED, closest="ent_mdp")
ANSWERED = Answer((Bubble("Voilà."),), Outcome.ANSWERED, "ent_mdp")
TODAY = date(2026, 11, 21)


@pytest.fixture
def world(database_url, vault):
    engine = make_engine(database_url)
    yield World(make_sessions(engine), vault)
    engine.dispose()


class World:
    """One person who writes; what is kept of it."""

    def __init__(self, sessions, vault):
        self.sessions, self.vault = sessions, vault
        self._causes = 0

    def ask(self, text="et la cantine ?", answer=UNSURE, now=NOON, **who):
        """The id of the message that answers *text*."""
        self._causes += 1
        with self.sessions.begin() as session:
            address = a_contact(session, self.vault)
            shown = posting.reply(session, address, self._causes, answer.bubbles, now)
            missed.learn(session, shown, text, Listener(**who), answer, now)
            return shown[-1].id

    def under(self, delivery_id, do, *more):
        with self.sessions.begin() as session:
            return do(session, session.get_one(delivery.Delivery, delivery_id), *more)

    def kept(self):
        with self.sessions.begin() as session:
            rows = session.scalars(select(MissedQuestion).order_by(MissedQuestion.id))
            return [(row.text, row.reason, row.state) for row in rows]

    def count(self, table):
        with self.sessions.begin() as session:
            return session.scalar(select(func.count()).select_from(table))

    def forget_old(self, now):
        with self.sessions.begin() as session:
            missed.forget_old(session, now)


def test_an_unanswered_question_is_kept_without_identity(world):
    world.ask("mon fils Lucas veut manger, 06 39 98 00 01", language="fr", territory="vienne")
    assert world.kept() == [("mon fils […] veut manger, […]", "unanswered", "open")]
    with world.sessions.begin() as session:
        row = session.scalars(select(MissedQuestion)).one()
        assert (row.language, row.territory, row.asked_on) == ("fr", "vienne", TODAY)
        assert row.question_id == "ent_mdp"


def test_no_column_of_a_missed_question_leads_to_a_person():
    columns = {column.name for column in inspect(MissedQuestion).columns}
    assert not {name for name in columns if "contact" in name or "address" in name}
    assert not inspect(MissedQuestion).local_table.foreign_keys
    assert not inspect(Feedback).local_table.foreign_keys


@pytest.mark.parametrize(
    "answer",
    [
        ANSWERED,
        Answer((Bubble("Je ne sais pas la météo."),), Outcome.FALLBACK, "meteo"),
        Answer((Bubble("Bonjour !"),), Outcome.SMALLTALK, "bonjour"),
        Answer((Bubble("Quelqu'un vous répond."),), Outcome.HANDOFF, "humain"),
        Answer((Bubble("En panne."),), Outcome.UNAVAILABLE),
        Answer((Bubble("3018"),), Outcome.ANSWERED, "harcelement", sensitive=True),
        Answer((Bubble("Est-ce … ?"),), Outcome.SUGGESTED, sensitive=True),
        Answer((Bubble("Je ne sais pas."),), Outcome.FALLBACK, sensitive=True),
    ],
)
def test_what_was_answered_declined_or_sensitive_is_not_kept(world, answer):
    world.ask("une question", answer)
    assert world.kept() == []
    assert world.count(MissedTrail) == 0


@pytest.mark.parametrize("text", ["0639980001", "?!", "12"])
def test_a_message_of_which_nothing_is_left_is_not_kept(world, text):
    world.ask(text)
    assert world.kept() == []


def test_what_was_offered_is_kept_only_once_it_is_known_not_to_help(world):
    offer = world.ask("le truc de l'école", OFFERED)
    assert world.kept() == [("le truc de l'école", "corrected", "offered")]
    world.under(offer, missed.failed)
    assert world.kept() == [("le truc de l'école", "corrected", "open")]


def test_what_was_offered_and_picked_leaves_nothing(world):
    offer = world.ask("le truc de l'école", OFFERED)
    world.under(offer, missed.helped, NOON)
    assert world.kept() == []
    assert world.count(MissedTrail) == 0


def test_asking_again_in_other_words_says_that_the_offer_did_not_help(world):
    world.ask("le truc de l'école", OFFERED)
    world.ask("l'espace numérique", ANSWERED, NOON + timedelta(minutes=5))
    assert world.kept() == [("le truc de l'école", "corrected", "open")]


def test_asking_something_hours_later_says_nothing_about_the_offer(world):
    world.ask("le truc de l'école", OFFERED)
    world.ask("l'espace numérique", ANSWERED, NOON + timedelta(hours=2))
    assert world.kept() == [("le truc de l'école", "corrected", "offered")]


def test_a_thank_you_does_not_say_that_the_offer_failed(world):
    world.ask("le truc de l'école", OFFERED)
    world.ask("merci", Answer((Bubble("De rien !"),), Outcome.SMALLTALK, "merci"))
    assert world.kept() == [("le truc de l'école", "corrected", "offered")]


def test_what_came_just_before_something_sensitive_is_deleted(world):
    world.ask("je vais pas bien", UNSURE)
    world.ask("le truc", OFFERED)
    world.ask("on me frappe", Answer((Bubble("3018"),), Outcome.ANSWERED, "h", sensitive=True))
    assert world.kept() == []


def test_an_unloved_answer_is_kept_only_with_what_was_wanted_instead(world):
    answer = world.ask("mot de passe", ANSWERED)
    world.under(answer, missed.dislike, "ent_mdp", Listener(), NOON)
    assert world.kept() == [(None, "thumbs_down", "offered")]
    world.ask("celui du wifi, mon fils Léo l'a perdu", UNSURE, NOON + timedelta(minutes=2))
    assert world.kept() == [("celui du wifi, mon fils […] l'a perdu", "thumbs_down", "open")]


def test_an_unloved_answer_that_is_loved_after_all_leaves_nothing(world):
    answer = world.ask("mot de passe", ANSWERED)
    for _ in range(2):
        world.under(answer, missed.dislike, "ent_mdp", Listener(), NOON)
    assert len(world.kept()) == 1
    world.under(answer, missed.helped, NOON)
    assert world.kept() == []


def test_a_sensitive_message_after_an_unloved_answer_is_not_kept(world):
    answer = world.ask("mot de passe", ANSWERED)
    world.under(answer, missed.dislike, "ent_mdp", Listener(), NOON)
    world.ask("on me frappe", Answer((Bubble("3018"),), Outcome.ANSWERED, "h", sensitive=True))
    assert world.kept() == []


NOT_THAT = Answer((Bubble("Plutôt … ?"),), Outcome.SUGGESTED, corrects=True)


def test_not_that_says_that_the_offer_did_not_help_and_is_not_a_question_itself(world):
    world.ask("le truc de l'école", OFFERED)
    world.ask("non pas ça", NOT_THAT)
    assert world.kept() == [("le truc de l'école", "corrected", "open")]


def test_after_not_that_what_they_wanted_instead_of_an_answer_is_kept(world):
    world.ask("mot de passe", ANSWERED)
    world.ask("non pas ça", NOT_THAT, subject="ent_mdp")
    assert world.kept() == [(None, "corrected", "offered")]
    world.ask("celui du wifi", UNSURE, NOON + timedelta(minutes=1))
    assert world.kept() == [("celui du wifi", "corrected", "open")]


def test_after_not_that_who_picks_what_is_offered_leaves_nothing(world):
    world.ask("mot de passe", ANSWERED)
    offer = world.ask("non pas ça", NOT_THAT, subject="ent_mdp")
    world.under(offer, missed.failed)
    assert world.kept() == [(None, "corrected", "offered")]
    world.under(offer, missed.helped, NOON)
    assert world.kept() == []


def test_agreeing_ties_the_person_to_the_question_once(world):
    unsure = world.ask()
    assert world.under(unsure, missed.agree, NOON)
    assert world.under(unsure, missed.agree, NOON)
    assert world.count(WantsAnswer) == 1


def test_nobody_can_agree_once_the_trail_is_cut(world):
    unsure = world.ask()
    world.forget_old(NOON + timedelta(days=1, minutes=1))
    assert world.kept() == [("et la cantine ?", "unanswered", "open")]
    assert world.count(MissedTrail) == 0
    assert not world.under(unsure, missed.agree, NOON)


def test_what_was_offered_and_left_is_deleted_the_next_day(world):
    world.ask("le truc de l'école", OFFERED)
    world.forget_old(NOON + timedelta(hours=6))
    assert len(world.kept()) == 1
    world.forget_old(NOON + timedelta(days=1))
    assert world.kept() == []


def test_after_90_days_the_question_and_the_wish_are_gone(world):
    world.under(world.ask(), missed.agree, NOON)
    world.forget_old(NOON + timedelta(days=90))
    assert (len(world.kept()), world.count(WantsAnswer)) == (1, 1)
    world.forget_old(NOON + timedelta(days=91))
    assert (len(world.kept()), world.count(WantsAnswer)) == (0, 0)


def test_who_is_erased_leaves_neither_wish_nor_trail_nor_thumb(world):
    unsure = world.ask()
    world.under(unsure, missed.agree, NOON)
    world.under(unsure, thumbs.press, "ent_mdp", "fr", TODAY, True)
    with world.sessions.begin() as session:
        forget(session, a_contact(session, world.vault))
    assert [world.count(table) for table in (WantsAnswer, MissedTrail, Thumb)] == [0, 0, 0]
    assert len(world.kept()) == 1
    assert world.count(Feedback) == 1


def press(world, delivery, good, question="ent_mdp"):
    return world.under(delivery, thumbs.press, question, "fr", TODAY, good)


def counted(world):
    with world.sessions.begin() as session:
        rows = session.scalars(select(Feedback).order_by(Feedback.question_id))
        return [(row.question_id, row.good, row.bad) for row in rows]


def test_a_thumb_counts_once_and_the_last_one_counts(world):
    answer = world.ask("mot de passe", ANSWERED)
    assert press(world, answer, True)
    assert not press(world, answer, True)
    assert counted(world) == [("ent_mdp", 1, 0)]
    assert press(world, answer, False)
    assert counted(world) == [("ent_mdp", 0, 1)]


def test_thumbs_of_different_people_add_up(world):
    for good in (True, False, False):
        press(world, world.ask("mot de passe", ANSWERED), good)
    assert counted(world) == [("ent_mdp", 1, 2)]


def test_the_worst_answers_are_those_with_more_thumbs_down(world):
    for question, thumbs_ in {"a": (0, 0, 1), "b": (0, 0, 0), "c": (1, 1)}.items():
        for good in thumbs_:
            press(world, world.ask("x", ANSWERED), bool(good), question)
    with world.sessions.begin() as session:
        assert thumbs.worst(session, TODAY) == [("b", 0, 3), ("a", 1, 2)]
        assert thumbs.worst(session, TODAY + timedelta(days=91)) == []


def test_a_thumb_is_no_prompt_that_a_digit_answers(world):
    with world.sessions.begin() as session:
        address = a_contact(session, world.vault)
        menu = (Choice("L'ENT", "subject:ent"),)
        both = (Choice("👍", "good:x"), Choice("👎", "bad:x"))
        posting.reply(session, address, 1, [Bubble("menu", menu)], NOON)
        posting.reply(session, address, 2, [Bubble("voilà", both)], NOON)
        claiming.claim(session, "sms", NOON)
        assert prompts.last_prompt(session, address).picks() == menu
