"""``python -m actions``: serve the actions until SIGTERM."""

import logging
import os

import uvicorn

from actions.server import make_executor, make_web
from core.settings import Settings


def main() -> None:
    settings = Settings.read(os.environ)
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    web = make_web(make_executor(settings))
    uvicorn.run(
        web,
        host=settings.actions_host,
        port=settings.actions_port,
        log_level="warning",
        access_log=False,
    )


if __name__ == "__main__":
    main()
