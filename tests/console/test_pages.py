"""Every page, for every role: who may see it, and that it says who it is for."""

import re

import pytest
from starlette.routing import Mount, Route

from bot.console.pages import PREFIX
from bot.console.rooms import PAGES
from core.console.members import RIGHTS, Right, StaffRole
from core.workshops.model import SignUpState
from tests.console.office import FROM_US
from tests.core.workshops.shop import a_session, signed_up, somebody

OPEN_TO_ALL = {
    "/console/enter/{secret}",
    "/console/leave",
    "/console/language",
    "/console/feed/{token}.ics",
    "/console/{rest:path}",
}


@pytest.fixture
def filled(office):
    """An office with a session, number 1, and a sign-up for it, number 1."""
    with office.sessions.begin() as session:
        signed_up(session, somebody(session, office.vault), a_session(session))
    return office


def address(page) -> str:
    return PREFIX + re.sub(r"\{\w+:int\}", "1", page.path)


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
        assert f'<html lang="{language}"' in response.text
        assert "console." not in re.sub(r"/console\.?\w*|console\.css", "", response.text)


def test_the_right_is_asked_for_again_below_the_pages(filled):
    """Rules refuse by themselves: a page that forgot to ask would give nothing away."""
    from core.console import adding, calling_off, editing, folk, members, people, persons, planning
    from core.console.adding import Caller
    from core.console.members import NotAllowed, StaffMember

    reader = filled.member(StaffRole.READER)
    with filled.sessions.begin() as session:
        who = session.get_one(StaffMember, reader)
        telling, now = filled.house.telling(), filled.now
        notices, vault = filled.house.notices, filled.vault
        caller = Caller("Nadia", "", "fr")
        for forbidden in (
            lambda: people.everybody(session, who, vault, 1),
            lambda: people.mark(session, who, 1, 1, SignUpState.ATTENDED, now),
            lambda: people.mark_absent(session, who, 1, now),
            lambda: people.give_back(session, who, notices, 1, 1, now),
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
            lambda: members.everybody(session, who),
            lambda: members.add(session, who, "x", StaffRole.READER, None, now),
            lambda: members.remove(session, who, 1, now),
        ):
            with pytest.raises(NotAllowed):
                forbidden()
