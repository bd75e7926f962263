"""rspamd over HTTP: https://rspamd.com/doc/developers/protocol.html."""

import http.client
import json
import math
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from wagtail_ecp.exceptions import BackendDownError, ConfigurationError
from wagtail_ecp.spam.backends.base import Clue, Opinion, finite
from wagtail_ecp.spam.backends.connection import TIMEOUT, connection, tcp
from wagtail_ecp.spam.backends.scale import on_our_scale

MAX_ANSWER = 1024 * 1024

#: rspamd's own default for ``add_header``: "probably spam".
THRESHOLD = 6.0

PORTS = {"http": 80, "https": 443}

_WRONG = (
    http.client.HTTPException,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)


class Rspamd:
    """Asks the worker at ``url`` (normal, proxy or controller) for its score.

    ``threshold`` is the site's ``add_header``, for an rspamd that doesn't report it.
    ``password`` is that of the controller.
    """

    def __init__(
        self,
        *,
        url: str = "http://127.0.0.1:11333",
        password: str = "",
        threshold: float = THRESHOLD,
        timeout: float = TIMEOUT,
    ) -> None:
        self._scheme, self._host, self._port, self._path = _place(url)
        if not (password.isascii() and password.isprintable()):
            raise ConfigurationError("The password must be printable ASCII.")
        if not 0 < threshold < math.inf:
            raise ConfigurationError("The threshold must be above 0.")
        self._password = password
        self._threshold = threshold
        self._timeout = timeout

    def score(self, raw: bytes) -> Opinion:
        """Return rspamd's opinion on ``raw``; BackendDownError if it has none."""
        context = ssl.create_default_context() if self._scheme == "https" else None
        opened = tcp(self._host, self._port, context=context)
        place = f"rspamd at {self._host}:{self._port}"
        with connection(
            opened, place=place, timeout=self._timeout, wrong=_WRONG
        ) as connected:
            http_connection = http.client.HTTPConnection(self._host, self._port)
            http_connection.sock = connected
            http_connection.request("POST", self._path, raw, self._headers())
            with http_connection.getresponse() as answer:
                body = _body(answer)
            return opinion(json.loads(body), threshold=self._threshold)

    def _headers(self) -> dict[str, str]:
        headers = {"Connection": "close", "User-Agent": "wagtail-ecp"}
        return headers | ({"Password": self._password} if self._password else {})


def opinion(answer: Any, *, threshold: float) -> Opinion:
    """Read rspamd's ``answer``; one of ``_WRONG`` if it isn't rspamd's.

    ``threshold`` holds where the answer doesn't say from when on mail is spam.
    """
    action = answer["action"] if isinstance(answer, dict) else None
    if not isinstance(action, str):
        raise ValueError("this is no answer of rspamd's")  # noqa: TRY004
    if answer.get("is_skipped") and action == "no action":
        raise BackendDownError("rspamd skips our mail: its settings say so.")
    stated = finite((answer.get("thresholds") or {}).get("add header", threshold))
    points = finite(answer["score"])
    return Opinion(
        score=on_our_scale(points, threshold=stated if stated > 0 else threshold),
        clues=tuple(_clues(answer.get("symbols") or {})),
    )


def _clues(symbols: dict[str, dict[str, Any]]) -> Iterator[Clue]:
    for name, found in symbols.items():
        described = found.get("description")
        yield f"{name}: {described}" if described else name, finite(found["score"])


def _body(answer: http.client.HTTPResponse) -> bytes:
    if answer.status != http.client.OK:
        raise http.client.HTTPException(f"answered {answer.status} {answer.reason}")
    body = answer.read(MAX_ANSWER + 1)
    if len(body) > MAX_ANSWER:
        raise http.client.HTTPException(f"answered more than {MAX_ANSWER} bytes")
    return body


def _place(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise ConfigurationError(
            "The url must begin with http:// or https://."
        ) from error
    if not parts.hostname or parts.username is not None or not url.isascii():
        raise ConfigurationError("The url must name a host, and no user.")
    return parts.scheme, parts.hostname, port, f"{parts.path.rstrip('/')}/checkv2"
