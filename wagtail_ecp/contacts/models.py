"""People who write to us."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A correspondent: added by a member, or merely seen as a sender."""

    class Origin(models.TextChoices):
        """Only an added contact is exempt from spam; being seen proves nothing."""

        ADDED = "added", _("added by a member")
        SEEN = "seen", _("seen")

    name = models.CharField(max_length=255, blank=True)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.SEEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


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
