"""Pages of the sandbox's site."""

from typing import ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (  # noqa: TID251 - a site, not the package
    FieldPanel,
    InlinePanel,
)
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField
from wagtail.fields import RichTextField
from wagtail.models import Page

from wagtail_ecp.forms import ConversationFormMixin


class HomePage(Page):
    """The front page."""

    intro = models.TextField(blank=True)
    body = RichTextField(blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
    ]
    max_count_per_parent = 2


class StandardPage(Page):
    """A page of text."""

    body = RichTextField(blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("body")]


class ContactField(AbstractFormField):
    """A field of a contact form."""

    page = ParentalKey(
        "home.ContactPage", on_delete=models.CASCADE, related_name="form_fields"
    )


class ContactPage(ConversationFormMixin, AbstractForm):
    """A contact form; what visitors write becomes a conversation in a mailbox."""

    intro = RichTextField(blank=True)
    thanks = RichTextField(blank=True)
    mailbox = models.EmailField(default="support@sandbox.test")

    content_panels: ClassVar = [
        *AbstractForm.content_panels,
        FieldPanel("intro"),
        FieldPanel("mailbox"),
        InlinePanel("form_fields", label="Fields"),
        FieldPanel("thanks"),
    ]

    def get_conversation_mailbox(self) -> str:
        """Return the mailbox that the page's editor has named."""
        return self.mailbox
