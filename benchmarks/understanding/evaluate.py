"""`python -m benchmarks.understanding.evaluate MODEL OUT`: the development questions, judged.

Writes to OUT one JSON object: `asked`, one row a question with its groups and its verdict, so that
two models can be compared question by question. How far it is, "120/4753", goes to standard error.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.understanding import score, sets
from benchmarks.understanding.__main__ import RASA_PYTHON, ROOT, our_judge
from benchmarks.understanding.sets import Asked

WORKER = Path(__file__).with_name("worker.py")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 when there are no questions."""
    options = _parser().parse_args(arguments)
    # By hash: the sample stays the same when questions are added.
    # What is held out stays so: a model chosen by it would no longer be judged by it.
    asked = [
        one
        for one in sets.ours(options.questions)
        if not one.held_out and int(key(one), 16) % options.one_in == 0
    ]
    if not asked:
        print(f"No dev_*.jsonl in {options.questions}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        questions, parsed = Path(folder) / "questions.json", Path(folder) / "parsed.json"
        questions.write_text(json.dumps([one.question for one in asked]), encoding="utf-8")
        command = [RASA_PYTHON, WORKER, "parse_all", options.model, questions, parsed]
        subprocess.run([*map(str, command)], check=True)
        results = json.loads(parsed.read_text(encoding="utf-8"))
    judge = our_judge()
    rows = [
        {
            "key": key(one),
            "question": one.question,
            "groups": score.groups(one),
            "verdict": judge(one, result),
        }
        for one, result in zip(asked, results, strict=True)
    ]
    options.out.write_text(json.dumps({"asked": rows}), encoding="utf-8")
    return 0


def key(asked: Asked) -> str:
    """Changes with the question and with what is right for it."""
    body = json.dumps([asked.question, sorted(asked.expected)])
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.understanding.evaluate", description=__doc__
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--questions", type=Path, default=ROOT / "benchmarks/questions")
    parser.add_argument("--one-in", type=int, default=1, metavar="N")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
