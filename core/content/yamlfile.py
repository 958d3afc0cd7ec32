"""A YAML file with the line of every value, so that a mistake can be pointed at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """Something to mend: *key* names the sentence in the staff catalogue, *values* fill it."""

    file: str
    line: int
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class YamlFile:
    """*value* is plain data; *lines* maps the way to each value to its line, from 1."""

    name: str
    value: object
    lines: Mapping[Keys, int]

    def line(self, *keys: str | int) -> int:
        """Line of the value at *keys*, or of its nearest parent."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)

    def problem(self, key: str, *at: str | int, **values: object) -> Problem:
        return Problem(self.name, self.line(*at), key, values)


def read_yaml(path: Path, root: Path) -> YamlFile | Problem:
    """The file, or the one problem that keeps it from being read. Names are relative to *root*."""
    name = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Problem(name, 1, "check.empty_file")
        twice = next(_repeated(node), None)
        if twice is not None:
            return Problem(
                name, twice.start_mark.line + 1, "check.key_twice", {"name": twice.value}
            )
        lines = dict(_lines(node, ()))
        value = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Problem(name, mark.line + 1 if mark else 1, "check.not_yaml", {"why": error.problem})
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        return Problem(name, 1, "check.not_yaml", {"why": error})
    return YamlFile(name, value, lines)


def _lines(node: yaml.Node, keys: Keys) -> Iterator[tuple[Keys, int]]:
    yield keys, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield from _lines(child, (*keys, key.value))
            yield (*keys, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _lines(child, (*keys, position))


def _repeated(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Keys written twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _repeated(child)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _repeated(child)
