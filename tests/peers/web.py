"""Our web application under a real uvicorn, in the loop of the test."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence

import uvicorn
from starlette.applications import Starlette

from tests.peers.waiting import until


def listen(port: int = 0) -> socket.socket:
    """A loopback socket; port 0 lets the system choose one."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(web: Starlette, listeners: Sequence[socket.socket]) -> AsyncIterator[None]:
    """*web* answers on *listeners* until the block ends; set up as ``python -m bot run`` does."""
    config = uvicorn.Config(
        web, log_config=None, access_log=False, lifespan="on", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve(sockets=list(listeners)))
    try:
        await until(lambda: server.started or task.done(), "the web server")
        if task.done():
            task.result()
            raise AssertionError("the web server ended at once")
        yield
    finally:
        server.should_exit = True
        await task
        for listener in listeners:
            listener.close()
