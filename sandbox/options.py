"""The options of ``python3 -m sandbox``; standard library only."""

import argparse
from collections.abc import Sequence
from pathlib import Path

PORTS = range(1024, 65536)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exits with a message if it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python3 -m sandbox",
        description="Start a small Wagtail site with wagtail-ecp and its demo mail.",
    )
    parser.add_argument(
        "--home",
        type=Path,
        default=Path(".sandbox"),
        metavar="DIR",
        help="where database, files and queue data live (default: %(default)s)",
    )
    for name, number, what in (
        ("--port", 8000, "the web site"),
        ("--smtp-port", 2525, "the listener that takes mail for the mailboxes"),
        ("--catcher-port", 2526, "the catcher of the mail that the sandbox sends"),
    ):
        parser.add_argument(
            name,
            type=port,
            default=number,
            metavar="PORT",
            help=f"port of {what} (default: %(default)s, or the next free one)",
        )
    parser.add_argument(
        "--reset", action="store_true", help="start afresh: delete what is in DIR"
    )
    parser.add_argument(
        "--empty", action="store_true", help="no account, no mailboxes, no demo mail"
    )
    return parser.parse_args(arguments)


def port(text: str) -> int:
    """Return ``text`` as a TCP port that an ordinary user may listen on."""
    if not text.isascii() or not text.isdecimal() or int(text) not in PORTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1024 to 65535)")
    return int(text)
