"""The measurements as a Markdown page."""

from typing import Any

_HEAD = (
    "| | asked | right % | right, as one of two % | wrong % | said out of scope % "
    "| not answered % | of these offered % |"
)


def markdown(body: dict[str, Any]) -> str:
    """One table of costs, one of ratios when both pipelines are there, one of answers a pipeline."""
    lines = [
        "# Understanding, measured",
        "",
        f"{body['date']}, {body['machine']}, one BLAS thread, each pipeline in a process of its own. "
        "Made by `make bench`.",
        "",
        "| set | pipeline | best is right % | training s | of processor | parse p50 ms | parse p95 ms | resident MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    pipelines = body["pipelines"]
    for pipeline, by_set in pipelines.items():
        for name, m in by_set.items():
            lines.append(
                f"| {name} | {pipeline}{_cached(m)} | {m['best_is_right']:.1f} | {_seconds(m['train_seconds'])} | "
                f"{_seconds(m.get('train_cpu_seconds'))} | "
                f"{m['parse_p50_ms']:.1f} | {m['parse_p95_ms']:.1f} | {m['resident_mb']:.0f} |"
            )
    lines += _ratios(pipelines)
    for pipeline, by_set in pipelines.items():
        for name, m in by_set.items():
            lines += [
                "",
                f"## {name}: {pipeline}{_cached(m)}",
                "",
                _HEAD,
                "|---|---|---|---|---|---|---|---|",
            ]
            for group, row in m["groups"].items():
                lines.append(
                    f"| {group} | {row['asked']} | {row['right']:.1f} | {row['two']:.1f} | "
                    f"{row['wrong']:.1f} | {row['declined']:.1f} | {row['unanswered']:.1f} | {row['offered']:.0f} |"
                )
    lines += _languages(body["languages"])
    lines += [
        "",
        "*Right*: answered with a right question alone; out of scope: declined or not answered; in "
        "danger: a right help line alone. *As one of two*: both nearest answers were given, and said to "
        "be two; in danger: what is read first names a right line among the others. *Wrong*: no right answer among those given. *Of these offered*: of those not answered, "
        "the right one is among the three nearest.",
    ]
    return "\n".join(lines) + "\n"


def _languages(sets: dict[str, Any]) -> list[str]:
    lines = [
        "",
        "## Answered in the language asked",
        "",
        "| | asked | of whom nothing is known % | whose phone or last messages say it % |",
        "|---|---|---|---|",
    ]
    for name, by_language in sets.items():
        lines += [
            f"| {name}, {language} | {row['asked']} | {row['alone']:.1f} | {row['known']:.1f} |"
            for language, row in by_language.items()
        ]
    return lines


def _seconds(measured: float | None) -> str:
    return "–" if measured is None else f"{measured:.0f}"


def _cached(measured: dict[str, Any]) -> str:
    return " (from the last full run)" if measured.get("cached") else ""


def _ratios(pipelines: dict[str, Any]) -> list[str]:
    (ours, theirs) = pipelines.values()
    lines = []
    for name in ours:
        if name in theirs and ours[name].get("train_cpu_seconds"):
            stock = theirs[name].get("train_cpu_seconds") or theirs[name]["train_seconds"]
            faster = stock / ours[name]["train_cpu_seconds"]
            slower = ours[name]["parse_p95_ms"] / theirs[name]["parse_p95_ms"]
            lines.append(
                f"On {name} ours trains in 1/{faster:.0f} of stock's time; "
                f"its parse p95 is {slower:.1f} times stock's."
            )
    return ["", *lines] if lines else []
