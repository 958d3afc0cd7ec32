"""When somebody is in: what people are promised, and when staff are reminded."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.team.office import is_open, next_open, worked

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = st.datetimes(
    datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (paris(2026, 11, 26, 10, 0), paris(2026, 11, 26, 10, 0)),  # a Thursday: now
        (paris(2026, 11, 26, 8, 59), paris(2026, 11, 26, 9, 0)),
        (paris(2026, 11, 26, 12, 30), paris(2026, 11, 26, 13, 30)),  # lunch
        (paris(2026, 11, 26, 17, 0), paris(2026, 11, 27, 9, 0)),
        (paris(2026, 11, 27, 22, 0), paris(2026, 11, 30, 9, 0)),  # the weekend
        (paris(2026, 11, 10, 18, 0), paris(2026, 11, 12, 9, 0)),  # 11 November
        (paris(2027, 5, 5, 18, 0), paris(2027, 5, 7, 9, 0)),  # Ascension Day
        (paris(2026, 12, 31, 20, 0), paris(2027, 1, 4, 9, 0)),
        (paris(2026, 3, 28, 12, 0), paris(2026, 3, 30, 9, 0)),  # summer time begins
    ],
)
def test_the_team_is_in_on_working_days_only(now, opens):
    assert next_open(now) == opens
    assert is_open(opens)
    assert is_open(now) is (now == opens)


@given(MOMENTS)
def test_the_next_opening_is_open_and_never_in_the_past(now):
    opens = next_open(now)
    assert opens >= now
    assert is_open(opens)
    assert (opens == now) is is_open(now)
    assert worked(now, opens) == timedelta()


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=12)), st.floats(0, 1))
def test_office_time_adds_up_and_never_exceeds_the_clock(start, length, part):
    end, middle = start + length, start + length * part
    assert timedelta() <= worked(start, end) <= length
    assert worked(start, middle) + worked(middle, end) == worked(start, end)
    assert worked(end, start) == timedelta()


def test_office_time_leaves_out_lunch_nights_and_holidays():
    assert worked(paris(2026, 11, 26, 12, 0), paris(2026, 11, 26, 14, 0)) == timedelta(hours=1)
    assert worked(paris(2026, 11, 27, 16, 0), paris(2026, 11, 30, 10, 0)) == timedelta(hours=2)
    assert worked(paris(2026, 11, 11, 0, 0), paris(2026, 11, 12, 0, 0)) == timedelta()
    assert worked(paris(2026, 11, 26, 0, 0), paris(2026, 11, 27, 0, 0)) == timedelta(hours=7)
