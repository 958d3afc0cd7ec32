"""New examples become a new model: trained aside, judged, and put in place in one step.

Training runs in Rasa's own Python, judging in both, at low priority, in a folder of their own
beside the model: what is stopped half-way has changed nothing. ``nlu/serve.py`` sees the new file
and takes it up; see docs/decisions/0005-content-without-a-restart.md.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

from core.content.compile import compile_rasa
from core.content.figures import Figures, figures_from, read_figures, write_figures
from core.content.load import Library
from core.content.taught import Taught, lines_of, read_taught, write_taught

# The places of a project, from its root.
MODEL = Path("models/tne.tar.gz")  # in use
TAUGHT = MODEL.with_name("tne.trained.json")
FIGURES = MODEL.with_name("tne.figures.json")
PUBLISHED = MODEL.with_name("published.jsonl")  # when, what changed, and why if it got worse
BUILT = Path("build/rasa")
DOMAIN = Path("domain.yml")
RASA_PYTHON = Path("nlu/.venv/bin/python")
OUR_PYTHON = Path(".venv/bin/python")

NICE = 10
SCRATCH = ".publishing-"
LOCK = MODEL.with_name(f"{SCRATCH}lock")  # held by whoever publishes
PIPELINE = (
    "config.yml", "nlu/*.py", "nlu/components/*.py", "nlu/e5/*.py", "nlu/use/*.py",
    "nlu/data/*", "nlu/requirements.txt",
)  # fmt: skip
NOT_PIPELINE = {Path("nlu/serve.py"), Path("nlu/lean_rasa.py")}
COMPONENT = re.compile(r"Starting to train component '(\w+)'")
PROGRESS = re.compile(r"(\d+)/(\d+)$")
LAST_LINES = 30


class Busy(Exception):
    """Somebody else is publishing."""


class StepFailed(Exception):
    """Training or judging ended with an error; the text is the end of what it wrote."""


def pipeline() -> str:
    """SHA-256 of all that says how a model learns."""
    found = hashlib.sha256()
    for path in sorted({path for pattern in PIPELINE for path in Path().glob(pattern)}):
        if path.is_file() and path not in NOT_PIPELINE:
            found.update(path.read_bytes())
    return found.hexdigest()


def taught_now() -> Taught | None:
    """What the model in use was taught, when that is known."""
    if not MODEL.exists():
        return None
    return read_taught(TAUGHT, digest(MODEL))


def note_taught() -> None:
    """After a training by ``make train``: it learned what was built for it."""
    body = json.loads((BUILT / "nlu.json").read_text(encoding="utf-8"))
    write_taught(TAUGHT, Taught(digest(MODEL), pipeline(), lines_of(body)))


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the model's disk, gone afterwards. Raises Busy while another has one."""
    folder = MODEL.parent
    folder.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        _hold(lock)
        for left_behind in folder.glob(f"{SCRATCH}*/"):
            shutil.rmtree(left_behind)
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder) as name:
            yield Path(name)


def _hold(lock: IO[str]) -> None:
    """Raises Busy. Whoever only looks whether it is held (is_running) does so for an instant."""
    for _ in range(5):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.1)
    raise Busy


def train(library: Library, scratch: Path, tell: Callable[[str], object]) -> Path:
    """The new model, in *scratch*; *tell* hears each component's name. Raises StepFailed."""
    built = scratch / "rasa"
    compile_rasa(library, DOMAIN, built)
    command = [
        "-m", "rasa", "train", "--config", "config.yml", "--domain", built / "domain.yml",
        "--data", built, "--out", scratch, "--fixed-model-name", "tne", "--skip-validation",
    ]  # fmt: skip

    def hear(line: str) -> None:
        if found := COMPONENT.search(line):
            tell(found[1])

    _run(RASA_PYTHON, command, hear)
    return scratch / "tne.tar.gz"


def judge(model: Path, scratch: Path, one_in: int, tell: Callable[[int, int], object]) -> Figures:
    """*model* on every *one_in*-th development question; *tell* hears how many of how many.

    Raises StepFailed.
    """
    out = scratch / "figures.json"
    command = [
        "-m", "benchmarks.understanding.evaluate", model.absolute(), out, "--one-in", one_in,
    ]  # fmt: skip

    def hear(line: str) -> None:
        if found := PROGRESS.fullmatch(line):
            tell(int(found[1]), int(found[2]))

    _run(OUR_PYTHON, command, hear)
    return figures_from(json.loads(out.read_text(encoding="utf-8"))["asked"])


def known_figures() -> Figures:
    """What is kept of the model in use; empty when nothing is."""
    return read_figures(FIGURES, digest(MODEL)) if MODEL.exists() else {}


def keep_figures(figures: Figures, scratch: Path) -> None:
    """Of the model in use, for the next time."""
    _replace(scratch, FIGURES, lambda path: write_figures(path, digest(MODEL), figures))


def put_in_place(
    new: Path, library: Library, taught: Taught, figures: Figures, scratch: Path
) -> None:
    """*new* becomes the model in use.

    Its records come first: they name their model, so that whoever looks in between knows them for
    another's.
    """
    compile_rasa(library, DOMAIN, BUILT)  # older than the model: make has nothing to do
    _replace(scratch, TAUGHT, lambda path: write_taught(path, taught))
    _replace(scratch, FIGURES, lambda path: write_figures(path, taught.model, figures))
    os.utime(new)
    new.replace(MODEL)


def _run(python: Path, command: Sequence[object], hear: Callable[[str], None]) -> None:
    """*python* runs *command*, and *hear* gets each line of it. Raises StepFailed.

    It and the processes that it starts end with us, whatever ends us.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": ".",
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    said: list[str] = []
    with subprocess.Popen(
        ["nice", "-n", str(NICE), str(python), *map(str, command)],
        env=environment, text=True, encoding="utf-8", errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            for line in process.stdout:
                said = [*said[1 - LAST_LINES :], line.rstrip()]
                hear(said[-1])
            code = process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if code:
        raise StepFailed("\n".join(said))


def digest(path: Path) -> str:
    """SHA-256, by which a record knows its model."""
    state = path.stat()
    return _digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _digest(path: Path, saved_at: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace(scratch: Path, path: Path, write: Callable[[Path], object]) -> None:
    partial = scratch / path.name
    write(partial)
    partial.replace(path)
