"""What a metric says, and its cases, as CSV that no spreadsheet takes for formulas."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.http import HttpResponse

from wagtail_ecp.metrics.evidence import Evidence
from wagtail_ecp.metrics.results import Result
from wagtail_ecp.metrics.scope import Scope

#: With what a formula begins, in some spreadsheet.
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")

Cells = Sequence[Any]


def numbers(result: Result) -> Iterator[Cells]:
    """Yield one line for each number: where it stands, what it is, and its unit."""
    yield ("part", "of", "name", "value", "before", "unit")
    for figure in result.figures:
        yield ("", "", figure.name, figure.value, figure.before, figure.unit)
    for line in result.lines:
        for at, value in line.points:
            yield (line.name, at.isoformat(), line.name, value, None, line.unit)
    for table in result.tables:
        for row in table.rows:
            for (name, unit), value in zip(table.heads, row.values, strict=True):
                yield (table.name, row.name, name, value, None, unit)


def cases(found: Iterable[Evidence], scope: Scope) -> Iterator[Cells]:
    """Yield one line for each case."""
    yield (
        *("at", "conversation", "subject", "correspondent", "mailbox", "member"),
        *("seconds", "business_seconds"),
    )
    for case in found:
        fact, row = case.fact, case.conversation
        yield (
            case.at.isoformat(),
            row.pk,
            row.subject,
            row.correspondent,
            scope.names.get(row.mailbox_id, ""),
            *((fact.user_name, fact.seconds, fact.business_seconds) if fact else ()),
        )


def file(name: str, rows: Iterable[Cells]) -> HttpResponse:
    """Return these rows as a file to download."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    # With a mark, without which Excel takes it for another encoding.
    content = text.getvalue().encode("utf-8-sig")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, "text/csv; charset=utf-8", headers=headers)


def _harmless(cell: Any) -> Any:
    """Return what stays text where it is opened; numbers are left as they are."""
    if cell is None or isinstance(cell, int | float):
        return cell
    words = str(cell)
    # Some take wide forms of these signs for the signs themselves.
    plain = unicodedata.normalize("NFKC", words).lstrip(" ")
    return f"'{words}" if plain.startswith(FORMULAS) else words
