"""Which questions ask the same: asked of ``nlu``, which lives in another Python."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bot.cli.desk import Desk
from core.learning.backlog import Together

# As in the Makefile; from the project's folder, like every command.
NLU_PYTHON = Path("nlu/.venv/bin/python")
COMMAND = ("-W", "ignore", "-m", "nlu.similar")


def together(desk: Desk, texts: Mapping[int, str]) -> list[Together]:
    """*texts* by id, put together. Raises Refusal when the understanding is not installed."""
    if not texts:
        return []
    if not NLU_PYTHON.exists():
        raise desk.refuse("questions.no_nlu", path=NLU_PYTHON)
    lines = "".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in texts.items())
    done = subprocess.run(  # noqa: S603 (our own program; the words go through its input)
        [str(NLU_PYTHON), *COMMAND], input=lines, capture_output=True, text=True, check=False
    )
    if done.returncode:
        # What it says may quote the questions.
        raise desk.refuse("questions.nlu_failed", code=done.returncode)
    groups = (json.loads(line) for line in done.stdout.splitlines())
    return [Together(tuple(group["ids"]), group["best"]) for group in groups]
