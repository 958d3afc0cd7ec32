"""The demonstration tells when it is ready, and where."""

import asyncio

from bot.app import App
from core.languages import FRENCH
from core.wording import STAFF, Wording

LOOK_EVERY = 1.0


async def announce(app: App) -> None:
    """Print the simulator's address once the model is loaded and questions are understood."""
    wording = Wording(app.settings.locale_dir, STAFF)
    print(wording.say("demo.waiting", FRENCH), flush=True)
    while not await app.understanding.ready():
        await asyncio.sleep(LOOK_EVERY)
    url = f"http://{app.settings.host}:{app.settings.port}/"
    print(wording.say("demo.ready", FRENCH, url=url), flush=True)
