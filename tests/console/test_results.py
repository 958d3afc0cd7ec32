"""Results: what is counted, what is hidden, charts with their tables and files."""

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from core.answers import Outcome
from core.console.members import StaffMember, StaffRole
from core.console.results.hiding import FEW, hidden
from core.console.results.period import Period
from core.console.results.tables import Asked, results
from core.inbound import Inbound
from core.outbox.delivery import Cause, Delivery, State
from core.workshops.model import CancelReason, SignUpState
from tests.console.test_sessions import queries
from tests.core.workshops.shop import a_session, at, signed_up, somebody
from tests.world import NOON

CAME, MISSED, SEATED = SignUpState.ATTENDED, SignUpState.ABSENT, SignUpState.CONFIRMED
YEAR = Period(2026)


class Crowd:
    """People who sign up, each with a number of their own."""

    def __init__(self, session, vault) -> None:
        self.session, self.vault, self.number = session, vault, 0

    def sign_up(self, row, count: int, state=SEATED, channel="sms", **more):
        made = []
        for _ in range(count):
            self.number += 1
            contact = {key: more.pop(key) for key in ("language", "territory") if key in more}
            address = somebody(self.session, self.vault, self.number, channel, **contact)
            made.append(signed_up(self.session, address, row, state=state))
            for key, value in more.items():
                setattr(made[-1], key, value)
            more |= contact
        self.session.flush()
        return made


@pytest.fixture
def crowd(office):
    with office.sessions.begin() as session:
        yield Crowd(session, office.vault)


def seen(office, session, member=None, **asked):
    if member is None:
        member = session.get_one(StaffMember, office.member())
    texts = office.house.telling().texts
    return results(session, texts, member, Asked(**{"period": YEAR} | asked), 0.05)


def a_member(session, now, role=StaffRole.ADMINISTRATOR, territory=None):
    from core.people.contacts import Contact

    contact = Contact(created_at=now, seen_at=now)
    member = StaffMember(
        contact=contact, role=role, territory=territory, name="Sacha", changed_at=now
    )
    session.add(member)
    session.flush()
    return member


def counted(office, crowd, **asked):
    return seen(office, crowd.session, a_member(crowd.session, NOON), **asked)


# What is counted


def test_a_sign_up_is_followed_to_the_day_and_beside_the_year_before(office, crowd):
    row = a_session(crowd.session)
    for state, count in ((CAME, 20), (MISSED, 10), (SEATED, 5), (SignUpState.CANCELLED, 6)):
        crowd.sign_up(row, count, state)
    table = counted(office, crowd).signed
    assert table.columns == ("signed", "seat", "came", "missed", "rate")
    assert table.total == [41, 35, 20, 10, pytest.approx(100 / 3)]
    assert table.rows["2026-11-01"] == table.total


def test_it_is_counted_by_theme_place_channel_and_language_too(office, crowd):
    crowd.sign_up(a_session(crowd.session), 6, language="ar")
    elsewhere = a_session(crowd.session, "b", commune="Brest", theme="pix")
    crowd.sign_up(elsewhere, 7, channel="telegram")
    for by, found in (
        ("theme", {"ent": 6, "pix": 7}),
        ("place", {"Latillé": 6, "Brest": 7}),
        ("channel", {"sms": 6, "telegram": 7}),
        ("language", {"ar": 6, "fr": 7}),
    ):
        rows = counted(office, crowd, by=by).signed.rows
        assert {value: numbers[0] for value, numbers in rows.items()} == found


def test_only_what_begins_in_the_period_counts_and_no_demonstration(office, crowd):
    crowd.sign_up(a_session(crowd.session, "a", at("2026-08-31", 21)), 9)  # still August in Paris
    crowd.sign_up(a_session(crowd.session, "b", at("2026-08-31", 22)), 8)
    crowd.sign_up(a_session(crowd.session, "c", at("2027-04-05")), 7)
    crowd.sign_up(a_session(crowd.session, "d", demo=True), 50)
    assert counted(office, crowd).signed.total[0] == 15
    assert counted(office, crowd, period=Period(2026, 1)).signed.total[0] == 8
    assert counted(office, crowd, period=Period(2026, 2)).signed.total[0] == 0
    assert next(iter(counted(office, crowd, period=Period(2026, 3)).signed.rows)) == "2027-04-01"


