"""Talking in bulk: the real inbox and outbox, with a stub where Rasa stands."""

import json

import pytest
from sqlalchemy import func, select

from bot import ask, ask_lines
from bot.cli.main import main
from core.answers import Answer, Outcome
from core.db import make_engine, make_sessions
from core.inbound import Inbound
from core.learning.missed import MissedQuestion
from core.outbox.delivery import Delivery
from core.people.contacts import Contact
from core.settings import Settings
from core.vault import make_keyring
from tests.peers.understanding import ANSWER, StubRasa
from tests.world import ROOT


@pytest.fixture
def settings(tmp_path, engine):
    make_keyring(tmp_path / "ask-keys.json")
    return Settings(
        database_url=str(engine.url),
        keys_file=tmp_path / "ask-keys.json",
        content_dir=ROOT / "content",
        locale_dir=ROOT / "locale",
    )


@pytest.fixture
async def player(settings):
    async with StubRasa().running() as rasa:
        settings.__dict__["rasa_url"] = rasa.url
        async with ask.Player(settings) as player:
            yield player


def write(path, *lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


async def test_a_batch_answers_each_line_in_its_order(player):
    lines = [{"id": n, "question": f"question {n}"} for n in range(12)]
    done = []
    results = [one async for one in ask.answer_batch(player, lines, lambda: done.append(1))]
    assert [one["id"] for one in results] == list(range(12))
    assert len(done) == 12
    first = results[0]
    assert set(first) == {
        "id", "answer", "question_id", "confidence", "outcome", "language", "latency_ms",
    }  # fmt: skip
    assert first["outcome"] == "answered"
    assert first["question_id"] == ANSWER.question_id
    assert first["latency_ms"] > 0


def test_people_made_up_for_a_batch_bother_no_team(settings):
    settings.__dict__["telegram_staff_group"] = "-100123"
    assert not ask.Player(settings).app.relay.group.exists


async def test_stop_in_a_batch_is_stopped(player):
    lines = [{"id": 1, "question": "STOP", "channel": "sms"}]
    (result,) = [one async for one in ask.answer_batch(player, lines, lambda: None)]
    assert (result["outcome"], result["question_id"]) == ("stopped", None)


@pytest.mark.parametrize("channel", ["telegram", "sms"])
async def test_a_conversation_presses_buttons_on_both_channels(player, channel):
    conversation = {
        "id": "c", "channel": channel, "territory": "vienne",
        "turns": [{"user": "menu"}, {"button": "L'ENT et ÉduConnect"}, {"event": "voice"},
                  {"button": "nowhere"}],
    }  # fmt: skip
    played = await ask.play_conversation(player, conversation)
    menu, subject, voice, nowhere = played["turns"]
    assert "L'ENT et ÉduConnect" in menu["replies"][0]["buttons"]
    assert "Mot de passe oublié" in subject["replies"][0]["buttons"]
    assert "vocal" in voice["replies"][0]["text"]
    assert nowhere["error"] == "no such button"


async def test_made_up_people_are_forgotten_at_the_end(settings, engine):
    async with StubRasa().running() as rasa:
        settings.__dict__["rasa_url"] = rasa.url
        async with ask.Player(settings) as player:
            person = await player.person("telegram")
            await player.say(person, "bonjour")
    sessions = make_sessions(make_engine(settings.database_url))
    with sessions.begin() as session:
        for table in (Contact, Inbound, Delivery):
            assert session.scalar(select(func.count()).select_from(table)) == 0


async def test_what_made_up_people_ask_is_nobody_s_missed_question(settings, engine):
    async with StubRasa(Answer(ANSWER.bubbles, Outcome.FALLBACK)).running() as rasa:
        settings.__dict__["rasa_url"] = rasa.url
        async with ask.Player(settings) as player:
            turn = await player.say(await player.person("telegram"), "et la cantine ?")
    assert turn.row.outcome == "fallback"
    with make_sessions(engine).begin() as session:
        assert session.scalar(select(func.count()).select_from(MissedQuestion)) == 0


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("not json", "ask.not_json"),
        ("[]", "ask.not_json"),
        ('{"id": 1}', "ask.bad_question"),
        ('{"id": 1, "question": 5}', "ask.bad_question"),
        ('{"id": 1, "question": "x", "channel": "fax"}', "ask.unknown"),
        ('{"id": 1, "question": "x", "territory": "isere"}', "ask.unknown"),
        ('{"id": 1, "question": "x", "language": "de"}', "ask.unknown"),
    ],
)
def test_a_bad_line_is_refused_with_its_number_before_anything_is_asked(tmp_path, line, key):
    path = tmp_path / "batch.jsonl"
    path.write_text('{"id": 0, "question": "ok"}\n' + line + "\n")
    with pytest.raises(ask_lines.BadLine) as refusal:
        ask_lines.read_batch(path)
    assert (refusal.value.line, refusal.value.key) == (2, key)


@pytest.mark.parametrize(
    "turns", [None, "x", [{}], [{"event": "fax"}], [{"user": 1}], ["x"], [{"button": None}]]
)
def test_bad_turns_are_refused(tmp_path, turns):
    path = write(tmp_path / "c.jsonl", {"id": 1, "turns": turns})
    with pytest.raises(ask_lines.BadLine):
        ask_lines.read_conversations(path)


def test_the_command_line_says_what_to_do_when_nothing_runs(monkeypatch, capsys, settings):
    monkeypatch.setenv("RASA_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KEYS_FILE", str(settings.keys_file))
    assert main(["ask", "bonjour"]) == 2
    assert "make demo" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "--batch", "x.jsonl"]])
def test_the_command_line_refuses_half_a_command(capsys, arguments):
    assert main(arguments) == 2
    assert "--out" in capsys.readouterr().err


def test_a_missing_file_is_said_to_be_missing(tmp_path, capsys):
    out = tmp_path / "out.jsonl"
    assert main(["ask", "--batch", str(tmp_path / "no.jsonl"), "--out", str(out)]) == 2
    assert "no.jsonl" in capsys.readouterr().err
    assert not out.exists()
