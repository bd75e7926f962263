"""What visitors of the demo's site wrote into its contact form."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import translation

from sandbox.home.models import ContactPage
from wagtail_ecp.inbox.models import FormOrigin

#: The page's language, and what was filled in.
SUBMISSIONS = (
    (
        "en",
        {
            "name": "Agnes Thorne",
            "email": "agnes.thorne@combe-down.example",
            "subject": "Can I bring my own paper?",
            "message": (
                "I have a stack of old ledger paper from my grandfather's office and"
                " would love to print on it at “One day at the press” in two weeks."
                " It is thin, about 60 g. Would that work?"
            ),
        },
    ),
    (
        "de",
        {
            "name": "Jürgen Stöhr",
            "email": "j.stoehr@buchbinderei-stoehr.example",
            "subject": "Führung für acht Buchbinder",
            "message": (
                "Guten Tag,\n\nunsere Innung ist im Herbst drei Tage in Bristol. Gibt es"
                " am Freitagvormittag eine Führung auf Deutsch?\n\nJürgen Stöhr"
            ),
        },
    ),
)


def write() -> None:
    """Fill the form in as visitors do, once."""
    for language, answers in SUBMISSIONS:
        page = ContactPage.objects.filter(locale__language_code=language).first()
        if page and not _is_there(page, answers):
            _submit(page, answers)


def _is_there(page: ContactPage, answers: dict[str, str]) -> bool:
    """Whether this was submitted; whoever tries the sandbox submits other things."""
    submitted = FormOrigin.objects.filter(page_number=page.pk)
    texts = {text for row in submitted for _label, text in row.fields}
    return answers["subject"] in texts


def _submit(page: ContactPage, answers: dict[str, str]) -> None:
    with translation.override(page.locale.language_code), transaction.atomic():
        form = page.get_form(answers, page=page, user=AnonymousUser())
        if not form.is_valid():
            raise ValueError(form.errors.as_text())
        page.process_form_submission(form)
