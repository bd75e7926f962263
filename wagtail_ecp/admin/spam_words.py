"""Says in words what a spam threshold would do."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.spam.preview import Effect

STRICTEST, MOST_LENIENT = 0, 100


def sentence(effect: Effect) -> str:
    """Return what would be in Spam, and what of it the team answered."""
    if not effect.total:
        return _(
            "Nothing has been scored yet: this shows what the threshold does as soon as"
            " mail has come in."
        )
    parts = [_would_be(effect), _answered(effect), _at_the_end(effect.threshold)]
    return " ".join(part for part in parts if part)


def value_text(effect: Effect) -> str:
    """Return what a screen reader says as the slider's value."""
    return _("%(threshold)s: %(spam)s of %(total)s in Spam") % _numbers(effect)


def _would_be(effect: Effect) -> str:
    words = ngettext(
        "At %(threshold)s: %(spam)s of %(total)s message would be in Spam (%(change)s).",
        "At %(threshold)s: %(spam)s of %(total)s messages would be in Spam"
        " (%(change)s).",
        effect.total,
    )
    return words % (_numbers(effect) | {"change": _change(effect.more)})


def _change(more: int) -> str:
    if not more:
        return _("as many as now")
    words = (
        ngettext("%(number)s more than now", "%(number)s more than now", more)
        if more > 0
        else ngettext("%(number)s fewer than now", "%(number)s fewer than now", -more)
    )
    return words % {"number": grouped(abs(more))}


def _answered(effect: Effect) -> str:
    if not effect.in_spam:
        return ""
    if not effect.answered:
        return _("None of them was answered by your team.")
    return ngettext(
        "%(number)s of them was answered by your team.",
        "%(number)s of them were answered by your team.",
        effect.answered,
    ) % {"number": grouped(effect.answered)}


def _at_the_end(threshold: int) -> str:
    if threshold <= STRICTEST:
        return _("Everything goes to Spam but the mail of contacts.")
    if threshold >= MOST_LENIENT:
        return _("Nothing goes to Spam unless a person puts it there.")
    return ""


def _numbers(effect: Effect) -> dict[str, object]:
    return {
        "threshold": effect.threshold,
        "spam": grouped(effect.in_spam),
        "total": grouped(effect.total),
    }
