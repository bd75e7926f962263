"""An invoice as a PDF, by reportlab, which comes with the extra ``[pdf]``.

The same invoice in the same language gives the same bytes. The font is embedded.
"""

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_ecp.billing.document import Document, Fact
from wagtail_ecp.billing.terms import Terms
from wagtail_ecp.exceptions import BillingError

SMALL, NORMAL, TOTAL, LARGE = 8, 9.5, 12, 18
#: Millimetres: the margins, and the columns of the lines.
MARGIN = 20
COLUMNS = (60, 22, 34, 18, 36)


def is_available() -> bool:
    """Whether reportlab is installed."""
    return find_spec("reportlab") is not None


def pdf(document: Document, terms: Terms) -> bytes:
    """Return the invoice as a PDF; BillingError without reportlab or a usable font."""
    if not is_available():
        raise BillingError(_("For PDF the site needs: pip install wagtail-ecp[pdf]"))
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    written = io.BytesIO()
    template = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=MARGIN * mm,
        rightMargin=MARGIN * mm,
        topMargin=MARGIN * mm,
        bottomMargin=MARGIN * mm,
        title=document.title,
        author=document.seller[0] if document.seller else "",
        lang=get_language(),
        invariant=1,
    )
    template.build(_Page(_font(terms.font)).content(document))
    return written.getvalue()


@cache
def _font(file: Path) -> str:
    """Make a font known to reportlab, once for each process; return its name there."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    name = f"ecp-{file}"
    try:
        pdfmetrics.registerFont(TTFont(name, str(file)))
    except TTFError as error:
        raise BillingError(
            _("The font %(file)s can't be used: %(error)s")
            % {"file": file, "error": error}
        ) from error
    return name


class _Page:
    """Lays a document out with one font."""

    def __init__(self, font: str) -> None:
        self.font = font

    def content(self, document: Document) -> list[Any]:
        from reportlab.lib.units import mm
        from reportlab.platypus import Spacer

        gap = Spacer(1, 8 * mm)
        return [
            *(self.text(line, SMALL) for line in document.seller),
            gap,
            *(self.text(line) for line in document.buyer),
            gap,
            self.text(document.title, LARGE),
            gap,
            _table([self.row(fact) for fact in document.facts], (45, 125)),
            gap,
            self.lines(document),
            gap,
            self.totals(document.totals),
            self.totals([document.due], TOTAL),
            gap,
            *(self.text(note) for note in document.notes),
        ]

    def text(self, words: str, size: float = NORMAL, *, is_right: bool = False) -> Any:
        from reportlab.lib.enums import TA_LEFT, TA_RIGHT
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        style = ParagraphStyle(
            f"ecp-{size}-{is_right}",
            fontName=self.font,
            fontSize=size,
            leading=size * 1.4,
            alignment=TA_RIGHT if is_right else TA_LEFT,
        )
        return Paragraph(escape(words).replace("\n", "<br/>"), style)

    def lines(self, document: Document) -> Any:
        from reportlab.lib.colors import grey

        head = (_("Description"), _("Quantity"), _("Unit price"), _("Tax"), _("Amount"))
        rows = [
            (line.description, line.quantity, line.unit_price, line.tax, line.amount)
            for line in document.lines
        ]
        cells = [
            self.row(head, SMALL, is_right=True),
            *(self.row(row, is_right=True) for row in rows),
        ]
        return _table(cells, COLUMNS, [("LINEBELOW", (0, 0), (-1, -1), 0.5, grey)])

    def totals(self, rows: list[Fact], size: float = NORMAL) -> Any:
        cells = [[self.text(word, size, is_right=True) for word in row] for row in rows]
        return _table(cells, (120, 50))

    def row(
        self, words: tuple[str, ...], size: float = NORMAL, *, is_right: bool = False
    ) -> list[Any]:
        first, *others = words
        rest = [self.text(word, size, is_right=is_right) for word in others]
        return [self.text(first, size), *rest]


def _table(cells: list[list[Any]], widths: tuple[int, ...], more: Any = ()) -> Any:
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    table = Table(cells, colWidths=[width * mm for width in widths], hAlign="LEFT")
    edges = [
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *edges, *more]))
    return table
