"""The web side of the action server: one route that Rasa posts to, on the private network.

rasa-sdk's own server listens on every interface and echoes the request, people's words
included, when an action fails. This one says only the action's name.
"""

import logging
import time
from datetime import UTC, datetime

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from actions.answer import ReplyAction
from core.content.shelf import Shelf
from core.settings import Settings
from core.texts import Texts
from core.wording import Wording

log = logging.getLogger(__name__)


def make_executor(settings: Settings) -> ActionExecutor:
    """The action, built with what it needs. Raises ContentError."""
    texts = Texts(Shelf(settings.content_dir, time.monotonic), Wording(settings.locale_dir))
    executor = ActionExecutor()
    executor.register_action(ReplyAction(texts, _now))
    return executor


def _now() -> datetime:
    return datetime.now(UTC)


def make_web(executor: ActionExecutor) -> Starlette:
    async def webhook(request: Request) -> JSONResponse:
        try:
            # Rasa sends no domain (endpoints.yml), and rasa-sdk refuses a call without one.
            call = {"domain": {}} | await request.json()
            name = str(call["next_action"])
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": "not an action call"}, 400)
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejection:
            return JSONResponse({"action_name": rejection.action_name, "error": "rejected"}, 400)
        except ActionNotFoundException:
            log.error("no action named %r", name[:40])
            return JSONResponse({"action_name": name[:40], "error": "unknown action"}, 404)
        except Exception as error:
            log.error("action %s failed: %s", name[:40], type(error).__name__)
            return JSONResponse({"action_name": name[:40], "error": "failed"}, 500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    async def health(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)]
    )
