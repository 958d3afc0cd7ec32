"""What is looked for, out of the words that were understood. Today is Thursday 26 November 2026."""

from datetime import date

import pytest

from core.answers import Asked
from core.workshops.model import Audience, WorkshopKind
from core.workshops.search.wanted import Wanted, wanted
from tests.core.workshops.shop import at

NOW = at("2026-11-26", 9)


def asked(text="", role=None, territory=None, now=NOW, communes=(), location=None, **details):
    said = Asked(
        text,
        text,
        tuple(communes),
        location=location,
        details={name: tuple(values) for name, values in details.items()},
    )
    return wanted(said, role, territory, now)


def days(**details):
    """The days that are meant, as "MM-DD..MM-DD" with the year where it is not this one."""
    text = details.pop("text", "")
    now = details.pop("now", NOW)

    def shown(day):
        return f"{day:%m-%d}" if day.year == 2026 else f"{day:%Y-%m-%d}"

    return [f"{shown(a)}..{shown(b)}" for a, b in asked(text, now=now, **details).spans]


@pytest.mark.parametrize(
    ("when", "span"),
    [
        ("today", "11-26..11-26"), ("tomorrow", "11-27..11-27"),
        ("day_after_tomorrow", "11-28..11-28"), ("this_week", "11-26..11-29"),
        ("next_week", "11-30..12-06"), ("this_weekend", "11-28..11-29"),
        ("next_weekend", "12-05..12-06"), ("this_month", "11-26..11-30"),
        ("next_month", "12-01..12-31"),
    ],
)  # fmt: skip
def test_words_of_time_are_days_from_today(when, span):
    assert days(when=[when]) == [span]


def test_on_a_sunday_this_weekend_is_today():
    assert days(when=["this_weekend"], now=at("2026-11-29", 9)) == ["11-29..11-29"]


def test_late_in_the_evening_today_is_the_day_in_paris():
    assert days(when=["today"], now=at("2026-11-26", 23, 30)) == ["11-27..11-27"]


@pytest.mark.parametrize(
    ("month", "span"),
    [
        ("12", "12-01..12-31"), ("11", "11-01..11-30"), ("1", "2027-01-01..2027-01-31"),
        ("2", "2027-02-01..2027-02-28"),
    ],
)  # fmt: skip
def test_a_month_is_the_next_such_month(month, span):
    assert days(month=[month]) == [span]


def test_a_month_with_its_year_is_that_one():
    assert days(month=["12"], text="en décembre 2027") == ["2027-12-01..2027-12-31"]


def test_a_day_without_year_is_the_next_such_day():
    assert days(day=["12-05"]) == ["12-05..12-05"]
    assert days(day=["01-12"]) == ["2027-01-12..2027-01-12"]
    assert days(day=["11-26"]) == ["11-26..11-26"]
    assert days(day=["02-29"]) == ["2028-02-29..2028-02-29"]
    assert days(day=["2027-05-03"]) == ["2027-05-03..2027-05-03"]


@pytest.mark.parametrize(
    "text",
    ["du 3 au 7 décembre", "from 3 to 7 December", "del 3 al 7 de diciembre",
     "de 3 a 7 de dezembro", "3-7 Aralık arası", "من 3 إلى 7 ديسمبر"],
)  # fmt: skip
def test_from_one_day_to_another_means_those_between_too(text):
    assert days(day=["12-03", "12-07"], text=text) == ["12-03..12-07"]


def test_two_days_are_two_days():
    assert days(day=["12-03", "12-07"], text="le 3 ou le 7 décembre") == [
        "12-03..12-03",
        "12-07..12-07",
    ]


def test_a_weekday_is_any_such_day_and_a_date_says_enough():
    assert asked(weekday=["wed"]).weekdays == {2}
    assert asked(weekday=["wed"]).spans == ()
    assert asked(weekday=["tue"], day=["12-09"]).weekdays == frozenset()
    assert asked(when=["weekend"]).weekdays == {5, 6}


def test_school_holidays_mean_no_days_to_us():
    assert days(when=["christmas_holidays"]) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("des ateliers près de Latillé ?", WorkshopKind.WORKSHOP),
        ("formations robotique", WorkshopKind.TRAINING),
        ("any training on AI?", WorkshopKind.TRAINING),
        ("atölye var mı", WorkshopKind.WORKSHOP),
        ("¿hay talleres?", WorkshopKind.WORKSHOP),
        ("هل هناك ورشات؟", WorkshopKind.WORKSHOP),
        ("une information svp", None),
        ("quand est la prochaine ?", None),
    ],
)  # fmt: skip
def test_the_kind_is_the_word_that_was_said(text, kind):
    assert asked(text).kind == kind


def test_for_whom_is_said_else_it_is_for_their_like():
    assert asked("un atelier", role="parent").audience is Audience.PARENTS
    assert asked("un atelier pour les enseignants", role="parent").audience is Audience.TEACHERS
    assert asked("une formation", role="parent").audience is None
    assert asked("un atelier").audience is None
    assert asked("un atelier", role="staff").audience is None


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("un atelier en arabe", ("ar",)), ("a workshop in Turkish", ("tr",)),
        ("Arapça atölye", ("ar",)), ("ورشة بالتركية", ("tr",)), ("formation anglais", ()),
        ("un taller en español", ("es",)),
    ],
)  # fmt: skip
def test_the_language_of_the_host_may_be_asked_for(text, languages):
    assert asked(text).languages == languages


def test_a_place_on_earth_is_known_to_a_kilometre_only():
    assert asked(location=(46.617312, 0.077345)).location == (46.62, 0.08)


def test_all_of_it_goes_into_a_choice_and_comes_back():
    one = asked(
        "ateliers en arabe", role="parent", territory="vienne", communes=["Saint-Benoît"],
        location=(46.6, -0.1), theme=["ia", "ent"], month=["12"], when=["tomorrow"],
        weekday=["wed"], time_of_day=["morning"],
    )  # fmt: skip
    assert Wanted.decoded(one.encoded()) == one
    assert Wanted.decoded(Wanted().encoded()) == Wanted()
    assert one.spans[0].first == date(2026, 12, 1)


@pytest.mark.parametrize("text", ["k=stage", "d=demain", "l=1", "w=mercredi"])
def test_what_we_never_made_is_refused(text):
    with pytest.raises(ValueError, match=r"stage|isoformat|unpack|mercredi"):
        Wanted.decoded(text)
