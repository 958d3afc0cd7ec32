"""What a person sees when they were not helped, and what is kept of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.answers import Answer, Outcome
from core.learning.missed import MissedQuestion, WantsAnswer
from core.learning.thumbs import Feedback
from core.messages import Bubble, Choice
from tests.bot.test_inbox import World
from tests.world import NOON, a_library, a_question, texts_of

CHAT = {"channel": "telegram", "address": "100"}
THUMBS = ["good:mot_de_passe", "bad:mot_de_passe"]


@pytest.fixture
def world(sessions, vault, tmp_path):
    return World(sessions, vault, tmp_path)


@pytest.fixture
def texts(tmp_path):
    return texts_of(a_library(tmp_path / "other", a_question(), a_question("humain")))


@pytest.fixture
def lost(world, texts):
    """A world in which nothing is understood, as the actions would say it."""
    world.texts = texts

    async def ask(sender, text, listener):
        return texts.unsure(None, listener)

    world.understanding.ask = ask
    return world


def answered_with_thumbs():
    choices = tuple(Choice(sign, does) for sign, does in zip("👍👎", THUMBS, strict=True))
    return Answer((Bubble("Le secrétariat.", choices),), Outcome.ANSWERED, "mot_de_passe", 0.9)


def kept(world):
    with world.sessions.begin() as session:
        rows = session.scalars(select(MissedQuestion).order_by(MissedQuestion.id))
        return [(row.text, row.reason, row.state) for row in rows]


def wishes(world):
    with world.sessions.begin() as session:
        return session.scalar(select(func.count()).select_from(WantsAnswer))


def counted(world):
    with world.sessions.begin() as session:
        return [(row.question_id, row.good, row.bad) for row in session.scalars(select(Feedback))]


async def test_what_we_do_not_know_is_kept_redacted(lost):
    await lost.say("et la cantine de ma fille Emma ? 06 39 98 00 01")
    assert kept(lost) == [("et la cantine de ma fille […] ? […]", "unanswered", "open")]


async def test_what_we_know_is_not_kept(world):
    await world.say("g oublié le mdp")
    assert kept(world) == []


async def test_by_digit_one_agrees_to_be_told_the_answer(lost):
    (unsure,) = await lost.say("et la cantine ?")
    assert "Répondez 1, 2 ou 3" in unsure
    (reply,) = await lost.say("3")
    assert "trois mois" in reply
    assert wishes(lost) == 1


async def test_by_button_one_agrees_to_be_told_and_twice_is_once(lost):
    (unsure,) = await lost.write("et la cantine ?", **CHAT)
    assert [choice["label"] for choice in unsure.choices][-1] == "Prévenez-moi si vous trouvez"
    for _ in range(2):
        (reply,) = await lost.say(tapped=f"{unsure.id}:2", **CHAT)
        assert "C'est noté" in reply
    assert wishes(lost) == 1


async def test_who_does_not_agree_is_tied_to_nothing(lost):
    await lost.say("et la cantine ?")
    await lost.say("2")
    assert wishes(lost) == 0


async def test_who_wants_no_messages_is_told_why_they_cannot_be_told(lost):
    await lost.say("et la cantine ?")
    (unsure,) = await lost.write("et la cantine ?", **CHAT)
    await lost.say("STOP", **CHAT)
    (reply,) = await lost.say(tapped=f"{unsure.id}:2", **CHAT)
    assert "START" in reply
    assert wishes(lost) == 0


async def test_agreeing_when_nothing_is_known_any_more_is_answered_honestly(lost):
    (unsure,) = await lost.write("0639980001", **CHAT)
    (reply,) = await lost.say(tapped=f"{unsure.id}:2", **CHAT)
    assert "encore une fois" in reply
    assert wishes(lost) == 0


async def test_something_else_under_an_offer_keeps_the_question(world, texts):
    async def ask(sender, text, listener):
        return texts.suggest(["mot_de_passe"], listener)

    world.understanding.ask = ask
    await world.say("le truc de l'école")
    await world.say("Autre chose")
    assert kept(world) == [("le truc de l'école", "corrected", "open")]


async def test_picking_what_was_offered_keeps_nothing(world, texts):
    async def ask(sender, text, listener):
        return texts.suggest(["mot_de_passe"], listener)

    world.understanding.ask = ask
    await world.say("le truc de l'école")
    assert "secretariat" in (await world.say("1"))[0]
    assert kept(world) == []


async def test_an_answer_on_a_screen_has_thumbs_and_an_sms_has_none(world):
    await world.say("menu", **CHAT)
    await world.say("1", **CHAT)
    (answer, where) = await world.write("1", **CHAT)
    assert (answer.choices, len(where.choices)) == ([], 3)  # one thing is asked at a time
    (answer,) = await world.write("Vienne (86)", **CHAT)
    assert [choice["does"] for choice in answer.choices] == THUMBS
    await world.say("menu")
    await world.say("1")
    await world.say("1")
    (by_sms,) = await world.write("Vienne (86)")
    assert by_sms.choices == []


async def test_a_thumb_is_thanked_for_and_never_brings_the_answer_again(world):
    world.understanding.answer = answered_with_thumbs()
    (answer,) = await world.write("mdp", **CHAT)
    assert await world.say(tapped=f"{answer.id}:0", **CHAT) == [
        "Merci, cela m'aide à mieux répondre."
    ]
    assert counted(world) == [("mot_de_passe", 1, 0)]
    (reply,) = await world.write(tapped=f"{answer.id}:1", **CHAT)
    assert "autres mots" in reply.text
    assert [choice["does"] for choice in reply.choices] == ["menu", "human"]
    assert counted(world) == [("mot_de_passe", 0, 1)]


async def test_a_thumb_down_offers_what_came_next(world):
    world.understanding.answer = replace(answered_with_thumbs(), nearest=("humain",))
    (answer,) = await world.write("mdp", **CHAT)
    (reply,) = await world.write(tapped=f"{answer.id}:1", **CHAT)
    assert "plutôt une de ces réponses" in reply.text
    assert [choice["does"] for choice in reply.choices] == ["question:humain", "reword"]


async def test_what_is_said_after_a_thumb_down_is_kept_with_the_answer_that_failed(world):
    world.understanding.answer = answered_with_thumbs()
    (answer,) = await world.write("mdp", **CHAT)
    await world.say(tapped=f"{answer.id}:1", **CHAT)
    world.now = NOON + timedelta(minutes=1)
    await world.say("non, celui du wifi", **CHAT)
    assert kept(world) == [("non, celui du wifi", "thumbs_down", "open")]


async def test_a_digit_after_an_answer_goes_to_the_menu_before_it(world):
    world.understanding.answer = answered_with_thumbs()
    await world.say("menu", **CHAT)
    await world.say("mdp", **CHAT)
    (subject,) = await world.say("1", **CHAT)
    assert "L'ENT" in subject
    assert counted(world) == []
