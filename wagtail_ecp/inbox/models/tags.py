"""Words that a team puts on its conversations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    """One word, shared by all mailboxes; its spelling is that of its first use."""

    name = models.CharField(_("name"), max_length=50)
    # Casefolded: what two spellings share.
    key = models.CharField(max_length=150, unique=True)

    class Meta:
        default_permissions = ()
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name
