"""Each mistake that a person can make in content/ is found, at its line."""

import pytest
import yaml

from core.content.check import check
from core.content.load import ContentError, load
from core.wording import STAFF, Wording
from tests.world import ROOT, a_question, write_content


def found(root):
    return {problem.key for problem in check(root)}


def test_complete_content_has_no_problem(tmp_path):
    assert check(write_content(tmp_path, a_question())) == []


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"anwser": "x"}, "check.unknown_key"),
        ({"source": None}, "check.missing"),
        ({"checked_on": None}, "check.missing"),
        ({"checked_on": "demain"}, "check.not_a_date"),
        ({"answer": None}, "check.missing"),
        ({"title": "Un titre beaucoup trop long pour un bouton"}, "check.title_long"),
        ({"sms": "a" * 307}, "check.sms_long"),
        ({"sms": "مرحبا"}, "check.sms_unicode"),
        ({"answer": "a" * 3501}, "check.answer_long"),
        ({"answer": "Le {college} est pilote."}, "check.unknown_field"),
        ({"examples": {"fr": ["un seul"]}}, "check.few_examples"),
        ({"examples": ["pas rangé"]}, "check.not_by_language"),
        ({"examples": {"de": ["hallo"]}}, "check.unknown_language"),
        ({"examples": {"fr": [12]}}, "check.not_text"),
        ({"kind": "poem"}, "check.unknown_kind"),
        ({"lookup": "weather"}, "check.unknown_lookup"),
        ({"lookup": "agenda", "cases": {"past": {"answer": "x", "sms": "x"}}}, "check.cases"),
        ({"links": [{"label": "x", "url": "ac-poitiers.fr"}]}, "check.bad_link"),
    ],
)
def test_a_mistake_in_a_question_is_found(tmp_path, change, key):
    assert key in found(write_content(tmp_path, a_question(**change)))


def test_an_id_is_lower_case(tmp_path):
    assert "check.bad_id" in found(write_content(tmp_path, a_question("Mot-De-Passe")))


def test_the_same_example_in_two_questions_is_found_whatever_its_spelling(tmp_path):
    one, two = a_question("un"), a_question("deux")
    two["examples"]["fr"][0] = one["examples"]["fr"][0].upper() + " ?"
    assert "check.same_example" in found(write_content(tmp_path, one, two))


def test_the_same_id_twice_is_found(tmp_path):
    assert "check.id_twice" in found(write_content(tmp_path, a_question(), a_question()))


def test_a_dead_id_in_a_menu_is_found(tmp_path):
    write_content(tmp_path, a_question())
    path = tmp_path / "national" / "ent.yml"
    path.write_text(path.read_text().replace("- mot_de_passe\n", "- plus_la\n", 1))
    assert "check.dead_id" in found(tmp_path)


def test_a_territory_cannot_answer_what_is_not_asked_nationally(tmp_path):
    write_content(tmp_path, a_question(), vienne=[a_question("autre")])
    assert "check.not_national" in found(tmp_path)


def test_a_key_written_twice_is_found(tmp_path):
    write_content(tmp_path, a_question())
    path = tmp_path / "national" / "ent.yml"
    path.write_text(path.read_text() + "title: encore\n")
    assert "check.key_twice" in found(tmp_path)


def test_a_place_in_no_known_commune_is_found(tmp_path):
    write_content(tmp_path, a_question())
    (tmp_path / "tables" / "communes.csv").write_text(
        "insee,name,postcodes,territory,lat,lon,aliases\n86121,Latillé,86190,vienne,46.6,0.08,\n"
    )
    place = {"name": "Mairie", "kinds": ["mairie"], "commune": "Atlantis", "territory": "vienne",
             "as_of": "2022"}  # fmt: skip
    (tmp_path / "tables" / "places.yml").write_text(yaml.safe_dump([place]))
    assert found(tmp_path) == {"check.unknown_commune"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("places.yml", "- {name: x}"),
        ("places.yml", "name: x"),
        ("agenda.yml", "- {title: x, territory: vienne, starts: bientôt}"),
        ("communes.csv", "insee,name\n1,x\n"),
    ],
)
def test_a_broken_table_is_a_problem_not_a_crash(tmp_path, name, text):
    write_content(tmp_path, a_question())
    (tmp_path / "tables" / name).write_text(text)
    assert check(tmp_path)


@pytest.mark.parametrize("text", ["", "- a\n- b", "questions: [", "a: b: c", "\ta: 1", "é\x00"])
def test_a_file_that_is_no_yaml_is_a_problem_not_a_crash(tmp_path, text):
    write_content(tmp_path, a_question())
    (tmp_path / "national" / "autre.yml").write_text(text)
    assert any(problem.file == "national/autre.yml" for problem in check(tmp_path))


def test_a_problem_points_at_its_line_and_says_in_french_what_to_do(tmp_path):
    write_content(tmp_path, a_question(sms="a" * 400))
    (problem,) = check(tmp_path)
    line = (tmp_path / problem.file).read_text().splitlines()[problem.line - 1]
    assert line.strip().startswith("sms:")
    sentence = Wording(ROOT / "locale", STAFF).say(problem.key, "fr", **problem.values)
    assert "400" in sentence
    assert "Raccourcissez" in sentence


def test_broken_content_is_refused_whole(tmp_path):
    write_content(tmp_path, a_question(answer=None))
    with pytest.raises(ContentError):
        load(tmp_path)
