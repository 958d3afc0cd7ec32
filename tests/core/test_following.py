"""What a message goes on with, and how many questions it asks."""

import pytest

from core.following import goes_on, leans, questions_in


@pytest.mark.parametrize(
    "text", ["et à Châtellerault ?", "and for my son?", "y en Brest?", "و في بواتييه؟", "ve Brest?",
             "وبالنسبة لابنتي؟", "e para a minha filha?"],
)  # fmt: skip
def test_a_message_that_begins_with_and_goes_on(text):
    assert goes_on(text)


@pytest.mark.parametrize("text", ["etudes ?", "Andrea", "ENT", "veli atölyesi", "وين", "ورشة", ""])
def test_a_word_that_only_looks_like_and_does_not(text):
    assert not goes_on(text)


def test_a_short_message_leans_on_what_was_said_and_a_long_one_does_not():
    assert leans("c'est gratuit ?")
    assert not leans("je voudrais savoir si les ateliers pour les parents sont gratuits ou payants")


def test_two_questions_in_one_message_are_two():
    text = "Bonjour, comment je crée mon compte ÉduConnect ? Et où trouver de l'aide à Brest ?"
    assert questions_in(text) == [
        "Bonjour, comment je crée mon compte ÉduConnect ?", "Et où trouver de l'aide à Brest ?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["c'est gratuit ?", "Allô ? Il y a quelqu'un ?", "quoi ??? hein ?"]
)
def test_one_question_is_one_however_it_is_shouted(text):
    assert questions_in(text) == []
