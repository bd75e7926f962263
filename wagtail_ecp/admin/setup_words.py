"""What the wizard says about servers that were tried, and about all that was answered."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.inbox.models import Source
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.mail.trying import Step, Trial
from wagtail_ecp.setup import answers
from wagtail_ecp.setup.models import Setup

STEPS = {
    Step.CONNECT: gettext_lazy("Connect"),
    Step.ENCRYPT: gettext_lazy("Encrypt, with a certificate that holds"),
    Step.LOG_IN: gettext_lazy("Log in"),
    Step.FOLDERS: gettext_lazy("List the folders"),
    Step.SENDER: gettext_lazy("Take mail from the address (nothing was sent)"),
}


class Tried(NamedTuple):
    """One step of a test, in words."""

    label: str
    is_ok: bool
    words: str


def outcomes(trials: Mapping[str, Trial]) -> dict[str, list[Tried]]:
    """Return what came of each side's test, step by step."""
    return {
        side: [
            Tried(str(STEPS[outcome.step]), outcome.is_ok, outcome.words)
            for outcome in trial.outcomes
        ]
        for side, trial in trials.items()
    }


def summary(setup: Setup) -> list[tuple[str, str]]:
    """Return what will be made of the answers, as headings and words."""
    told = setup.answers["mailbox"]
    account = setup.answers["account"]
    owner = answers.find_user(setup.answers["owner"]["owner"])
    return [
        (_("Account"), f"{account['name']}, {account['time_zone']}"),
        (_("Owner"), display_name(owner)),
        (_("Mailbox"), f"{told['name']} <{told['address']}>"),
        (_("Mail comes in"), _incoming(told)),
        (_("Answers go out"), _outgoing(told)),
    ]


def _incoming(told: answers.Answers) -> str:
    if not told["incoming"]:
        return _("delivered to this site")
    return _("fetched from %(host)s, folder %(folder)s; to begin with: %(start)s") % {
        "host": told["incoming_host"],
        "folder": told["incoming_folder"],
        "start": Source.Start(told["start"]).label,
    }


def _outgoing(told: answers.Answers) -> str:
    if told["receives_only"]:
        return _("nothing is sent for now")
    if told["outgoing"]:
        return _("by %(host)s") % {"host": told["outgoing_host"]}
    return _("by the e-mail settings of this site")
