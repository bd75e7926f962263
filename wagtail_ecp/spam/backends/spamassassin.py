"""SpamAssassin, asked through its daemon spamd (extra ``[spamassassin]``)."""

import re
import socket
from collections.abc import Iterator

from aiospamc.exceptions import ParseError
from aiospamc.header_values import SpamValue
from aiospamc.incremental_parser import ResponseParser
from aiospamc.requests import Request
from aiospamc.responses import Response, ResponseException

from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.spam.backends.base import Clue, Opinion, finite
from wagtail_ecp.spam.backends.connection import (
    TIMEOUT,
    connection,
    read_all,
    tcp,
    unix,
)
from wagtail_ecp.spam.backends.scale import on_our_scale

#: A report has some 2 kB. aiospamc reads long answers in quadratic time.
MAX_ANSWER = 64 * 1024

#: Both stand at the beginning of the line; what continues a description, and may
#: quote the mail, is indented.
_TABLE = re.compile(r"^---- -+ -+$", re.MULTILINE)
_RULE = re.compile(r"^ {0,3}(-?\d+(?:\.\d+)?) ([A-Z]\w+) +(\S.*)$", re.MULTILINE)

_WRONG = (ParseError, ResponseException, ValueError)


class SpamAssassin:
    """Asks spamd at ``host`` and ``port``, or at the Unix socket ``socket_path``.

    ``user`` is whose preferences and Bayes database spamd uses.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 783,
        socket_path: str = "",
        user: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        if not (user.isascii() and user.isprintable()):
            raise ConfigurationError("The user must be printable ASCII.")
        self._opened = unix(socket_path) if socket_path else tcp(host, port)
        self._place = f"spamd at {socket_path or f'{host}:{port}'}"
        self._user = user
        self._timeout = timeout

    def score(self, raw: bytes) -> Opinion:
        """Return SpamAssassin's opinion on ``raw``; BackendDownError if it has none."""
        request = Request("REPORT", body=raw)
        if self._user:
            request.headers.user = self._user
        with connection(
            self._opened, place=self._place, timeout=self._timeout, wrong=_WRONG
        ) as connected:
            connected.sendall(bytes(request))
            connected.shutdown(socket.SHUT_WR)
            return opinion(read_all(connected, max_bytes=MAX_ANSWER))


def opinion(answer: bytes) -> Opinion:
    """Read spamd's ``answer``; ParseError or ValueError if it isn't spamd's.

    The rules are read out of the usual report; there are no clues where the site's
    report has another form.
    """
    response = Response(**ResponseParser().parse(answer))
    response.raise_for_status()
    verdict = response.headers.get("Spam")
    if not isinstance(verdict, SpamValue):
        raise ValueError("the answer has no score")  # noqa: TRY004
    points, threshold = finite(verdict.score), finite(verdict.threshold)
    if threshold <= 0:
        raise ValueError(f"required_score is {threshold:g}; it must be above 0")
    return Opinion(
        score=on_our_scale(points, threshold=threshold),
        clues=tuple(_clues(response.body.decode("utf-8", "replace"))),
    )


def _clues(report: str) -> Iterator[Clue]:
    table = [match.end() for match in _TABLE.finditer(report)]
    if not table:
        return
    for points, name, described in _RULE.findall(report, table[-1]):
        yield f"{name}: {described}", finite(float(points))
