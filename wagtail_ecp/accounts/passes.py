"""Addresses that open one thing for a while to whoever has them: no session needed."""

import time
from typing import NamedTuple

from wagtail_ecp.accounts import keys


class Pass(NamedTuple):
    """What goes into the address."""

    until: int  # Seconds since 1970.
    mark: str


def issue(purpose: str, thing: str, *, seconds: int) -> Pass:
    """Return a pass for ``thing`` and this purpose alone, from now on."""
    until = int(time.time()) + seconds
    return Pass(until, keys.sign(purpose, f"{until} {thing}"))


def is_valid(purpose: str, thing: str, given: Pass) -> bool:
    """Whether we issued ``given`` for it and its time is not over."""
    if given.until < time.time():
        return False
    return keys.is_signed(purpose, f"{given.until} {thing}", given.mark)
