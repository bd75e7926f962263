"""``manage.py ecp_doctor``: what works, and what needs a person."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from wagtail_ecp.accounts import private_files
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.findings import Finding
from wagtail_ecp.inbox.models import Blob, IncomingMail
from wagtail_ecp.jobs.health import findings


class Command(BaseCommand):
    """Look, change nothing, and fail (exit code 1) if something needs a person now.

    It says what the Health screen says; a warning alone is no failure.
    """

    help = "Says what works and what needs a person; --files looks for lost raw mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Choose how far to look."""
        parser.add_argument(
            "--files", action="store_true", help="Compare every stored file's size."
        )

    def handle(self, **options: Any) -> None:
        """Write a line for each finding, what needs a person last."""
        styles = {
            "ok": self.style.SUCCESS,
            "warning": self.style.WARNING,
            "error": self.style.ERROR,
        }
        for state, number in _ledger():
            self.stdout.write(f"received mail, {state}: {number}")
        found = findings()
        for finding in reversed(found):
            self.stdout.write(styles[finding.level](_line(finding)))
        errors = sum(finding.level == "error" for finding in found)
        for lost in _lost_files() if options["files"] else ():
            self.stdout.write(self.style.ERROR(f"error: {lost}"))
            errors += 1
        if errors:
            raise CommandError(f"{errors} findings that need a person")
        self.stdout.write(self.style.SUCCESS("Nothing needs a person now."))


def _line(finding: Finding) -> str:
    since = f" Since {finding.since:%Y-%m-%d %H:%M} UTC." if finding.since else ""
    details = f" [{'; '.join(finding.details.splitlines())}]" if finding.details else ""
    return f"{finding.level}: {finding.title}: {finding.words}{since}{details}"


def _ledger() -> Iterator[tuple[str, int]]:
    rows = IncomingMail.objects.order_by().values("state").annotate(number=Count("pk"))
    return ((row["state"], row["number"]) for row in rows)


def _lost_files() -> Iterator[str]:
    for blob in Blob.objects.iterator():
        name = blobs.file_name(blob.sha256)
        if not private_files.exists(name):
            yield f"missing file: {name}"
        elif private_files.size(name) != blob.size:
            yield f"damaged file: {name}"
