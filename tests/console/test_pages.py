"""Every page, for every role: who may see it, and that it says who it is for."""

import re

import pytest
from starlette.routing import Mount, Route

from bot.console.pages import PREFIX
from bot.console.rooms import PAGES
from core.console.members import RIGHTS, Right, StaffRole
from core.content import drafts
from core.learning.missed import MissedQuestion
from core.settings import Settings
from core.team import handoffs
from core.team.handoffs import Reason
from core.workshops.model import SignUpState
from core.workshops.reach import Reach
from tests.console.office import FROM_US, Office
from tests.core.broadcasts.crowd import a_broadcast
from tests.core.workshops.shop import a_session, signed_up, somebody
from tests.world import NOON, ROOT, a_question, write_content

OPEN_TO_ALL = {
    "/console/enter/{secret}",
    "/console/leave",
    "/console/language",
    "/console/feed/{token}.ics",
    "/console/{rest:path}",
}


@pytest.fixture
def filled(sessions, vault, tmp_path, monkeypatch):
    """An office with a session, a sign-up, a broadcast in Vienne, and somebody who asks for a
    human, all number 1."""
    monkeypatch.chdir(tmp_path)  # where a model would be
    root = write_content(tmp_path / "content", a_question())
    path = drafts.path_of(root, "mot_de_passe")
    path.parent.mkdir()
    path.write_text((root / "national/ent.yml").read_text())
    office = Office(
        sessions, vault,
        Settings(locale_dir=ROOT / "locale", telegram_bot_name="tne_bot", content_dir=root),
    )  # fmt: skip
    with office.sessions.begin() as session:
        session.add(
            MissedQuestion(text="x", language="fr", reason="unanswered", asked_on=NOON.date())
        )
        a_broadcast(session, audience={"reach": "vienne"})
        address = somebody(session, office.vault)
        signed_up(session, address, a_session(session))
        handoffs.begin(session, address, Reason.ASKED, None, office.now)
    return office


def address(page) -> str:
    path = re.sub(r"\{\w+:int\}", "1", page.path)
    return PREFIX + path.format(name="mot_de_passe", layer="national", language="fr")


def ask(http, page, **fields):
    if page.method == "GET":
        return http.get(address(page))
    return http.post(address(page), data=fields, headers=FROM_US)


def test_every_route_is_a_page_with_a_right_or_known_to_be_open(office):
    known = {(PREFIX + page.path, page.method) for page in PAGES}
    for route in office.console.routes():
        if isinstance(route, Mount):
            assert route.path == "/console/assets"
        else:
            assert isinstance(route, Route)
            methods = route.methods - {"HEAD"} if route.methods else {"GET"}
            assert route.path in OPEN_TO_ALL or {(route.path, one) for one in methods} <= known
    assert all(page.needs in Right for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.path}")
def test_nobody_sees_a_page_without_signing_in(filled, page):
    response = ask(filled.browser(), page)
    assert response.status_code == 401
    assert "/console au bot" in response.text
    assert "Fatima" not in response.text


@pytest.mark.parametrize("role", list(StaffRole))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.path}")
def test_a_page_is_for_those_who_have_its_right_and_for_nobody_else(filled, page, role):
    browser = filled.signed_in(role)
    response = ask(browser.http, page, csrf=browser.csrf)
    allowed = page.needs in RIGHTS[role]
    assert (response.status_code != 403) == allowed
    assert response.status_code < 500


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "page", [one for one in PAGES if one.method == "GET"], ids=lambda page: page.path
)
def test_every_page_is_drawn_in_both_languages(filled, page, language):
    browser = filled.signed_in()
    browser.http.cookies.set("tne-language", language)
    response = ask(browser.http, page)
    assert response.status_code == 200
    if response.headers["content-type"].startswith("text/html"):
        piece = page.path.endswith("/progress")  # of the page before, and of no other language
        assert piece or f'<html lang="{language}"' in response.text
        assert "console." not in re.sub(r"/console\.?\w*|console\.css", "", response.text)


