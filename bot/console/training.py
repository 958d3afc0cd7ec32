"""Training on new examples and publishing the model: begun here, done beside us, watched."""

from collections.abc import Mapping, Sequence

from bot import publication, publishing
from bot.console.pages import Ask, GoTo, Nothing, Page, Reply, Show, Slow
from core import audit
from core.console.members import Right, check
from core.content.compile import training_data
from core.content.taught import Change, changes, lines_of

PLACE = "/knowledge/publish"
LONGEST = 300  # characters of a reason
Found = tuple[bool, Sequence[Change]]


def show(ask: Ask) -> Reply:
    """What the model in use does not know yet, and how far the last publication is."""
    report = publication.reported()
    if ask.piece:
        if ask.query.get("have") == str(report.get("at", "")):
            return Nothing()
        return Show("training_now", _values(report))
    library = ask.house.library()

    def work() -> Found:
        known = publishing.taught_now()
        if known is None:
            return False, ()
        return True, list(changes(known.lines, lines_of(training_data(library))))

    def then(ask: Ask, found: Found) -> Reply:
        known, changed = found
        return Show("training", {**_values(report), "known": known, "changes": changed})

    return Slow(work, then)


def publish(ask: Ask) -> Reply:
    """One at a time, whoever began it; with a reason also a model that does worse."""
    check(ask.member, Right.PUBLISH)
    reason = " ".join(ask.form.get("reason", "").split())[:LONGEST]
    if not ask.house.publish(reason):
        return GoTo(PLACE, "publishing_already")
    audit.record(
        ask.session, ask.member.actor, "model.publishing", "model", ask.now,
        **({"even_if_worse": reason} if reason else {}),
    )  # fmt: skip
    return GoTo(PLACE, "publishing")


def _values(report: Mapping[str, object]) -> dict[str, object]:
    stage = str(report.get("stage", ""))
    return {
        "report": report,
        "stage": stage,
        "running": stage in publication.RUNNING,
        "have": str(report.get("at", "")),
        "done": report.get("done") or 0,
        "of": report.get("of") or 0,
        "rows": report.get("rows") or [],
        "spoilt": report.get("spoilt") or [],
    }


PAGES = (
    Page(PLACE, Right.PUBLISH, show),
    Page(f"{PLACE}/now", Right.PUBLISH, show, polls=True),
    Page(PLACE, Right.PUBLISH, publish, "POST"),
)
