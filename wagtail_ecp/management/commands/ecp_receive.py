"""``manage.py ecp_receive --mailbox ADDRESS``: take one mail from standard input."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wagtail_ecp import conf
from wagtail_ecp.exceptions import MailboxUnknownError
from wagtail_ecp.inbox.models import IncomingMail
from wagtail_ecp.inbox.receiving import receive, receive_oversized


class Command(BaseCommand):
    """For a mail server's pipe; its exit codes are those of sysexits.h.

    0: the mail is safe. 67 (EX_NOUSER): no such mailbox. 75 (EX_TEMPFAIL): anything
    else, the mail server keeps the mail and tries again.
    """

    help = "Takes one mail from standard input; exit 75 asks to try again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which mailbox the mail is for."""
        parser.add_argument("--mailbox", required=True, metavar="ADDRESS")
        parser.add_argument("--sender", default="", help="Envelope sender, if known.")

    def handle(self, **options: Any) -> None:
        """Read, keep, and tell by the exit code."""
        limit = conf.get("MAX_MESSAGE_BYTES")
        raw = sys.stdin.buffer.read(limit + 1)
        extra = _length_of_rest()
        take = receive_oversized if len(raw) > limit else receive
        try:
            take(
                raw,
                **({"size": len(raw) + extra} if len(raw) > limit else {}),
                recipients=[options["mailbox"]],
                envelope_from=options["sender"],
                way=IncomingMail.Way.PIPE,
            )
        except MailboxUnknownError as error:
            self.stderr.write(str(error))
            sys.exit(os.EX_NOUSER)
        except Exception as error:  # noqa: BLE001 - whatever it is, the mail must wait
            self.stderr.write(f"{type(error).__name__}: {error}")
            sys.exit(os.EX_TEMPFAIL)


def _length_of_rest() -> int:
    """Read what is over the limit without keeping it."""
    return sum(len(chunk) for chunk in iter(lambda: sys.stdin.buffer.read(65536), b""))
