"""Tables in what members write: rows of text, as HTML and as columns of characters."""

from __future__ import annotations

from html import escape
from typing import Final, NamedTuple
from unicodedata import east_asian_width

from bs4 import BeautifulSoup, Tag

Rows = tuple[tuple[str, ...], ...]

#: A column is filled up to so many characters; a longer cell pushes its own line alone.
WIDEST: Final = 40
#: What a mail can show; a spreadsheet goes as a file.
MOST_ROWS: Final = 500
MOST_COLUMNS: Final = 50

_GAP: Final = "  "
_CELL: Final = 'align="left" valign="top"'


class Table(NamedTuple):
    """Lines of cells; the first one may name the columns."""

    rows: Rows
    has_head: bool = False


def read(rows: object, *, has_head: bool = False) -> Table:
    """Return a table of what JSON gave; ValueError if it is none."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError("a table is a list of rows")
    lines = (row[:MOST_COLUMNS] for row in rows[:MOST_ROWS])
    return Table(tuple(tuple(map(str, line)) for line in lines), has_head)


def as_html(table: Table) -> str:
    """Return HTML that shows its lines without any style sheet."""
    width = max(map(len, table.rows), default=0)
    lines = []
    for number, row in enumerate(table.rows):
        name = "th" if table.has_head and number == 0 else "td"
        cells = (*row, *[""] * (width - len(row)))
        written = (f"<{name} {_CELL}>{_lines(cell)}</{name}>" for cell in cells)
        lines.append(f"<tr>{''.join(written)}</tr>")
    return f'<table border="1" cellpadding="4" cellspacing="0">{"".join(lines)}</table>'


def _lines(cell: str) -> str:
    return escape(cell).replace("\n", "<br>")


def with_aligned_tables(html: str) -> str:
    """Return ``html`` with each table that holds no other as text in columns."""
    if "<table" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for found in soup.find_all("table"):
        if found.table is None and found.find_parent("table") is None:
            text = soup.new_tag("pre")
            text.string = aligned(_table(found))
            found.replace_with(text)
    return str(soup)


def _table(found: Tag) -> Table:
    lines = found.find_all("tr")
    rows = (line.find_all(["td", "th"]) for line in lines)
    has_head = bool(lines and lines[0].th)
    return Table(tuple(tuple(map(_said, row)) for row in rows), has_head)


def _said(cell: Tag) -> str:
    return " ".join(cell.get_text(" ").split())


def aligned(table: Table) -> str:
    """Return the table as lines of text, its columns below each other."""
    rows = table.rows
    count = max(map(len, rows), default=0)
    columns = [
        [row[number] for row in rows if number < len(row)] for number in range(count)
    ]
    widths = [min(WIDEST, max(map(_width, column), default=0)) for column in columns]
    lines = [_line(row, widths) for row in rows]
    if table.has_head:
        lines[1:1] = [_GAP.join("-" * width for width in widths)]
    return "\n".join(lines)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (
        f"{cell}{' ' * (width - _width(cell))}"
        for cell, width in zip(row, widths, strict=False)
    )
    return _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """Return how many places ``text`` takes where all characters are equally wide."""
    return len(text) + sum(east_asian_width(one) in "WF" for one in text)
