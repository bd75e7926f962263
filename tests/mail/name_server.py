"""A small name server on loopback, over UDP and TCP."""

from __future__ import annotations

import socketserver
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = {
    "one.example.": ['"v=DMARC1; p=none"'],
    "two.example.": ['"first"', '"second"'],
    "long.example.": ['"' + '" "'.join(["x" * 250] * 4) + '"'],
    "huge.example.": ['"' + '" "'.join(["y" * 250] * 10) + '"'],
}
ALIAS, TARGET = "alias.example.", "one.example."
EMPTY, REFUSED, SILENT = "empty.example.", "refused.example.", "silent.example."


def answer_to(data: bytes, *, most: int) -> bytes | None:
    """Answer as an authority for the names above; ``None`` is silence."""
    question = dns.message.from_wire(data)
    name = question.question[0].name.to_text()
    reply = dns.message.make_response(question)
    if name == SILENT:
        return None
    if name == REFUSED:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif name == ALIAS:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", TARGET))
        reply.answer.append(_texts(TARGET))
    elif name in TEXTS:
        reply.answer.append(_texts(name))
    elif name != EMPTY:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    wire = reply.to_wire(max_size=65_535)
    if len(wire) <= most:
        return wire
    reply.answer.clear()
    reply.flags |= dns.flags.TC
    return reply.to_wire()


def _texts(name: str) -> dns.rrset.RRset:
    return dns.rrset.from_text(name, 60, "IN", "TXT", *TEXTS[name])


class _OverUdp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, connection = self.request
        if answer := answer_to(data, most=1_232):
            connection.sendto(answer, self.client_address)


class _OverTcp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        (size,) = struct.unpack("!H", self.rfile.read(2))
        if answer := answer_to(self.rfile.read(size), most=65_535):
            self.wfile.write(struct.pack("!H", len(answer)) + answer)


@contextmanager
def a_name_server() -> Iterator[int]:
    """Serve on one port of 127.0.0.1, by UDP and TCP, as long as the block lasts."""
    with (
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), _OverTcp) as over_tcp,
        socketserver.ThreadingUDPServer(over_tcp.server_address, _OverUdp) as over_udp,
    ):
        servers = (over_tcp, over_udp)
        for server in servers:
            threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield over_tcp.server_address[1]
        finally:
            for server in servers:
                server.shutdown()
