"""Finding sessions, on both databases."""

from datetime import date, timedelta

import pytest

from core.db import make_engine, make_sessions
from core.workshops.booking.seating import taken, waiting
from core.workshops.model import Audience, SessionState, SignUpState, WorkshopKind
from core.workshops.search.days import Span
from core.workshops.search.finding import find, one
from core.workshops.search.wanted import Wanted
from tests.core.workshops.shop import WEEK, a_session, at, signed_up, somebody, the_tables
from tests.world import NOON


@pytest.fixture
def session(database_url):
    engine = make_engine(database_url)
    with make_sessions(engine).begin() as session:
        yield session
    engine.dispose()


def found(session, now=NOON, **wanted):
    return [one.session.external_id for one in find(session, the_tables(), Wanted(**wanted), now)]


def test_nothing_past_draft_cancelled_closed_or_not_yet_open_is_found(session):
    a_session(session, "open")
    a_session(session, "past", starts_at=NOON - WEEK)
    a_session(session, "draft", state=SessionState.DRAFT)
    a_session(session, "cancelled", state=SessionState.CANCELLED)
    a_session(session, "closed", closes_at=NOON)
    a_session(session, "later", opens_at=NOON + timedelta(minutes=1))
    assert found(session) == ["open"]


def test_the_nearest_first_then_the_soonest_and_what_is_remote_last(session):
    a_session(session, "poitiers later", commune="Poitiers", starts_at=NOON + 2 * WEEK)
    a_session(session, "poitiers", commune="Poitiers")
    a_session(session, "latille", commune="Latillé", starts_at=NOON + 3 * WEEK)
    a_session(session, "remote", remote=True, territory="national", starts_at=NOON + WEEK / 2)
    a_session(session, "brest", commune="Brest")
    assert found(session, communes=("Latillé",)) == [
        "latille", "poitiers", "poitiers later", "remote"
    ]  # fmt: skip
    assert found(session, communes=("Latillé", "Brest")) == [
        "brest", "latille", "poitiers", "poitiers later", "remote"
    ]  # fmt: skip


def test_distances_are_those_between_communes(session):
    a_session(session, "here")
    a_session(session, "there", commune="Poitiers")
    here, there = find(session, the_tables(), Wanted(communes=("Latillé",)), NOON)
    assert here.km == 0
    assert there.km == pytest.approx(21, abs=1)


def test_a_location_does_for_a_commune(session):
    a_session(session, "brest", commune="Brest")
    a_session(session, "latille")
    assert found(session, location=(48.39, -4.49)) == ["brest"]


def test_a_commune_that_we_do_not_know_excludes_nothing(session):
    a_session(session, "a")
    assert found(session, communes=("Lyon",)) == ["a"]


def test_without_a_place_the_soonest_of_the_territory(session):
    a_session(session, "brest", commune="Brest")
    a_session(session, "late", starts_at=NOON + 2 * WEEK)
    a_session(session, "soon")
    a_session(session, "remote", remote=True, territory="national", starts_at=NOON + 3 * WEEK)
    assert found(session, territory="vienne") == ["soon", "late", "remote"]
    assert set(found(session, territory="national")) == {"brest", "late", "soon", "remote"}


def test_what_is_remote_is_for_its_own_territory(session):
    a_session(session, "theirs", remote=True, territory="finistere")
    a_session(session, "ours", remote=True, territory="vienne")
    assert found(session, communes=("Latillé",)) == ["ours"]


def test_what_is_full_comes_after_what_has_seats(session, vault):
    full = a_session(session, "full", seats=2)
    asked = a_session(session, "waited for", seats=5)
    a_session(session, "far", commune="Poitiers", seats=3)
    signed_up(session, somebody(session, vault, 1), full, size=2, state=SignUpState.OFFERED)
    signed_up(session, somebody(session, vault, 1), asked, size=6, state=SignUpState.WAITING)
    results = find(session, the_tables(), Wanted(communes=("Latillé",)), NOON)
    assert [(one.session.external_id, one.free) for one in results] == [
        ("far", 3), ("full", 0), ("waited for", 0)
    ]  # fmt: skip


def test_taken_counts_people_who_hold_a_seat_by_session(session, vault):
    row, other = a_session(session, "a"), a_session(session, "b")
    for number, state in enumerate(SignUpState, start=1):
        signed_up(session, somebody(session, vault, number), row, size=number, state=state)
    seats = {state: number for number, state in enumerate(SignUpState, start=1)}
    held = ("offered", "confirmed", "attended", "absent")
    assert taken(session, [row.id, other.id]) == {row.id: sum(map(seats.get, held)), other.id: 0}
    assert waiting(session, [row.id]) == {row.id: seats["waiting"]}
    assert taken(session, []) == {}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"audience": Audience.PARENTS}, {"parents", "all"}),
        ({"audience": Audience.TEACHERS}, {"teachers", "all"}),
        ({"audience": Audience.ALL}, {"parents", "teachers", "all"}),
        ({"kind": WorkshopKind.TRAINING}, {"teachers"}),
        ({"themes": ("ia", "ecrans")}, {"teachers", "all"}),
        ({"themes": ("pix",)}, set()),
        ({"languages": ("ar",)}, {"all"}),
        ({"languages": ("ar", "fr")}, {"parents", "teachers", "all"}),
    ],
)
def test_only_what_was_asked_for_is_found(session, wanted, names):
    a_session(session, "parents")
    a_session(session, "teachers", kind=WorkshopKind.TRAINING, audience=Audience.TEACHERS,
              theme="ia")  # fmt: skip
    a_session(session, "all", audience=Audience.ALL, theme="ecrans", languages=["ar", "fr"])
    assert set(found(session, **wanted)) == names


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"spans": (Span(date(2026, 12, 1), date(2026, 12, 31)),)}, ["wed", "sat", "last"]),
        ({"spans": (Span(date(2026, 12, 2), date(2026, 12, 2)),)}, ["wed"]),
        (
            {"spans": (Span(date(2026, 12, 5), date(2026, 12, 5)),
                       Span(date(2027, 1, 1), date(2027, 1, 31)))},
            ["sat", "new year"],
        ),
        ({"weekdays": frozenset({2})}, ["wed"]),
        ({"weekdays": frozenset({3, 5})}, ["sat", "last"]),
        ({"times": ("morning",)}, ["sat"]),
        ({"times": ("afternoon",)}, ["wed", "new year"]),
        ({"times": ("evening",)}, ["last", "new year"]),
        ({"times": ("morning",), "weekdays": frozenset({2})}, []),
    ],
)  # fmt: skip
def test_days_and_hours_are_those_of_paris(session, wanted, names):
    a_session(session, "wed", starts_at=at("2026-12-02", 13))
    a_session(session, "sat", starts_at=at("2026-12-05", 10, 59))  # 11:59 in Paris
    a_session(session, "last", starts_at=at("2026-12-31", 22, 30), hours=0.4)
    a_session(session, "new year", starts_at=at("2027-01-01", 16, 30))  # a Friday
    assert found(session, **wanted) == names


def test_one_session_is_found_by_its_number_while_it_takes_sign_ups(session):
    row = a_session(session, seats=3)
    assert one(session, row.id, NOON).free == 3
    assert one(session, row.id, row.closes_at) is None
    assert one(session, row.id + 1, NOON) is None
