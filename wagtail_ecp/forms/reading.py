"""Reads who somebody is and what they want from the answers in a form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.forms import EmailField
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from wagtail_ecp.inbox.submissions import Filled


class Asked(NamedTuple):
    """One field of a form."""

    name: str
    label: str
    is_email: bool

    @classmethod
    def of(cls, name: str, field: Any) -> Self:
        """Return what a field of a Django form asks."""
        return cls(name, str(field.label or name), isinstance(field, EmailField))


class Hints(NamedTuple):
    """Which fields hold what, if that is not to be guessed."""

    name: str = ""
    email: str = ""
    subject: str = ""


def filled_in(
    page: Any, asked: Iterable[Asked], values: Mapping[str, Any], *, hints: Hints
) -> "Filled":
    """Return what a visitor wrote into the form of a page."""
    from wagtail_ecp.inbox.submissions import Filled

    fields = [field for field in asked if field.name in values]
    name = hints.name or _called("name", fields)
    email = hints.email or next((f.name for f in fields if f.is_email), "")
    subject = hints.subject or _called("subject", fields)
    answers = {field.name: _text(values[field.name]) for field in fields}
    return Filled(
        page_number=page.pk,
        page_title=page.title,
        page_url=page.full_url or "",
        locale=page.locale.language_code,
        name=answers.get(name, ""),
        address=answers.get(email, ""),
        subject=answers.get(subject, ""),
        answers=[(field.label, answers[field.name]) for field in fields],
        text=_body(
            [
                (field.label, answers[field.name])
                for field in fields
                if field.name not in (name, email, subject)
            ]
        ),
    )


def _called(what: str, fields: Iterable[Asked]) -> str:
    """Return the field that is called so, or whose name ends so, as in "your_name"."""
    names = [field.name for field in fields]
    ending = (name for name in names if name.endswith(f"_{what}"))
    return what if what in names else next(ending, "")


def _body(answers: Sequence[tuple[str, str]]) -> str:
    """Return one answer as it is, several below their labels."""
    given = [(label, text) for label, text in answers if text.strip()]
    if len(given) == 1:
        return given[0][1]
    return "\n\n".join(f"{label}:\n{text}" for label, text in given)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple | set):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
