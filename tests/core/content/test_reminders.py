"""The rules of reminders: those that are written, and every mistake in them at its line."""

from datetime import time

import pytest

from core.content.check import check
from core.content.reminder_file import read_reminders
from core.content.reminders import AUDIENCES, KINDS, rules_for
from core.messages import Kind
from core.workshops.model import Audience, WorkshopKind
from tests.world import ROOT, a_library, a_question, write_content

GOOD = """- kinds: [workshop, training]
  audience: teachers
  rules:
  - {name: prof, days_before: 3, at: 17:30, says: practical}
- kinds: [workshop, training, event]
  rules:
  - {name: j7, days_before: 7, at: "17:30", says: confirm, asks: confirm}
  - {name: j2, days_before: 2, at: "9:00", says: confirm, asks: confirm, only_if_silent: true}
  - {name: h2, hours_before: 2, says: soon, channels: [telegram]}
  - {name: merci, days_after: 1, at: "10:30", says: after}
"""
AFTER = '  - {name: merci, days_after: 1, at: "10:30", says: after}\n'


def written(root, text):
    (root / "reminders.yml").write_text(text)
    return read_reminders(root)


def test_the_first_set_that_fits_is_the_one(tmp_path):
    sets, problems = written(tmp_path, GOOD)
    assert problems == []
    assert [one.name for one in rules_for(sets, "workshop", "teachers")] == ["prof"]
    assert [one.name for one in rules_for(sets, "workshop", "parents")] == [
        "j7", "j2", "h2", "merci",
    ]  # fmt: skip
    assert len(rules_for(sets, "event", "teachers")) == 4
    assert rules_for((), "event", "all") == ()


def test_a_rule_says_when_where_and_whether_it_asks(tmp_path):
    sets, _ = written(tmp_path, GOOD)
    assert sets[0].rules[0].at == time(17, 30)  # without quotes YAML reads 1050
    first, second, third, last = sets[1].rules
    assert (first.asks, first.only_if_silent, first.channels) == (True, False, tuple(Kind))
    assert (second.only_if_silent, second.at) == (True, time(9))
    assert (third.hours_before, third.at, third.channels) == (2, None, (Kind.CHAT,))
    assert (last.days_after, last.says) == (1, "after")


def test_without_the_file_there_are_no_rules(tmp_path):
    assert read_reminders(tmp_path) == ((), [])


@pytest.mark.parametrize(
    ("before", "after", "line", "key"),
    [
        ("name: j2", "name: J 2", 8, "check.reminder_name"),
        ("name: j2", "name: j7", 8, "check.reminder_twice"),
        ("days_before: 7", "days_before: 0", 7, "check.reminder_number"),
        ("days_before: 7", "days_before: sept", 7, "check.reminder_number"),
        ("days_before: 7", "days_before: 1", 8, "check.reminder_order"),
        ("hours_before: 2", "hours: 2", 9, "check.reminder_moment"),
        ("hours_before: 2", "hours: 2", 9, "check.unknown_key"),
        ('at: "9:00"', 'at: "7:00"', 8, "check.reminder_hour"),
        ('at: "9:00"', 'at: "20:00"', 8, "check.reminder_hour"),
        ('at: "9:00"', "at: matin", 8, "check.reminder_hour"),
        ("says: soon", "says: poem", 9, "check.reminder_word"),
        ("channels: [telegram]", "channels: [pigeon]", 9, "check.reminder_word"),
        ("only_if_silent: true", "only_if_silent: peut-être", 8, "check.reminder_yes"),
        ("says: soon", "says: soon, only_if_silent: true", 9, "check.reminder_silent"),
        ("says: soon", "says: soon, releases_after: 3", 9, "check.reminder_silent"),
        ("says: soon", "says: after", 9, "check.reminder_after"),
        ("training, event]", "training]", 1, "check.reminder_kind"),
        ("audience: teachers", "audience: profs", 2, "check.reminder_word"),
        ("  rules:\n  - {name: prof, days_before: 3, at: 17:30, says: practical}", "  rules: []",
         1, "check.missing"),
        (GOOD, "rules: 3", 1, "check.not_a_list"),
        (GOOD, "- 3", 1, "check.not_a_mapping"),
        (GOOD, "- {", 2, "check.not_yaml"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_line(tmp_path, before, after, line, key):
    root = write_content(tmp_path, a_question())
    (root / "reminders.yml").write_text(GOOD.replace(before, after, 1))
    found = {(one.key, one.line) for one in check(root) if one.file == "reminders.yml"}
    assert (key, line) in found


def test_the_library_has_them(tmp_path):
    root = write_content(tmp_path, a_question())
    (root / "reminders.yml").write_text(GOOD)
    assert len(a_library(root, a_question()).reminders) == 2


def test_kinds_and_audiences_are_those_of_workshops_and_each_has_rules():
    assert set(KINDS) == set(WorkshopKind)
    assert set(AUDIENCES) == set(Audience)
    sets, _ = read_reminders(ROOT / "content")
    for kind in KINDS:
        for audience in AUDIENCES:
            assert rules_for(sets, kind, audience)
