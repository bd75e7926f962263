"""Rights on mailboxes, in the page on which Wagtail edits a group."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db import transaction
from django.template.loader import render_to_string
from wagtail.log_actions import log

from wagtail_ecp.inbox.models import GroupMailboxPermission, Mailbox

Permission = GroupMailboxPermission.Permission

CHANGED = "wagtail_ecp.rights_changed"


class MailboxRights(forms.Form):
    """Check boxes for each mailbox; Wagtail validates and saves it with the group.

    Only the mailboxes that the page showed are touched, so that a request without
    them, or from before a mailbox was added, takes no rights away.
    """

    template_name = "wagtail_ecp/admin/includes/group_rights.html"

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        instance: Group | None = None,
        prefix: str = "ecp_mailboxes",
    ) -> None:
        super().__init__(data, files, prefix=prefix)
        self.group = instance if instance is not None else Group()
        self.mailboxes = list(Mailbox.objects.all())
        self.fields["shown"] = forms.TypedMultipleChoiceField(
            choices=[(mailbox.pk, "") for mailbox in self.mailboxes],
            coerce=int,
            required=False,
        )
        given = self._given()
        for mailbox in self.mailboxes:
            self.fields[_name(mailbox.pk)] = forms.MultipleChoiceField(
                label=str(mailbox),
                choices=Permission.choices,
                required=False,
                initial=sorted(given.get(mailbox.pk, ())),
            )

    def _given(self) -> dict[int, set[str]]:
        given: dict[int, set[str]] = {}
        if self.group._state.adding:
            return given
        rights = GroupMailboxPermission.objects.filter(group=self.group)
        for mailbox_id, permission in rights.values_list("mailbox_id", "permission"):
            given.setdefault(mailbox_id, set()).add(permission)
        return given

    @property
    def permissions(self) -> list[tuple[str, Any]]:
        """The rights that there are, with their labels."""
        return list(Permission.choices)

    @property
    def shown_name(self) -> str:
        """The name under which the page tells which mailboxes it showed."""
        return self["shown"].html_name

    @property
    def rows(self) -> list[tuple[Mailbox, str, list[tuple[str, str, bool]]]]:
        """Each mailbox with its field's name and (value, label, is checked)."""
        rows = []
        for mailbox in self.mailboxes:
            field = self[_name(mailbox.pk)]
            chosen = set(field.value() or ())
            boxes = [
                (value, str(label), value in chosen)
                for value, label in self.permissions
            ]
            rows.append((mailbox, field.html_name, boxes))
        return rows

    @transaction.atomic
    def save(self) -> None:
        """Give and take what was ticked and unticked, and log it with the group."""
        given = self._given()
        changes = {}
        for mailbox in self.mailboxes:
            if mailbox.pk not in self.cleaned_data["shown"]:
                continue
            before = given.get(mailbox.pk, set())
            after = set(self.cleaned_data[_name(mailbox.pk)])
            if before != after:
                self._replace(mailbox, before=before, after=after)
                changes[mailbox.address] = sorted(after)
        if changes:
            log(self.group, CHANGED, data={"rights": changes})

    def _replace(self, mailbox: Mailbox, *, before: set[str], after: set[str]) -> None:
        rights = GroupMailboxPermission.objects.filter(group=self.group)
        rights.filter(mailbox=mailbox, permission__in=before - after).delete()
        GroupMailboxPermission.objects.bulk_create(
            GroupMailboxPermission(
                group=self.group, mailbox=mailbox, permission=permission
            )
            for permission in sorted(after - before)
        )

    def as_admin_panel(self) -> str:
        """Return the panel for the group's page."""
        return render_to_string(self.template_name, {"form": self})


def _name(mailbox_id: int) -> str:
    return f"mailbox_{mailbox_id}"
