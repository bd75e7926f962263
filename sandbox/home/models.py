"""Pages of the sandbox's site."""

import logging
import smtplib
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (  # noqa: TID251 - a site, not the package
    FieldPanel,
    InlinePanel,
)
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField
from wagtail.fields import RichTextField
from wagtail.models import Page

logger = logging.getLogger(__name__)


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


class ContactPage(AbstractForm):
    """A contact form; what visitors write is sent to a mailbox as their mail."""

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

    def process_form_submission(self, form: Any) -> Any:
        """Keep the submission, then send it to the listener as any mail would come."""
        submission = super().process_form_submission(form)
        answers = form.cleaned_data
        mail = EmailMessage(
            subject=answers.get("subject", self.title),
            body=answers.get("message", ""),
            from_email=answers.get("email"),
            to=[self.mailbox],
            # The listener is on this machine and offers no TLS.
            connection=get_connection(
                host=settings.EMAIL_HOST, port=settings.PLACE.smtp_port, use_tls=False
            ),
        )
        try:
            mail.send()
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("contact form: kept, but not sent to the inbox: %s", error)
        return submission
