"""People who write to us."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A correspondent: added by a member, or merely seen as a sender.

    Who may see which is decided upstairs, where it is known to whom they wrote.
    """

    class Origin(models.TextChoices):
        """Only an added contact is exempt from spam; being seen proves nothing."""

        ADDED = "added", _("added by a member")
        SEEN = "seen", _("seen")

    name = models.CharField(_("name"), max_length=255, blank=True)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.SEEN)
    # The name, else an address, without accents and case: the order of lists.
    sort_key = models.CharField(max_length=255, blank=True, editable=False)
    added_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    added_by_name = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["origin", "sort_key", "id"], name="ecp_contact_list")
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def is_added(self) -> bool:
        """Whether a member added it, so that its mail is never spam."""
        return self.origin == self.Origin.ADDED


class ContactAddress(models.Model):
    """One address of a contact; an address belongs to one contact."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="addresses"
    )
    address = models.CharField(max_length=320)
    # Casefolded, with the domain in its ASCII form: what two spellings share.
    address_key = models.CharField(max_length=320, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.address


class ContactWord(models.Model):
    """A word of a contact's name or addresses, to find it by; made from those."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="words")
    # The same as the contact's, so that one index answers.
    is_added = models.BooleanField(default=False)
    word = models.CharField(max_length=100)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["is_added", "word", "contact"],
                name="ecp_contact_word",
                opclasses=["bool_ops", "varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.word
