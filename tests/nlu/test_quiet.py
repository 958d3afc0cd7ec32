"""What Rasa's own log says of a message (run in Rasa's environment: `make test` does)."""

import asyncio
import unittest
from types import SimpleNamespace

from rasa.core.channels.rest import RestInput
from rasa.utils.log_utils import configure_structlog

import nlu.components  # noqa: F401  (what every Rasa of ours imports first)


class Quiet(unittest.TestCase):
    def setUp(self) -> None:
        """As `rasa run` does: else structlog prints by itself, past any logger."""
        configure_structlog()

    def test_a_message_that_nobody_waits_for_any_more_is_not_quoted(self) -> None:
        self._logs_nothing_of(asyncio.CancelledError())

    def test_a_message_that_fails_is_not_quoted(self) -> None:
        self._logs_nothing_of(RuntimeError("broken"))

    def _logs_nothing_of(self, failure: BaseException) -> None:
        async def answer(message: object) -> None:
            raise failure

        routes = RestInput().blueprint(answer)._future_routes
        handler = next(route.handler for route in routes if route.uri == "/webhook")
        body = {"sender": "1", "message": "des mots à moi", "metadata": {}}
        with self.assertNoLogs():
            asyncio.run(handler(SimpleNamespace(json=body, args={})))


if __name__ == "__main__":
    unittest.main()
