"""A seat for somebody who left no number: the team sees it, calls, gives it or passes it on."""

from datetime import timedelta

import pytest

from core.audit import Audit
from core.console.members import StaffRole
from core.outbox.delivery import Delivery
from core.workshops import rounds
from core.workshops.booking import seats
from core.workshops.model import CancelReason, SignUp, SignUpState, WorkshopSession
from tests.console.test_adding import HERE, WHO, take_all_seats
from tests.console.test_sessions import rows
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON

NADIA, NEXT = 2, 3  # the numbers of their sign-ups
OFFERED, WAITING = SignUpState.OFFERED, SignUpState.WAITING


@pytest.fixture
def waits(office):
    """One seat, which is taken; Nadia, who left no number, waits for it, and somebody after her."""
    with office.sessions.begin() as session:
        a_session(session)
    take_all_seats(office, 1)
    office.signed_in().post(HERE, WHO | {"phone": ""})
    with office.sessions.begin() as session:
        row = signed_up(
            session, somebody(session, office.vault, 7), session.get_one(WorkshopSession, 1),
            state=WAITING,
        )  # fmt: skip
        row.waiting_since = NOON + timedelta(minutes=1)
    return office


def gives_back(office, number: int = 1) -> None:
    office.later(minutes=5)
    with office.sessions.begin() as session:
        seats.release(session, office.house.notices, number, CancelReason.WORK, office.now)


def states(office) -> list[str]:
    return [row.state for row in rows(office, SignUp)][1:]


def round_of(office) -> None:
    with office.sessions.begin() as session:
        rounds.due(office.house.notices, session, office.now)


def test_a_seat_that_is_theirs_is_held_and_the_team_sees_whom_to_call(waits):
    browser = waits.signed_in(StaffRole.ORGANIZER)
    assert "À appeler" not in browser.get("").text
    browser.post(f"/sessions/1/sign-ups/{NADIA}/note", {"note": "passe le mardi"})
    gives_back(waits)
    assert states(waits) == [OFFERED, WAITING]
    assert rows(waits, Delivery) == []  # nobody is written to
    page = browser.get("").text
    for shown in ("À appeler", "Nadia B.", "L&#39;ENT sans stress", "passe le mardi",
                  "place gardée jusqu&#39;au", "give-seat", "pass-over"):  # fmt: skip
        assert shown in page
    assert "appelez-la" in browser.get("/sessions/1").text


def test_only_who_may_see_names_and_works_there_is_told_whom_to_call(waits):
    gives_back(waits)
    for role, where in ((StaffRole.READER, None), (StaffRole.ORGANIZER, "finistere")):
        page = waits.signed_in(role, territory=where).get("").text
        assert "Nadia" not in page
        assert "À appeler" not in page
    other = waits.signed_in(StaffRole.ORGANIZER, territory="finistere")
    for what in ("give-seat", "pass-over"):
        assert other.post(f"/sessions/1/sign-ups/{NADIA}/{what}").status_code == 404
    assert states(waits) == [OFFERED, WAITING]


def test_who_was_called_and_comes_has_the_seat(waits):
    gives_back(waits)
    browser = waits.signed_in()
    reply = browser.post(f"/sessions/1/sign-ups/{NADIA}/give-seat")
    assert "said=seat_given" in reply.headers["location"]
    assert states(waits) == [SignUpState.CONFIRMED, WAITING]
    assert rows(waits, Audit)[-1].action == "sign_up.seat_given"
    assert "À appeler" not in browser.get("").text
    assert "La place est donnée" in browser.get("/sessions/1?said=seat_given").text


def test_who_cannot_be_called_waits_on_and_the_next_gets_the_seat(waits):
    gives_back(waits)
    reply = waits.signed_in().post(f"/sessions/1/sign-ups/{NADIA}/pass-over")
    assert "said=passed_over" in reply.headers["location"]
    assert states(waits) == [WAITING, OFFERED]
    assert len(rows(waits, Delivery)) == 1  # the next is told
    assert rows(waits, Audit)[-1].action == "sign_up.passed_over"


def test_when_nobody_calls_in_time_the_seat_goes_on_and_they_stay_on_the_list(waits):
    gives_back(waits)
    waits.now = rows(waits, SignUp)[1].offered_until + timedelta(minutes=1)
    round_of(waits)
    assert states(waits) == [WAITING, OFFERED]
    assert [row.purpose for row in rows(waits, Delivery)] == ["offer:1"]
    # A second time it is not held by itself: staff give them a seat that is free.
    gives_back(waits, NEXT)
    round_of(waits)
    assert states(waits) == [WAITING, SignUpState.CANCELLED]
    page = waits.signed_in().get("/sessions/1").text
    assert "give-seat" in page
    assert "pass-over" not in page
    waits.signed_in().post(f"/sessions/1/sign-ups/{NADIA}/give-seat")
    assert states(waits)[0] == SignUpState.CONFIRMED


def test_no_seat_is_given_that_is_not_there_and_none_to_who_answers_themselves(waits):
    browser = waits.signed_in()
    assert "give-seat" not in browser.get("/sessions/1").text
    assert browser.post(f"/sessions/1/sign-ups/{NADIA}/give-seat").status_code == 409
    assert browser.post(f"/sessions/1/sign-ups/{NADIA}/pass-over").status_code == 409
    gives_back(waits)
    browser.post(f"/sessions/1/sign-ups/{NADIA}/pass-over")
    for what in ("give-seat", "pass-over"):
        assert browser.post(f"/sessions/1/sign-ups/{NEXT}/{what}").status_code == 409
    assert states(waits) == [WAITING, OFFERED]


def test_somebody_new_does_not_get_ahead_of_who_is_to_be_called(waits):
    with waits.sessions.begin() as session:
        session.get_one(WorkshopSession, 1).seats = 2
    waits.signed_in().post(HERE, WHO | {"phone": "06 39 98 00 12"})
    assert states(waits) == [WAITING, WAITING, WAITING]
    round_of(waits)
    assert states(waits) == [OFFERED, WAITING, WAITING]
