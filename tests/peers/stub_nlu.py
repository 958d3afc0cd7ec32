"""A program that stands for both Pythons of the project: it "trains" and "judges" in no time.

The model that it makes is the training data itself. Of the twenty questions that it judges, one is
wrong for each example in the model that says "pire".
"""

import hashlib
import json
import sys
import time
from pathlib import Path

QUESTIONS = 20


def train(given: dict[str, str]) -> None:
    taught = (Path(given["--data"]) / "nlu.json").read_text(encoding="utf-8")
    print("2026-11-26 INFO - Starting to train component 'Letters'.", flush=True)
    if "échoue" in taught:
        sys.exit("the training broke")
    if "dure" in taught:
        time.sleep(60)
    (Path(given["--out"]) / f"{given['--fixed-model-name']}.tar.gz").write_text(taught)


def judge(model: Path, out: Path, one_in: int) -> None:
    wrong = model.read_text(encoding="utf-8").count("pire")
    asked = [
        {
            "key": hashlib.sha256(bytes([number])).hexdigest(),
            "question": f"question {number}",
            "groups": ["fr"],
            "verdict": "wrong" if number < wrong else "right",
        }
        for number in range(0, QUESTIONS, one_in)
    ]
    print(f"{len(asked)}/{len(asked)}", file=sys.stderr, flush=True)
    out.write_text(json.dumps({"groups": {}, "asked": asked}), encoding="utf-8")


if __name__ == "__main__":
    _, module, *rest = sys.argv[1:]
    if module == "rasa":
        pairs = [one for one in rest[1:] if one != "--skip-validation"]
        train(dict(zip(pairs[::2], pairs[1::2], strict=True)))
    else:
        judge(Path(rest[0]), Path(rest[1]), int(rest[3]))
