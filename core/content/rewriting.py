"""Changing one question in a file of ``content/``; every other letter of the file stays.

Only the lines of what changes are written anew, and what comes out is read again: were it anything
but the old question with the new values, nothing would be written.
"""

import hashlib
import io
import re
from collections.abc import Mapping

import yaml

from core.content.drafts import Dumper, block

ORDER = (
    "id", "of", "checked", "title", "kind", "lookup", "service", "examples", "answer", "sms",
    "cases", "links", "source", "checked_on",
)  # fmt: skip
UNREADABLE = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


class NoSuchQuestion(Exception):
    """The file has no such question (any more)."""


def find(text: str, question_id: str) -> str:
    """The lines of *question_id* in the file *text*. Raises NoSuchQuestion."""
    lines = _lines(text)
    starts = [at for at, line in enumerate(lines) if line.startswith("- ")]
    for number, start in enumerate(starts):
        if re.fullmatch(rf"- id: {re.escape(question_id)}\s*", lines[start]):
            end = starts[number + 1] if number + 1 < len(starts) else len(lines)
            return "".join(lines[start:end])
    raise NoSuchQuestion(question_id)


def fingerprint(lines: str) -> str:
    """Changes with any letter of a question; blank lines after it are not its own."""
    return hashlib.sha256(lines.rstrip().encode()).hexdigest()[:16]


def values(lines: str) -> dict[str, object]:
    """What *lines*, one question, say."""
    (entry,) = yaml.load(lines, Loader=yaml.CSafeLoader)
    return dict(entry)


def cleaned(text: str) -> str:
    """What somebody typed, as a file holds it: no carriage returns, no blanks at ends of lines."""
    whole = UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\t", " ")
    return "\n".join(line.rstrip() for line in whole.strip().split("\n"))


def rewritten(text: str, question_id: str, changes: Mapping[str, object]) -> str:
    """The file *text* with *changes* in that question; None takes a key out.

    Raises NoSuchQuestion; ValueError when it cannot be written so that it reads the same.
    """
    lines = find(text, question_id)
    old = values(lines)
    body = _lines(lines.rstrip())
    if body and not body[-1].endswith("\n"):
        body[-1] += "\n"
    after = lines[len(lines.rstrip()) :].removeprefix("\n")
    pieces = _pieces(body)
    for key in sorted(changes, key=ORDER.index):
        value = changes[key]
        if value is None:
            pieces.pop(key, None)
        elif value != old.get(key):
            pieces[key] = _written(key, value)
    ordered = sorted(pieces, key=ORDER.index) if pieces.keys() - old.keys() else list(pieces)
    new = "-" + "".join(pieces[key] for key in ordered)[1:] + after
    wanted = {key: value for key, value in {**old, **changes}.items() if value is not None}
    if values(new) != wanted:
        raise ValueError("what was written does not read the same")
    return text.replace(lines, new, 1)


def added(text: str, question_id: str, entry: Mapping[str, object]) -> str:
    """The file *text* with one question more, at its end."""
    pieces = "".join(_written(key, entry[key]) for key in ORDER if entry.get(key) is not None)
    whole = f"{text.rstrip()}\n\n-{pieces[1:]}"
    if values(find(whole, question_id)) != dict(entry):
        raise ValueError("what was written does not read the same")
    return whole


def _lines(text: str) -> list[str]:
    """With their ends; only a line feed ends one, whatever else Unicode knows."""
    return io.StringIO(text, newline="\n").readlines()


def _pieces(body: list[str]) -> dict[str, str]:
    """The lines of each key, indented by two as all others are."""
    whole = yaml.compose("".join(body), Loader=yaml.CSafeLoader)
    assert isinstance(whole, yaml.SequenceNode)  # one entry, as it was read
    (node,) = whole.value
    starts = [(key.value, key.start_mark.line) for key, _ in node.value]
    ends = [line for _, line in starts[1:]] + [len(body)]
    first = [" " + body[0][1:], *body[1:]]
    return {key: "".join(first[start:end]) for (key, start), end in zip(starts, ends, strict=True)}


def _written(key: str, value: object) -> str:
    text = yaml.dump(
        {key: block(value)}, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100_000
    )
    return "".join(f"  {line}" if line.strip() else line for line in _lines(text))
