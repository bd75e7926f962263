"""``manage.py ecp_doctor``: what works, and what needs a person."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from wagtail_ecp.accounts import installation, private_files
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Blob, IncomingMail, Outbox, Source


class Command(BaseCommand):
    """Look, change nothing, and fail (exit code 1) if something needs a person."""

    help = "Says what works and what needs a person; --files looks for lost raw mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Choose how far to look."""
        parser.add_argument(
            "--files", action="store_true", help="Compare every stored file's size."
        )

    def handle(self, **options: Any) -> None:
        """Write a line for each finding."""
        findings = list(_findings())
        if options["files"]:
            findings += _lost_files()
        for state, number in _ledger():
            self.stdout.write(f"received mail, {state}: {number}")
        for finding in findings:
            self.stdout.write(self.style.ERROR(finding))
        if findings:
            raise CommandError(f"{len(findings)} findings")
        self.stdout.write(self.style.SUCCESS("Nothing needs a person."))


def _ledger() -> Iterator[tuple[str, int]]:
    rows = IncomingMail.objects.order_by().values("state").annotate(number=Count("pk"))
    return ((row["state"], row["number"]) for row in rows)


def _findings() -> Iterator[str]:
    if not Account.objects.exists():
        yield "no account: run ecp_set_owner"
    pause = installation.check().get_pause_display()
    if pause:
        yield f"all transport is paused: {pause}"
    for source in Source.objects.filter(is_active=True).exclude(last_error=""):
        yield f"source {source.pk}: {source.last_error}"
    for mail in IncomingMail.objects.filter(state=IncomingMail.State.QUARANTINED):
        yield f"received mail {mail.pk} is quarantined"
    for outbox in Outbox.objects.stuck():
        yield f"message {outbox.message_id} was not sent: {outbox.state}"


def _lost_files() -> Iterator[str]:
    for blob in Blob.objects.iterator():
        name = blobs.file_name(blob.sha256)
        if not private_files.exists(name):
            yield f"missing file: {name}"
        elif private_files.size(name) != blob.size:
            yield f"damaged file: {name}"
