"""A form as a PDF file, the same bytes every time; drawing it takes a thread a sixth of a second."""

from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from lea.records.form_text import FormText, text_of
from lea.records.forms import Form

if TYPE_CHECKING:
    from fpdf import FPDF

FONT: Final = "Source Sans"
MARGIN: Final = 20
LINE: Final = 5.5
LABEL_WIDTH: Final = 45
SIGNATURE: Final = (80, 32)
"""Width and height, millimetres like every length here."""
GREY: Final = (87, 83, 78)
AMBER: Final = (180, 83, 9)


def pdf(form: Form) -> bytes:
    """Blocks for as long as it draws. A character the font lacks is shown as a question mark."""
    text = text_of(form)
    document = _empty(text, form)
    _line(document, text.title, size=20, after=4, bold=True)
    for label, value in text.facts:
        _fact(document, label, value)
    if text.missing:
        document.set_text_color(AMBER)
        _line(document, f"{text.missing_label} {', '.join(text.missing)}", before=4)
        document.set_text_color(0)
    document.ln(4)
    for number, clause in enumerate(text.clauses, start=1):
        _line(document, f"{number}. {clause}", after=2.5)
    _signatures(document, text)
    document.set_text_color(GREY)
    _line(document, text.footer, size=9, before=6)
    return bytes(document.output())


def _empty(text: FormText, form: Form) -> "FPDF":
    from fpdf import FPDF  # takes a third of a second, which a server without forms need not spend

    document = FPDF(format="A4")
    made_at = datetime.fromisoformat(form.content["made_at"])
    document.set_creation_date(made_at)
    document.set_title(f"{text.title} {form.content['reference']}")
    document.set_author(form.content["company"])
    document.set_lang(text.language)
    document.set_margins(MARGIN, MARGIN)
    document.set_auto_page_break(True, MARGIN)
    fonts = files("font_source_sans_pro") / "files"
    document.add_font(FONT, "", str(fonts / "SourceSansPro-Regular.ttf"))
    document.add_font(FONT, "B", str(fonts / "SourceSansPro-Bold.ttf"))
    document.add_page()
    return document


def _line(
    document: "FPDF", text: str, *, size: float = 11, before: float = 0, after: float = 0, bold: bool = False
) -> None:
    document.ln(before)
    document.set_font(FONT, "B" if bold else "", size)
    document.multi_cell(0, LINE * size / 11, _drawn(document, text), align="L", new_x="LMARGIN", new_y="NEXT")
    document.ln(after)


def _fact(document: "FPDF", label: str, value: str) -> None:
    document.set_font(FONT, "", 11)
    document.set_text_color(GREY)
    document.cell(LABEL_WIDTH, LINE, label)
    document.set_text_color(0)
    document.multi_cell(0, LINE, _drawn(document, value), align="L", new_x="LMARGIN", new_y="NEXT")


def _signatures(document: "FPDF", text: FormText) -> None:
    width, height = SIGNATURE
    if document.will_page_break(height + 4 * LINE):
        document.add_page()
    _line(document, text.signatures_label, size=13, before=3, after=1, bold=True)
    _line(document, text.signed)
    top = document.get_y() + height - 2 * LINE
    for place, who in enumerate(text.signatures):
        left = MARGIN + place * (width + 10)
        document.line(left, top, left + width, top)
        document.set_xy(left, top + 1)
        document.cell(width, LINE, who)
    document.set_xy(MARGIN, top + 2 * LINE)


def _drawn(document: "FPDF", text: str) -> str:
    known = getattr(document.current_font, "cmap", {})
    return "".join(character if ord(character) in known else "?" for character in text)