def test_the_right_is_asked_for_again_below_the_pages(filled):
    """Rules refuse by themselves: a page that forgot to ask would give nothing away."""
    from core.console import (
        adding,
        calling,
        calling_off,
        casting,
        casts,
        composing,
        content,
        conversations,
        editing,
        folk,
        knowledge,
        log,
        members,
        people,
        persons,
        planning,
        talking,
    )
    from core.console.adding import Caller
    from core.console.casts import Stage
    from core.console.members import NotAllowed, StaffMember

    reader = filled.member(StaffRole.READER)
    with filled.sessions.begin() as session:
        who = session.get_one(StaffMember, reader)
        telling, now = filled.house.telling(), filled.now
        notices, vault, team = filled.house.notices, filled.vault, filled.house.team
        row = a_broadcast()
        caller = Caller("Nadia", "", "fr")
        for forbidden in (
            lambda: people.everybody(session, who, vault, 1),
            lambda: people.mark(session, who, 1, 1, SignUpState.ATTENDED, now),
            lambda: people.mark_absent(session, who, 1, now),
            lambda: people.give_back(session, who, notices, 1, 1, now),
            lambda: calling.to_call(session, who, vault, now),
            lambda: calling.give(session, who, 1, 1, now),
            lambda: calling.pass_over(session, who, notices, 1, 1, now),
            lambda: people.write_note(session, who, vault, 1, 1, "x", now),
            lambda: adding.add(session, who, notices, vault, "sms", 1, caller, now),
            lambda: adding.move(session, who, notices, vault, 1, 1, 1, True, now),
            lambda: folk.find(session, who, vault, ""),
            lambda: folk.find_number(session, who, vault, "sms", "0639980001", now),
            lambda: persons.look(session, who, vault, 1, now),
            lambda: persons.number(session, who, vault, 1, now),
            lambda: persons.export(session, who, vault, 1, now),
            lambda: persons.merge(session, who, notices, 1, 2, now),
            lambda: persons.erase(session, who, notices, 1, filled.house.erased, now),
            lambda: planning.plan(session, telling.tables, who, [], now),
            lambda: editing.change(session, telling, who, 1, {}, {}, now),
            lambda: editing.create(session, telling, who, None, {}, 1, now),
            lambda: calling_off.rehearse(session, notices, who, 1, now),
            lambda: calling_off.call_off(session, notices, who, 1, now),
            lambda: conversations.find(session, who, now),
            lambda: conversations.one(session, who, 1, now),
            lambda: talking.take(session, filled.house.relay, who, 1, now),
            lambda: talking.answer(session, filled.house.relay, who, 1, "x", "y", now),
            lambda: talking.close(session, filled.house.relay, who, 1, now),
            lambda: conversations.numbers(session, vault, filled.house.relay, who, 1, now),
            lambda: knowledge.missed(session, who, now),
            lambda: knowledge.group(session, who, 1),
            lambda: knowledge.dismiss(session, who, 1, (), now),
            lambda: knowledge.keep_draft(session, who, ROOT, [1], None, now),
            lambda: knowledge.told(session, who, telling, telling.texts, "x", now),
            lambda: content.find(who, filled.house.library(), "", "", 1),
            lambda: content.place(who, filled.house.library(), "mot_de_passe", "national", "fr"),
            lambda: content.draft(who, ROOT, "x"),
            lambda: content.to_check(who, ROOT, filled.house.library(), "", 1),
            lambda: log.find(session, who, log.Wanted()),
            lambda: log.export(session, who, log.Wanted()),
            lambda: members.everybody(session, who),
            lambda: members.add(session, who, telling.tables, "x", StaffRole.READER, Reach(), now),
            lambda: members.remove(session, who, 1, now),
            lambda: casts.find(session, who, Stage.ALL, "", 1),
            lambda: casts.one(session, who, 1),
            lambda: casts.sessions(session, who, now, ()),
            lambda: composing.create(session, team.means, who, row, now),
            lambda: composing.find(session, who, 1),
            lambda: composing.change(session, team.means, who, row, row, now),
            lambda: casting.decide_night(session, team.means, who, 1, True, "", now),
            lambda: casting.test(session, team.means, who, 1, "sms", now),
            lambda: casting.confirm(session, team, who, 1, "", True, now),
            lambda: casting.refuse(session, team, who, 1, now),
            lambda: casting.move(session, who, 1, "cancel", now),
            lambda: casting.phones(session, team, who, 1, now),
        ):
            with pytest.raises(NotAllowed):
                forbidden()
