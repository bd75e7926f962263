"""Everything that happened, one row each, never changed afterwards."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ActionQuerySet(models.QuerySet["Action"]):
    """Reads of the journal."""

    def of_the_account(self) -> "ActionQuerySet":
        """Return what concerns options, level and owner, newest first.

        It is the owner's to see: others may learn that something was changed, but not
        from what to what.
        """
        kinds = (
            Action.Kind.SETTING_CHANGED,
            Action.Kind.OWNER_CHANGED,
            Action.Kind.OWNER_TOUCHED,
            Action.Kind.ATTEMPT_REFUSED,
        )
        return self.filter(kind__in=kinds).order_by("-pk")

    def to_be_counted(self) -> "ActionQuerySet":
        """Find those that the numbers of their conversations have yet to follow."""
        return self.filter(is_to_be_counted=True)


class Action(models.Model):
    """One thing that happened.

    It names what it speaks of by number and not by foreign key, so that it outlives
    the conversation, the mailbox and the person.
    """

    class Kind(models.TextChoices):
        """What can happen; the first eleven are the original product's words."""

        RECEIVED = "received", _("received")
        SENT = "sent", _("sent")
        REPLIED = "replied", _("replied")
        FORWARDED = "forwarded", _("forwarded")
        BEGUN = "begun", _("wrote a new e-mail")
        UNSENT = "unsent", _("took an e-mail back")
        ASSIGNED = "assigned", _("assigned")
        ASSIGNMENT_KEPT = "assignment-kept", _("left the assignee as it was")
        CHANGED_FOLDER = "changed-folder", _("changed folder")
        SWITCHED = "switched", _("moved to another mailbox")
        TAGGED = "tagged", _("tagged")
        DETAGGED = "detagged", _("removed a tag")
        NOTED = "noted", _("wrote a note")
        NOTE_CHANGED = "note-changed", _("changed a note")
        NOTE_DELETED = "note-deleted", _("deleted a note")
        STARRED = "starred", _("starred")
        SNOOZED = "snoozed", _("snoozed")
        WOKEN = "woken", _("woke it")
        READ = "read", _("marked as read")
        UNREAD = "unread", _("marked as unread")
        UNDONE = "undone", _("undid")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        UNMERGED = "unmerged", _("merge undone")
        MARKED_SPAM = "marked-spam", _("marked as spam")
        MARKED_WANTED = "marked-wanted", _("marked as not spam")
        MARK_TAKEN_BACK = "mark-taken-back", _("took a spam mark back")
        CONTACT_ADDED = "contact-added", _("added a contact")
        CONTACT_REMOVED = "contact-removed", _("removed a contact")
        CONTACT_CHANGED = "contact-changed", _("changed a contact")
        CONTACTS_MERGED = "contacts-merged", _("made two contacts one")
        THRESHOLD_APPLIED = "threshold-applied", _("re-filed mail by the threshold")
        JUDGED_AGAIN = "judged-again", _("judged an e-mail again")
        PURGED = "purged", _("purged")
        SUBSCRIBED = "subscribed", _("subscribed to its feed")
        UNSUBSCRIBED = "unsubscribed", _("ended a subscription to its feed")
        FEED_RENEWED = "feed-renewed", _("gave a feed a new address")
        FORM_STRANDED = "form-stranded", _("could not make mail of a form")
        SEND_FAILED = "send-failed", _("sending failed")
        SEND_UNKNOWN = "send-unknown", _("arrival unknown")
        SEND_RETRIED = "send-retried", _("sending tried again")
        SEND_SETTLED = "send-settled", _("marked as sent")
        SETTING_CHANGED = "setting-changed", _("changed the account options")
        OWNER_CHANGED = "owner-changed", _("handed the account over")
        OWNER_TOUCHED = "owner-touched", _("the owner's log-in was changed")
        ATTEMPT_REFUSED = "attempt-refused", _("tried what only the owner may")

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=32, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user_name = models.CharField(max_length=255, blank=True)
    mailbox_number = models.BigIntegerField(null=True, blank=True)
    conversation_number = models.BigIntegerField(null=True, blank=True)
    message_number = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    # Numbers follow from it, and the job that writes them has yet to see it. It stands
    # here, not at the conversation, as that may be gone before the job comes.
    is_to_be_counted = models.BooleanField(default=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["conversation_number", "id"], name="ecp_action_conv"),
            models.Index(fields=["mailbox_number", "-id"], name="ecp_action_mailbox"),
            # What has no mailbox concerns the account; there is little of it.
            models.Index(
                fields=["-id"],
                condition=models.Q(
                    kind__in=[
                        "setting-changed",
                        "owner-changed",
                        "owner-touched",
                        "attempt-refused",
                    ]
                ),
                name="ecp_action_account",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(is_to_be_counted=True),
                name="ecp_action_uncounted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.conversation_number}"
