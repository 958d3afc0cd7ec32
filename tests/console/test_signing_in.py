"""Links that are good once, visits that end, forms that only our pages can send."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from core.console import links
from core.console.links import ConsoleLink, Purpose
from core.console.members import StaffRole
from core.console.visits import ConsoleVisit
from tests.console.office import FROM_US, HERE, Http, Office


def a_link(office, contact_id: int | None = None) -> str:
    contact_id = contact_id or office.member()
    with office.sessions.begin() as session:
        secret = links.make(session, office.vault, contact_id, Purpose.ENTER, office.now)
    return f"/console/enter/{secret}"


def enters(office, link: str, http: Http | None = None):
    return (http or office.browser()).post(link, headers=FROM_US)


def test_a_link_signs_in_once_and_a_replay_is_refused(office):
    link, http = a_link(office), office.browser()
    first = enters(office, link, http)
    assert (first.status_code, first.headers["location"]) == (303, "/console")
    assert http.get("/console").status_code == 200
    again = enters(office, link)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert "Ce lien ne sert plus" in again.text


def test_opening_a_link_uses_nothing_up_for_telegram_opens_links_too(office):
    link = a_link(office)
    for _ in range(3):
        page = office.browser().get(link)
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
    assert enters(office, link).status_code == 303


def test_a_link_is_good_for_ten_minutes(office):
    link, other = a_link(office), a_link(office)
    office.later(minutes=9, seconds=59)
    assert enters(office, link).status_code == 303
    office.later(seconds=1)
    assert enters(office, other).status_code == 403


def test_neither_links_nor_visits_are_kept_as_they_are(office):
    link = a_link(office)
    http = office.browser()
    enters(office, link, http)
    token = http.cookies["tne-console"]
    a_link(office)
    with office.sessions.begin() as session:
        kept = [
            *session.scalars(select(ConsoleVisit.hashed)),
            *session.scalars(select(ConsoleLink.hashed)),
        ]
    assert kept
    assert not [one for one in kept if one in (token, link.rpartition("/")[2])]


def test_a_visit_ends_after_an_hour_without_a_click(office):
    browser = office.signed_in()
    for _ in range(3):
        office.later(minutes=59)
        assert browser.get("").status_code == 200
    office.later(minutes=61)
    assert browser.get("").status_code == 401


def test_a_visit_ends_after_twelve_hours_whatever_is_clicked(office):
    browser = office.signed_in()
    for _ in range(14):
        office.later(minutes=51)
        last = browser.get("")
    assert last.status_code == 200
    office.later(minutes=7)
    assert browser.get("").status_code == 401


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(office):
    office.house.settings.__dict__["public_url"] = "https://tne.example.org"
    http = Http(office.web, "https://tne.example.org")
    headers = {"origin": "https://tne.example.org", "sec-fetch-site": "same-origin"}
    cookie = http.post(a_link(office), headers=headers).headers["set-cookie"]
    assert cookie.startswith("__Host-tne-console=")
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part.lower() in cookie.lower()
    assert "domain" not in cookie.lower()


def test_a_visit_that_was_planted_before_signing_in_is_not_the_one_after_it(office):
    """Session fixation."""
    http = office.browser()
    http.cookies.set("tne-console", "planted")
    enters(office, a_link(office), http)
    given = [one.value for one in http.cookies.jar if one.value != "planted"]
    assert given
    planted = office.browser()
    planted.cookies.set("tne-console", "planted")
    assert planted.get("/console").status_code == 401


def test_signing_in_again_ends_the_visit_before(office):
    contact_id = office.member()
    http = office.browser()
    enters(office, a_link(office, contact_id), http)
    enters(office, a_link(office, contact_id), http)
    with office.sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(ConsoleVisit)) == 1


def test_signing_out_ends_the_visit_on_our_side_too(office):
    browser = office.signed_in()
    assert browser.post("/leave").status_code == 200
    browser.http.cookies.set("tne-console", browser.token)
    assert browser.get("").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_right_token(office, headers):
    browser, link = office.signed_in(), a_link(office)
    fields = {"csrf": browser.csrf, "name": "Eve", "role": "administrator"}
    assert browser.http.post("/console/team", data=fields, headers=headers).status_code == 403
    assert browser.http.post("/console/leave", data=fields, headers=headers).status_code == 403
    assert office.browser().post(link, headers=headers).status_code == 403
    assert browser.get("/team").text.count("Eve") == 0


def test_a_form_without_the_token_of_this_very_visit_is_refused(office):
    browser, other = office.signed_in(), office.signed_in()
    fields = {"name": "Eve", "role": "administrator"}
    for csrf in ("", "x", "é", other.csrf):
        sent = browser.http.post("/console/team", data=fields | {"csrf": csrf}, headers=FROM_US)
        assert sent.status_code == 403
    assert "Eve" not in browser.get("/team").text


def test_guessing_links_is_stopped(office):
    http = office.browser()
    codes = [
        http.post(f"/console/enter/{number}", headers=FROM_US).status_code for number in range(11)
    ]
    assert codes == [403] * 10 + [429]


def test_who_is_removed_is_out_at_the_next_click(office):
    administrator = office.signed_in()
    gone = office.member(StaffRole.ORGANIZER)
    browser = office.lets_in(gone)
    assert browser.get("").status_code == 200
    assert (
        administrator.post(f"/team/{gone}/remove")
        .headers["location"]
        .endswith("said=removed&count=0")
    )
    assert browser.get("").status_code == 401


def test_the_last_administrator_stays(office):
    only = office.member()
    browser = office.lets_in(only)
    assert "last_administrator" in browser.post(f"/team/{only}/remove").headers["location"]
    assert browser.get("/team").status_code == 200


@pytest.mark.parametrize("path", ["", "/sessions", "/nothing", "/enter/x", "/sessions/new"])
def test_every_page_forbids_scripts_styles_and_frames_of_others(office, path):
    for http in (office.browser(), office.signed_in().http):
        headers = http.get(f"/console{path}").headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_no_template_has_a_script_or_a_style_of_its_own():
    import re

    from bot.console.words import TEMPLATES

    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(
            r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", text
        ), path
        safe = re.findall(r"{{[^}]*\|\s*safe", text)
        assert all("described" in one for one in safe), path


@pytest.mark.parametrize(
    "back", ["https://evil.example/console", "//evil.example", "/elsewhere", ""]
)
def test_choosing_a_language_leads_nowhere_else(office, back):
    headers = FROM_US | {"referer": back}
    reply = office.browser().post("/console/language", data={"language": "en"}, headers=headers)
    assert reply.status_code == 303
    assert reply.headers["location"] == "/console"
    reply = office.browser().post("/console/language", data={"language": "xx"}, headers=FROM_US)
    assert reply.status_code == 403


def test_assets_give_nothing_but_assets(office):
    for path in (
        "../../pyproject.toml",
        "..%2f..%2fpyproject.toml",
        "%2e%2e/%2e%2e/.env",
        "x\\..\\y",
    ):
        assert office.browser().get(f"/console/assets/{path}").status_code == 404


def test_only_the_demonstration_opens_the_door_by_itself(sessions, vault, office):
    assert office.browser().post("/console/demo", headers=FROM_US).status_code in (404, 405)
    shown = replace(office.house.settings, demo=True)
    demo = Office(sessions, vault, shown)
    http = demo.browser()
    elsewhere = {"origin": "https://example.org", "sec-fetch-site": "cross-site"}
    assert http.post("/console/demo", headers=elsewhere).status_code == 403
    rebound = FROM_US | {"host": "evil.example:8080"}
    assert http.post("/console/demo", headers=rebound).status_code == 403
    door = http.post("/console/demo", headers=FROM_US)
    assert door.status_code == 303
    assert enters(demo, door.headers["location"], http).status_code == 303
    assert "Administrateur" in http.get("/console").text
    for _ in range(5):
        http.post("/console/demo", headers=FROM_US)
    assert http.post("/console/demo", headers=FROM_US).status_code == 429
