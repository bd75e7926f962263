"""Tries out the servers of an answered mailbox, before anything is made of it."""

from typing import Any, cast

from wagtail_ecp import conf
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.mail.sending.connection import SmtpSettings
from wagtail_ecp.mail.sending.site import tls_problem_of_site
from wagtail_ecp.mail.sources import base
from wagtail_ecp.mail.trying import (
    Outcome,
    Step,
    Trial,
    try_incoming,
    try_outgoing,
)
from wagtail_ecp.setup.models import Setup

SECONDS = 10.0  # for each answer of a server; somebody waits


def run(setup: Setup) -> dict[str, Trial]:
    """Return what came of each side that can be tried, "incoming" first."""
    told = setup.answers["mailbox"]
    trials = {}
    if told["incoming"]:
        trials["incoming"] = try_incoming(
            base.Settings(**_reached(setup, "incoming"), folder=told["incoming_folder"])
        )
    if told["outgoing"]:
        settings = SmtpSettings(**_reached(setup, "outgoing"))
        trials["outgoing"] = try_outgoing(settings, sender=told["address"])
    elif not told["receives_only"] and (problem := _problem_of_site()):
        failed = Outcome(step=Step.ENCRYPT, is_ok=False, words=problem)
        trials["outgoing"] = Trial(outcomes=(failed,))
    return trials


def is_refused(setup: Setup, trials: dict[str, Trial]) -> bool:
    """Whether a server can't be used at all: it does not encrypt, and has to.

    The site's own way out is for a developer to put right; until then mail waits.
    """
    return Account.objects.current().requires_ssl and any(
        trial.failed is Step.ENCRYPT and setup.answers["mailbox"][side]
        for side, trial in trials.items()
    )


def _problem_of_site() -> str:
    return tls_problem_of_site() if Account.objects.current().requires_ssl else ""


def _reached(setup: Setup, side: str) -> dict[str, Any]:
    told = setup.answers["mailbox"]
    _place, password = setup.passwords.get(side, ([], ""))
    return {
        "host": told[f"{side}_host"],
        "port": told[f"{side}_port"],
        "security": cast("base.Security", told[f"{side}_security"]),
        "username": told[f"{side}_username"],
        "password": password,
        "allowed_networks": conf.get("ALLOWED_NETWORKS"),
        "timeout": SECONDS,
    }
