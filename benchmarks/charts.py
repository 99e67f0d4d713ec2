"""The page of all figures: HTML and inline SVG made from what was kept, with nothing to load."""

from collections.abc import Mapping, Sequence
from html import escape
from statistics import median
from typing import Any

Kept = Mapping[str, Any]

STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --faint: #5b6470; --paper: #fff; --line: #d9dde3;
  --lea: #2f6fde; --beside: #9aa3af; --must: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --faint: #a3acb8; --paper: #15181c; --line: #363c45;
  --lea: #6ea0ff; --beside: #68717d; --must: #ff8a80; --good: #6fcf97; } }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin: 3rem 0 0; }
p, li, .when { color: var(--faint); font-size: .875rem; } a { color: var(--lea); }
.row { display: grid; grid-template-columns: minmax(0, 19rem) minmax(0, 1fr) 11rem; gap: .25rem 1rem;
  align-items: center; padding: .45rem 0; border-top: 1px solid var(--line); font-size: .875rem; }
.row > div:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.faint { color: var(--faint); } .missed { color: var(--must); font-weight: 600; } .met { color: var(--good); }
svg { display: block; width: 100%; overflow: visible; } .bars { height: 1.5rem; } .line { height: 9rem; }
.lea { fill: var(--lea); } .beside { fill: var(--beside); }
.must { stroke: var(--must); stroke-width: 2; vector-effect: non-scaling-stroke; }
.curve { fill: none; stroke: var(--lea); stroke-width: 2; vector-effect: non-scaling-stroke; }
.axis { stroke: var(--line); vector-effect: non-scaling-stroke; }
figure { margin: 1rem 0; } figcaption, .key { font-size: .875rem; color: var(--faint); }
.key b { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 .9em; }
@media (max-width: 40rem) { .row { grid-template-columns: 1fr; } .row > div:last-child { text-align: left; } }
"""


def page(parts: Sequence[Kept]) -> str:
    """The whole document; `parts` as `report.Part.as_json` made them."""
    links = " · ".join(f'<a href="#{escape(part["part"])}">{escape(part["title"])}</a>' for part in parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Léa, measured</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Léa, measured</h1>\n"
        "<p>Written by <code>make bench</code>. Each bar is a median; the scale is each row's own. What counts is the "
        f"ratio to what was measured beside it in the same run.</p>\n<nav><p>{links}</p></nav>\n"
        + "\n".join(map(_section, parts))
        + "\n</main>\n</body>\n</html>\n"
    )


def _section(part: Kept) -> str:
    on = part["machine"]
    beside = part.get("beside", "bare")
    key = '<b style="background:var(--lea)"></b>Léa'
    if any(row["bare"] for row in part["rows"]):
        key += f'<b style="background:var(--beside)"></b>{escape(beside)}'
    if any(row["target"] for row in part["rows"]):
        key += '<b style="background:var(--must);width:2px"></b>must'
    return "\n".join(
        [
            f'<section id="{escape(part["part"])}">\n<h2>{escape(part["title"])}</h2>',
            f'<p class="when">{escape(part["measured_at"])}, {on["cores"]} cores, Python {escape(on["python"])}, '
            f'load average {on["load_average"]}</p>\n<div class="key">{key}</div>',
            *[_row(row, beside) for row in part["rows"]],
            *[_curve(series) for series in part.get("series", ()) if len(series["points"]) > 1],
            "<ul>" + "".join(f"<li>{escape(note)}</li>" for note in part["notes"]) + "</ul>\n</section>",
        ]
    )


def _row(row: Kept, beside: str) -> str:
    lea = median(row["lea"])
    bare = median(row["bare"]) if row["bare"] else None
    unit = f" {row['unit']}" if row["unit"] else ""
    told = f"{shown(lea)}{unit}"
    if bare is not None:
        told += f' <span class="faint">/ {shown(bare)}{unit}</span>'
    if row["judged"] == "ratio" and row["ratio"] is not None:
        told += f"<br>{row['ratio']:.2f} ×"
    elif row["judged"] == "difference" and bare is not None:
        told += f"<br>{lea - bare:+.3g}{unit}"
    if row["verdict"]:
        kind = "missed" if row["verdict"] == "MISSED" else "met"
        told += f' <span class="{kind}">{escape(row["verdict"].lower())}</span>'
    return f'<div class="row"><div>{escape(row["what"])}</div>{_bars(row, lea, bare, beside)}<div>{told}</div></div>'


def _bars(row: Kept, lea: float, bare: float | None, beside: str) -> str:
    must = _bound(row, bare)
    most = max(lea, bare or 0, min(must or 0, 3 * max(lea, bare or 0))) or 1
    thick = 8 if bare is not None else 16
    parts = [_bar("lea", lea / most, 1, thick)]
    label = f"Léa {shown(lea)} {row['unit']}"
    if bare is not None:
        parts.append(_bar("beside", bare / most, 11, thick))
        label += f", {beside} {shown(bare)} {row['unit']}"
    if must is not None and must <= most:
        x = 100 * must / most
        parts.append(f'<line class="must" x1="{x:.2f}" x2="{x:.2f}" y1="0" y2="20"/>')
        label += f", must {shown(must)} {row['unit']}"
    drawn = "".join(parts)
    return (
        f'<svg class="bars" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f"{drawn}</svg>"
    )


def _bar(kind: str, share: float, y: int, thick: int) -> str:
    return f'<rect class="{kind}" x="0" y="{y}" width="{max(100 * share, 0.3):.2f}" height="{thick}"/>'


def _bound(row: Kept, bare: float | None) -> float | None:
    """Where `must` lies on the row's own scale."""
    if not row["target"]:
        return None
    must = float(row["target"]["must"])
    if row["judged"] == "lea":
        return must
    if bare is None:
        return None
    return must * bare if row["judged"] == "ratio" else must + bare


def _curve(series: Kept) -> str:
    points = series["points"]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, wide, high = xs[0], (xs[-1] - xs[0]) or 1, max(ys) or 1
    drawn = " ".join(f"{100 * (x - left) / wide:.2f},{50 - 48 * y / high:.2f}" for x, y in points)
    unit = escape(series["unit"])
    told = f"{series['what']}: {shown(ys[0])} {unit} at first, {shown(ys[-1])} at the end, {shown(max(ys))} at most"
    return (
        f'<figure><svg class="line" viewBox="0 0 100 50" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(told)}"><line class="axis" x1="0" x2="100" y1="50" y2="50"/>'
        f'<polyline class="curve" points="{drawn}"/></svg><figcaption>{escape(told)}; from {shown(xs[0])} to '
        f"{shown(xs[-1])} {escape(series['x_unit'])}, the axis begins at 0.</figcaption></figure>"
    )


def shown(figure: float) -> str:
    """Three digits, thousands apart."""
    return f"{figure:,.0f}" if abs(figure) >= 1000 else f"{figure:.3g}"
