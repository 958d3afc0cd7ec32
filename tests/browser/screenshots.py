"""Every page of the console as it looks: ``python -m tests.browser.screenshots FOLDER``."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.world import ROOT

WIDTHS = (1280, 360)
# What each page is called here, who looks at it, and where it is.
VIEWS = {
    "enter": ("", "/console/enter/nothing"),
    "signed-out": ("", "/console"),
    "today": ("administrator", "/console"),
    "sessions": ("administrator", "/console/sessions"),
    "session-now": ("organizer", "/console/sessions/1"),
    "session-coming": ("administrator", "/console/sessions/2"),
    "session-over": ("organizer", "/console/sessions/4"),
    "session-reader": ("reader", "/console/sessions/3"),
    "new": ("organizer", "/console/sessions/new"),
    "copy": ("administrator", "/console/sessions/new?like=1"),
    "edit": ("organizer", "/console/sessions/3/edit"),
    "cancel": ("administrator", "/console/sessions/2/cancel"),
    "import": ("organizer", "/console/sessions/import"),
    "conversations": ("organizer", "/console/conversations"),
    "conversation": ("administrator", "/console/conversations/4"),
    "conversation-sensitive": ("administrator", "/console/conversations/3"),
    "conversation-arabic": ("organizer", "/console/conversations/2"),
    "knowledge": ("organizer", "/console/knowledge"),
    "knowledge-group": ("organizer", "/console/knowledge/groups/1"),
    "knowledge-draft": ("administrator", "/console/knowledge/drafts/tablette_cassee"),
    "content": ("administrator", "/console/knowledge/content?words=mot+de+passe"),
    "content-edit": (
        "administrator",
        "/console/knowledge/content/ent_mdp_oublie/national/fr",
    ),
    "content-arabic": (
        "administrator",
        "/console/knowledge/content/ent_mdp_oublie/national/ar",
    ),
    "translations": ("administrator", "/console/knowledge/translations?language=ar"),
    "publish": ("administrator", "/console/knowledge/publish"),
    "audit": ("administrator", "/console/audit"),
    "broadcasts": ("administrator", "/console/broadcasts"),
    "broadcast-new": ("organizer", "/console/broadcasts/new?session=1"),
    "broadcast-edit": ("administrator", "/console/broadcasts/2/edit"),
    "broadcast-preview": ("administrator", "/console/broadcasts/2"),
    "broadcast-night": ("organizer", "/console/broadcasts/3"),
    "broadcast-second": ("administrator", "/console/broadcasts/4"),
    "broadcast-running": ("administrator", "/console/broadcasts/5"),
    "broadcast-finished": ("administrator", "/console/broadcasts/6"),
    "team": ("administrator", "/console/team"),
    "add": ("organizer", "/console/sessions/3/add"),
    "move": ("organizer", "/console/sessions/3/sign-ups/3/move"),
    "note": ("organizer", "/console/sessions/3/sign-ups/3/note"),
    "feed": ("reader", "/console/feed"),
    "people": ("organizer", "/console/people"),
    "person": ("administrator", "/console/people/1"),
    "merge": ("organizer", "/console/people/1/merge?other=2"),
    "erase": ("organizer", "/console/people/1/erase"),
    "wishes": ("organizer", "/console/people/wishes"),
    "results": ("reader", "/console/results"),
    "results-place": ("administrator", "/console/results?by=place"),
    "not-allowed": ("reader", "/console/team"),
}


@contextmanager
def a_house(folder: Path) -> Iterator[Mapping[str, Any]]:
    """A running console (tests.browser.console_house); what it says of itself."""
    command = [sys.executable, "-m", "tests.browser.console_house", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.terminate()


def opened(
    browser: Browser, house: Mapping[str, Any], role: str, width: int = 1280, **options: Any
) -> Page:
    """A new browser window in which somebody of *role* is signed in; "" for nobody."""
    wanted = {"viewport": {"width": width, "height": 900}, "timezone_id": "Europe/Paris"}
    context = browser.new_context(**(wanted | {"locale": "fr-FR"} | options))
    if role:
        token = house["roles"][role]["token"]
        context.add_cookies([{"name": "tne-console", "value": token, "url": house["url"]}])
    return context.new_page()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        a_house(Path(data)) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width in WIDTHS:
            for name, (role, path) in VIEWS.items():
                page = opened(browser, house, role, width)
                page.goto(house["url"] + path)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
                page.context.close()
        browser.close()
    print(f"{len(VIEWS) * len(WIDTHS)} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
