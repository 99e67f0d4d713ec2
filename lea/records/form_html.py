"""A form as a page to read and to print: complete, without scripts, nothing loaded from anywhere."""

from html import escape
from typing import Final

from lea.records.form_text import text_of
from lea.records.forms import Form

STYLE: Final = (
    "@page{size:A4;margin:20mm}body{font:16px/1.5 system-ui,sans-serif;color:#1c1917;background:#fff;max-width:46rem;"
    "margin:2rem auto;padding:0 1.25rem}h1{font-size:1.6rem;line-height:1.2;margin:0 0 1.5rem}h2{font-size:1rem;"
    "margin:1.75rem 0 .5rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem;margin:0}"
    "dt{color:#57534e}dd{margin:0;overflow-wrap:anywhere}ol{padding-left:1.4rem}li{margin:.5rem 0;"
    "overflow-wrap:anywhere}.missing{border:1px solid #b45309;border-radius:.5rem;padding:.6rem 1rem;margin:1.5rem 0 0}"
    ".missing h2{margin:0}.missing ul{margin:.25rem 0;padding-left:1.4rem}.missing li{margin:0}.sign{display:grid;"
    "grid-template-columns:1fr 1fr;gap:2rem;break-inside:avoid}.sign p{border-top:1px solid #78716c;margin:4.5rem 0 0;"
    "padding-top:.3rem}footer{margin-top:2rem;color:#57534e;font-size:.85rem}@media print{body{margin:0;padding:0;"
    "max-width:none;font-size:11pt}}"
)


def page(form: Form) -> str:
    """The whole document; the same form is the same text."""
    text = text_of(form)
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in text.facts)
    clauses = "".join(f"<li>{escape(clause)}</li>" for clause in text.clauses)
    signatures = "".join(f"<p>{escape(who)}</p>" for who in text.signatures)
    return (
        f'<!doctype html>\n<html lang="{text.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(text.title)} {escape(form.content['reference'])}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(text.title)}</h1><dl>{facts}</dl>{_missing(text.missing_label, text.missing)}"
        f"<ol>{clauses}</ol><h2>{escape(text.signatures_label)}</h2><p>{escape(text.signed)}</p>"
        f'<div class="sign">{signatures}</div></main><footer>{escape(text.footer)}</footer></body></html>\n'
    )


def _missing(label: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    return f'<section class="missing"><h2>{escape(label)}</h2><ul>{items}</ul></section>'
