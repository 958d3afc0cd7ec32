"""``content diff``, ``publish`` and ``trained``: from examples to a model in use."""

import argparse
import json
import re
import signal
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bot import publishing
from bot.cli.desk import Desk
from bot.publication import Report
from core.content.check import check
from core.content.compile import training_data
from core.content.figures import Figures, Row, compare, spoilt
from core.content.load import Library, load
from core.content.taught import Change, Lines, Taught, changes, lines_of

SHOWN = 3  # lines of each question, and questions that got worse
SAMPLE = 5
STOPPED = 130  # what shells call Ctrl-C


def add(actions: "argparse._SubParsersAction[Any]", desk: Desk) -> None:
    for name, do in (("diff", _diff), ("publish", _publish), ("trained", _trained)):
        parser = actions.add_parser(name, help=desk.say(f"cli.content.{name}"))
        parser.set_defaults(act=do)
        if name == "publish":
            parser.add_argument("--quick", action="store_true", help=desk.say("cli.content.quick"))
            parser.add_argument(
                "--even-if-worse", metavar="REASON", help=desk.say("cli.content.even_if_worse")
            )


def _trained(desk: Desk, options: argparse.Namespace) -> int:
    publishing.note_taught()
    return 0


def _diff(desk: Desk, options: argparse.Namespace) -> int:
    """0 when the model in use knows all that it could be taught now, else 1."""
    known = publishing.taught_now()
    if known is None:
        desk.tell("publish.unknown" if publishing.MODEL.exists() else "publish.no_model")
        return 1
    found = list(changes(known.lines, lines_of(training_data(load(desk.settings.content_dir)))))
    for change in found:
        _show_change(desk, change)
    other_pipeline = known.pipeline != publishing.pipeline()
    if other_pipeline:
        desk.tell("publish.pipeline")
    if not found and not other_pipeline:
        desk.tell("publish.same")
        return 0
    added, removed = (sum(len(getattr(one, way)) for one in found) for way in ("added", "removed"))
    desk.tell("publish.changes", questions=len(found), added=added, removed=removed)
    return 1


def _show_change(desk: Desk, change: Change) -> None:
    why = "new" if change.new else "gone" if change.gone else "changed"
    added, removed = len(change.added), len(change.removed)
    print(desk.say(f"publish.{why}", name=change.name, added=added, removed=removed))
    for sign, lines in (("+", change.added), ("-", change.removed)):
        for line in lines[:SHOWN]:
            print(f"  {sign} {line}")
        if len(lines) > SHOWN:
            print(f"  {sign} {desk.say('publish.more', count=len(lines) - SHOWN)}")


def _publish(desk: Desk, options: argparse.Namespace) -> int:
    """0 when the new model is in use, or there was nothing to learn; 1 when it is not."""
    report = Report()
    problems = check(desk.settings.content_dir)
    if problems:
        report.stage("wrong", problems=len(problems))
        desk.show(problems)
        desk.tell("check.count", count=len(problems))
        return 1
    library = load(desk.settings.content_dir)
    known, lines = publishing.taught_now(), lines_of(training_data(library))
    pipeline = publishing.pipeline()
    if known and known.pipeline == pipeline and not list(changes(known.lines, lines)):
        report.stage("same")
        desk.tell("publish.same")
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with publishing.scratch() as scratch:
            return _Publication(desk, scratch, options, report).run(library, pipeline, lines)
    except publishing.Busy:
        raise desk.refuse("publish.busy") from None
    except publishing.StepFailed as failure:
        report.stage("failed")
        print(failure)
        desk.tell("publish.failed")
        return 1
    except KeyboardInterrupt:
        report.stage("stopped")
        desk.tell("publish.stopped")
        return STOPPED


class _Publication:
    """One run, with *scratch* for what is not yet in use."""

    def __init__(
        self, desk: Desk, scratch: Path, options: argparse.Namespace, report: Report
    ) -> None:
        self._desk, self._scratch, self._report = desk, scratch, report
        self._one_in = SAMPLE if options.quick else 1
        self._reason: str | None = options.even_if_worse

    def run(self, library: Library, pipeline: str, lines: Lines) -> int:
        desk = self._desk
        desk.tell("publish.training")
        self._report.stage("training")

        def tell(name: str) -> None:
            self._report.tell(component=name)
            desk.tell("publish.component", name=name)

        new = publishing.train(library, self._scratch, tell)
        after = self._judge("judging_new", new)
        before = self._before(after)
        rows = compare(before, after)
        if before:
            self._show(rows)
        worse = [row.group for row in rows if row.worse]
        if worse:
            self._show_spoilt(before, after)
        told = {
            "rows": [asdict(row) | {"group": _group(desk, row.group)} for row in rows],
            "spoilt": [now.question for _, now in list(spoilt(before, after))[: 4 * SHOWN]],
        }
        if worse and not self._reason:
            self._report.stage("worse", **told)
            desk.tell("publish.worse")
            return 1
        taught = Taught(publishing.digest(new), pipeline, lines)
        known = publishing.taught_now()
        publishing.put_in_place(new, library, taught, after, self._scratch)
        self._write_down(known.lines if known else {}, taught, worse)
        self._report.stage("done", **told)
        desk.tell("publish.done")
        return 0

    def _before(self, after: Figures) -> Figures:
        """The model in use on the same questions; asked now when that is not known."""
        if not publishing.MODEL.exists():
            return {}
        known = publishing.known_figures()
        if after.keys() <= known.keys():
            return known
        try:
            figures = self._judge("judging_old", publishing.MODEL)
        except publishing.StepFailed:
            # One that today's code cannot load any more.
            if self._reason is None:
                raise
            return {}
        publishing.keep_figures(figures, self._scratch)
        return figures

    def _judge(self, stage: str, model: Path) -> Figures:
        self._report.stage(stage)
        bar = tqdm(desc=self._desk.say(f"publish.{stage}"), unit="q", total=0)

        def tell(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)
            self._report.tell(done=done, of=of)

        with bar:
            return publishing.judge(model, self._scratch, self._one_in, tell)

    def _show(self, rows: Sequence[Row]) -> None:
        desk = self._desk
        print(f"{desk.say('publish.head_group'):38}{desk.say('publish.head_figures')}")
        for row in rows:
            name = _group(desk, row.group)
            mark = desk.say("publish.mark_worse") if row.worse else ""
            figures = "".join(f"{pair[0]:9} → {pair[1]:<6}" for pair in (row.right, row.wrong))
            print(f"{name:38}{row.asked:9}{figures} {mark}".rstrip())

    def _show_spoilt(self, before: Figures, after: Figures) -> None:
        for then, now in list(spoilt(before, after))[: 4 * SHOWN]:
            verdicts = [self._desk.say(f"verdict.{one.verdict}") for one in (then, now)]
            print(f"  « {now.question} » : {' → '.join(verdicts)}")

    def _write_down(self, before: Lines, taught: Taught, worse: Sequence[str]) -> None:
        line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "model": taught.model,
            "changed": [change.name for change in changes(before, taught.lines)]
            if before
            else None,
            "worse": list(worse),
            "reason": self._reason if worse else None,
        }
        with publishing.PUBLISHED.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")


def _group(desk: Desk, group: str) -> str:
    """The name of a group for people, its own when it has no other."""
    try:
        return desk.say("judged." + re.sub(r"\W+", "_", group.lower()))
    except KeyError:
        return group
