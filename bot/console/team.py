"""Who uses the console: members, a new one with their code, and taking one away."""

from collections.abc import Mapping, Sequence

from bot.console.pages import Ask, GoTo, Page, Reply, Show
from core.console import links, members
from core.console.links import Purpose, TooManyLinks
from core.console.members import LastAdministrator, Right, StaffRole
from core.content.model import TERRITORIES
from core.content.tables import College
from core.workshops.reach import Reach


def show(ask: Ask) -> Reply:
    return _page(ask)


def add(ask: Ask) -> Reply:
    """The code is shown once, on this very page: it is nowhere else."""
    role, territory = ask.form.get("role", ""), ask.form.get("territory", "")
    where = Reach(territory, ask.form.get("college", ""))
    name, tables = ask.form.get("name", ""), ask.house.tables()
    if role not in set(StaffRole) or territory not in ("", *TERRITORIES):
        return _page(ask, wrong="console.team.wrong", status=422)
    try:
        made = members.add(ask.session, ask.member, tables, name, StaffRole(role), where, ask.now)
    except ValueError:
        return _page(ask, wrong="console.team.wrong", status=422)
    return _page(ask, code=_code(ask, made.contact_id), whose=made.name)


def renew(ask: Ask) -> Reply:
    """Another code, for somebody whose first one was lost, or who has a new account."""
    for one in members.everybody(ask.session, ask.member):
        if one.contact_id == ask.path["id"]:
            try:
                return _page(ask, code=_code(ask, one.contact_id), whose=one.name)
            except TooManyLinks:
                return _page(ask, wrong="console.team.too_many", status=409)
    return GoTo("/team")


def remove(ask: Ask) -> Reply:
    try:
        members.remove(ask.session, ask.member, ask.path["id"], ask.now)
    except LastAdministrator:
        return GoTo("/team", "last_administrator")
    return GoTo("/team", "removed")


def _colleges(ask: Ask) -> Mapping[str, Sequence[College]]:
    """Those of each territory, by name."""
    known = sorted(ask.house.tables().colleges, key=lambda one: one.name)
    return {
        territory: [one for one in known if one.territory == territory] for territory in TERRITORIES
    }


def _code(ask: Ask, contact_id: int) -> str:
    return links.make(ask.session, ask.house.vault, contact_id, Purpose.JOIN, ask.now)


def _page(ask: Ask, code: str = "", whose: str = "", wrong: str = "", status: int = 200) -> Reply:
    values = {
        "members": members.everybody(ask.session, ask.member),
        "roles": StaffRole,
        "territories": TERRITORIES,
        "colleges": _colleges(ask),
        "code": code,
        "whose": whose,
        "wrong": wrong,
        "form": ask.form,
    }
    return Show("team", values, status)


PAGES = (
    Page("/team", Right.TEAM, show),
    Page("/team", Right.TEAM, add, "POST"),
    Page("/team/{id:int}/code", Right.TEAM, renew, "POST"),
    Page("/team/{id:int}/remove", Right.TEAM, remove, "POST"),
)
