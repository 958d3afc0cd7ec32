"""One process for one measurement: `train` a pipeline, or `parse` questions with what it trained.

Run by __main__.py; prints one line of JSON at the end. Separate processes keep memory honest.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any


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
        ranking = [
            (r["name"], r["confidence"])
            for r in result["intent_ranking"]
            if r["name"] != "nlu_fallback"
        ]
        results.append(
            {
                "intent": result["intent"]["name"],
                "outcome": result.get("outcome"),
                "ranking": ranking[:3],
            }
        )
    return {"results": results, "milliseconds": took, "resident_mb": _resident_mb()}


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    result = {"train": train, "parse": parse}[sys.argv[1]](*sys.argv[2:5])
    print("\n" + json.dumps(result))
