"""From what a metric says to pictures, each with its numbers as a table."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from wagtail_ecp.admin.dashboard.charts import Bars, Grid, Lines, bars, grid, lines
from wagtail_ecp.admin.dashboard.metrics.writing import (
    Writing,
    change,
    moment,
    written,
)
from wagtail_ecp.metrics.results import Figure, Line, Result, Table

#: Of the weekdays by the hour.
HOURS: Final = 24


class Headline(NamedTuple):
    """A number, what it was before, and by how much it changed."""

    key: str
    name: str
    value: str
    before: str
    change: str


class Picture(NamedTuple):
    """A picture, if one helps, and the table that says the same."""

    title: str
    says: str
    chart: Lines | Bars | Grid | None
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def headlines(result: Result) -> list[Headline]:
    """Return the numbers in the metric's order."""
    return [_headline(figure) for figure in result.figures]


def pictures(result: Result) -> list[Picture]:
    """Return a picture of all lines together, and one of each table."""
    of_lines = [_of_lines(result.lines)] if result.lines else []
    return [*of_lines, *map(_of_table, result.tables)]


def _headline(figure: Figure) -> Headline:
    return Headline(
        figure.key,
        str(figure.name),
        written(figure.value, figure.unit),
        "" if figure.before is None else written(figure.before, figure.unit),
        change(figure.value, figure.before),
    )


def _of_lines(found: Sequence[Line]) -> Picture:
    unit = found[0].unit
    moments = [moment(at) for at, _value in found[0].points]
    first, last = moments[0], moments[-1]
    chart = lines(
        [(str(line.name), [value for _at, value in line.points]) for line in found],
        first=first,
        last=last,
        write=Writing(unit),
    )
    columns = [[written(value, unit) for _at, value in line.points] for line in found]
    names = [str(line.name) for line in found]
    return Picture(
        title=", ".join(names),
        says=_("From %(first)s to %(last)s.") % {"first": first, "last": last},
        chart=chart,
        heads=[_("When"), *names],
        rows=list(zip(moments, *columns, strict=True)),
    )


def _of_table(table: Table) -> Picture:
    heads = [str(name) for name, _unit in table.heads]
    units = [unit for _name, unit in table.heads]
    rows = [
        [
            str(row.name),
            *(written(v, u) for v, u in zip(row.values, units, strict=True)),
        ]
        for row in table.rows
    ]
    says = _("%(number)s rows.") % {"number": len(rows)}
    return Picture(str(table.name), says, _chart(table), ["", *heads], rows)


def _chart(table: Table) -> Bars | Grid | None:
    write = Writing(table.heads[0][1])
    if len(table.heads) == HOURS:
        named = [(str(row.name), row.values) for row in table.rows]
        return grid(named, [str(name) for name, _unit in table.heads], write=write)
    if len(table.heads) == 1 and table.rows:
        return bars([(str(row.name), row.values[0]) for row in table.rows], write=write)
    return None
