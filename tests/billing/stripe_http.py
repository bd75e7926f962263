"""The wire of the double of Stripe: forms in, JSON out, errors in Stripe's shape."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Form = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - what Stripe calls an error is an answer
    """An error as Stripe answers it."""

    def __init__(self, status, message, *, code="", param="", kind=""):
        super().__init__(message)
        self.status = status
        error = {"type": kind or "invalid_request_error", "message": message}
        if code:
            error["code"] = code
        if param:
            error["param"] = param
        self.body = {"error": error}


def missing(kind: str, identifier: str, *, param: str = "id") -> Refusal:
    return Refusal(
        404 if param == "id" else 400,
        f"No such {kind}: '{identifier}'",
        code="resource_missing",
        param=param,
    )


@dataclass(frozen=True)
class Request:
    """What came in; ``form`` is nested as its names say."""

    method: str
    path: str
    form: Form
    headers: dict[str, str]


@dataclass(frozen=True)
class Route:
    """What may be asked at an address: any other name, or a wrong word, is an error.

    In ``names`` a "#" stands for a number and a "*" for any name; ``words`` are the
    ones that a parameter may have.
    """

    method: str
    path: str
    answer: Callable[..., Any]
    names: str = ""
    required: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)

    def match(self, request: Request) -> "re.Match[str] | None":
        if self.method != request.method:
            return None
        return re.fullmatch(self.path.replace("{}", "([^/]+)"), request.path)

    def check(self, query: str) -> None:
        pairs = parse_qsl(query, keep_blank_values=True)
        known = {*self.names.split(), "expand.#"}
        given = {}
        for name, value in pairs:
            steps = re.findall(r"[^\[\]]+", name)
            plain = ".".join("#" if step.isdigit() else step for step in steps)
            given[plain] = value
            if plain not in known and f"{plain.rpartition('.')[0]}.*" not in known:
                raise Refusal(
                    400,
                    f"Received unknown parameter: {name}",
                    code="parameter_unknown",
                    param=name,
                )
            words = self.words.get(plain, "").split()
            if words and value not in words:
                raise Refusal(
                    400, f"Invalid {name}: must be one of {words}", param=name
                )
        for name in self.required:
            if not given.get(name):
                raise Refusal(
                    400,
                    f"Missing required param: {name}.",
                    code="parameter_missing",
                    param=name,
                )


def nested(query: str) -> Form:
    """Return ``a[b][0]=c`` as ``{"a": {"b": ["c"]}}``."""
    root: Form = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        *steps, last = re.findall(r"[^\[\]]+", name)
        here = root
        for step in steps:
            here = here.setdefault(step, {})
        here[last] = {"true": True, "false": False}.get(value, value)
    return {name: _with_lists(value) for name, value in root.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    found = {name: _with_lists(inner) for name, inner in value.items()}
    if found and all(name.isdigit() for name in found):
        return [found[name] for name in sorted(found, key=int)]
    return found


class Server:
    """Serves ``api(request, query)`` and ``page(request)`` on a free port."""

    def __init__(self, api: Any, page: Any) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self._answer()

            do_POST = do_DELETE = do_GET  # noqa: N815

            def _answer(self):
                address = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = "&".join(filter(None, [address.query, body.decode()]))
                request = Request(
                    self.command, address.path, nested(query), dict(self.headers)
                )
                if address.path.startswith("/v1/"):
                    try:
                        status, content, headers = api(request, query)
                    except ConnectionAbortedError:
                        self.close_connection = True
                        return
                    data = json.dumps(content).encode()
                    headers = {"Content-Type": "application/json", **headers}
                else:
                    status, text, headers = page(request)
                    data = text.encode()
                    headers = {"Content-Type": "text/html; charset=utf-8", **headers}
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Server":
        serve = partial(self._server.serve_forever, poll_interval=0.01)
        threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
