"""A mail server that keeps what the sandbox sends: ``python -m sandbox.catcher``."""

import argparse
import asyncio
import itertools
import os
import signal
import ssl
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox import ports

LARGEST_MAIL = 50 * 1024 * 1024


class Keeper:
    """Keeps every mail as a file; aiosmtpd calls its handle_… methods."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail before the sender is told so."""
        content = envelope.original_content or b""
        keep(
            self._directory,
            content,
            sender=envelope.mail_from or "",
            recipients=envelope.rcpt_tos,
            number=next(self._numbers),
        )
        return "250 Kept, and sent to nobody"


def keep(
    directory: Path, content: bytes, *, sender: str, recipients: list[str], number: int
) -> Path:
    """Store a mail as <time>-<number>.eml, its envelope in two headers on top.

    The final mail server adds Return-Path (RFC 5321, section 4.4); X-Envelope-To names
    blind copies too.
    """
    head = f"Return-Path: <{sender}>\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    path = directory / f"{stamp}-{os.getpid()}-{number:05d}.eml"
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(head.encode() + content)
    unfinished.rename(path)
    return path


async def serve(port: int, directory: Path, context: ssl.SSLContext) -> None:
    """Take mail for anybody on the loopback interface until SIGINT or SIGTERM.

    STARTTLS is on offer, and nobody has to use it.
    """
    keeper = Keeper(directory)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(
        lambda: SMTP(
            keeper,
            hostname="catcher.sandbox.test",
            ident="sandbox catcher",
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            tls_context=context,
        ),
        host=ports.HOST,
        port=port,
    )
    await stop.wait()
    # Without waiting for clients: from Python 3.12 on, one that stays would hold us up.
    server.close()


def run(port: int, directory: Path, certificate: Path, key: Path) -> None:
    """Serve until SIGINT or SIGTERM."""
    directory.mkdir(parents=True, exist_ok=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    asyncio.run(serve(port, directory, context))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    for name in ("--directory", "--certificate", "--key"):
        parser.add_argument(name, type=Path, required=True)
    run(**vars(parser.parse_args()))
