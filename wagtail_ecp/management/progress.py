"""A bar that says how far a long command is."""

from typing import Final

from django.core.management.base import OutputWrapper

WIDTH: Final = 40


def show(out: OutputWrapper, what: str, done: int, total: int) -> None:
    """Draw the bar again on a terminal; in a log, once it is full."""
    full = WIDTH * min(done, total) // max(total, 1)
    bar = "#" * full + "." * (WIDTH - full)
    is_last = done >= total
    if out.isatty():
        line = f"\r{what} [{bar}] {done:,} of {total:,}"
        out.write(line, ending="\n" if is_last else "")
        out.flush()
    elif is_last:
        out.write(f"{what} [{bar}] {done:,} of {total:,}")
