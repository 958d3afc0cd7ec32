"""``content/reminders.yml`` read into rules, with every mistake in it at its line."""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from pathlib import Path

from core.content.reminders import ASKS, AUDIENCES, CHANNELS, KINDS, SAYS, Rule, RuleSet
from core.content.yamlfile import Problem, YamlFile, read_yaml
from core.messages import Kind

FILE = "reminders.yml"
NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
FIRST, LAST = time(8), time(19, 30)  # within core.daytime's, with time for all to leave
MOST = {"days_before": 60, "hours_before": 12, "days_after": 7, "releases_after": 96}
MOMENTS = ("days_before", "hours_before", "days_after")
SET_KEYS = ("kinds", "audience", "rules")
RULE_KEYS = ("name", *MOMENTS, "at", "says", "asks", "only_if_silent", "channels", "releases_after")


def read_reminders(root: Path) -> tuple[tuple[RuleSet, ...], list[Problem]]:
    """All that can be read, and what is wrong with the rest; nothing when there is no such file."""
    if not (root / FILE).exists():
        return (), []
    file = read_yaml(root / FILE, root)
    if isinstance(file, Problem):
        return (), [file]
    if not isinstance(file.value, list):
        return (), [file.problem("check.not_a_list")]
    reader = _Reader(file)
    sets = tuple(reader.rule_set(raw, position) for position, raw in enumerate(file.value))
    known = {kind for one in sets if one.audience is None for kind in one.kinds}
    for kind in KINDS:
        if kind not in known:
            reader.wrong("check.reminder_kind", kind=kind)
    return sets, reader.problems


class _Reader:
    """Reads one file, and keeps what is wrong with it."""

    def __init__(self, file: YamlFile) -> None:
        self._file = file
        self.problems: list[Problem] = []

    def wrong(self, key: str, *at: str | int, **values: object) -> None:
        self.problems.append(self._file.problem(key, *at, **values))

    def rule_set(self, raw: object, position: int) -> RuleSet:
        at = (position,)
        body = self._mapping(raw, SET_KEYS, at)
        kinds = self._words(body, "kinds", KINDS, at)
        audience = self._word(body, "audience", AUDIENCES, at) if "audience" in body else None
        lines = body.get("rules")
        if not isinstance(lines, list) or not lines:
            self.wrong("check.missing", *at, id=FILE, name="rules")
            lines = []
        rules = tuple(self._rule(line, (*at, "rules", number)) for number, line in enumerate(lines))
        self._check_together(rules, at)
        return RuleSet(kinds, audience, rules)

    def _rule(self, raw: object, at: tuple[str | int, ...]) -> Rule:
        body = self._mapping(raw, RULE_KEYS, at)
        name = body.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            self.wrong("check.reminder_name", *at, "name")
        said = [key for key in MOMENTS if key in body]
        if len(said) != 1:
            self.wrong("check.reminder_moment", *at, known=", ".join(MOMENTS))
        by_day = "hours_before" not in body
        return Rule(
            name=str(name),
            says=self._word(body, "says", SAYS, at),
            days_before=self._number(body, "days_before", at),
            hours_before=self._number(body, "hours_before", at),
            days_after=self._number(body, "days_after", at),
            at=self._hour(body, at) if by_day else None,
            asks=self._word(body, "asks", ASKS, at) == "confirm" if "asks" in body else False,
            only_if_silent=self._yes(body, "only_if_silent", at),
            channels=tuple(map(Kind, self._words(body, "channels", CHANNELS, at)))
            if "channels" in body
            else CHANNELS,
            releases_after=self._number(body, "releases_after", at),
        )

    def _check_together(self, rules: Sequence[Rule], at: tuple[str | int, ...]) -> None:
        names: set[str] = set()
        asked = False
        for number, rule in enumerate(rules):
            here = (*at, "rules", number)
            if rule.name in names:
                self.wrong("check.reminder_twice", *here, "name", name=rule.name)
            if number and rule.before >= rules[number - 1].before:
                self.wrong("check.reminder_order", *here, name=rule.name)
            if (rule.only_if_silent or rule.releases_after) and not (asked and rule.asks):
                self.wrong("check.reminder_silent", *here, name=rule.name)
            if (rule.says == "after") != (rule.days_after is not None):
                self.wrong("check.reminder_after", *here, "says", name=rule.name)
            names.add(rule.name)
            asked = asked or rule.asks

    def _mapping(
        self, raw: object, known: Sequence[str], at: tuple[str | int, ...]
    ) -> Mapping[str, object]:
        if not isinstance(raw, dict):
            self.wrong("check.not_a_mapping", *at)
            return {}
        for key in raw:
            if key not in known:
                self.wrong("check.unknown_key", *at, key, name=key, known=", ".join(known))
        return raw

    def _words(
        self,
        body: Mapping[str, object],
        key: str,
        known: Sequence[str],
        at: tuple[str | int, ...],
    ) -> tuple[str, ...]:
        found = body.get(key)
        words = found if isinstance(found, list) and found else [found]
        return tuple(self._known(one, key, known, at) for one in words)

    def _word(
        self,
        body: Mapping[str, object],
        key: str,
        known: Sequence[str],
        at: tuple[str | int, ...],
    ) -> str:
        return self._known(body.get(key), key, known, at)

    def _known(
        self, found: object, key: str, known: Sequence[str], at: tuple[str | int, ...]
    ) -> str:
        if found in known:
            return str(found)
        self.wrong("check.reminder_word", *at, key, name=key, found=found or "",
                   known=", ".join(known))  # fmt: skip
        return known[0]

    def _number(
        self, body: Mapping[str, object], key: str, at: tuple[str | int, ...]
    ) -> int | None:
        if key not in body:
            return None
        found = body[key]
        if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= MOST[key]:
            return found
        self.wrong("check.reminder_number", *at, key, name=key, most=MOST[key])
        return 1

    def _hour(self, body: Mapping[str, object], at: tuple[str | int, ...]) -> time:
        found = body.get("at")
        if isinstance(found, int) and 0 <= found < 24 * 60:
            found = (
                f"{found // 60:02}:{found % 60:02}"  # YAML counts 17:30 without quotes in sixties
            )
        if isinstance(found, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", found):
            hour = time.fromisoformat(found.zfill(5))
            if FIRST <= hour <= LAST:
                return hour
        self.wrong("check.reminder_hour", *at, "at", first=f"{FIRST:%H:%M}", last=f"{LAST:%H:%M}")
        return FIRST

    def _yes(self, body: Mapping[str, object], key: str, at: tuple[str | int, ...]) -> bool:
        found = body.get(key, False)
        if not isinstance(found, bool):
            self.wrong("check.reminder_yes", *at, key, name=key)
        return found is True
