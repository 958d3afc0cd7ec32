"""What is said, to whom: territory, language, channel."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import yaml

from core import sms
from core.answers import Answer, Asked, Decision, Listener, Outcome, Understood
from core.content.load import load
from core.languages import LANGUAGES
from core.messages import Bubble, Kind
from core.places import distance, kind_asked, nearest
from tests.world import NOON, a_library, a_question, texts_of, the_library, write_content

VIENNE = a_question(title=None, examples=None, answer="En Vienne : ENEJ.", sms="Vienne: ENEJ.")


def say(texts, listener=None, question="mot_de_passe", asked=None, now=NOON):
    return texts.answer(question, listener or Listener(), now, asked)


def test_a_territory_has_its_own_words_and_the_others_the_common_ones(tmp_path):
    texts = texts_of(a_library(tmp_path, a_question(), vienne=[VIENNE]))
    assert say(texts, Listener(territory="vienne")).bubbles[0].text == "En Vienne : ENEJ."
    assert "secrétariat" in say(texts, Listener(territory="finistere")).bubbles[0].text


def test_where_somebody_lives_is_asked_only_when_the_answer_depends_on_it(tmp_path):
    texts = texts_of(a_library(tmp_path, a_question(), a_question("autre"), vienne=[VIENNE]))
    answer = say(texts)
    assert answer.asks_territory
    assert "secrétariat" in answer.bubbles[0].text  # answered first, asked after
    assert [choice.does for choice in answer.bubbles[1].choices] == [
        "territory:vienne:mot_de_passe",
        "territory:finistere:mot_de_passe",
        "territory:national:mot_de_passe",
    ]
    assert not say(texts, question="autre").asks_territory
    assert not say(texts, Listener(may_ask_territory=False)).asks_territory
    assert not say(texts, Listener(territory="national")).asks_territory


def test_an_sms_gets_the_short_words_and_a_screen_its_links(tmp_path):
    link = {"label": "ÉduConnect", "url": "https://educonnect.education.gouv.fr"}
    texts = texts_of(a_library(tmp_path, a_question(links=[link])))
    assert say(texts, Listener(kind=Kind.SMS)).bubbles[0].text == a_question()["sms"]
    assert say(texts).bubbles[0].text.endswith("ÉduConnect : https://educonnect.education.gouv.fr")


def test_other_languages_are_told_first_that_the_answer_is_french(tmp_path):
    texts = texts_of(a_library(tmp_path))
    english = say(texts, Listener(language="en")).bubbles
    assert len(english) == 1
    assert english[0].text.startswith("Sorry")
    excuse, answer = say(texts, Listener(language="ar", kind=Kind.SMS)).bubbles
    assert "بالفرنسية" in excuse.text
    assert answer.text == a_question()["sms"]


def test_unsure_offers_the_nearest_questions_and_never_small_talk(tmp_path):
    texts = texts_of(
        a_library(tmp_path, a_question(), a_question("bonjour", kind="smalltalk"),
                  a_question("deux"), a_question("trois"), a_question("quatre"))
    )  # fmt: skip
    ranking = (("bonjour", 0.4), ("mot_de_passe", 0.3), ("deux", 0.1), ("trois", 0.1),
               ("quatre", 0.05))  # fmt: skip
    answer = texts.suggest([name for name, _ in ranking], Listener())
    assert answer.outcome is Outcome.SUGGESTED
    assert [choice.does for choice in answer.bubbles[0].choices] == [
        "question:mot_de_passe", "question:deux", "question:trois", "reword",
    ]  # fmt: skip


def test_nothing_near_is_said_honestly_with_ways_out(tmp_path):
    texts = texts_of(a_library(tmp_path))
    answer = texts.suggest(["inconnue"], Listener())
    assert answer.outcome is Outcome.FALLBACK
    assert [choice.does for choice in answer.bubbles[0].choices] == ["menu", "human", "notify"]


def test_an_answer_survives_its_way_through_rasa(tmp_path):
    answer = say(texts_of(a_library(tmp_path, a_question(), vienne=[VIENNE])))
    assert Answer.from_json(answer.as_json()) == answer
    answer = replace(answer, warning=Bubble("112"))
    assert Answer.from_json(answer.as_json()) == answer
    listener = Listener(Kind.SMS, "tr", "vienne", False, "mot_de_passe")
    assert Listener.from_json(listener.as_json()) == listener


# Tables

COMMUNES = """insee,name,postcodes,territory,lat,lon,aliases
1,Latillé,86190,vienne,46.61,0.08,
2,Gençay,86160,vienne,46.37,0.40,
3,Poitiers,86000,vienne,46.58,0.34,
4,Brest,29200,finistere,48.39,-4.49,
"""


def a_place(name, commune, *kinds):
    return {"name": name, "commune": commune, "kinds": list(kinds), "territory": "vienne",
            "phone": "05 49 00 00 00", "address": "1 rue X", "as_of": "2022"}  # fmt: skip


def tables(tmp_path, **more):
    case = {"answer": "{commune} : {places}", "sms": "{commune}: {places}"}
    near = a_question(
        "pres_de", lookup="places_near",
        cases={"found": case, "far": case, "unknown_commune": {"answer": "?", "sms": "?"}},
    )  # fmt: skip
    text = {"answer": "{college} / {commune} / {colleges}", "sms": "{college} / {commune}"}
    pilot = a_question("pilote", lookup="pilot_college", cases={
        name: {key: f"{name}: {value}" for key, value in text.items()}
        for name in ("pilot", "several", "not_pilot", "none_in_commune")
    })  # fmt: skip
    agenda = a_question("agenda", lookup="agenda", cases={
        "upcoming": {"answer": "À venir : {events}", "sms": "A venir: {events}"},
        "past": {"answer": "Passé : {events}", "sms": "Passe: {events}"},
    })  # fmt: skip
    write_content(tmp_path, near, pilot, agenda)
    files = {
        "places": [a_place("Mairie de Latillé", "Latillé", "mairie"),
                   a_place("Fablab de Gençay", "Gençay", "fablab"),
                   a_place("Bus de Poitiers", "Poitiers", "france_services")],
        "colleges": [
            {"name": "Collège Jules Verne", "commune": "Poitiers", "territory": "vienne",
             "pilot": True},
            {"name": "Collège Pierre de Ronsard", "commune": "Poitiers", "territory": "vienne",
             "pilot": True},
            {"name": "Collège Jean Jaurès", "commune": "Gençay", "territory": "vienne",
             "pilot": True},
            {"name": "Collège La Tourelle", "commune": "Brest", "territory": "finistere"},
        ],
        "agenda": [{"title": "Forum", "territory": "finistere", "starts": date(2025, 4, 2)}],
    } | more  # fmt: skip
    for name, rows in files.items():
        (tmp_path / "tables" / f"{name}.yml").write_text(yaml.safe_dump(rows))
    (tmp_path / "tables" / "communes.csv").write_text(COMMUNES)
    return load(tmp_path)


def test_places_are_the_nearest_first_with_their_distance(tmp_path):
    texts = texts_of(tables(tmp_path))
    text = say(texts, question="pres_de", asked=Asked(communes=("Latillé",))).bubbles[0].text
    lines = text.split("•")[1:]
    assert "Mairie de Latillé" in lines[0]
    assert "km" not in lines[0]
    assert "Bus de Poitiers" in lines[1]
    assert "20 km" in lines[1]


def test_the_kind_of_place_that_is_named_is_the_kind_that_is_given(tmp_path):
    texts = texts_of(tables(tmp_path))
    asked = Asked("un fablab vers Latillé", communes=("Latillé",))
    text = say(texts, question="pres_de", asked=asked).bubbles[0].text
    assert "Fablab de Gençay" in text
    assert "Mairie" not in text


def test_a_list_is_cut_to_two_sms(tmp_path):
    places = [a_place(f"Maison France services au nom très long numéro {n}", "Latillé", "mairie")
              for n in range(9)]  # fmt: skip
    texts = texts_of(tables(tmp_path, places=places))
    asked = Asked(communes=("Latillé",))
    (bubble,) = say(texts, Listener(kind=Kind.SMS), "pres_de", asked).bubbles
    assert 100 < len(bubble.text) <= 306


def test_whether_a_college_is_a_pilot_comes_from_the_table(tmp_path):
    texts = texts_of(tables(tmp_path))

    def ask(*communes, college=()):
        asked = Asked(communes=communes, colleges=college)
        return say(texts, question="pilote", asked=asked).bubbles[0].text

    assert ask(college=("Collège Jules Verne",)).startswith("pilot: Collège Jules Verne / Poitiers")
    assert ask("Gençay").startswith("pilot: Collège Jean Jaurès")
    assert ask("Poitiers").startswith("several: ")
    assert ask("Latillé").startswith("none_in_commune: ")
    assert ask(college=("Collège La Tourelle",)).startswith("not_pilot: ")
    assert ask() == a_question()["answer"]


def test_who_named_a_place_is_not_asked_where_they_live(tmp_path):
    library = tables(tmp_path)
    entry = a_question("pilote", title=None, examples=None)
    (tmp_path / "vienne").mkdir()
    (tmp_path / "vienne" / "ent.yml").write_text(
        yaml.safe_dump({"subject": "ent", "title": "L'ENT", "questions": [entry]})
    )
    texts = texts_of(load(tmp_path))
    assert library.questions["pilote"].words.keys() == {"national"}
    assert say(texts, question="pilote").asks_territory
    assert not say(texts, question="pilote", asked=Asked(communes=("Gençay",))).asks_territory


def test_a_past_date_is_said_to_be_past_and_a_coming_one_to_come(tmp_path):
    texts = texts_of(tables(tmp_path))
    now = say(texts, question="agenda", now=NOON).bubbles[0].text
    assert now.startswith("Passé : ")
    assert "2 avril 2025" in now
    before = say(texts, question="agenda", now=datetime(2025, 4, 2, 20, tzinfo=UTC))
    assert before.bubbles[0].text.startswith("À venir : ")
    tomorrow = say(texts, question="agenda", now=datetime(2025, 4, 2, 22, 1, tzinfo=UTC))
    assert tomorrow.bubbles[0].text.startswith("Passé : ")  # past midnight in Paris


def test_distances_are_those_of_the_map():
    assert round(distance((46.58, 0.34), (48.39, -4.49))) in range(410, 425)
    assert kind_asked("un Fab-Lab à Concarneau ?") == "fablab"
    assert kind_asked("de l'aide à Concarneau") is None


def test_a_kind_that_is_nowhere_around_gives_what_help_there_is(tmp_path):
    library = tables(tmp_path)
    assert nearest(library.tables, (46.6, 0.1), "mediatheque") == []
    asked = Asked("une médiathèque à Latillé", communes=("Latillé",))
    answer = say(texts_of(library), question="pres_de", asked=asked)
    assert "Mairie de Latillé" in answer.bubbles[0].text


def test_a_shared_location_is_named_by_its_commune(tmp_path):
    texts = texts_of(tables(tmp_path))
    answer = texts.near((46.60, 0.09), Listener(), NOON)
    assert answer.bubbles[0].text.startswith("Latillé : • Mairie de Latillé")


def test_what_is_too_far_to_go_is_not_offered(tmp_path):
    library = tables(tmp_path)
    assert nearest(library.tables, (48.39, -4.49)) == []  # Brest: all places are in Vienne
    answer = say(texts_of(library), question="pres_de", asked=Asked(communes=("Brest",)))
    assert answer.bubbles[0].text == a_question()["answer"]


def test_thumbs_stand_under_answers_on_a_screen_and_under_nothing_else(tmp_path):
    others = [a_question(kind, kind=kind) for kind in ("sensitive", "handoff", "smalltalk")]
    texts = texts_of(a_library(tmp_path, a_question(), *others))
    assert [choice.does for choice in say(texts).bubbles[0].choices] == [
        "good:mot_de_passe",
        "bad:mot_de_passe",
    ]
    assert say(texts, Listener(Kind.SMS)).bubbles[0].choices == ()
    for question in ("sensitive", "handoff", "smalltalk"):
        assert say(texts, question=question).bubbles[0].choices == ()


def test_an_answer_says_whether_what_was_said_is_sensitive(tmp_path):
    texts = texts_of(a_library(tmp_path, a_question(), a_question("danger", kind="sensitive")))
    assert say(texts, question="danger").sensitive
    assert not say(texts).sensitive


def test_what_came_closest_is_told_when_nothing_is_answered(tmp_path):
    texts = texts_of(a_library(tmp_path, a_question("bonjour", kind="smalltalk"), a_question()))
    ranking = (("bonjour", 0.3), ("mot_de_passe", 0.2))
    unsure = texts.unsure(Understood(Asked(), Decision.FALLBACK, ranking), Listener())
    offered = texts.suggest(["bonjour", "mot_de_passe"], Listener())
    for answer in (unsure, offered):
        assert (answer.closest, answer.question_id) == ("mot_de_passe", None)
        assert Answer.from_json(answer.as_json()) == answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_to_know_fits_in_two_sms_in_every_language(tmp_path, language):
    texts = texts_of(a_library(tmp_path))
    (bubble,) = texts.unsure(None, Listener(Kind.SMS, language)).bubbles
    labels = [choice.label for choice in bubble.choices]
    assert sms.size(sms.numbered(bubble.text, labels)).segments <= 2


def test_an_answer_that_was_promised_says_why_it_comes(tmp_path):
    texts = texts_of(a_library(tmp_path))
    (chat,) = texts.announced("mot_de_passe", Listener(), NOON)
    assert chat.text.startswith("Vous m'aviez demandé de vous prévenir")
    assert "secrétariat" in chat.text
    why, answer = texts.announced("mot_de_passe", Listener(Kind.SMS, "tr"), NOON)
    assert why.text.startswith("Haber vermemi istemiştiniz")
    assert "Fransızca" in why.text
    assert answer.text == "Le secretariat de l'ecole peut vous aider."


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_sms_the_menu_fits_and_leads_to_every_subject(language):
    texts, listener, seen = texts_of(the_library()), Listener(Kind.SMS, language), []
    first = 0
    while first is not None:
        (bubble,) = texts.menu(listener, "menu.ask", first).bubbles
        does = [choice.does for choice in bubble.choices]
        text = sms.numbered(bubble.text, [choice.label for choice in bubble.choices])
        assert sms.size(text).segments <= 2
        assert "human" in does
        seen += [one for one in does if one.startswith("subject:")]
        first = next((int(one[5:]) for one in does if one.startswith("menu:")), None)
    subjects = [one for one in the_library().subjects if one.menu]
    assert seen == [f"subject:{one.id}" for one in subjects]


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_sms_every_answer_fits_in_two(language):
    texts, listener = texts_of(the_library()), Listener(Kind.SMS, language)
    long = [
        name
        for name in the_library().questions
        for bubble in texts.answer(name, listener, NOON).bubbles
        if sms.size(sms.numbered(bubble.text, [one.label for one in bubble.choices])).segments > 2
    ]
    assert long == []
