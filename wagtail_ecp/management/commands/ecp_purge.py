"""``manage.py ecp_purge ADDRESS``: delete a deactivated mailbox and its mail."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wagtail_ecp import queue
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox.models import Conversation, Mailbox
from wagtail_ecp.inbox.purging import ask_for_purge, purge, require_inactive
from wagtail_ecp.jobs.purge import purge_mailbox
from wagtail_ecp.mail.addresses import address_key


class Command(BaseCommand):
    """Purge after a confirmation; a purge that was stopped goes on when run again."""

    help = "Deletes a deactivated mailbox for good, with all its mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which mailbox, and how."""
        parser.add_argument("address")
        parser.add_argument(
            "--no-input",
            action="store_false",
            dest="interactive",
            help="Don't ask for a confirmation.",
        )
        parser.add_argument(
            "--background",
            action="store_true",
            help="Leave the work to the worker of ecp-bg.",
        )

    def handle(self, **options: Any) -> None:
        """Delete, or have deleted; CommandError if that can't or shall not be."""
        key = address_key(options["address"])
        mailbox = Mailbox.objects.filter(address_key=key).first()
        if mailbox is None:
            raise CommandError(f"There is no mailbox {options['address']!r}.")
        try:
            require_inactive(mailbox)
            if options["interactive"]:
                self._confirm(mailbox)
            if options["background"]:
                ask_for_purge(mailbox)
                queue.enqueue(purge_mailbox, mailbox.pk, queue=queue.BACKGROUND)
                self.stdout.write(f"{mailbox.address} will be purged by a worker.")
                return
            self._purge(mailbox)
        except EmailCentreError as error:
            raise CommandError(str(error)) from error

    def _confirm(self, mailbox: Mailbox) -> None:
        number = Conversation.objects.whole().filter(mailbox=mailbox).count()
        self.stdout.write(
            f"{mailbox} and its {number} conversations will be deleted for good. "
            "ecp_export keeps a copy."
        )
        if input("Type the address to go on: ").strip() != mailbox.address:
            raise CommandError("Nothing was deleted.")

    def _purge(self, mailbox: Mailbox) -> None:
        conversations = Conversation.objects.filter(mailbox=mailbox)
        while purge(mailbox.pk):
            self.stdout.write(f"conversations left: {conversations.count()}")
        self.stdout.write(f"{mailbox.address} has been purged.")
