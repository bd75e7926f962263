"""System checks: every way of misinstalling that can be seen from the settings."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.files.storage import InvalidStorageError, storages
from django.db import DatabaseError, connection
from django.urls import NoReverseMatch, reverse

from wagtail_ecp import conf
from wagtail_ecp.accounts import levels
from wagtail_ecp.billing import terms
from wagtail_ecp.billing.stripe import configuration as stripe
from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.forms import existing
from wagtail_ecp.queue import QUEUES
from wagtail_ecp.spam.backends import configuration as spam_backend

Message = checks.CheckMessage

REQUIRED_APPS = ("django_rq", "wagtail.admin", "wagtail.users", "wagtail.images")


def _apps() -> Iterator[Message]:
    for name in REQUIRED_APPS:
        if not apps.is_installed(name):
            yield checks.Error(
                f"wagtail_ecp needs {name} in INSTALLED_APPS.", id="wagtail_ecp.E001"
            )


def _queues() -> Iterator[Message]:
    configured = getattr(settings, "RQ_QUEUES", {})
    if conf.get("JOB_QUEUE") != conf.DEFAULTS["JOB_QUEUE"]:
        return
    for name in QUEUES:
        if name not in configured:
            yield checks.Error(
                f"RQ_QUEUES has no queue {name!r}.",
                hint="Add it beside the others; the install guide has all three.",
                id="wagtail_ecp.E002",
            )


def _settings() -> Iterator[Message]:
    if not settings.USE_TZ:
        yield checks.Error(
            "wagtail_ecp stores times in UTC and needs USE_TZ = True.",
            id="wagtail_ecp.E003",
        )
    for name in sorted(conf.unknown_names()):
        yield checks.Error(
            f"WAGTAIL_ECP has no setting {name!r}.", id="wagtail_ecp.E004"
        )
    if not getattr(settings, "WAGTAILADMIN_BASE_URL", ""):
        yield checks.Warning(
            "WAGTAILADMIN_BASE_URL is not set: a copy of the site can't be told from "
            "the original by its address.",
            id="wagtail_ecp.W005",
        )


def _databases() -> Iterator[Message]:
    databases: dict[str, dict[str, Any]] = settings.DATABASES
    for alias, config in databases.items():
        if config.get("ATOMIC_REQUESTS"):
            yield checks.Error(
                f"DATABASES[{alias!r}] has ATOMIC_REQUESTS: a request would hold its "
                "transaction while it talks to mail servers.",
                id="wagtail_ecp.E006",
            )
        options: dict[str, Any] = config.get("OPTIONS", {})
        mode = options.get("transaction_mode", "")
        if config["ENGINE"].endswith("sqlite3") and mode.upper() != "IMMEDIATE":
            yield checks.Warning(
                f"DATABASES[{alias!r}] is SQLite without transaction_mode IMMEDIATE: "
                "workers will fail with 'database is locked'.",
                hint='Set OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}.',
                id="wagtail_ecp.W007",
            )


def _storage() -> Iterator[Message]:
    alias = conf.get("RAW_STORAGE")
    try:
        storage = storages[alias]
    except InvalidStorageError:
        yield checks.Error(
            f"STORAGES has no {alias!r}, where raw mail is kept.",
            hint="Use a folder that no web server serves.",
            id="wagtail_ecp.E008",
        )
        return
    location, media = getattr(storage, "location", ""), str(settings.MEDIA_ROOT)
    if location and media and Path(location).is_relative_to(media):
        yield checks.Error(
            f"STORAGES[{alias!r}] lies in MEDIA_ROOT: anybody could read the mail.",
            id="wagtail_ecp.E009",
        )


def _parts() -> Iterator[Message]:
    paths = [conf.get("JOB_QUEUE"), *conf.get("SOURCE_KINDS").values()]
    paths += [conf.get("BILLING_PROVIDER"), conf.get("ASSIGNMENT_STRATEGY")]
    for path in [*paths, *conf.get("ENCRYPTED_BACKENDS")]:
        try:
            conf.load(path)
        except ImportError as error:
            yield checks.Error(f"WAGTAIL_ECP: {error}", id="wagtail_ecp.E010")


def _billing() -> Iterator[Message]:
    for read, code in (
        (levels.levels, "wagtail_ecp.E012"),
        (terms.terms, "wagtail_ecp.E013"),
    ):
        try:
            read()
        except ConfigurationError as error:
            yield checks.Error(f"WAGTAIL_ECP: {error}", id=code)
            return
    if conf.get("BILLING_PROVIDER") != conf.DEFAULTS["BILLING_PROVIDER"]:
        return
    has_price = any(level.is_paid for level in levels.levels().values())
    if has_price and not terms.terms().issuer.get("name"):
        yield checks.Error(
            "WAGTAIL_ECP: a service level has a price, and BILLING['issuer'] has no "
            "name to write invoices in.",
            id="wagtail_ecp.E014",
        )


def _stripe() -> Iterator[Message]:
    if conf.get("BILLING_PROVIDER") != stripe.PROVIDER:
        return
    try:
        problems = list(stripe.problems())
    except ConfigurationError:  # Said above.
        return
    for problem in problems:
        yield checks.Error(
            f"WAGTAIL_ECP: billing through Stripe: {problem}", id="wagtail_ecp.E015"
        )
    try:
        reverse(stripe.WEBHOOK)
    except NoReverseMatch:
        yield checks.Error(
            "Stripe can't report to this site, because its URLs lack ours.",
            hint='Add path("ecp/", include("wagtail_ecp.urls")) to them.',
            id="wagtail_ecp.E016",
        )


def _spam_backend() -> Iterator[Message]:
    try:
        spam_backend.read()
    except ConfigurationError as error:
        yield checks.Error(f"WAGTAIL_ECP: {error}", id="wagtail_ecp.E017")


def _public_addresses() -> Iterator[Message]:
    from wagtail_ecp.inbox.links import can_link

    if not can_link():
        yield checks.Warning(
            "The site's URLs lack ours: large files can't go as links, and images of "
            "other servers can't be shown.",
            hint='Add path("ecp/", include("wagtail_ecp.urls")) to them.',
            id="wagtail_ecp.W018",
        )


def _forms() -> Iterator[Message]:
    for problem in existing.problems():
        yield checks.Error(f"WAGTAIL_ECP: {problem}", id="wagtail_ecp.E019")


def _owner() -> Iterator[Message]:
    from wagtail_ecp.accounts.models import Account

    try:
        has_owner = Account.objects.exists()
    except DatabaseError:  # Not migrated yet; Django says so itself.
        connection.close()
        return
    if not has_owner:
        yield checks.Warning(
            "The e-mail centre has no owner yet: no mail is accepted.",
            hint="Open the Mail menu of the admin as a superuser, and set it up there.",
            id="wagtail_ecp.W011",
        )


CHECKS: tuple[Callable[[], Iterator[Message]], ...] = (
    _apps,
    _queues,
    _settings,
    _databases,
    _storage,
    _parts,
    _billing,
    _stripe,
    _spam_backend,
    _public_addresses,
    _forms,
)


@checks.register
def check_installation(**_kwargs: Any) -> list[Message]:
    """Report what is wrong with the site's settings."""
    return [message for check in CHECKS for message in check()]


@checks.register(checks.Tags.database)
def check_owner(databases: Any = None, **_kwargs: Any) -> list[Message]:
    """Warn while nobody owns the account; asked only where a database is in reach."""
    return list(_owner()) if databases else []
