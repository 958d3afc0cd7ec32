"""The small rules of broadcasts: fields, what is checked, when it ends, what comes again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import Listener
from core.broadcasts import recurring
from core.broadcasts.audience import Audience
from core.broadcasts.checking import faults
from core.broadcasts.pacing import finish
from core.broadcasts.recurring import BadRule
from core.broadcasts.words import fields_of, fill, is_balanced, template
from core.daytime import PARIS
from core.messages import Kind
from core.workshops.model import SessionState
from tests.core.broadcasts.crowd import a_broadcast, means, texts
from tests.core.workshops.shop import a_session
from tests.world import NOON

MONDAY = NOON + timedelta(days=2)


def paris(*when):
    return datetime(*when, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("text", "named", "nameless"),
    [
        ("Bonjour {prenom}, venez", "Bonjour Léa, venez", "Bonjour, venez"),
        ("{prenom}, venez", "Léa, venez", "Venez"),
        ("Bonjour {prenom|à tous} !", "Bonjour Léa !", "Bonjour à tous !"),
        ("Le {date}", "Le 12", "Le 12"),
    ],
)
def test_a_first_name_that_is_missing_leaves_no_hole(text, named, nameless):
    assert fill(text, {"date": "12"}, "Léa") == named
    assert fill(text, {"date": "12"}) == nameless


def test_what_is_filled_in_is_not_read_again():
    assert fill("{atelier}", {"atelier": "{prenom} {date}"}, "Léa") == "{prenom} {date}"


@given(st.text(alphabet="{}abprenomdt|_.[]!0 ", max_size=40))
def test_whatever_stands_in_braces_is_named_and_filling_never_fails(text):
    fill(text, {"date": "12"}, "Léa")
    assert all("{" not in name for name in fields_of(text))
    if "{" not in text and "}" not in text:
        assert is_balanced(text)
        assert not fields_of(text)


@pytest.fixture
def wrong(sessions, vault):
    """The keys of what is wrong with a broadcast, with the way to each."""

    def look(now=MONDAY, session_row=None, **changes):
        with sessions.begin() as session:
            if session_row is not None:
                changes["session_id"] = a_session(session, **session_row).id
                if changes.pop("to_its_people", False):
                    changes["audience"] = Audience(session=changes["session_id"]).as_json()
            found = faults(session, means(vault), a_broadcast(**changes), now)
            return {fault.at: fault.key.removeprefix("broadcasts.") for fault in found}

    return look


HERE = {"session_row": {}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"title": ""}, {("titre",): "no_title"}),
        ({"texts": {}}, {("texte",): "no_french"}),
        ({"texts": {"fr": "x", "de": "y"}}, {("texte", "de"): "unknown_language"}),
        ({"texts": {"fr": "x", "en": " "}}, {("texte", "en"): "empty_text"}),
        ({"texts": {"fr": "{__class__}"}}, {("texte", "fr"): "unknown_field"}),
        ({"texts": {"fr": "{prenom.__class__}"}}, {("texte", "fr"): "unknown_field"}),
        ({"texts": {"fr": "{date|x}"}, **HERE}, {("texte", "fr"): "unknown_field"}),
        ({"texts": {"fr": "{0}"}}, {("texte", "fr"): "unknown_field"}),
        ({"texts": {"fr": "{{x}"}, **HERE}, {("texte", "fr"): "unknown_field"}),
        ({"texts": {"fr": "à {atelier"}, **HERE}, {("texte", "fr"): "lone_brace"}),
        ({"texts": {"fr": "{atelier}"}}, {("texte", "fr"): "needs_session"}),
        ({"texts": {"fr": "{date}", "en": "x"}, **HERE}, {("texte", "en"): "other_fields"}),
        ({"texts": {"fr": "{prenom|tous}", "en": "{prenom}"}, **HERE}, {}),
        ({"texts": {"fr": "é" * 1000}}, {("texte", "fr"): "too_many_segments"}),
        ({"texts": {"fr": "é" * 1000}, "audience": {"kind": "telegram"}}, {}),
        ({"texts": {"fr": "ة" * 450}}, {("texte", "fr"): "too_many_segments"}),
        ({"texts": {"fr": "é" * 3001}}, {("texte", "fr"): "too_long"}),
        ({"buttons": [{"fr": "A"}] * 2}, {("boutons",): "same_label"}),
        ({"buttons": [{"en": "A"}]}, {("boutons", 0): "no_french"}),
        ({"buttons": [{"fr": "A" * 41}]}, {("boutons", 0, "fr"): "bad_label"}),
        ({"buttons": [{"fr": one} for one in "abcd"]}, {("boutons",): "too_many_buttons"}),
        ({"session_id": 99}, {("seance",): "sessions.unknown"}),
        ({"sign_up": True}, {("inscription",): "sign_up_alone"}),
        (
            {"sign_up": True, "session_row": {"state": SessionState.CANCELLED}},
            {("inscription",): "sign_up_closed"},
        ),
        ({"file_name": "a.pdf", "file": b"x" * 2_000_001}, {("piece_jointe",): "bad_file"}),
        ({"start_at": NOON}, {("quand",): "past"}),
        ({"start_at": MONDAY.replace(hour=20)}, {("quand",): "quiet"}),
        ({"start_at": MONDAY.replace(hour=20), "waits": True}, {}),
        ({"start_at": MONDAY + timedelta(days=6)}, {("quand",): "quiet"}),  # a Sunday
        ({"rrule": "FREQ=DAILY"}, {("repetition",): "quiet"}),  # its Sundays
        ({"rrule": "FREQ=DAILY", "waits": True}, {}),
        ({"rrule": "tous les mardis"}, {("repetition",): "bad_rule"}),
        ({"urgent": "annulé ce matin"}, {("urgent",): "not_urgent"}),
        ({"urgent": "annulé ce matin", **HERE, "to_its_people": True}, {("urgent",): "not_urgent"}),
    ],
)
def test_what_is_wrong_is_said_where_it_is(wrong, changes, expected):
    assert wrong(**changes) == expected


def same_day(name):
    row = {"name": name, "starts_at": MONDAY + timedelta(hours=2)}
    return {"session_row": row, "to_its_people": True}


def test_people_are_woken_only_for_a_session_of_the_day_or_the_next_morning(wrong):
    night = MONDAY.replace(hour=5)  # six in Paris
    assert wrong(night, urgent="salle inondée", **same_day("a")) == {}
    assert wrong(night, **same_day("b")) == {("quand",): "quiet"}
    assert wrong(night, urgent="!", **same_day("c")) == {("urgent",): "no_reason"}
    for hours, expected in ((24, {}), (31, {("urgent",): "not_urgent"})):
        row = {"name": f"s{hours}", "starts_at": night + timedelta(hours=hours)}
        assert wrong(night, urgent="annulé", session_row=row, to_its_people=True) == expected


def test_a_broadcast_speaks_each_language_or_excuses_itself(vault):
    row = a_broadcast(
        texts={"fr": "Bonjour", "tr": "Merhaba"}, buttons=[{"fr": "Oui", "tr": "Evet"}]
    )
    said = {
        language: template(texts(), row, Listener(Kind.CHAT, language), "1").bubble()
        for language in ("fr", "tr", "es")
    }
    assert (said["fr"].text, said["fr"].choices[0].label) == ("Bonjour", "Oui")
    assert (said["tr"].text, said["tr"].choices[0].label) == ("Merhaba", "Evet")
    assert said["es"].text == "Lo sentimos, este mensaje solo está en francés:\n\nBonjour"
    assert said["es"].choices[0].label == "Oui"
    by_sms = template(texts(), row, Listener(Kind.SMS, "tr"), "1")
    assert by_sms.bubble().text.startswith("Merhaba ")
    assert by_sms.size().segments == 1


def test_the_size_of_an_sms_is_never_less_than_what_is_sent(sessions, vault):
    with sessions.begin() as session:
        about = a_session(session)
        row = a_broadcast(session, session_id=about.id, texts={"fr": "é" * 140 + " {prenom}"})
        one = template(texts(), row, Listener(Kind.SMS), "1")
    assert one.size().segments == 2
    assert one.bubble("Maximilienne-Alexandrine-Joséphine").text.endswith("…")


MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("begins", "takes", "ends"),
    [
        (paris(2026, 11, 23, 9), 60, paris(2026, 11, 23, 10)),
        (paris(2026, 11, 23, 19, 30), 60, paris(2026, 11, 24, 8, 30)),
        (paris(2026, 11, 23, 22), 60, paris(2026, 11, 24, 9)),
        (paris(2026, 11, 28, 19), 120, paris(2026, 11, 30, 9)),  # over a Sunday
        (paris(2026, 12, 24, 19), 120, paris(2026, 12, 26, 9)),  # over Christmas
        (paris(2026, 10, 24, 19), 120, paris(2026, 10, 26, 9)),  # the clocks change
        (paris(2026, 11, 23, 8), 12 * 60 * 3, paris(2026, 11, 25, 20)),
    ],
)
def test_it_is_finished_by_day_only(begins, takes, ends):
    assert finish(begins, takes * MINUTES) == ends


def test_what_is_urgent_does_not_wait_for_the_day():
    night = paris(2026, 11, 23, 22)
    assert finish(night, timedelta(hours=1), True) == night + timedelta(hours=1)


# What comes again


def on_the_clock(rule, start, count):
    return [f"{one.astimezone(PARIS):%d/%m %H:%M}" for one in recurring.upcoming(rule, start)][
        :count
    ]


@pytest.mark.parametrize("change", [paris(2027, 3, 27, 9), paris(2026, 10, 24, 9)])
def test_nine_stays_nine_when_the_clocks_change(change):
    found = recurring.upcoming("FREQ=DAILY;COUNT=3", change)
    assert [one.astimezone(PARIS).hour for one in found] == [9, 9, 9]
    assert len({one.astimezone(UTC).hour for one in found}) == 2


def test_an_hour_that_is_skipped_or_comes_twice_comes_once():
    spring = paris(2027, 3, 27, 2, 30)
    assert on_the_clock("FREQ=DAILY", spring, 3) == ["27/03 02:30", "28/03 03:30", "29/03 02:30"]
    autumn = paris(2026, 10, 24, 2, 30)
    assert on_the_clock("FREQ=DAILY", autumn, 3) == ["24/10 02:30", "25/10 02:30", "26/10 02:30"]
    for start in (spring, autumn):
        moments = recurring.upcoming("FREQ=DAILY;COUNT=4", start)
        walked = [moments[0]]
        while (after := recurring.following("FREQ=DAILY;COUNT=4", start, walked[-1])) is not None:
            walked.append(after)
        assert walked == moments


@pytest.mark.parametrize(
    "rule",
    ["FREQ=WEEKLY;BYDAY=TU;UNTIL=20261208", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261208T080000Z",
     "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2", "FREQ=WEEKLY;UNTIL=20261208T090000"],
)  # fmt: skip
def test_it_ends_when_it_says(rule):
    assert on_the_clock(rule, paris(2026, 12, 1, 9), 9) == ["01/12 09:00", "08/12 09:00"]


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("", "bad_rule"),
        ("FREQ=HOURLY", "bad_rule"),
        ("FREQ=WEEKLY;BYDAY=XX", "bad_rule"),
        ("FREQ=WEEKLY;UNTIL=99999999", "bad_rule"),
        ("FREQ=DAILY\nEXDATE:20270101", "bad_rule"),
        ("FREQ=DAILY;BYHOUR=9,10", "too_often"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "never"),
        ("FREQ=DAILY;COUNT=0", "never"),
    ],
)
def test_what_is_no_rule_for_people_is_refused(rule, key):
    with pytest.raises(BadRule) as error:
        recurring.check(rule, MONDAY)
    assert error.value.key == f"broadcasts.{key}"


def test_an_audience_without_a_criterion_is_everybody():
    assert Audience().is_everybody
    assert not replace(Audience(), km=3).is_everybody