def test_seats_given_back_their_reasons_and_who_took_them(office, crowd):
    row = a_session(crowd.session)
    gone = SignUpState.CANCELLED
    crowd.sign_up(row, 6, gone, settled_at=NOON, reason=CancelReason.WORK)
    crowd.sign_up(row, 5, gone, settled_at=NOON)
    crowd.sign_up(row, 9, gone)  # left the waiting list: they had no seat
    crowd.sign_up(row, 9, gone, settled_at=NOON, reason=CancelReason.SESSION_CANCELLED)
    crowd.sign_up(row, 8, offers=1)
    crowd.sign_up(row, 7)
    found = counted(office, crowd)
    assert found.seats.total == [11, 8]
    assert found.reasons.rows == {"work": [6], "none": [5]}


def test_questions_are_counted_by_subject_and_only_there(office, crowd):
    who = somebody(crowd.session, office.vault, 90, territory="vienne")
    for number in range(13):
        answered = number < 7
        crowd.session.add(
            Inbound(
                channel="sms", provider_id=str(number), address_id=who.id, received_at=NOON,
                outcome=Outcome.ANSWERED if answered else Outcome.FALLBACK, details={},
                question_id="ent_mdp_oublie" if answered else None,
            )
        )  # fmt: skip
    crowd.session.flush()
    assert counted(office, crowd, kind="event").questions.rows == {
        "ent": [7], "unanswered": [6],
    }  # fmt: skip
    assert counted(office, crowd, territory="finistere").questions.rows == {}
    assert counted(office, crowd, period=Period(2026, 2)).questions.rows == {}


def test_sms_are_paid_by_the_part(office, crowd):
    who = somebody(crowd.session, office.vault, 90, territory="vienne")
    for number, (cause, parts) in enumerate(((Cause.REPLY, 2), (Cause.REMINDER, 1))):
        crowd.session.add(
            Delivery(
                cause=cause, cause_id=number, purpose="1", contact_id=who.contact_id,
                address_id=who.id, channel="sms", state=State.SENT, created_at=NOON,
                not_before=NOON, sent_at=NOON, segments=parts,
            )
        )  # fmt: skip
    crowd.session.flush()
    found = counted(office, crowd)
    assert found.sms.total == [3, pytest.approx(0.15)]
    assert found.sms.rows["2026-11-01"][0] == 3
    assert found.causes.rows["reply"][0] == 2
    assert counted(office, crowd, territory="finistere").sms.total[0] == 0
    assert counted(office, crowd, period=Period(2026, 3)).sms.total[0] == 0


def test_ratings_are_by_theme(office, crowd):
    row = a_session(crowd.session)
    crowd.sign_up(row, 6, CAME, rating=3)
    crowd.sign_up(row, 5, CAME, rating=1)
    assert counted(office, crowd).ratings.rows == {"ent": [6, 0, 5]}


# What is hidden


def test_a_small_number_is_hidden_and_cannot_be_had_by_subtraction(office, crowd):
    row = a_session(crowd.session)
    crowd.sign_up(row, 3, language="tr")
    crowd.sign_up(row, 9, language="ar")
    crowd.sign_up(row, 30)
    table = counted(office, crowd, by="language").signed
    assert table.total[0] == 42
    assert table.rows["tr"][0] is None
    assert table.rows["ar"][0] is None  # else 42 - 30 - 9 would tell
    assert table.rows["fr"][0] == 30


def test_nor_between_two_territories_and_all_of_them(office, crowd):
    crowd.sign_up(a_session(crowd.session), 20, language="ar")
    crowd.sign_up(a_session(crowd.session, "b", commune="Brest"), 2, language="ar")
    everywhere = counted(office, crowd, by="language").signed.rows["ar"][0]
    here = counted(office, crowd, by="language", territory="vienne").signed.rows["ar"][0]
    there = counted(office, crowd, by="language", territory="finistere").signed.rows["ar"][0]
    assert there is None
    assert everywhere is None or here is None


def test_nor_between_what_became_of_the_same_sign_ups(office, crowd):
    row = a_session(crowd.session)
    crowd.sign_up(row, 20, CAME)
    crowd.sign_up(row, 2, MISSED)
    _, seat, came, missed, rate = counted(office, crowd).signed.total
    assert missed is None
    assert rate is None
    assert seat is None or came is None


def test_nor_between_the_parts_of_a_year(office, crowd):
    crowd.sign_up(a_session(crowd.session), 20)
    crowd.sign_up(a_session(crowd.session, "b", at("2027-02-05")), 1)
    whole, first, second = (
        counted(office, crowd, period=Period(2026, term)).signed.total[0] for term in (0, 1, 2)
    )
    assert second is None
    assert whole is None or first is None


