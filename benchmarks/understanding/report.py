"""The measurements as a Markdown page."""

from __future__ import annotations

from typing import Any

_HEAD = (
    "| | asked | right % | wrong % | said out of scope % | not answered % | right one offered % |"
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
                f"| {name} | {pipeline}{_cached(m)} | {m['best_is_right']:.1f} | {m['train_seconds']:.0f} | "
                f"{m['train_cpu_seconds']:.0f} | "
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
                "|---|---|---|---|---|---|---|",
            ]
            for group, row in m["groups"].items():
                lines.append(
                    f"| {group} | {row['asked']} | {row['right']:.1f} | {row['wrong']:.1f} | "
                    f"{row['declined']:.1f} | {row['unanswered']:.1f} | {row['offered']:.0f} |"
                )
    lines += [
        "",
        "*Right*: answered with a right question; out of scope: declined or not answered. *Wrong*: "
        "answered with another. *Right one offered*: of those not answered, it is among the three nearest.",
    ]
    return "\n".join(lines) + "\n"


def _cached(measured: dict[str, Any]) -> str:
    return " (from the last full run)" if measured.get("cached") else ""


def _ratios(pipelines: dict[str, Any]) -> list[str]:
    (ours, theirs) = pipelines.values()
    lines = []
    for name in ours:
        if name in theirs:
            faster = theirs[name]["train_cpu_seconds"] / ours[name]["train_cpu_seconds"]
            slower = ours[name]["parse_p95_ms"] / theirs[name]["parse_p95_ms"]
            lines.append(
                f"On {name} ours trains in 1/{faster:.0f} of stock's processor time; "
                f"its parse p95 is {slower:.1f} times stock's."
            )
    return ["", *lines] if lines else []
