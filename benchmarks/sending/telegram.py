"""`python -m benchmarks.sending.telegram LOG [FAULTS]`: Telegram, emulated in a process of its own.

Prints its address, then writes a line to LOG for each message that arrives: when (seconds of
``time.monotonic``, the same in all processes), the chat, the text. With FAULTS, that part of the
calls goes wrong at random: 429, 502, cut connections, some of them after the message arrived.
"""

import asyncio
import random
import sys
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.peers.telegram_emulator import SENDS, Fault, TelegramEmulator

RETRY_AFTER = 2  # seconds
WRONG = (
    (Fault(429, "Too Many Requests: retry after 2", {"retry_after": RETRY_AFTER}), 4),
    (Fault(502, "Bad Gateway"), 3),
    (Fault(0), 2),
    (Fault(0, done=True), 1),
)


class Writing(TelegramEmulator):
    """Writes down what arrives."""

    def __init__(self, log: Path, faults: float) -> None:
        super().__init__()
        self._log = log.open("a", encoding="utf-8", buffering=1)
        self._wrong = faults
        self._random = random.Random(5)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        sends = request.match_info["method"] in SENDS
        if sends and self._wrong and self._random.random() < self._wrong:
            faults, weights = zip(*WRONG, strict=True)
            self.fail(request.match_info["method"], *self._random.choices(faults, weights))
        return await super().handle(request)

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        if method in SENDS:
            text = fields.get("text") or fields.get("caption", "")
            self._log.write(f"{time.monotonic():.6f}\t{fields['chat_id']}\t{text}\n")
        return super().validate(method, fields, uploads)


async def main(log: Path, faults: float) -> None:
    emulator = Writing(log, faults)
    await emulator.start()
    print(emulator.api_url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
