"""``manage.py ecp_index``: bring conversations into the search index."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.search.indexing import index_waiting, mark_all
from wagtail_ecp.management.progress import show


class Command(BaseCommand):
    """Index what waits; what was stopped goes on where it was when run again."""

    help = "Brings conversations that the search does not know yet into its index."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say whether all are meant."""
        parser.add_argument(
            "--all",
            action="store_true",
            help="All conversations anew, not only those that changed.",
        )

    def handle(self, **options: Any) -> None:
        """Index in pieces, and show how far it is."""
        if options["all"]:
            total = Conversation.objects.count()
            for done in mark_all():
                show(self.stdout, "marking", done, total)
        waiting = Conversation.objects.to_be_indexed()
        total, done = waiting.count(), 0
        while piece := index_waiting():
            done += piece
            show(self.stdout, "indexing", done, max(total, done))
        self.stdout.write("")
        left = waiting.count()
        if left:  # Somebody holds them, or they changed meanwhile.
            self.stdout.write(f"{done} indexed; {left} will be by a worker.")
        else:
            self.stdout.write(self.style.SUCCESS(f"{done} indexed; none is left."))
