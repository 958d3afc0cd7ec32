"""Nobody is written to at night or on a Sunday without having asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daytime import PARIS, next_daytime, paris_day


def paris(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (paris(20, 8), paris(20, 8)),
        (paris(20, 19, 59), paris(20, 19, 59)),
        (paris(20, 20), paris(21, 8)),
        (paris(20, 3), paris(20, 8)),
        (paris(21, 20), paris(23, 8)),  # Saturday evening: Monday
        (paris(22, 12), paris(23, 8)),  # Sunday
        (paris(22, 5), paris(23, 8)),
        (paris(24, 22, month=10), paris(26, 8, month=10)),  # over the change of the clocks
    ],
)
def test_what_comes_at_night_or_on_sunday_waits_for_eight_o_clock(now, then):
    assert next_daytime(now) == then
    assert next_daytime(now.astimezone(UTC)) == then


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_it_is_always_by_day_never_before_and_never_long_after(now):
    then = next_daytime(now)
    here = then.astimezone(PARIS)
    assert now <= then <= now + timedelta(hours=85)
    assert 8 <= here.hour < 20
    assert here.weekday() != 6
    assert next_daytime(then) == then


def test_the_day_is_that_of_paris():
    assert str(paris_day(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))) == "2026-11-22"
