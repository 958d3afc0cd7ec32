"""One process for one measurement: `train` a pipeline, `parse` questions with what it trained, or
`parse_all` of them as fast as the machine can.

Run by __main__.py and evaluate.py, in Rasa's Python; the first two print one line of JSON at the end.
Separate processes keep memory honest.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

TELL_EVERY = 20
KEPT = ("text", "reading", "intent", "intent_ranking", "entities", "outcome")


def train(config: str, data: str, out: str) -> dict[str, Any]:
    """Seconds from the call to the saved model, on the clock and of processor time (which other work
    on the machine does not change much); the imports (about 15 s) are not counted."""
    from rasa.model_training import train_nlu

    start, processor = time.perf_counter(), time.process_time()
    model = train_nlu(config, data, out, fixed_model_name="measured")
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - processor,
        "model": model,
    }


def parse(model: str, questions: str, _: str) -> dict[str, Any]:
    """What each question is taken for, milliseconds each, and the process's resident MB after."""
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asked = json.loads(Path(questions).read_text(encoding="utf-8"))
    agent = Agent.load(model)
    loop = asyncio.new_event_loop()
    for text in asked[:20]:
        loop.run_until_complete(agent.parse_message(text))
    results, took = [], []
    for text in asked:
        start = time.perf_counter()
        result = loop.run_until_complete(agent.parse_message(text))
        took.append(1000 * (time.perf_counter() - start))
        results.append({key: result.get(key) for key in KEPT})
    return {"results": results, "milliseconds": took, "resident_mb": _resident_mb()}


def parse_all(model: str, questions: str, out: str) -> None:
    """Writes what each question is taken for to *out*; says how far it is on standard error.

    A process a core; the model is loaded once and shared.
    """
    import structlog
    from rasa.core.agent import Agent

    global _agent
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    _agent = Agent.load(model)
    asked = json.loads(Path(questions).read_text(encoding="utf-8"))
    results = []
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as processes:
        for result in processes.imap(_ask, asked, chunksize=10):
            results.append(result)
            if not len(results) % TELL_EVERY:
                print(f"{len(results)}/{len(asked)}", file=sys.stderr, flush=True)
    Path(out).write_text(json.dumps(results), encoding="utf-8")


def _ask(question: str) -> dict[str, Any]:
    result = asyncio.run(_agent.parse_message(question))
    return {key: result.get(key) for key in KEPT}


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    result = {"train": train, "parse": parse, "parse_all": parse_all}[sys.argv[1]](*sys.argv[2:5])
    if result is not None:
        print("\n" + json.dumps(result))
