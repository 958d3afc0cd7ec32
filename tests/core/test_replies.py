"""From what the model made of a message to what the person reads."""

import pytest

from core.answers import Asked, Decision, Listener, Outcome, Understood
from core.languages import LANGUAGES
from core.messages import Kind
from core.replies import reply
from tests.world import NOON, texts_of, the_library

TEXTS = texts_of(the_library())


def understood(*ranking, decision=Decision.ANSWERED, text="", reading=""):
    return Understood(Asked(text, reading), decision, ranking)


def said(known, **listener):
    return reply(TEXTS, known, Listener(**listener), NOON)


def test_a_sure_question_is_answered_alone():
    answer = said(understood(("aide_gratuite", 0.95), ("aide_rendez_vous", 0.02)))
    assert (answer.question_id, answer.outcome) == ("aide_gratuite", Outcome.ANSWERED)
    assert answer.nearest == ("aide_rendez_vous",)


def test_two_likely_questions_are_both_answered_and_said_to_be_two():
    ranking = (("aide_gratuite", 0.5), ("aide_rendez_vous", 0.4), ("merci", 0.05))
    answer = said(understood(*ranking, decision=Decision.TWO))
    opening, *both = (bubble.text for bubble in answer.bubbles)
    assert "les deux réponses" in opening
    assert both == [TEXTS.answer(name, Listener(), NOON).bubbles[0].text for name, _ in ranking[:2]]
    assert answer.nearest == ("merci",)


@pytest.mark.parametrize(
    ("text", "weight", "subject", "answered"),
    [
        ("et ses absences ?", 0.8, "notes_devoirs_absences", "notes_devoirs_absences"),
        ("ses absences", 0.8, "notes_devoirs_absences", "hors_sujet_absence"),
        ("et il sera absent demain", 0.95, "notes_devoirs_absences", "hors_sujet_absence"),
        ("et ses absences ?", 0.8, "ent_definition", "hors_sujet_absence"),
        ("et ses absences ?", 0.8, None, "hors_sujet_absence"),
    ],
)
def test_what_goes_on_with_the_subject_is_not_declined(text, weight, subject, answered):
    ranking = (("hors_sujet_absence", weight), ("notes_devoirs_absences", 1 - weight))
    assert said(understood(*ranking, text=text), subject=subject).question_id == answered


def test_what_we_decline_is_no_second_answer():
    ranking = (("hors_sujet_cantine", 0.5), ("aide_gratuite", 0.4))
    answer = said(understood(*ranking, decision=Decision.TWO))
    assert answer.outcome is Outcome.SUGGESTED
    assert answer.bubbles[0].choices[0].does == "question:aide_gratuite"


def test_two_ways_to_decline_are_declined_once():
    ranking = (("hors_sujet_cantine", 0.5), ("hors_sujet_transport", 0.4))
    answer = said(understood(*ranking, decision=Decision.TWO))
    assert (answer.question_id, len(answer.bubbles)) == ("hors_sujet_cantine", 1)


def test_a_danger_that_is_not_clear_brings_every_line_and_asks_which():
    ranking = (("enfant_en_danger", 0.4), ("violences_conjugales", 0.35))
    answer = said(understood(*ranking, decision=Decision.SUGGESTED))
    first, which = answer.bubbles
    assert all(line in first.text for line in ("112", "114", "119", "3114", "3018", "3919"))
    does = [choice.does for choice in which.choices]
    assert does[:2] == ["question:enfant_en_danger", "question:violences_conjugales"]
    assert answer.sensitive


def test_before_a_clear_danger_nothing_is_said_of_two_answers():
    ranking = (("harcelement_aide", 0.75), ("ent_qui_aide", 0.1))
    answer = said(understood(*ranking, decision=Decision.TWO))
    assert (answer.question_id, answer.also) == ("harcelement_aide", ("ent_qui_aide",))
    assert "3018" in answer.bubbles[0].text


def test_a_probable_danger_is_answered_after_every_line_was_named():
    ranking = (("enfant_en_danger", 0.6), ("violences_conjugales", 0.35))
    answer = said(understood(*ranking, decision=Decision.TWO))
    assert answer.warning
    assert "3919" in answer.warning.text
    assert (answer.question_id, answer.sensitive) == ("enfant_en_danger", True)


def test_a_clear_danger_beside_which_another_weighs_has_every_line_named_first():
    ranking = (("harcelement_aide", 0.75), ("enfant_en_danger", 0.15))
    answer = said(understood(*ranking))
    assert answer.warning
    assert "119" in answer.warning.text
    assert answer.question_id == "harcelement_aide"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_danger_that_is_only_possible_has_the_lines_named_before_the_rest(kind, language):
    ranking = (("hors_sujet_sante", 0.9), ("idees_suicidaires", 0.08))
    answer = said(understood(*ranking), kind=kind, language=language)
    assert answer.warning
    lines = answer.warning.text
    assert all(line in lines for line in ("112", "114", "119", "3114", "3018", "3919"))
    assert (
        answer.bubbles == TEXTS.answer("hors_sujet_sante", Listener(kind, language), NOON).bubbles
    )


def test_a_danger_that_is_only_possible_hinders_nothing():
    answer = said(understood(("aide_gratuite", 0.9), ("idees_suicidaires", 0.08)))
    assert (answer.question_id, answer.sensitive) == ("aide_gratuite", False)


def test_where_words_and_model_name_two_dangers_the_model_s_comes_first():
    known = understood(("contenu_illicite", 0.97), text="il frappe ses enfants")
    answer = said(known)
    assert answer.question_id == "contenu_illicite"
    assert "119" in answer.bubbles[1].text
    assert answer.warning
    assert "119" in answer.warning.text