def test_whoever_solves_each_sum_learns_no_small_number():
    """All tables of two by two with small numbers: each hidden cell stays open."""
    for a in range(0, 12, 2):
        for b in range(1, 12, 3):
            for c in range(1, 12, 4):
                cells = {"a": a, "b": b, "c": c, "all": a + b + c}
                cells = {name: number for name, number in cells.items() if number}
                parts = [name for name in cells if name != "all"]
                dark = hidden(cells, {"all": [parts]})
                assert {name for name, number in cells.items() if number < FEW} <= dark
                missing = [one for one in parts if one in dark]
                if "all" not in dark and missing:
                    assert len(missing) > 1
                    assert sum(cells[one] for one in missing) >= FEW
                if "all" in dark:
                    assert missing


def test_an_organizer_sees_their_own_territory_whatever_they_ask_for(office, crowd):
    crowd.sign_up(a_session(crowd.session), 10)
    crowd.sign_up(a_session(crowd.session, "b", commune="Brest"), 20)
    member = a_member(crowd.session, NOON, StaffRole.ORGANIZER, "vienne")
    for territory in ("", "finistere", "vienne"):
        found = seen(office, crowd.session, member, territory=territory)
        assert found.signed.total[0] == 10


# The page


@pytest.fixture
def filled(office):
    with office.sessions.begin() as session:
        crowd = Crowd(session, office.vault)
        row = a_session(session)
        crowd.sign_up(row, 20, CAME)
        crowd.sign_up(row, 10, MISSED, language="ar")
        crowd.sign_up(row, 2, CAME, language="tr")
    return office


def test_a_reader_sees_figures_charts_and_tables(filled):
    page = filled.signed_in(StaffRole.READER).get("/results").text
    assert "33 % en 2023-2024" in page
    assert page.count("data-chart='") == page.count('role="img"')
    for chart in re.findall(r"data-chart='([^']*)'", page):
        drawn = json.loads(unescape(chart))
        assert len({len(one["values"]) for one in drawn["series"]} | {len(drawn["labels"])}) == 1


def test_what_is_hidden_is_so_in_the_table_the_chart_and_the_file(filled):
    browser = filled.signed_in(StaffRole.READER)
    page = browser.get("/results?by=language").text
    assert re.search(r'<th scope="row">turc</th><td>–</td><td>–</td>', page)
    chart = json.loads(unescape(re.search(r"data-chart='([^']*)'", page)[1]))
    turkish = chart["labels"].index("turc")
    assert [one["values"][turkish] for one in chart["series"]] == [None] * 3
    lines = read(browser, "/results/signed.csv?by=language")
    hidden = "non montré"
    turkish = next(one for one in lines if one[0] == "turc")
    assert turkish == ["turc", hidden, hidden, hidden, "0", hidden]
    assert [
        "Langue",
        "Inscriptions",
        "Places gardées",
        "Présents",
        "Absents",
        "Taux d'absence",
    ] in lines


def read(browser, path: str) -> list[list[str]]:
    reply = browser.get(path)
    assert reply.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig")), delimiter=";"))


def test_an_address_that_asks_for_nonsense_is_as_if_it_did_not(filled):
    browser = filled.signed_in()
    periods = ("x", "99999", "9999", "0000", "2026-9", "٢٠٢٦")
    for wrong in (*(f"period={one}" for one in periods), "by=names", "kind=<b>", "territory=mars"):
        page = browser.get(f"/results?{wrong}")
        assert page.status_code == 200
        assert "<b>" not in page.text


def test_a_hostile_place_is_text_in_the_table_the_chart_and_the_file(office):
    hostile = "=<script>alert(1)</script>'\"&"
    with office.sessions.begin() as session:
        row = a_session(session)
        row.commune = hostile
        Crowd(session, office.vault).sign_up(row, 6)
    browser = office.signed_in()
    page = browser.get("/results?by=place").text
    assert "<script>alert" not in page
    chart = json.loads(unescape(re.search(r"data-chart='([^']*)'", page)[1]))
    assert chart["labels"] == [hostile]
    cells = [cell for line in read(browser, "/results/signed.csv?by=place") for cell in line]
    assert not [cell for cell in cells if cell.startswith("=")]


def test_the_page_asks_as_often_however_much_there_is(filled):
    browser = filled.signed_in()
    few = queries(filled, browser, "/results?by=place")
    with filled.sessions.begin() as session:
        crowd = Crowd(session, filled.vault)
        crowd.number = 40
        for number in range(20):
            crowd.sign_up(a_session(session, f"m{number}", NOON + timedelta(days=number)), 2)
    assert queries(filled, browser, "/results?by=place") == few
    assert few <= 12


def test_nothing_on_the_page_or_in_its_files_names_anybody(filled):
    with filled.sessions.begin() as session:
        assert session.scalars(select(Delivery)).all() == []
    browser = filled.signed_in()
    for path in ("/results", "/results/signed.csv", "/results/reasons.csv"):
        assert "+3363998" not in browser.get(path).text
