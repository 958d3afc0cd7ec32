"""The files of the console's pages, as ``make assets`` put them together under ``build/assets``.

They lie in a folder named after what is in them, so that browsers may keep them for good.
"""

from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.console.guard import HEADERS

BUILT = Path(__file__).parents[2] / "build" / "assets"
FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    """*version* names the folder in which they are; "" while they were not built."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._folder = folder
        current = folder / "current"
        self.version = current.read_text().strip() if current.exists() else ""

    def mount(self, prefix: str) -> Mount:
        files = _Kept(directory=self._folder, check_dir=False)
        return Mount(f"{prefix}/assets", GZipMiddleware(files), name="assets")


class _Kept(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        response.headers["Cache-Control"] = FOR_GOOD
        return response
