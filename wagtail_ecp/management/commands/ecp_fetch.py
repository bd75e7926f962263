"""``manage.py ecp_fetch``: visit the sources now, without a worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox.fetching import fetch
from wagtail_ecp.inbox.models import Source


class Command(BaseCommand):
    """Fetch from all active sources, or from the mailbox that is named."""

    help = "Fetches mail from the sources and says what came."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Choose sources by their mailbox."""
        parser.add_argument("--mailbox", metavar="ADDRESS", help="Only its sources.")

    def handle(self, **options: Any) -> None:
        """Visit one source after the other; CommandError if one could not be used."""
        sources = Source.objects.filter(is_active=True)
        if options["mailbox"]:
            sources = sources.filter(mailbox__address__iexact=options["mailbox"])
        is_failing = False
        for source in sources:
            try:
                number = fetch(source.pk)
            except TransportPausedError as error:
                raise CommandError(str(error)) from error
            source.refresh_from_db()
            is_failing = is_failing or bool(source.last_error)
            self.stdout.write(f"{source}: {source.last_error or f'{number} fetched'}")
        if is_failing:
            raise CommandError("Not every source could be used.")
