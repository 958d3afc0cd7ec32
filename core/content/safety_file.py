"""Reads ``safety.yml``: the words that bring a help line whatever the model understood."""

from collections.abc import Collection
from pathlib import Path

from core.content.yamlfile import Keys, Problem, read_yaml
from core.safety import SafetyNet

KEYS = {"unclear", "unless", "words"}


def read_safety(root: Path, questions: Collection[str]) -> tuple[SafetyNet, list[Problem]]:
    """The net, which names *questions*, and what is wrong with it; an empty one without a file."""
    if not (root / "safety.yml").exists():
        return SafetyNet(), []
    file = read_yaml(root / "safety.yml", root)
    if isinstance(file, Problem):
        return SafetyNet(), [file]
    if not isinstance(file.value, dict):
        return SafetyNet(), [file.problem("check.not_a_mapping")]
    body = file.value
    problems = [
        file.problem("check.unknown_key", key, name=key, known=", ".join(sorted(KEYS)))
        for key in body
        if key not in KEYS
    ]
    words, unless, unclear = body.get("words"), body.get("unless") or [], body.get("unclear")
    by_question = words if isinstance(words, dict) else {}
    named: list[tuple[Keys, object]] = [(("words", name), name) for name in by_question]
    if unclear is not None:
        named.append((("unclear",), unclear))
    for at, name in named:
        if name not in questions:
            problems.append(file.problem("check.dead_id", *at, name=name))
    suites: list[tuple[Keys, object]] = [(("unless",), unless)]
    suites += [(("words", name), lines) for name, lines in by_question.items()]
    for at, lines in suites:
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            problems.append(file.problem("check.not_text", *at, id=at[-1]))
            return SafetyNet(), problems
    return SafetyNet.of(by_question, unless, unclear), problems
