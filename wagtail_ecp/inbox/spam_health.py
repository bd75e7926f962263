"""Whether the spam filter works: its model, its training, and who else is asked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp import conf
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.findings import Check, Finding
from wagtail_ecp.spam.models import Mark, SpamModel

#: Marks are learned within seconds; after this, nothing trains any more.
LATE: Final = timedelta(minutes=30)


def _filter(_account: Account) -> Iterator[Finding]:
    title = _("Spam filter")
    model = _model()
    if model.damaged_at:
        yield Finding(
            level="warning",
            title=title,
            words=_(
                "What it had learned can't be read, so the last good state is used."
                " The next mark has it learned anew."
            ),
            since=model.damaged_at,
        )
    oldest = Mark.objects.waiting().values_list("at", flat=True).first()
    if oldest is not None and timezone.now() - oldest > LATE:
        yield Finding(
            level="warning",
            title=title,
            words=_("Marks wait to be learned: the workers don't get to it."),
            since=oldest,
        )


def _backend(_account: Account) -> Iterator[Finding]:
    if not conf.get("SPAM_BACKEND"):
        return
    title = _("The other spam filter")
    model = _model()
    if model.backend_down_since:
        yield Finding(
            level="warning",
            title=title,
            words=_("It does not answer as it should; our own filter's score holds."),
            since=model.backend_down_since,
            details=model.backend_error,
        )
    else:
        yield Finding(level="ok", title=title, words=_("It answers."))


CHECKS: tuple[Check, ...] = (_filter, _backend)


def _model() -> SpamModel:
    """Return the row without what was learned, which is large."""
    light = SpamModel.objects.defer("blob", "previous_blob", "base_blob")
    return light.first() or SpamModel()
