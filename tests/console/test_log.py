"""Who did what: named where known, looked through, taken out, and never deleted."""

import csv
import io
from datetime import timedelta

import pytest

from core import audit
from core.console.members import StaffMember
from tests.console.test_hostile import FORMULAS, SCRIPT
from tests.console.test_sessions import queries
from tests.world import NOON


@pytest.fixture
def busy(office):
    """A member who did two things on two days, and the command line one."""
    number = office.member(name="Dominique")
    with office.sessions.begin() as session:
        member = session.get_one(StaffMember, number)
        audit.record(session, member.actor, "session.changed", "session:1", NOON, columns=["debut"])
        audit.record(
            session, member.actor, "member.added", member.actor, NOON + timedelta(days=1), role="x"
        )
        audit.record(session, "cli:anna", "broadcast.confirmed", "broadcast:7", NOON)
    office.dominique = number
    return office


def test_members_are_named_and_the_newest_comes_first(busy):
    page = busy.lets_in(busy.dominique).get("/audit").text
    assert page.index("broadcast.confirmed – broadcast:7") < page.index("member.added – Dominique")
    assert page.index("member.added – Dominique") < page.index("session.changed – session:1")
    assert "columns: [&#34;debut&#34;]" in page


def test_it_is_filtered_by_who_what_and_whole_days_of_paris(busy):
    browser = busy.signed_in()
    for query, count in (
        ("actor=cli:anna", 1), ("action=session.changed", 1), ("since=2026-11-22", 1),
        ("until=2026-11-21", 2), ("since=2026-11-21&until=2026-11-22", 3), ("actor=nobody", 0),
        ("since=hier&until=%00", 3),
    ):  # fmt: skip
        page = browser.get(f"/audit?{query}").text
        assert f'<p role="status">{count} ligne' in page, query


def test_a_file_of_it_holds_what_was_looked_for_and_no_formula(busy):
    with busy.sessions.begin() as session:
        for formula in FORMULAS:
            audit.record(session, formula, formula, formula, NOON, reason=formula)
    browser = busy.signed_in()
    whole = browser.get("/audit/export.csv").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(whole), delimiter=";"))
    assert len(lines) == 1 + 3 + len(FORMULAS)
    assert not [cell for line in lines for cell in line if cell[:1] in ("=", "+", "-", "@", "\t")]
    some = browser.get("/audit/export.csv?actor=cli:anna").content.decode("utf-8-sig")
    assert some.splitlines()[1].endswith("cli:anna;broadcast.confirmed;broadcast:7;")


def test_what_is_in_it_is_text(busy):
    with busy.sessions.begin() as session:
        audit.record(session, SCRIPT[:60], SCRIPT[:60], SCRIPT[:60], NOON, reason=SCRIPT)
    page = busy.signed_in().get("/audit").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_it_is_paged_and_asks_as_often_however_long_it_is(busy):
    browser = busy.signed_in()
    few = queries(busy, browser, "/audit")
    with busy.sessions.begin() as session:
        for number in range(120):
            audit.record(session, "cli:anna", "x.y", f"session:{number}", NOON)
    assert queries(busy, browser, "/audit") == few
    page = browser.get("/audit?page=3&actor=cli:anna").text
    assert "page=2" in page
    assert "actor=cli%3Aanna" in page


def test_no_page_deletes_or_changes_what_was_done():
    from bot.console.rooms import PAGES

    assert {page.method for page in PAGES if page.path.startswith("/audit")} == {"GET"}
