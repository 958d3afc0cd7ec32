"""Ctrl-C ends the demonstration at once, whatever pages are still open.

This server has no limit of its own on how long it waits: without the simulator's help it
would wait for ever.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.channels.simulator import PHONES
from tests.world import ROOT

PATIENCE = 20  # seconds, on a busy machine


@contextmanager
def a_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tests.browser.serve", str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as server:
        try:
            yield server.stdout.readline().strip(), server
        finally:
            server.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_open_streams_end_cleanly_and_do_not_hold_up_the_server(
    tmp_path: Path, number: signal.Signals
) -> None:
    with (
        a_server(tmp_path) as (address, server),
        httpx.Client(base_url=address, timeout=PATIENCE) as client,
    ):
        asked = [
            client.build_request("GET", f"/simulator/{name}/events?person=1") for name, _ in PHONES
        ]
        streams = [client.send(request, stream=True) for request in asked]
        assert {stream.status_code for stream in streams} == {200}
        server.send_signal(number)
        assert server.wait(PATIENCE) in (0, -number)
        for stream in streams:
            assert "".join(stream.iter_text()) == "retry: 1000\n\n"
            stream.close()
        assert server.stderr.read() == ""
