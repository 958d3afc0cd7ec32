"""From edited examples to a model in use: what staff see, and what lies beside the model then."""

import json
import os
import signal
import stat
import subprocess
import sys

import pytest

from bot.cli.main import main
from bot.publication import REPORT
from bot.publishing import FIGURES, MODEL, PUBLISHED, TAUGHT, scratch
from tests.peers.waiting import until_now
from tests.world import ROOT, a_question, write_content

PATIENCE = 60.0  # seconds; a command takes some to start on a busy machine
STUB = ROOT / "tests/peers/stub_nlu.py"


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A project of one question, whose Pythons are the stub; the working directory."""
    for python in (tmp_path / "nlu/.venv/bin/python", tmp_path / ".venv/bin/python"):
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {sys.executable} -I {STUB} "$@"\n')
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "domain.yml").write_text("version: '3.1'\n")
    (tmp_path / "config.yml").write_text("pipeline: []\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCALE_DIR", str(ROOT / "locale"))
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the test keeps its own handlers
    write(())
    return tmp_path


def write(more, **question):
    """``content/`` with one question and *more* French examples of it."""
    examples = a_question()["examples"]
    examples["fr"] = [*examples["fr"], *more]
    write_content(
        MODEL.absolute().parents[1] / "content", a_question(examples=examples, **question)
    )


def content(*arguments):
    return main(["content", *arguments])


def records():
    """The model and what lies beside it, but how far the publication is: that changes."""
    files = [one for one in MODEL.parent.iterdir() if one.is_file() and one.name != REPORT.name]
    return {path.name: path.read_bytes() for path in files}


def test_a_first_model_is_made_and_known_to_hold_everything(capsys):
    assert content("diff") == 1
    assert "Aucun modèle" in capsys.readouterr().err
    assert content("publish") == 0
    assert "Letters" in capsys.readouterr().err
    assert content("diff") == 0
    assert MODEL.exists()
    assert [path.name for path in MODEL.parent.iterdir() if path.is_dir()] == []


def test_the_difference_names_each_question_and_its_lines(capsys):
    content("publish")
    write(["où est le code", "c'est quoi le code"])
    capsys.readouterr()
    assert content("diff") == 1
    said = capsys.readouterr()
    assert "mot_de_passe : 2 en plus, 0 en moins" in said.out
    assert "  + où est le code" in said.out
    assert "1 question(s)" in said.err


def test_new_wording_is_no_difference():
    content("publish")
    write((), answer="Une autre réponse.")
    assert content("diff") == 0


def test_another_pipeline_is_a_difference(project, capsys):
    content("publish")
    (project / "config.yml").write_text("pipeline: [more]\n")
    assert content("diff") == 1
    assert "config.yml" in capsys.readouterr().err
    (project / "nlu/serve.py").write_text("# starts Rasa, teaches nothing")
    content("publish")
    (project / "nlu/serve.py").write_text("# changed")
    assert content("diff") == 0


def test_nothing_new_is_not_trained(capsys):
    content("publish")
    before = records()
    capsys.readouterr()
    assert content("publish") == 0
    assert "Rien à publier" in capsys.readouterr().err
    assert records() == before


def test_a_better_or_equal_model_takes_the_place(capsys):
    content("publish")
    write(["une de plus"])
    assert content("publish") == 0
    assert "français" in capsys.readouterr().out
    assert "une de plus" in MODEL.read_text()
    assert content("diff") == 0
    assert json.loads(PUBLISHED.read_text().splitlines()[-1])["changed"] == ["mot_de_passe"]


def test_a_model_with_one_more_fault_is_within_chance():
    content("publish")
    write(["pire"])
    assert content("publish") == 0


def test_a_worse_model_replaces_nothing_and_the_lost_questions_are_named(capsys):
    content("publish")
    before = records()
    write([f"pire {number}" for number in range(6)])
    capsys.readouterr()
    assert content("publish") == 1
    said = capsys.readouterr()
    assert "moins bon" in said.out
    assert "« question 0 » : juste → fausse" in said.out
    assert "--even-if-worse" in said.err
    assert records() == before


def test_a_worse_model_is_taken_with_a_reason_and_the_reason_is_kept():
    content("publish")
    write([f"pire {number}" for number in range(6)])
    assert content("publish", "--even-if-worse", "la loi a changé") == 0
    assert "pire" in MODEL.read_text()
    last = json.loads(PUBLISHED.read_text().splitlines()[-1])
    assert (last["worse"], last["reason"]) == (["fr"], "la loi a changé")


def test_a_sample_is_judged_and_the_next_full_run_asks_the_old_model_again(capsys):
    content("publish", "--quick")
    assert len(json.loads(FIGURES.read_text())["asked"]) == 4
    write(["une de plus"])
    capsys.readouterr()
    assert content("publish") == 0
    assert "modèle en service" in capsys.readouterr().err
    assert len(json.loads(FIGURES.read_text())["asked"]) == 20


def test_records_of_another_model_are_not_believed(capsys):
    content("publish")
    MODEL.write_text("trained by hand")
    assert content("diff") == 1
    assert "On ne sait pas" in capsys.readouterr().err


def test_a_training_that_fails_shows_why_and_replaces_nothing(capsys):
    content("publish")
    before = records()
    write(["échoue"])
    assert content("publish") == 1
    assert "the training broke" in capsys.readouterr().out
    assert records() == before


def test_a_mistake_in_the_content_is_shown_before_any_training(capsys):
    write((), title=None)
    assert content("publish") == 1
    said = capsys.readouterr()
    assert "ent.yml:" in said.out
    assert "Letters" not in said.err


def test_two_at_once_are_refused(capsys):
    with scratch():
        assert content("publish") == 2
    assert "en cours" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_half_way_it_leaves_nothing_behind(project, number):
    content("publish")
    before = records()
    write(["dure"])
    log = project / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "bot", "content", "publish"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        running = subprocess.Popen(command, stderr=output, env=environment)
    try:
        until_now(lambda: b"Letters" in log.read_bytes(), "the training to begin", PATIENCE)
        running.send_signal(number)
        assert running.wait(PATIENCE) == 130
    finally:
        running.kill()
        running.wait()
    assert "Rien n'a été remplacé" in log.read_text()
    assert records() == before
    assert [path for path in MODEL.parent.iterdir() if path.is_dir()] == []


def test_what_make_train_taught_is_noted(project):
    content("compile")
    MODEL.parent.mkdir()
    MODEL.write_text("trained by make")
    assert content("trained") == 0
    assert TAUGHT.exists()
    assert content("diff") == 0
