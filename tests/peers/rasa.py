"""The real, trained Rasa with the real action server behind it, as ``make demo`` starts them."""

import os
import sys
from pathlib import Path

import httpx

from tests.peers.missing import missing
from tests.peers.programs import Program
from tests.peers.waiting import free_port, two_free_ports, until_now
from tests.world import ROOT

PYTHON = ROOT / "nlu/.venv/bin/python"
MODEL = ROOT / "models/tne.tar.gz"
LOADING = 180.0  # seconds; a busy machine needs one to load the model
ENDING = 8.0  # seconds; Rasa itself is given four


class TrainedRasa:
    """*url* answers on the REST channel; both programs are stopped by ``stop``."""

    def __init__(self, folder: Path, model: Path = MODEL) -> None:
        if not PYTHON.exists() or not model.exists():
            missing("the trained model (make train)")
        actions = free_port()
        self._url_file = folder / "rasa.url"
        environment = os.environ | {
            "ACTIONS_PORT": str(actions),
            "ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook",
            "RASA_TELEMETRY_ENABLED": "false",
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
        }
        self._actions = Program(
            [sys.executable, "-m", "actions"], folder / "actions.log", cwd=ROOT, env=environment
        )
        command = [
            str(PYTHON), "-m", "nlu.serve", "--model", str(model), "--port", str(two_free_ports()),
            "--url-file", str(self._url_file),
        ]  # fmt: skip
        self._rasa = Program(command, folder / "rasa.log", grace=ENDING, cwd=ROOT, env=environment)
        try:
            until_now(self._ready, f"Rasa to load its model\n{self.logs()[-2000:]}", LOADING)
        except AssertionError:
            self.stop()
            raise

    @property
    def url(self) -> str:
        return self._url_file.read_text(encoding="utf-8").strip()

    def _ready(self) -> bool:
        """A Rasa that could not load its model is up too, and answers ``[]``."""
        hello = {"sender": "ready", "message": "bonjour"}
        try:
            answer = httpx.post(f"{self.url}/webhooks/rest/webhook", json=hello, timeout=30)
        except (httpx.HTTPError, FileNotFoundError):
            return False
        return answer.is_success and bool(answer.json())

    def logs(self) -> str:
        """All that both programs wrote."""
        return self._rasa.output() + self._actions.output()

    def stop(self) -> None:
        self._rasa.stop()
        self._actions.stop()
