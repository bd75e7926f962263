"""The mixin for form pages."""

from typing import Any

from django.db import models

from wagtail_ecp.forms.reading import Asked, Hints, filled_in


class ConversationFormMixin(models.Model):
    """A form page whose submissions become conversations; stands before AbstractForm.

    The submission itself is kept by Wagtail as ever. Say which mailbox by the class's
    ``conversation_mailbox``, or by ``get_conversation_mailbox`` for each page. Name
    the fields of the visitor's name and address and of the subject if they are not the
    ones that are guessed: the first field for an e-mail address, and fields that are
    called "name" and "subject".
    """

    conversation_mailbox: str = ""
    conversation_name_field: str = ""
    conversation_email_field: str = ""
    conversation_subject_field: str = ""

    class Meta:
        abstract = True

    def get_conversation_mailbox(self) -> str:
        """Return the address of the mailbox that the submissions of this page go to."""
        return self.conversation_mailbox

    def process_form_submission(self, form: Any) -> Any:
        """Keep the submission as Wagtail does, then make a conversation of it."""
        # Imported now, because a site imports this module while its models load.
        from wagtail_ecp.inbox.submissions import hand_over

        submission = super().process_form_submission(form)  # type: ignore[misc]
        asked = [Asked.of(name, field) for name, field in form.fields.items()]
        hints = Hints(
            name=self.conversation_name_field,
            email=self.conversation_email_field,
            subject=self.conversation_subject_field,
        )
        filled = filled_in(self, asked, form.cleaned_data, hints=hints)
        hand_over(filled, to=self.get_conversation_mailbox())
        return submission
