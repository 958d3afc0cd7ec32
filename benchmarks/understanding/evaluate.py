"""`python -m benchmarks.understanding.evaluate MODEL OUT`: the development questions, judged.

Writes to OUT one JSON object: `groups` (percent right, wrong, declined ... of each) and `asked`, one
row a question with its verdict, so that two models can be compared question by question. How far it
is, "120/4753", goes to standard error. A process a core; the model is loaded once and shared.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent

from benchmarks.understanding import score, sets
from benchmarks.understanding.sets import Asked

SENSITIVE = "sensitive"
TELL_EVERY = 20
_agent: Agent


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 when there are no questions."""
    options = _parser().parse_args(arguments)
    # By hash: the sample stays the same when questions are added.
    asked = [
        one
        for one in sets.development(options.questions)
        if int(key(one), 16) % options.one_in == 0
    ]
    if not asked:
        print(f"No dev_*.jsonl in {options.questions}.", file=sys.stderr)
        return 2
    results = _parse(options.model, [one.question for one in asked])
    beyond, sensitive = sets.out_of_scope_questions(), sets.sensitive_questions()
    rows = [
        {
            "key": key(one),
            "question": one.question,
            "groups": [*score.groups(one), *([SENSITIVE] if one.expected & sensitive else [])],
            "verdict": score.verdict(one, result, beyond),
        }
        for one, result in zip(asked, results)
    ]
    groups = {name: share.row() for name, share in score.shares(asked, results, beyond).items()}
    options.out.write_text(json.dumps({"groups": groups, "asked": rows}), encoding="utf-8")
    return 0


def key(asked: Asked) -> str:
    """Changes with the question and with what is right for it."""
    body = json.dumps([asked.question, sorted(asked.expected)])
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _parse(model: Path, questions: list[str]) -> list[dict[str, Any]]:
    global _agent
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    _agent = Agent.load(str(model))
    results = []
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as processes:
        for result in processes.imap(_ask, questions, chunksize=10):
            results.append(result)
            if not len(results) % TELL_EVERY:
                print(f"{len(results)}/{len(questions)}", file=sys.stderr, flush=True)
    return results


def _ask(question: str) -> dict[str, Any]:
    result = asyncio.run(_agent.parse_message(question))
    ranking = [(r["name"], r["confidence"]) for r in result["intent_ranking"]]
    return {
        "intent": result["intent"]["name"],
        "outcome": result.get("outcome"),
        "ranking": [pair for pair in ranking if pair[0] != "nlu_fallback"][:3],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.understanding.evaluate", description=__doc__
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--questions", type=Path, default=sets.ROOT / "benchmarks/questions")
    parser.add_argument("--one-in", type=int, default=1, metavar="N")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