def test_where_the_model_leans_to_another_danger_than_the_words_every_line_is_named():
    ranking = (("merci", 0.6), ("contenu_choquant_enfant", 0.3), ("idees_suicidaires", 0.1))
    answer = said(understood(*ranking, decision=Decision.TWO, text="il veut se tirer une balle"))
    assert answer.warning
    assert "3018" in answer.warning.text
    assert answer.question_id == "idees_suicidaires"


@pytest.mark.parametrize(
    "text", ["SOS", "sos !!", "à l'aide", "ajudem-me", "yardım edin", "ساعدوني"]
)
def test_a_bare_cry_for_help_brings_every_line(text):
    answer = said(understood(("assistant_capacites", 0.97), text=text))
    assert answer.sensitive
    assert all(line in answer.bubbles[0].text for line in ("112", "119", "3114", "3018", "3919"))


def test_a_cry_whose_danger_the_model_knows_is_answered_with_its_line():
    answer = said(understood(("idees_suicidaires", 0.9), text="je suis au bout du rouleau"))
    assert answer.question_id == "idees_suicidaires"
    assert "3114" in answer.bubbles[0].text


@pytest.mark.parametrize(
    "text", ["sos imprimante en panne", "à l'aide de l'ENT", "help me with Pronote"]
)
def test_a_cry_for_help_inside_a_question_is_a_question(text):
    answer = said(understood(("assistant_capacites", 0.97), text=text))
    assert answer.question_id == "assistant_capacites"


@pytest.mark.parametrize("decision", list(Decision))
def test_words_of_distress_bring_the_help_line_first_whatever_was_understood(decision):
    known = understood(
        ("ent_mdp_oublie", 0.97),
        decision=decision,
        text="je ve plu vivre",
        reading="je veux mourir",
    )
    answer = said(known)
    assert answer.question_id == "idees_suicidaires"
    assert "3114" in answer.bubbles[0].text


def test_a_sure_answer_still_follows_the_help_line():
    known = understood(("ent_mdp_oublie", 0.97), text="on me harcèle et j'ai perdu mon mdp")
    texts = [bubble.text for bubble in said(known).bubbles]
    assert "3018" in texts[0]
    assert "secrétariat" in texts[1]


def test_a_danger_the_model_only_suspects_is_answered_all_the_same():
    ranking = (("insulte", 0.4), ("enfant_en_danger", 0.4), ("harcelement_aide", 0.1))
    answer = said(understood(*ranking, decision=Decision.SUGGESTED))
    assert answer.sensitive
    assert "119" in answer.bubbles[0].text


@pytest.mark.parametrize("text", ["je suis morte de rire", "muero de risa", "die laughing"])
def test_a_figure_of_speech_is_no_danger(text):
    assert said(understood(("rire", 0.95), text=text)).question_id == "rire"


@pytest.mark.parametrize(
    ("text", "number"),
    [("I want to die", "3114"), ("quiero morir", "3114"), ("بغيت نموت", "3114"),
     ("intihar etmek istiyorum", "3114"), ("o meu pai bate na minha mãe, socorro", "112"),
     ("mn fils ce fai harcelé", "3018")],
)  # fmt: skip
def test_the_net_knows_every_language_and_phone_spelling(text, number):
    reading = "mon fils se fait harceler" if text.startswith("mn") else ""
    assert number in said(understood(text=text, reading=reading)).bubbles[0].text


def test_not_that_offers_what_came_next():
    answer = said(
        understood(("pas_ca", 0.95)), nearest=("aide_rendez_vous", "merci", "aide_domicile")
    )
    does = [choice.does for choice in answer.bubbles[0].choices]
    assert does[0] == "question:aide_rendez_vous"
    assert "question:merci" not in does


def test_not_that_after_nothing_asks_for_other_words():
    answer = said(understood(("pas_ca", 0.95)))
    assert answer.outcome is Outcome.SMALLTALK


def test_what_comes_near_danger_is_said_to_be_sensitive_and_the_rest_is_not():
    near = (("insulte", 0.2), ("harcelement_aide", 0.1))
    assert said(understood(*near, decision=Decision.FALLBACK)).sensitive
    assert said(understood(*near, decision=Decision.SUGGESTED)).sensitive
    far = (("aide_gratuite", 0.2), ("merci", 0.1), ("aide_rendez_vous", 0.1))
    assert not said(
        understood(*far, ("harcelement_aide", 0.005), decision=Decision.FALLBACK)
    ).sensitive
    assert said(understood(text="je veux mourir")).sensitive
    assert not said(understood(("aide_gratuite", 0.95), ("harcelement_aide", 0.1))).sensitive


def test_beside_a_help_line_nobody_is_asked_for_a_thumb():
    known = understood(("aide_gratuite", 0.97), text="on me harcèle")
    assert [choice for bubble in said(known).bubbles for choice in bubble.choices] == []


def test_two_answers_have_their_own_thumbs():
    ranking = (("aide_gratuite", 0.5), ("aide_rendez_vous", 0.4))
    answer = said(understood(*ranking, decision=Decision.TWO), territory="vienne")
    does = [[choice.does for choice in bubble.choices] for bubble in answer.bubbles]
    assert does == [[], *([f"good:{name}", f"bad:{name}"] for name, _ in ranking)]


def test_not_that_is_no_question_of_its_own():
    assert said(understood(("pas_ca", 0.95)), nearest=("aide_rendez_vous",)).corrects
    assert said(understood(("pas_ca", 0.95))).corrects
    assert not said(understood(("aide_gratuite", 0.95))).corrects
