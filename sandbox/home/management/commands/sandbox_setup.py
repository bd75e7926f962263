"""``manage.py sandbox_setup``: all that the sandbox needs in its database."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import BaseCommand, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from sandbox.demo.billing import make_invoices
from sandbox.home import people
from wagtail_ecp.accounts import actions, installation
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.inbox.models import GroupMailboxPermission, Mailbox


class Command(BaseCommand):
    """Migrates, then makes site, people, account and mailboxes; may be run again."""

    help = "Bring the sandbox's database up to date and make what the demo needs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the sandbox's own ``--empty``."""
        parser.add_argument(
            "--empty", action="store_true", help="no account and no mailboxes"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what is still missing, one step after the other."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, skip_checks=True)
        self.stdout.write("Making pages and people")
        with transaction.atomic():
            self._make_site(empty=options["empty"])
            if not options["empty"]:
                self._make_groups_and_mailboxes()
        self._follow_the_port()

    def _make_site(self, *, empty: bool) -> None:
        from sandbox.home.pages import make_pages

        make_pages(settings.PLACE.port)
        # Without an account only a superuser may set one up.
        people.make_people(superuser="administrator" if empty else None)

    def _make_groups_and_mailboxes(self) -> None:
        people.make_groups()
        if not Account.objects.exists():
            owner = get_user_model().objects.get(username="owner")
            account = actions.set_owner(owner, name="Alder & Finch")
            account.time_zone, account.rss_enabled = settings.TIME_ZONE, True
            account.save(update_fields=["time_zone", "rss_enabled"])
            make_invoices(account)
        if Mailbox.objects.exists():
            return
        for address, name in people.MAILBOXES.items():
            mailbox = Mailbox(name=name, address=address)
            mailbox.full_clean()
            mailbox.save()
        for group, (addresses, rights) in people.RIGHTS.items():
            for mailbox in Mailbox.objects.filter(address__in=addresses):
                self._give(group, mailbox, rights)

    def _give(self, group: str, mailbox: Mailbox, rights: tuple[str, ...]) -> None:
        for right in rights:
            GroupMailboxPermission.objects.create(
                group=Group.objects.get(name=group), mailbox=mailbox, permission=right
            )

    def _follow_the_port(self) -> None:
        """Take the site's new address for its own: another port is no other site."""
        moved = Installation.objects.filter(
            pause__in=["", Installation.Pause.OTHER_SITE]
        ).exclude(site_address=installation.site_address())
        if moved.exists():
            installation.adopt()
