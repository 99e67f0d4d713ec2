"""What a drill found, for people at a terminal, for a page that is kept, and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

from lea.cli.drilling.person import Seen
from lea.cli.drilling.playing import Result

LONGEST = 500
"""Characters of a sentence the server keeps."""
COLUMNS = ("scenario", "result", "first byte", "first token", "total", "ended", "lost")


def row(result: Result) -> tuple[str, ...]:
    """One line of the table; of many questions the slowest counts."""
    name = result.scenario.name
    if result.skipped:
        return (name, "not run" if result.needed else "skipped", "", "", "", result.skipped, "")
    asked = result.seen[:-1]  # without the question afterwards
    ended = sorted({seen.ended for seen in asked})
    return (
        name,
        "pass" if result.passed else "FAIL",
        _slowest([seen.first_byte_s for seen in asked]),
        _slowest([seen.first_token_s for seen in asked]),
        _slowest([seen.total_s for seen in asked]),
        ", ".join(ended),
        str(result.lost),
    )


def line(cells: Sequence[str]) -> str:
    """A row at the terminal."""
    widths = (15, 8, 11, 12, 9, 32, 4)
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def failures(result: Result) -> list[str]:
    """What did not pass."""
    return [f"{check.what}: {check.found}" for check in result.checks if not check.passed]


def brief(results: Sequence[Result]) -> list[dict[str, object]]:
    """What the server keeps: of many questions the slowest times, and what the first was told."""
    return [
        {
            "name": result.scenario.name,
            "result": _result(result),
            "why": result.skipped[:LONGEST] or None,
            "first_byte_s": _worst([seen.first_byte_s for seen in result.seen[:-1]]),
            "first_token_s": _worst([seen.first_token_s for seen in result.seen[:-1]]),
            "total_s": _worst([seen.total_s for seen in result.seen[:-1]]),
            "lost": result.lost,
            "ended": sorted({seen.ended[:LONGEST] for seen in result.seen[:-1]})[:20],
            "told": result.seen[0].told[:50] if result.seen else [],
            "said": _said(result)[:LONGEST] or None,
            "failures": [failure[:LONGEST] for failure in failures(result)][:30],
        }
        for result in results
    ]


def _result(result: Result) -> str:
    if result.skipped:
        return "not_run" if result.needed else "skipped"
    return "passed" if result.passed else "failed"


def _said(result: Result) -> str:
    """The sentence of the first question's error."""
    error = result.seen[0].error if result.seen else None
    return str(error.get("error", "")) if error else ""


def save(file: Path, results: Sequence[Result], facts: dict[str, object]) -> tuple[Path, Path]:
    """Write the report beside each other as `.md` and `.json`; where. Raises OSError."""
    page, data = file.with_suffix(".md"), file.with_suffix(".json")
    file.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_markdown(results, facts), "utf-8")
    data.write_bytes(orjson.dumps(_plain(results, facts), option=orjson.OPT_INDENT_2))
    return page, data


def _markdown(results: Sequence[Result], facts: dict[str, object]) -> str:
    parts = ["# Drill\n", *(f"- {name}: {value}" for name, value in facts.items()), ""]
    parts += [_cells(COLUMNS), _cells(["---"] * len(COLUMNS)), *(_cells(row(result)) for result in results)]
    for result in results:
        scenario = result.scenario
        parts += [f"\n## {scenario.name}\n", f"{scenario.title}. Passes if: {scenario.passes}.\n"]
        parts += [f"Not played: {result.skipped}."] if result.skipped else []
        parts += [f"- {_saw(seen)}" for seen in result.seen[:1]]
        parts += [
            f"- {'pass' if check.passed else '**FAIL**'}: {check.what} ({check.found})" for check in result.checks
        ]
    return "\n".join(parts) + "\n"


def _saw(seen: Seen) -> str:
    said = f'; "{seen.error.get("error", "")}"' if seen.error else ""
    return f"Seen: {' → '.join(seen.told) or 'nothing'}{said}"


def _plain(results: Sequence[Result], facts: dict[str, object]) -> dict[str, object]:
    return {
        **facts,
        "scenarios": [
            {
                "name": result.scenario.name,
                "title": result.scenario.title,
                "passes_if": result.scenario.passes,
                "passed": result.passed,
                "skipped": result.skipped or None,
                "lost": result.lost,
                "checks": [asdict(check) for check in result.checks],
                "seen": [asdict(seen) for seen in result.seen],
            }
            for result in results
        ],
    }


def _worst(times: Sequence[float | None]) -> float | None:
    return max((time for time in times if time is not None), default=None)


def _slowest(times: Sequence[float | None]) -> str:
    slowest = _worst(times)
    if slowest is None:
        return "never"
    return f"{slowest:.2f} s" if slowest >= 1 else f"{slowest * 1000:.0f} ms"


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
