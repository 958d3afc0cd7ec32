"""The console's pages over HTTP, as a browser asks for them, on an assistant without channels."""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
from starlette.applications import Starlette

from bot.console.house import House
from bot.console.web import Console
from core.console import visits
from core.console.members import StaffMember, StaffRole
from core.content.load import Library, load
from core.db import Sessions
from core.people.contacts import Contact
from core.settings import Settings
from core.vault import Vault
from core.wording import STAFF, Wording
from core.workshops.search.interest import Telling
from tests.core.broadcasts.crowd import means, team_of
from tests.core.workshops.hall import KINDS, notices_of
from tests.core.workshops.shop import the_tables, the_texts
from tests.world import NOON, ROOT, a_relay, the_library

GROUP = "-1001234567890"  # the team's, on Telegram
HERE = "http://127.0.0.1:8080"
FROM_US = {"origin": HERE, "sec-fetch-site": "same-origin"}


class Office:
    """A database, a clock, and browsers in which somebody is signed in."""

    def __init__(self, sessions: Sessions, vault: Vault, settings: Settings | None = None) -> None:
        self.sessions, self.vault, self.now = sessions, vault, NOON
        self.understands = True
        texts = the_texts()
        self.published: list[str] = []
        self.settings = settings or Settings(
            locale_dir=ROOT / "locale", telegram_bot_name="tne_bot", content_dir=ROOT / "content"
        )
        self.house = House(
            self.settings, sessions, vault,
            Wording(ROOT / "locale", STAFF), Wording(ROOT / "locale"),
            notices_of(), the_tables, lambda: Telling(texts, the_tables(), KINDS),
            self._understands, lambda: self.now,
            a_relay(texts, vault, GROUP), self._library, self._publish, team_of(means(vault)),
        )  # fmt: skip
        self.console = Console(self.house)
        self.web = Starlette(routes=self.console.routes())

    def _library(self) -> Library:
        """As it is now: what a test has just written is there."""
        root = self.settings.content_dir
        return the_library() if root == ROOT / "content" else load(root)

    def _publish(self, reason: str) -> bool:
        self.published.append(reason)
        return len(self.published) == 1

    async def _understands(self) -> bool:
        return self.understands

    def browser(self) -> "Http":
        """One in which nobody is signed in."""
        return Http(self.web)

    def member(
        self, role: StaffRole = StaffRole.ADMINISTRATOR, territory: str | None = None,
        name: str = "Dominique", college: str | None = None,
    ) -> int:  # fmt: skip
        if role is StaffRole.ORGANIZER:
            territory = territory or "vienne"
        with self.sessions.begin() as session:
            contact = Contact(created_at=self.now, seen_at=self.now)
            made = StaffMember(
                contact=contact,
                role=role,
                territory=territory,
                name=name,
                changed_at=self.now,
                college=college,
            )
            session.add(made)
            session.flush()
            return made.contact_id

    def signed_in(self, role: StaffRole = StaffRole.ADMINISTRATOR, **more: str) -> "Browser":
        return self.lets_in(self.member(role, **more))

    def lets_in(self, contact_id: int) -> "Browser":
        with self.sessions.begin() as session:
            member = session.get_one(StaffMember, contact_id)
            token = visits.begin(session, self.vault, member, self.now)
        return Browser(self, token)

    def later(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


class Http:
    """A browser's way to the pages, with its cookies; it follows no redirect."""

    def __init__(self, web: Starlette, url: str = HERE) -> None:
        transport = httpx.ASGITransport(web, raise_app_exceptions=True)
        self._client = httpx.AsyncClient(transport=transport, base_url=url)
        self.cookies = self._client.cookies

    def get(self, path: str, **more) -> httpx.Response:
        return asyncio.run(self._client.get(path, **more))

    def post(self, path: str, **more) -> httpx.Response:
        return asyncio.run(self._client.post(path, **more))


class Browser:
    """Signed in with *token*; it sends forms as its pages do."""

    def __init__(self, office: Office, token: str) -> None:
        self.token = token
        self.csrf = visits.forms_token(office.vault, token)
        self.http = office.browser()
        self.http.cookies.set("tne-console", token)

    def get(self, path: str, **more: object):
        return self.http.get(f"/console{path}", **more)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **more: object):
        data = {"csrf": self.csrf, **(fields or {})}
        return self.http.post(f"/console{path}", data=data, headers=FROM_US, **more)

    def sends(self, path: str, **changes: str):
        """The form of the page *path* as it stands, with *changes*."""
        return self.post(path, fields_of(self.get(path).text) | changes)


def fields_of(page: str) -> dict[str, str]:
    """What the fields of the sheet on *page* hold."""
    form = page[page.index('class="sheet"') :]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        unchecked = attributes.get("type") in ("checkbox", "radio") and " checked" not in tag
        if "name" in attributes and not unchecked:
            fields[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner) or re.search(
            r'value="([^"]*)"', inner
        )
        fields[name] = unescape(chosen[1]) if chosen else ""
    for name, inner in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S
    ):
        fields[name] = unescape(inner)
    return fields


def file_of(folder: Path, name: str, content: bytes):
    path = folder / name
    path.write_bytes(content)
    return path
