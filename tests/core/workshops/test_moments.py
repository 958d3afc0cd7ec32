"""Dates as staff write them, on the clock of Paris."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workshops.sheets.moments import BadMoment, read_moment, write_moment
from tests.core.workshops.shop import at


@pytest.mark.parametrize(
    "written",
    [
        "12/01/2027 14:00", "12/01/2027 14h00", "12/1/2027 14h", "12/01/27 14:00",
        "12-01-2027 14:00", "12.01.2027, 14:00", "12/01/2027 à 14 h 00", "2027-01-12 14:00",
        "2027-01-12T14:00:00", "2027-01-12T13:00:00Z", "2027-01-12 14:00 +01:00",
        datetime.fromisoformat("2027-01-12 14:00"),
        datetime.fromisoformat("2027-01-12 13:59:59.999900"),
    ],
)  # fmt: skip
def test_every_usual_way_to_write_a_moment_is_read(written):
    assert read_moment(written) == at("2027-01-12", 13)


def test_in_summer_paris_is_two_hours_ahead():
    assert read_moment("12/07/2027 14:00") == at("2027-07-12", 12)


@pytest.mark.parametrize("hour", ["16:00", "16h", "16 h 00", time(16)])
def test_an_hour_alone_is_on_the_day_that_is_given(hour):
    assert read_moment(hour, day=date(2027, 1, 12)) == at("2027-01-12", 15)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("demain", "sheet.bad_moment"), ("46400.5", "sheet.bad_moment"), ("", "sheet.bad_moment"),
        ("12/01/2027", "sheet.no_hour"), (date(2027, 1, 12), "sheet.no_hour"),
        ("31/02/2027 14:00", "sheet.no_such_day"), ("01/25/2027 14:00", "sheet.no_such_day"),
        ("12/01/2027 25:00", "sheet.bad_moment"), ("16:00", "sheet.bad_moment"),
        ("28/03/2027 02:30", "sheet.hour_skipped"), ("25/10/2026 02:30", "sheet.hour_twice"),
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_its_reason(written, why):
    with pytest.raises(BadMoment) as refused:
        read_moment(written)
    assert refused.value.key == why


def test_the_hour_that_comes_twice_is_told_apart_by_its_offset():
    assert read_moment("25/10/2026 02:30 +02:00") == at("2026-10-25", 0, 30)
    assert read_moment("25/10/2026 02:30 +01:00") == at("2026-10-25", 1, 30)
    assert write_moment(at("2026-10-25", 1, 30)) == "25/10/2026 02:30 +01:00"


@given(
    st.datetimes(datetime.fromisoformat("2026-10-24"), datetime.fromisoformat("2027-04-01")).map(
        lambda d: d.replace(second=0, microsecond=0)
    )
)
def test_what_is_written_is_read_as_the_same_moment(naive):
    moment = at("2026-10-24").replace(
        year=naive.year, month=naive.month, day=naive.day, hour=naive.hour, minute=naive.minute
    )
    assert read_moment(write_moment(moment)) == moment
