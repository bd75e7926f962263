"""``manage.py ecp_set_owner USERNAME``: set up the account, or rescue it."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from wagtail_ecp.accounts.actions import set_owner


class Command(BaseCommand):
    """Make a user the one account owner; the account too if there is none."""

    help = "Makes USERNAME the owner of the e-mail centre's account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say who."""
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="Name of a new account.")

    def handle(self, **options: Any) -> None:
        """Change the owner, or say why that user can't be it."""
        users = get_user_model()
        try:
            user = users._default_manager.get_by_natural_key(options["username"])
            set_owner(user, name=options["name"])
        except users.DoesNotExist as error:
            raise CommandError(f"There is no user {options['username']!r}.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user} owns the e-mail centre now.")
