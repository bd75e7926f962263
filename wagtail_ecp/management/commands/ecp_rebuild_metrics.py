"""``manage.py ecp_rebuild_metrics``: find all numbers again from the log."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Max

from wagtail_ecp.journal.models import Action
from wagtail_ecp.management.progress import show
from wagtail_ecp.metrics import books


class Command(BaseCommand):
    """Rebuild facts in pieces; what was stopped goes on where it was when run again."""

    help = "Finds all numbers of the dashboard again from what happened, and compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say whether to go on."""
        parser.add_argument(
            "--from-the-beginning",
            action="store_true",
            help="Begin again, although a rebuilding was begun and stopped.",
        )

    def handle(self, **options: Any) -> None:
        """Rebuild, and show how far it is."""
        if options["from_the_beginning"]:
            books.begin_rebuild()
        highest = Action.objects.aggregate(Max("conversation_number"))
        total = highest["conversation_number__max"] or 0
        while not (progress := books.rebuild_piece()).is_done:
            show(self.stdout, "rebuilding", progress.position, total)
        show(self.stdout, "rebuilding", total, total)
        number = f"{progress.differed:,}"
        self.stdout.write(self.style.SUCCESS(f"Rebuilt; {number} facts differed."))
