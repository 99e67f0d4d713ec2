"""What a measurement says: a table for people, JSON for programs, and whether the targets are met."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any, Literal

from benchmarks import charts

RESULTS = Path(__file__).parent / "results"

Verdict = Literal["aim met", "must met", "MISSED", ""]


@dataclass(frozen=True, slots=True)
class Target:
    """`must` and `aim` for a row's judged figure, which is to be at most (or at least) that."""

    must: float
    aim: float | None = None
    at_least: bool = False
    unit: str = "×"

    def verdict(self, figure: float) -> Verdict:
        if self.aim is not None and self._reached(figure, self.aim):
            return "aim met"
        return "must met" if self._reached(figure, self.must) else "MISSED"

    def shown(self, bound: float | None) -> str:
        return "" if bound is None else f"{'≥' if self.at_least else '≤'} {bound:g} {self.unit}"

    def _reached(self, figure: float, bound: float) -> bool:
        return figure >= bound if self.at_least else figure <= bound


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: medians over the runs of Léa and of what it is held against."""

    what: str
    unit: str
    lea: Sequence[float]
    bare: Sequence[float] = ()
    judged: Literal["ratio", "difference", "lea"] = "ratio"
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        return median(self.lea) / median(self.bare) if self.bare and median(self.bare) else None

    @property
    def figure(self) -> float:
        """What the target is about."""
        if self.judged == "ratio":
            assert self.ratio is not None
            return self.ratio
        return median(self.lea) - (median(self.bare) if self.judged == "difference" else 0)

    @property
    def verdict(self) -> Verdict:
        return "" if self.target is None else self.target.verdict(self.figure)

    def cells(self) -> tuple[str, ...]:
        target = self.target
        ratio = f"{self.figure:+.3g} {self.unit}" if self.judged == "difference" else ""
        if self.judged == "ratio" and self.ratio is not None:
            ratio = f"{self.ratio:.2f} ×"
        return (
            self.what,
            f"{charts.shown(median(self.lea))} {self.unit}",
            f"{charts.shown(median(self.bare))} {self.unit}" if self.bare else "",
            ratio,
            "" if target is None else target.shown(target.must),
            "" if target is None else target.shown(target.aim),
            self.verdict,
        )


@dataclass(frozen=True, slots=True)
class Series:
    """A figure as it went on: `points` of x and y, to be drawn as a line."""

    what: str
    unit: str
    x_unit: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """One part's rows, and what a reader must know to trust them; `beside` is what Léa is held against."""

    name: str
    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default_factory=list)
    beside: str = "bare"
    series: Sequence[Series] = ()

    def table(self) -> str:
        """As Markdown, aligned so that a terminal shows it as well."""
        headings = ("", "Léa", self.beside, "ratio", "must", "aim", "")
        lines = [headings, *(row.cells() for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
        shown = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        rule = " | ".join("-" * max(width, 1) for width in widths)
        return "\n".join(f"| {line} |" for line in [shown[0], rule, *shown[1:]])

    def as_json(self) -> dict[str, Any]:
        rows = [
            {
                **asdict(row),
                "median": median(row.lea),
                "ratio": row.ratio,
                "verdict": row.verdict,
                "cells": row.cells(),
            }
            for row in self.rows
        ]
        return {
            "part": self.name,
            "title": self.title,
            "beside": self.beside,
            "machine": machine(),
            "rows": rows,
            "series": [asdict(series) for series in self.series],
            "notes": list(self.notes),
        }


def keep(part: Part) -> None:
    """Write the part's JSON, and the page of all parts anew."""
    RESULTS.mkdir(exist_ok=True)
    measured = {**part.as_json(), "measured_at": datetime.now(UTC).isoformat(timespec="seconds")}
    measured["table"] = part.table()
    (RESULTS / f"{part.name}.json").write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n")
    write_pages()


def write_pages() -> None:
    """Both pages of all parts that were ever kept."""
    pages = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]
    text = "# Measured\n\nWritten by `make bench`; what the figures mean is in `docs/performance.md`.\n"
    (RESULTS / "README.md").write_text(text + "".join(_section(page) for page in pages))
    (RESULTS / "index.html").write_text(charts.page(pages))


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "architecture": platform.machine(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def _section(page: dict[str, Any]) -> str:
    on = page["machine"]
    where = f"{on['cores']} cores, Python {on['python']}, load average {on['load_average']}"
    notes = "".join(f"- {note}\n" for note in page["notes"])
    return f"\n## {page['title']}\n\n{page['measured_at']}, {where}.\n\n{page['table']}\n\n{notes}"


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
