"""One message, asked as a whole, in parts, or with its subject."""

import pytest

from bot.dialogue import Dialogue
from core.answers import Answer, Listener, Outcome
from core.messages import Bubble, Kind
from tests.world import a_library, a_question, texts_of


class Model:
    """Answers each text as it was told to; everything else is unsure."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    async def ask(self, sender, text, listener):
        self.asked.append(text)
        known = next((name for name in self.answers if name in text), None)
        lines = Bubble("112") if "peur" in text else None
        if known is None:
            return Answer((Bubble("?"),), Outcome.FALLBACK, warning=lines)
        sensitive = known == "danger"
        return Answer(
            (Bubble(known),), Outcome.ANSWERED, known, self.answers[known], sensitive=sensitive,
            warning=lines,
        )  # fmt: skip


@pytest.fixture
def texts(tmp_path):
    return texts_of(a_library(tmp_path / "content", a_question("atelier", title="Atelier")))


async def said(texts, model, text, **listener):
    answer = await Dialogue(model, texts).answer("uid", text, Listener(**listener))
    return [bubble.text for bubble in answer.bubbles]


async def test_two_questions_get_two_answers(texts):
    model = Model(compte=0.9, gratuit=0.9)
    asked = "comment créer un compte ? et c'est gratuit pour tous ?"
    assert await said(texts, model, asked) == ["compte", "gratuit"]


async def test_by_sms_never_more_than_two(texts):
    model = Model(un=0.9, deux=0.9, trois=0.9)
    asked = "est-ce un jour ? est-ce deux jours ? est-ce trois jours ?"
    assert len(await said(texts, model, asked)) == 3
    assert len(await said(texts, model, asked, kind=Kind.SMS)) == 2


async def test_the_help_line_comes_before_what_was_asked_first(texts):
    model = Model(un=0.9, deux=0.9, danger=0.9)
    asked = "est-ce un jour ? est-ce deux jours ? et lui est en danger ?"
    assert await said(texts, model, asked, kind=Kind.SMS) == ["danger", "un"]


async def test_a_warning_in_one_of_several_questions_is_not_lost(texts):
    model = Model(compte=0.9, gratuit=0.9)
    asked = "comment créer un compte ? il me fait peur ce soir ? et c'est gratuit pour tous ?"
    answer = await Dialogue(model, texts).answer("uid", asked, Listener())
    assert answer.warning == Bubble("112")


async def test_a_question_beside_a_sentence_is_asked_whole(texts):
    model = Model(compte=0.9)
    assert await said(texts, model, "Ça va vous deux ? comment créer un compte ?") == ["compte"]
    assert model.asked[-1] == "Ça va vous deux ? comment créer un compte ?"


async def test_a_short_message_leans_on_its_subject(texts):
    model = Model(Atelier=0.8)
    assert await said(texts, model, "c'est gratuit ?", subject="atelier") == ["Atelier"]
    assert model.asked == ["c'est gratuit ?", "Atelier : c'est gratuit ?"]


async def test_a_short_message_that_is_clear_alone_stays_alone(texts):
    model = Model(bonjour=0.95, Atelier=0.99)
    assert await said(texts, model, "bonjour", subject="atelier") == ["bonjour"]
    assert model.asked == ["bonjour"]


async def test_without_a_subject_nothing_is_added(texts):
    model = Model()
    assert await said(texts, model, "c'est gratuit ?") == ["?"]
    assert model.asked == ["c'est gratuit ?"]


async def test_not_that_is_asked_alone_whatever_was_said_before(texts):
    corrected = Answer((Bubble("plutôt ?"),), Outcome.SUGGESTED, corrects=True)
    model = Model(Atelier=0.99)
    model.ask = asking(model, {"non pas ça": corrected})
    assert await said(texts, model, "non pas ça", subject="atelier") == ["plutôt ?"]


async def test_what_is_sensitive_in_a_part_is_sensitive_as_a_whole(texts):
    near = Answer((Bubble("?"),), Outcome.FALLBACK, sensitive=True)
    model = Model(compte=0.9, gratuit=0.9)
    model.ask = asking(model, {"est-ce que je suis en danger ?": near})
    asked = "comment créer un compte ? et c'est gratuit pour tous ? est-ce que je suis en danger ?"
    answer = await Dialogue(model, texts).answer("uid", asked, Listener())
    assert len(answer.bubbles) == 2
    assert answer.sensitive


def asking(model, answers):
    """As *model* does, but for the texts in *answers*."""
    usual = model.ask

    async def ask(sender, text, listener):
        return answers.get(text) or await usual(sender, text, listener)

    return ask
