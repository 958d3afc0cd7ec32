"""A draft is written as content/ is written, and moves there whole."""

from datetime import date

import yaml

from core.content import drafts
from core.content.check import check
from core.content.drafts import Draft
from core.content.load import load
from core.languages import LANGUAGES
from tests.world import a_question, write_content

HINTS = {language: f"{language} : encore" for language in LANGUAGES}


def a_draft(**changes):
    values = {
        "id": "tablette", "subject": "ent", "title": "Tablette cassée",
        "examples": {"fr": ["ma tablette est kc"], "ar": ["اللوحة مكسورة"]},
        "answer": "Première ligne.\n\n• une puce : 😀 \n• « deux »",
        "sms": "En court :\n une ligne.", "source": ["guide.md §1", "ac-poitiers"],
        "checked_on": date(2026, 11, 26),
    }  # fmt: skip
    return Draft(**values | changes)


def test_a_draft_is_written_as_the_content_is():
    assert drafts.written(a_draft(), HINTS) == (
        "subject: ent\n"
        "questions:\n"
        "- id: tablette\n"
        "  title: Tablette cassée\n"
        "  examples:\n"
        "    fr:\n"
        "    - ma tablette est kc\n"
        "    ar:\n"
        "    - اللوحة مكسورة\n"
        "    # fr : encore\n    # en : encore\n    # es : encore\n"
        "    # pt : encore\n    # ar : encore\n    # tr : encore\n"
        "  answer: |\n"
        "    Première ligne.\n"
        "\n"
        "    • une puce : 😀\n"
        "    • « deux »\n"
        "  sms: 'En court : une ligne.'\n"
        "  source:\n"
        "  - guide.md §1\n"
        "  - ac-poitiers\n"
        "  checked_on: 2026-11-26\n"
    )


def complete():
    return {
        language: [f"tablette {language} façon {number}" for number in range(10)]
        for language in LANGUAGES
    }


def drafted(root, text):
    path = drafts.path_of(root, "tablette")
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_a_complete_draft_has_no_problem_and_goes_live_without_its_hints(tmp_path):
    root = write_content(tmp_path, a_question())
    text = drafts.written(a_draft(examples=complete()), HINTS)
    assert "#" not in text
    text = text.replace("    en:\n", "    # en : encore\n    en:\n", 1)
    assert drafts.problems(root, "tablette", text) == []
    drafted(root, text)
    assert "tablette" not in load(root).questions
    drafts.publish(root, "tablette")
    assert "#" not in (root / "national" / "ent.yml").read_text()
    assert check(root) == []
    question = load(root).questions["tablette"]
    assert question.words["national"].sms == "En court : une ligne."
    assert drafts.drafts(root) == []


def test_problems_are_found_at_the_draft_s_own_lines(tmp_path):
    root = write_content(tmp_path, a_question())
    text = drafts.written(a_draft(examples=complete(), title="x" * 31), HINTS)
    (problem,) = drafts.problems(root, "tablette", text)
    assert (problem.key, problem.file) == ("check.title_long", "drafts/tablette.yml")
    assert text.splitlines()[problem.line - 1].strip().startswith("title:")
    assert check(root) == []


def test_an_example_that_another_question_has_is_found(tmp_path):
    root = write_content(tmp_path, a_question())
    examples = complete()
    examples["fr"].append("mot_de_passe fr exemple 3")
    text = drafts.written(a_draft(examples=examples), HINTS)
    (problem,) = drafts.problems(root, "tablette", text)
    assert problem.key == "check.same_example"
    assert problem.values["other"] == "mot_de_passe"


def test_what_is_wrong_elsewhere_does_not_hold_up_a_draft(tmp_path):
    root = write_content(tmp_path, a_question(title="y" * 31))
    text = drafts.written(a_draft(examples=complete()), HINTS)
    assert drafts.problems(root, "tablette", text) == []


def test_a_draft_without_any_example_is_still_yaml(tmp_path):
    text = drafts.written(a_draft(examples={}), HINTS)
    assert yaml.safe_load(text)["questions"][0]["examples"] == {"fr": []}
