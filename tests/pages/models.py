"""Form pages: one made for conversations, one that a site had before."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField

from wagtail_ecp.forms import ConversationFormMixin


class AskingField(AbstractFormField):
    page = ParentalKey(
        "pages.AskingPage", on_delete=models.CASCADE, related_name="form_fields"
    )


class AskingPage(ConversationFormMixin, AbstractForm):
    """Its submissions become conversations."""

    conversation_mailbox = "support@example.com"


class OldField(AbstractFormField):
    page = ParentalKey(
        "pages.OldPage", on_delete=models.CASCADE, related_name="form_fields"
    )


class OldPage(AbstractForm):
    """A form page that knows nothing of conversations."""
