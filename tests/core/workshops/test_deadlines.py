"""How long a seat is held: sized to the time left, never ending nor offered in quiet hours."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.daytime import PARIS, is_quiet
from core.workshops.booking.deadlines import LEAST, MARGIN, deadline

HOUR = timedelta(hours=1)
MOMENTS = st.datetimes(datetime(2026, 3, 1), datetime(2027, 4, 30), timezones=st.just(UTC))  # noqa: DTZ001


def paris(day, hour, minute=0, month=1):
    return datetime(2027, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "starts", "until"),
    [
        (paris(4, 10), paris(20, 14), paris(6, 10)),  # ten days or more: 48 h
        (paris(4, 14), paris(14, 14), paris(6, 14)),
        (paris(4, 10), paris(13, 14), paris(5, 10)),  # three to ten: 24 h
        (paris(4, 10), paris(6, 14), paris(4, 16)),  # one to three: 6 h
        (paris(4, 10), paris(4, 18), paris(4, 12)),  # on the day: 2 h
        (paris(4, 10), paris(4, 12, 30), paris(4, 11, 30)),  # an hour before it starts
        (paris(4, 10), paris(4, 11, 29), None),  # 29 minutes are too few
        (paris(4, 10), paris(4, 11, 30), paris(4, 10, 30)),
        (paris(4, 18), paris(6, 14), paris(5, 9)),  # would end at midnight
        (paris(4, 16), paris(5, 9, 30), paris(4, 18)),
        (paris(4, 18, 30), paris(5, 9, 30), paris(4, 19, 30)),  # 9:00 would be too late
        (paris(4, 19, 10), paris(5, 9, 30), None),
        (paris(5, 8), paris(5, 9, 30), paris(5, 8, 30)),
        (paris(4, 17), paris(5, 8, 30), paris(4, 19)),  # 7:30 is still night
        (paris(4, 19, 50), paris(8, 14), paris(5, 19, 50)),
        (paris(4, 20), paris(20, 14), None),  # the night: in the morning
        (paris(5, 7, 59), paris(20, 14), None),
        (paris(5, 8), paris(20, 14), paris(7, 8)),
        (paris(4, 10), paris(3, 10), None),
        # Sundays and public holidays are quiet: the 3rd and the 1st of January 2027.
        (paris(3, 11), paris(20, 14), None),
        (paris(2, 14), paris(8, 14), paris(4, 9)),
        (paris(2, 16), paris(4, 9, 30), paris(2, 19, 30)),
        (paris(2, 14), paris(3, 15), paris(2, 19, 30)),
        (paris(2, 19, 45), paris(4, 9, 40), None),
        (paris(1, 11), paris(20, 14), None),
        # Over a change of the clocks 48 h end at another hour of the day.
        (paris(25, 10, month=3), paris(20, 14, month=4), paris(27, 10, month=3)),
        (paris(27, 10, month=3), paris(20, 14, month=4), paris(30, 9, month=3)),  # Easter Monday
    ],
)
def test_the_time_to_answer_follows_the_time_left(now, starts, until):
    assert deadline(starts, starts, now) == until
    assert deadline(starts.astimezone(UTC), starts + HOUR, now.astimezone(UTC)) == until


def test_sign_ups_that_close_end_offers_an_hour_before():
    assert deadline(paris(20, 14), paris(5, 12), paris(4, 14)) == paris(5, 11)


@given(MOMENTS, st.timedeltas(-HOUR, timedelta(days=30)), st.timedeltas(-HOUR * 48, HOUR * 48))
@example(paris(4, 20, 59).astimezone(UTC), timedelta(days=9, hours=1, minutes=3), timedelta())
def test_no_deadline_is_at_night_too_late_or_too_soon(now, left, apart):
    starts, closes = now + left, now + left + apart
    until = deadline(starts, closes, now)
    if until is None:
        return
    assert not is_quiet(now)
    assert not is_quiet(until)
    assert until <= min(starts, closes) - MARGIN
    assert until - now > LEAST - timedelta(minutes=1)
    assert until.second == until.microsecond == 0
    most = 48 if left >= timedelta(days=10) else 24 if left >= timedelta(days=3) else 6
    # Put off to the morning, at most: by a weekend with a holiday before or after it.
    assert until - now <= timedelta(hours=most + 13 + 48)


@given(MOMENTS)
def test_there_is_an_offer_in_every_daytime_minute_when_there_is_time(now):
    starts = now + timedelta(days=8)
    assert (deadline(starts, starts, now) is None) == is_quiet(now)
