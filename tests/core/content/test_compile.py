from dataclasses import replace

import yaml

from core.content.compile import compile_rasa
from core.content.tables import Commune, Tables
from tests.world import a_library, a_question

DOMAIN = "version: '3.1'\nintents: [nlu_fallback]\nactions: [action_answer]\n"


def compiled(tmp_path, library):
    domain = tmp_path / "domain.yml"
    domain.write_text(DOMAIN)
    changed = compile_rasa(library, domain, tmp_path / "out")
    files = {path.stem: yaml.safe_load(path.read_text()) for path in (tmp_path / "out").iterdir()}
    return changed, files


def taught(files):
    return files["nlu"]["rasa_nlu_data"]


def texts(files):
    return [example["text"] for example in taught(files)["common_examples"]]


def test_what_an_earlier_version_left_is_not_taught_too(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/nlu.yml").write_text("version: '3.1'\n")
    _, files = compiled(tmp_path, a_library(tmp_path / "c", a_question()))
    assert not (tmp_path / "out/nlu.yml").exists()
    assert set(files) == {"nlu", "stories", "domain"}


def test_every_question_becomes_an_intent(tmp_path):
    _, files = compiled(tmp_path, a_library(tmp_path / "c", a_question("un"), a_question("deux")))
    assert files["domain"]["intents"] == ["nlu_fallback", "un", "deux"]
    for text in ("un fr exemple 0", "un tr exemple 0"):
        assert {"text": text, "intent": "un"} in taught(files)["common_examples"]


def test_new_wording_asks_for_no_training_and_a_new_example_does(tmp_path):
    compiled(tmp_path, a_library(tmp_path / "c", a_question()))
    changed, _ = compiled(tmp_path, a_library(tmp_path / "c", a_question(answer="Autrement.")))
    assert not changed
    more = a_question()
    more["examples"]["fr"].append("encore une façon de le dire")
    changed, _ = compiled(tmp_path, a_library(tmp_path / "c", more))
    assert changed


def test_brackets_in_an_example_are_not_taken_for_entities(tmp_path):
    question = a_question()
    question["examples"]["fr"].append("mon [collège](x) est où")
    _, files = compiled(tmp_path, a_library(tmp_path / "c", question))
    assert "mon (collège)(x) est où" in texts(files)


def test_a_territory_adds_its_examples(tmp_path):
    entry = a_question(title=None) | {"examples": {"fr": ["comment ça marche à Latillé"]}}
    _, files = compiled(tmp_path, a_library(tmp_path / "c", a_question(), vienne=[entry]))
    assert "comment ça marche à Latillé" in texts(files)


def test_the_other_names_of_a_commune_stand_for_it(tmp_path):
    library = a_library(tmp_path / "c")
    commune = Commune("Valence-en-Poitou", "vienne", 46.3, 0.2, ("86700",), ("Couhé",))
    library = replace(library, tables=Tables(communes=(commune,)))
    _, files = compiled(tmp_path, library)
    assert {"name": "commune", "elements": ["Valence-en-Poitou"]} in taught(files)["lookup_tables"]
    synonym = {"value": "Valence-en-Poitou", "synonyms": ["Couhé"]}
    assert taught(files)["entity_synonyms"] == [synonym]
