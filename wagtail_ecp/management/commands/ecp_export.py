"""``manage.py ecp_export DIRECTORY``: take everything along."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wagtail_ecp.inbox.exporting import export
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.mail.addresses import address_key


class Command(BaseCommand):
    """Write mbox files and JSON; nothing is changed, and a closed account is no bar."""

    help = "Writes an mbox for each mailbox, and all else as JSON, into DIRECTORY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where to, and whether it is about one mailbox."""
        parser.add_argument(
            "directory", type=Path, help="New or empty; made if there is none."
        )
        parser.add_argument("--mailbox", metavar="ADDRESS", help="Only this mailbox.")

    def handle(self, **options: Any) -> None:
        """Write and say how far it is; CommandError if something is missing."""
        only = _mailbox(options["mailbox"]) if options["mailbox"] else None
        try:
            lost = export(options["directory"], only=only, say=self.stdout.write)
        except OSError as error:
            raise CommandError(str(error)) from error
        if lost:
            raise CommandError(
                f"The export is complete but for {lost} raw mails whose files are gone."
                " ecp_doctor --files names them."
            )
        self.stdout.write(self.style.SUCCESS(f"All is in {options['directory']}."))


def _mailbox(address: str) -> Mailbox:
    mailbox = Mailbox.objects.filter(address_key=address_key(address)).first()
    if mailbox is None:
        raise CommandError(f"There is no mailbox {address!r}.")
    return mailbox
