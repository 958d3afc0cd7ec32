"""The first message after a start takes Rasa seconds: it is ours, not a parent's."""

import asyncio

from bot.app import App
from bot.understanding import UnderstandingError
from core.answers import Listener
from core.languages import FRENCH
from core.wording import STAFF, Wording

OURSELVES = "waking"
HELLO = "bonjour"
LOOK_EVERY = 1.0


async def wake(app: App) -> None:
    """Ask until the first answer comes; the demonstration then prints where to look."""
    wording = Wording(app.settings.locale_dir, STAFF)
    if app.settings.demo:
        print(wording.say("demo.waiting", FRENCH), flush=True)
    while not await _answers(app):
        await asyncio.sleep(LOOK_EVERY)
    if app.settings.demo:
        url = f"http://{app.settings.listen_host}:{app.settings.listen_port}/"
        print(wording.say("demo.ready", FRENCH, url=url), flush=True)


async def _answers(app: App) -> bool:
    try:
        await app.understanding.ask(OURSELVES, HELLO, Listener())
    except UnderstandingError:
        return False
    return True
