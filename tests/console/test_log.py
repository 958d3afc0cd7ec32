"""Who did what: named where known, looked through, taken out, and never deleted."""

import ast
import csv
import io
from datetime import timedelta

import pytest
from babel.messages.pofile import read_po

from core import audit
from core.console.members import StaffMember
from tests.console.test_hostile import FORMULAS, SCRIPT
from tests.console.test_sessions import queries
from tests.world import NOON, ROOT


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
    shown = ["Diffusion confirmée – diffusion n° 7", "Membre ajouté – Dominique",
             "Séance modifiée – séance n° 1"]  # fmt: skip
    assert sorted(shown, key=page.index) == shown
    assert "<strong>anna, en ligne de commande</strong>" in page
    assert '<option value="broadcast.confirmed">Diffusion confirmée</option>' in page
    assert "columns: [&#34;debut&#34;]" in page


def recorded() -> set[str]:
    """Every action that the code writes into the log."""
    found: set[str] = set()
    for folder in ("core", "bot", "actions"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.record":
                    found |= _actions(tree, call.args[2])
    return found


def _actions(tree: ast.Module, said: ast.expr) -> set[str]:
    """Those that *said* may be: a string, or a name that strings are given to."""
    if isinstance(said, ast.Name):
        values = [
            one.value for one in ast.walk(tree)
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == said.id
        ]  # fmt: skip
    else:
        values = [said]
    found = {
        one.value for value in values for one in ast.walk(value)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }  # fmt: skip
    assert found, ast.unparse(said)
    return found


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_action_that_is_recorded_has_a_name_for_people(language):
    path = ROOT / f"locale/{language}/LC_MESSAGES/staff.po"
    named = {
        message.id.removeprefix("console.did."): message.string
        for message in read_po(io.BytesIO(path.read_bytes()))
        if isinstance(message.id, str) and message.id.startswith("console.did.")
    }
    assert set(named) == recorded()
    assert all(named.values())
    assert len(set(named.values())) == len(named)  # each can be told from the others


def test_it_is_filtered_by_who_what_and_whole_days_of_paris(busy):
    browser = busy.signed_in()
    for query, count in (
        ("actor=cli:anna", 1), ("action=session.changed", 1), ("since=2026-11-22", 1),
        ("until=2026-11-21", 2), ("since=2026-11-21&until=2026-11-22", 3),
        ("since=hier&until=%00", 3),
    ):  # fmt: skip
        page = browser.get(f"/audit?{query}").text
        assert f'<p role="status">{count} ligne' in page, query
    assert "Rien de tel dans le journal" in browser.get("/audit?actor=nobody").text


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
    assert some.splitlines()[1].endswith(
        "anna, en ligne de commande;Diffusion confirmée;diffusion n° 7;"
    )


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
