"""What the New Account Wizard was told so far; gone once there is an account."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from wagtail_ecp.accounts import keys
from wagtail_ecp.accounts.models import THE_ONE, one_row_only
from wagtail_ecp.exceptions import ConfigurationError

#: What is asked, in this order; "ready" follows when the account is there.
STEPS = ("account", "owner", "mailbox", "colleagues")


class Setup(models.Model):
    """The unfinished answers, step by step, and who gives them.

    ``answers`` has what each step was told, in ``setup.answers``' words, and
    ``finished`` the steps that hold. Passwords are apart and encrypted.
    """

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=THE_ONE, editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user_name = models.CharField(max_length=255)
    started_at = models.DateTimeField(auto_now_add=True)
    answers = models.JSONField(default=dict)
    finished = models.JSONField(default=list)
    secret = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [one_row_only("ecp_one_setup")]

    def __str__(self) -> str:
        return f"{self.user_name}: {', '.join(self.finished)}"

    @property
    def next_step(self) -> str:
        """The first step that isn't finished, else the last one."""
        return next((step for step in STEPS if step not in self.finished), STEPS[-1])

    def may_open(self, step: str) -> bool:
        """Whether everything before ``step`` is finished."""
        return all(earlier in self.finished for earlier in STEPS[: STEPS.index(step)])

    @property
    def passwords(self) -> dict[str, tuple[list[Any], str]]:
        """By "incoming" and "outgoing": the place that a password is for, and it.

        None if the key that they were encrypted with is gone: one types them again.
        """
        try:
            stored = json.loads(keys.decrypt(self.secret)) if self.secret else {}
        except ConfigurationError:
            return {}
        return {side: (place, password) for side, (place, password) in stored.items()}

    @passwords.setter
    def passwords(self, value: Mapping[str, tuple[list[Any], str]]) -> None:
        self.secret = keys.encrypt(json.dumps(value)) if value else ""
