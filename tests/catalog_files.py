"""Price lists as suppliers send them, made anew for each test, and broken ones."""

import io
import random
import zipfile
from pathlib import Path

import orjson

DATA = Path(__file__).parent / "data" / "catalogs"
FURNITURE = DATA / "mobilier.csv"
KINDS = ("Canapé", "Fauteuil", "Table basse", "Buffet", "Chaise", "Étagère", "Lampadaire", "Tabouret")
COLOURS = ("écru", "anthracite", "vert sauge", "terracotta", "bleu nuit")


def many_rows(rows: int = 10_000) -> bytes:
    """A CSV of so many different articles, always the same."""
    draw = random.Random(7)
    lines = ["Référence;Désignation;Prix HT;Dimensions;Couleur;Catégorie"]
    for number in range(1, rows + 1):
        kind = draw.choice(KINDS)
        price = f"{draw.randint(20, 4999)},{draw.randint(0, 99):02}"
        size = f"L {draw.randint(30, 240)} x P {draw.randint(30, 110)} x H {draw.randint(40, 210)} cm"
        lines.append(f"ART-{number:05};{kind} n° {number};{price} €;{size};{draw.choice(COLOURS)};{kind}")
    return "\n".join(lines).encode("utf-8")


def workbook() -> bytes:
    """A title block, cells merged over rows and columns, a formula, a reference that is there twice, a second sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Maison Lenoir — Tarif public 2027"])
    sheet.merge_cells("A1:F1")
    sheet.append(["Valable du 1er janvier au 31 décembre"])
    sheet.append([])
    sheet.append(["Famille", "Réf.", "Désignation", "Prix public HT (€)", "Dimensions", "Matière"])
    sheet.append(["Assises", "C-10", "Chaise Alba", 129.9, "L 45 x P 52 x H 80 cm", "Hêtre"])
    sheet.append([None, "C-11", "Fauteuil Alba", 349, "L 75 x P 80 x H 82 cm", "Hêtre"])
    sheet.append([None, "C-10", "Chaise Alba, noire", 139, None, "Hêtre"])
    sheet.merge_cells("A5:A7")
    sheet.append(["Tables", "T-20", "Table Alba", "=D5*10", "180x90x75", "=1+1"])
    sheet.append(["Tables", 2027, "Rallonge", 108.333333333, "Ø 60 x H 75 cm", None])
    sheet.append(["Tables", "T-22", "Plateau", 1.299, None, None])
    book.create_sheet("Conditions").append(["Franco de port à partir de 500 €"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def products_json() -> bytes:
    return orjson.dumps(
        {
            "supplier": "Nordlys",
            "products": [
                {
                    "sku": "N-1",
                    "name": "Lamp",
                    "price": {"amount": 89.5, "currency": "GBP"},
                    "color": ["black", "brass"],
                },
                {"sku": "N-2", "name": "Shade", "price": {"amount": 1299, "currency": "GBP"}, "material": "linen"},
                {"sku": "N-3", "name": "Bulb", "price": {"amount": None, "currency": "GBP"}, "material": None},
            ],
        }
    )


def price_list(pages: int = 40, *, ruled: bool = True, password: str | None = None) -> bytes:
    """A PDF with 20 articles a page below a header, as a ruled table or as words alone."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=9)
    widths, header = (30, 80, 30, 50), ("Reference", "Designation", "Prix HT", "Dimensions")
    for page in range(pages):
        pdf.add_page()
        rows = [header] + [
            (
                f"P-{page:02}-{row:02}",
                f"Meuble {page} {row}",
                f"{100 + row},50 EUR",
                "80 x 40 x 75 cm" if row % 3 else "",
            )
            for row in range(20)
        ]
        for cells in rows:
            for width, cell in zip(widths, cells, strict=True):
                pdf.cell(width, 8, cell, border=1 if ruled else 0)
            pdf.ln()
    if password is not None:
        pdf.set_encryption(owner_password="owner", user_password=password)
    return bytes(pdf.output())


def zip_bomb() -> bytes:
    """A workbook of a few hundred KiB that would be 300 MiB."""
    return packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (300 * 2**20)})


def tight_bomb() -> bytes:
    """One that stays below the sum and packs a thousand to one."""
    return packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (20 * 2**20)})


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def far_cell() -> bytes:
    """A workbook of a few KiB whose two cells span a whole sheet, 17 thousand million cells if it were a table."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "Référence"
    book.active.cell(1_048_576, 16_384).value = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
