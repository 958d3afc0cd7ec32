"""`python -m benchmarks.understanding`: measure, print a table, write the results.

Our config.yml and `rasa init`'s default are trained and asked the same questions, each in a process
of its own, on one BLAS thread. `--stock cached` (the default once there are figures) takes the
stock pipeline's from the last full run, which the table then says; `--stock run` measures it anew
(an hour or more). On all of content/ the stock pipeline would train
for hours: both learn a small French sample of it, and ours alone learns all. `--model models/tne.tar.gz` asks
the model that `make train` left instead of training ours anew (a quarter of an hour and more).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.understanding import report, score, sets, spoken
from core.content.load import load
from core.languages import Languages
from core.texts import Texts
from core.wording import Wording

ROOT = Path(__file__).parents[2]
RASA_PYTHON = ROOT / "nlu/.venv/bin/python"
RESULTS = ROOT / "benchmarks" / "results"
OURS, STOCK = "ours (config.yml)", "stock (rasa init)"
SETS = ("covidfaq", "sample", "development")
SAMPLE = 3  # French examples a question
WITHOUT_STOCK = "development"
CONFIGS = {OURS: ROOT / "config.yml", STOCK: Path(__file__).parent / "stock_config.yml"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 with a reason when nothing could be measured."""
    options = _parser().parse_args(arguments)
    recorded = _recorded()
    stock = options.stock or ("cached" if recorded.get(STOCK) else "run")
    measured: dict[str, Any] = {OURS: {}, STOCK: {}}
    with tempfile.TemporaryDirectory() as folder:
        for name, data, asked in _sets(options, Path(folder)):
            for pipeline, config in CONFIGS.items():
                if pipeline == STOCK and name == WITHOUT_STOCK:
                    continue
                if pipeline == STOCK and stock != "run":
                    continue
                print(f"{pipeline}, {name}", file=sys.stderr, flush=True)
                judge = _judge(pipeline, name)
                model = options.model if name == WITHOUT_STOCK else None
                measured[pipeline][name] = _measure(config, data, asked, judge, Path(folder), model)
    if measured[OURS]:
        for pipeline, by_set in measured.items():
            for name, kept in recorded.get(pipeline, {}).items():
                by_set.setdefault(name, {**kept, "cached": True})
    if not measured[OURS]:
        print("Nothing to measure.", file=sys.stderr)
        return 2
    body = {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores",
        "pipelines": measured,
        "languages": _languages(options.questions),
    }
    text = report.markdown(body)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "understanding.json").write_text(
        json.dumps(body, indent=1, ensure_ascii=False), "utf-8"
    )
    (RESULTS / "understanding.md").write_text(text, "utf-8")
    print(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.understanding", description=__doc__)
    parser.add_argument("--covidfaq", type=Path, default=ROOT / "benchmarks/data/covidfaq_fr")
    parser.add_argument("--questions", type=Path, default=ROOT / "benchmarks/questions")
    parser.add_argument("--data", type=Path, default=ROOT / "build/rasa/nlu.json")
    parser.add_argument("--only", choices=SETS)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--stock", choices=["run", "cached", "none"])
    return parser


def _sets(options: argparse.Namespace, folder: Path) -> list[tuple[str, Path, list[sets.Asked]]]:
    found = []
    if options.only in (None, "covidfaq"):
        if (options.covidfaq / "train.tsv").exists():
            asked = sets.covidfaq(options.covidfaq, folder / "covidfaq")
            found.append(("covidfaq", folder / "covidfaq", asked))
        else:
            print(f"covidfaq skipped: {options.covidfaq}/train.tsv is not there.", file=sys.stderr)
    if options.only != "covidfaq":
        asked = sets.ours(options.questions)
        if not options.data.exists():
            print(
                f"development skipped: {options.data} is not there (make train).", file=sys.stderr
            )
        elif not asked:
            print(f"development skipped: no *.jsonl in {options.questions}.", file=sys.stderr)
        else:
            sets.sample(options.data, load(ROOT / "content"), folder / "sample", SAMPLE)
            found.append(("sample", folder / "sample", asked))
            found.append(("development", options.data, asked))
    return [one for one in found if options.only in (None, one[0])]


def _judge(pipeline: str, name: str) -> score.Judge:
    """Ours is judged by what people read; stock, and questions that content/ has not, by intent."""
    return score.by_intent if pipeline == STOCK or name == "covidfaq" else our_judge()


def _languages(questions: Path) -> dict[str, spoken.Shares]:
    languages = Languages.learn(load(ROOT / "content").examples())
    asked = sets.ours(questions)
    return {
        name: spoken.shares([one for one in asked if one.held_out == held], languages)
        for name, held in (("development", False), ("held out", True))
    }


def our_judge() -> score.Judge:
    """What the whole assistant says, with the content as it is now."""
    library = load(ROOT / "content")
    return score.by_reply(Texts(lambda: library, Wording(ROOT / "locale")))


def _measure(
    config: Path,
    data: Path,
    asked: list[sets.Asked],
    judge: score.Judge,
    scratch: Path,
    model: Path | None,
) -> dict[str, Any]:
    """Trains with nothing remembered, then asks; the first process's model is the second's.

    With a *model* nothing is trained, and nothing said of training.
    """
    with tempfile.TemporaryDirectory() as folder:
        trained: dict[str, Any] = {"model": model and model.absolute()}
        if model is None:
            trained = _worker(folder, "train", config, data, scratch / "models")
        questions = Path(folder) / "questions.json"
        questions.write_text(json.dumps([a.question for a in asked]), encoding="utf-8")
        parsed = _worker(folder, "parse", trained["model"], questions, "-")
    groups = score.shares(asked, parsed["results"], judge)
    took = sorted(parsed["milliseconds"])
    return {
        "groups": {group: share.row() for group, share in groups.items()},
        "best_is_right": _best_is_right(asked, parsed["results"]),
        "train_seconds": trained.get("seconds"),
        "train_cpu_seconds": trained.get("cpu_seconds"),
        "parse_p50_ms": statistics.median(took),
        "parse_p95_ms": took[int(0.95 * len(took))],
        "resident_mb": parsed["resident_mb"],
    }


def _best_is_right(asked: list[sets.Asked], results: list[dict[str, Any]]) -> float:
    """Percent of the questions in scope whose first-ranked intent is right, thresholds aside."""
    inside = [(a, r) for a, r in zip(asked, results, strict=True) if a.in_scope]
    right = [bool(set(score.nearest(r)[:1]) & a.expected) for a, r in inside]
    return 100 * sum(right) / len(right)


def _worker(folder: str, *arguments: object) -> dict[str, Any]:
    """Runs worker.py in an empty folder, so that no cache of Rasa's or ours is used."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
    }
    command = [str(RASA_PYTHON), str(Path(__file__).parent / "worker.py"), *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def _recorded() -> dict[str, Any]:
    """The pipelines of the last written results."""
    path = RESULTS / "understanding.json"
    if not path.exists():
        return {}
    return json.loads(path.read_text(encoding="utf-8"))["pipelines"]


if __name__ == "__main__":
    raise SystemExit(main())
