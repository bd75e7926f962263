"""Form pages that the site has already, named in the setting FORM_PAGES."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_save

from wagtail_ecp import conf
from wagtail_ecp.forms.mixin import ConversationFormMixin
from wagtail_ecp.forms.reading import Asked, Hints, filled_in

#: What the setting says of a page model; the mailbox has to be there.
NAMES = frozenset({"mailbox", "name_field", "email_field", "subject_field"})


def connect() -> None:
    """Listen to the submissions of the page models that the setting names."""
    for model in _models():
        submissions = model().get_submission_class()
        post_save.connect(
            on_submission,
            sender=submissions,
            dispatch_uid=f"wagtail_ecp.forms.{submissions._meta.label}",
        )


def on_submission(instance: Any, *, created: bool, **_kwargs: Any) -> None:
    """Make a conversation of a new submission, if its page is named in the setting."""
    page = instance.page.specific
    chosen = conf.get("FORM_PAGES").get(page._meta.label)
    if not created or chosen is None or isinstance(page, ConversationFormMixin):
        return
    from wagtail_ecp.inbox.submissions import hand_over

    asked = [
        Asked(field.clean_name, field.label, field.field_type == "email")
        for field in page.get_form_fields()
    ]
    hints = Hints(
        name=chosen.get("name_field", ""),
        email=chosen.get("email_field", ""),
        subject=chosen.get("subject_field", ""),
    )
    filled = filled_in(page, asked, instance.form_data, hints=hints)
    hand_over(filled, to=chosen["mailbox"])


def problems() -> Iterator[str]:
    """Say what is wrong with the setting."""
    chosen = conf.get("FORM_PAGES")
    for label, how in chosen.items():
        if _model(label) is None:
            yield f"FORM_PAGES: {label!r} is no model of a form page, as in 'app.Model'."
        elif not isinstance(how, dict) or not how.get("mailbox"):
            yield f"FORM_PAGES[{label!r}] names no 'mailbox'."
        elif unknown := ", ".join(sorted(set(how) - NAMES)):
            yield f"FORM_PAGES[{label!r}] has what means nothing: {unknown}."


def _models() -> Iterator[type[Any]]:
    for label in conf.get("FORM_PAGES"):
        model = _model(label)
        if model is not None:  # The system check has said so.
            yield model


def _model(label: str) -> type[Model] | None:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    return model if hasattr(model, "get_submission_class") else None
